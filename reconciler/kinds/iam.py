"""The least IAM policies for plan and apply, derived from the calls that the kinds' tables can make.

`kinds/services` has the names and the resources of a service's actions. The table below has the actions that AWS takes
in the caller's name. The source of both is the Service Authorization Reference, pages "Actions, resources, and
condition keys for …". Its columns are "Resource types" and "Dependent actions". Where the first is empty, only `*`
grants the action.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from reconciler.kinds.aws.iam_role import PATH
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import nested, reference_fields
from reconciler.kinds.operations import INDEX, calls_of, finds_orphans, orphan_reads, reads_of
from reconciler.kinds.registry import KINDS
from reconciler.kinds.service import ANYWHERE
from reconciler.kinds.services import SERVICES, service_of
from reconciler.model import Manifest, Read, Scope, Spec

Statement = dict[str, Any]

# Writes of roles that IAM can tie to a boundary, and those that the path of the roles must limit.
_BOUNDED = frozenset(
    {
        *("iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"),
        *("iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"),
    }
)
_BELOW_PATH = frozenset(
    {"iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"}
)
_NEVER_BOUNDED = frozenset({"iam:DeleteRolePermissionsBoundary"})

_BUCKET = "{artifacts}"
EXAMPLE = replace(
    Scope.at(
        "contact-centre",
        "prod",
        "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000",
    ),
    artifacts="example-artifacts",
)
_DIRECTORIES = "ds:DescribeDirectories"
_INSTANCE = ("connect:DescribeInstance", _DIRECTORIES)  # what AWS reads of an instance in the caller's name
_LINKED_ROLE = ("iam:AttachRolePolicy", "iam:CreateServiceLinkedRole", "iam:PutRolePolicy")
_STORES = (
    *(_DIRECTORIES, "firehose:DescribeDeliveryStream", *_LINKED_ROLE, "kinesis:DescribeStream"),
    *("kms:CreateGrant", "kms:DescribeKey", "s3:GetBucketAcl", "s3:GetBucketLocation"),
)
_CODE = ("s3:GetObject",)  # of a large archive, which AWS reads from the bucket
_FUNCTION_TAGS = "lambda:ListTags"
_READ = (*_INSTANCE, _FUNCTION_TAGS)  # what AWS only reads, so that policies grant it
_TAG_BUCKET = "s3:TagResource"  # for the tags of a create (service model, CreateBucket)
IN_YOUR_NAME: dict[str, tuple[str, ...]] = {
    "connect:AssociateInstanceStorageConfig": _STORES,
    "connect:AssociateLambdaFunction": ("lambda:AddPermission",),
    "connect:CreateIntegrationAssociation": (
        *("app-integrations:CreateApplicationAssociation", "app-integrations:CreateEventIntegrationAssociation"),
        *("app-integrations:GetApplication", "cases:GetDomain", "chime:AssociateVoiceConnectorConnect"),
        *("chime:DisassociateVoiceConnectorConnect", "chime:TagResource", "chime:UntagResource"),
        *(*_INSTANCE, "events:PutRule", "events:PutTargets", *_LINKED_ROLE, "mobiletargeting:GetApp"),
        *("voiceid:DescribeDomain", "wisdom:GetAssistant", "wisdom:GetKnowledgeBase", "wisdom:TagResource"),
    ),
    "connect:CreateInstance": (
        *("ds:AuthorizeApplication", "ds:CheckAlias", "ds:CreateAlias", "ds:CreateDirectory"),
        *("ds:CreateIdentityPoolDirectory", "ds:DeleteDirectory", _DIRECTORIES, "ds:UnauthorizeApplication"),
        *_LINKED_ROLE,
    ),
    "connect:DeleteInstance": ("ds:DeleteDirectory", _DIRECTORIES, "ds:UnauthorizeApplication"),
    "connect:DeleteIntegrationAssociation": (
        *("app-integrations:DeleteApplicationAssociation", "app-integrations:DeleteEventIntegrationAssociation"),
        *(*_INSTANCE, "events:DeleteRule", "events:ListTargetsByRule", "events:RemoveTargets"),
    ),
    "connect:DescribeInstance": (_DIRECTORIES,),
    "connect:DisassociateLambdaFunction": ("lambda:RemovePermission",),
    "connect:ListInstances": (_DIRECTORIES,),
    "connect:ListIntegrationAssociations": _INSTANCE,
    "connect:UpdateInstanceAttribute": (_DIRECTORIES, *_LINKED_ROLE, "logs:CreateLogGroup"),
    "connect:UpdateInstanceStorageConfig": _STORES,
    "cloudwatch:PutMetricAlarm": ("iam:CreateServiceLinkedRole",),  # for actions of EC2 and Systems Manager
    "lambda:CreateFunction": _CODE,
    "lambda:GetFunction": (_FUNCTION_TAGS,),
    "lambda:UpdateFunctionCode": _CODE,
    "redshift-serverless:CreateNamespace": (
        *("kms:CreateGrant", "kms:DescribeKey", "secretsmanager:CreateSecret", "secretsmanager:DescribeSecret"),
        *("secretsmanager:RotateSecret", "secretsmanager:TagResource"),
    ),
    "redshift-serverless:CreateWorkgroup": (
        *("ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeSecurityGroups"),
        *("ec2:DescribeSubnets", "ec2:DescribeVpcAttribute"),
    ),
    "s3:CreateBucket": (_TAG_BUCKET,),
}


def plan_actions(kinds: Collection[str] | None = None) -> frozenset[str]:
    """Returns what plan and drift call: bulk reads, nothing that writes or leaves a trace.

    `kinds`: the kinds that manifests declare, delete or name, and the fields of `fields_used`; `None` means all. Kinds
    with tags are always read, because a plan lists orphans, also of kinds that manifests no longer declare. Kinds that
    are read by name are only read if the stack has any of them; otherwise AWS's tag index is enough.
    """
    known = _chosen(kinds)
    # A field may have resources of another service made for it, which a plan finds by their names.
    has_named = any(kind.reading.by_name for kind in known) or bool(_calls_elsewhere(kinds))
    orphaned = [it for it in KINDS.values() if finds_orphans(it) or (has_named and it.reading.by_name)]
    names = {*KINDS} if kinds is None else {*kinds}.union(*(_named_kinds(kind.spec) for kind in known))
    reads = [read for kind in known for read in reads_of(kind).of_plan]
    reads += [read for kind in known for read in _own_reads(kind)]
    for kind in (KINDS[name] for name in names & KINDS.keys()):
        reads += reads_of(kind).searches if kind.identity.is_named_by_key else ()
    for kind in orphaned:
        reads += orphan_reads(kind)
    return frozenset(action_of(read.name) for read in (INDEX, *reads))


def apply_actions(kinds: Collection[str] | None = None) -> frozenset[str]:
    """Returns what apply, adopt and destroy call: what plan calls, and the writes of the kinds."""
    beside = (map(action_of, calls) for calls in _field_calls(kinds).values())
    return plan_actions(kinds).union(*(actions_of(kind) for kind in _chosen(kinds)), *beside)


def actions_of(kind: Kind[Any]) -> frozenset[str]:
    """Returns the action of every call in a kind's table, and of the reads of the instance that it needs."""
    return frozenset(map(action_of, calls_of(kind).union(read.name for read in _own_reads(kind))))


def field_actions() -> dict[str, frozenset[str]]:
    """Returns the actions of fields that need calls of their own, by `Kind.field`."""
    return {field: frozenset(map(action_of, calls)) for field, calls in _field_calls(None).items()}


def fields_used(manifests: Iterable[Manifest]) -> frozenset[str]:
    """Returns the declared fields, as `Kind.field`, that need calls of their own."""
    used = set[str]()
    for manifest in manifests:
        name = manifest.ref.kind
        used |= {f"{name}.{field}" for field in KINDS[name].calls_for if getattr(manifest.spec, field, None)}
    return frozenset(used)


def action_of(call: str) -> str:
    """Returns the action that allows a call, `service:Operation`."""
    service, _, operation = call.partition(":")
    return service_of(service).action(operation)


def instance_actions(kinds: Collection[str] | None = None) -> frozenset[str]:
    """Returns the part of `apply_actions` that only ConnectInstance needs: to create an instance, to delete it, to
    change its settings. It has a policy of its own, so that no role has it by accident."""
    ordinary = [kind.name for kind in _chosen(kinds) if not kind.deletion.needs_tombstone] + [*_field_calls(kinds)]
    return apply_actions(kinds) - apply_actions(ordinary) - plan_actions(kinds)


def reachable(actions: Collection[str], scope: Scope) -> frozenset[str]:
    """Returns the actions that are of use in the scope: without an instance, none of a service that needs one.

    Without a bucket for archives, none are of use that are granted in that bucket.
    """
    apart = {service.prefix or service.name for service in SERVICES.values() if service.instance and not scope.instance}
    bucket = frozenset[str]()
    for service in () if scope.artifacts else SERVICES.values():
        for grant, some in service.granted(actions):
            bucket |= some if any(_BUCKET in resource for resource in grant.resources) else frozenset()
    return frozenset(action for action in actions if action.partition(":")[0] not in apart) - bucket


def policy(actions: Collection[str], scope: Scope = EXAMPLE) -> dict[str, Any]:
    """Returns a policy for the actions, with what AWS reads in the caller's name, but not what it writes elsewhere."""
    dependent = set[str]().union(*(IN_YOUR_NAME.get(action, ()) for action in actions))
    granted = {*actions, *dependent.intersection((*_READ, _TAG_BUCKET))}
    apart = _BOUNDED | _BELOW_PATH | _NEVER_BOUNDED if scope.permissions_boundary else frozenset()
    roles = (*_bounded_writes(granted & apart, scope), *_pass_roles(actions, scope))
    return {"Version": "2012-10-17", "Statement": [*statements(granted - apart, scope), *roles]}


def _bounded_writes(actions: Collection[str], scope: Scope) -> Iterator[Statement]:
    """Yields the statements for writes of roles, which are all below the tool's path and have the boundary.

    Without a boundary, a caller who may write roles can give itself every permission.
    """
    demanded = {"StringEquals": {"iam:PermissionsBoundary": scope.permissions_boundary}}
    for some, condition in ((_BOUNDED, {"Condition": demanded}), (_BELOW_PATH, {})):
        if own := sorted(some.intersection(actions)):
            yield {"Effect": "Allow", "Action": own, "Resource": [_roles(scope)], **condition}


def _pass_roles(actions: Collection[str], scope: Scope) -> Iterator[Statement]:
    """Yields the statement for handing roles over: those below the tool's path, to the services that need one."""
    handed = (item for service in SERVICES.values() for item in service.handing_over)
    if principals := sorted({principal for action, principal in handed if action in actions}):
        condition = {"StringEquals": {"iam:PassedToService": principals}}
        yield {"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": [_roles(scope)], "Condition": condition}


def _roles(scope: Scope) -> str:
    return f"arn:{scope.partition}:iam::{scope.account}:role{PATH}*"


def statements(actions: Collection[str], scope: Scope) -> list[Statement]:
    """Returns statements for the actions, each on the resources on which its service grants it, those on `*` last.

    Without an instance, the actions must be `reachable`.
    """
    place = {"instance": scope.instance, "partition": scope.partition}
    place |= {"region": scope.region, "account": scope.account, "artifacts": scope.artifacts}
    granted: dict[tuple[str, ...], set[str]] = {}
    for service in SERVICES.values():
        for grant, some in service.granted(actions):
            resources = tuple(resource.format_map(place) for resource in grant.resources)
            granted.setdefault(resources, set()).update(some)
    known = set[str]().union(*granted.values())
    anywhere = granted.pop(ANYWHERE, set()) | ({*actions} - known)
    return [
        {"Effect": "Allow", "Action": sorted(some), "Resource": list(resources)}
        for resources, some in (*granted.items(), (ANYWHERE, anywhere))
        if some
    ]


def render(scope: Scope = EXAMPLE) -> str:
    """Returns the policies for all kinds as Markdown, and the actions that they leave out."""
    alone = instance_actions()
    parts = []
    for title, actions in (
        ("Plan role", plan_actions()),
        ("Apply role", apply_actions() - alone),
        ("Apply role, only where a `ConnectInstance` is declared or deleted", alone),
    ):
        parts.append(f"{title}:\n\n```json\n{json.dumps(policy(actions, scope), indent=2)}\n```\n")
    return "\n".join((*parts, _not_granted()))


def _not_granted() -> str:
    rows = (
        f"| `{action}` | {', '.join(f'`{name}`' for name in dependent if name not in _READ)} |"
        for action, dependent in sorted(IN_YOUR_NAME.items())
        if {*dependent}.difference(_READ)
    )
    head = "| for | the role also needs, and no policy here grants |\n|---|---|\n"
    return head + "".join(f"{row}\n" for row in rows)


def _own_reads(kind: Kind[Any]) -> list[Read]:
    """Returns the reads of the environment's own instance that the kind's changes depend on."""
    reads = (reads_of(KINDS[name]).own for name in kind.ordering.sees)
    return [read for read in reads if read]


def _field_calls(kinds: Collection[str] | None) -> dict[str, tuple[str, ...]]:
    """Returns the calls of the chosen fields, or of all, by `Kind.field`."""
    every = {f"{kind.name}.{field}": calls for kind in KINDS.values() for field, calls in kind.calls_for.items()}
    return {field: calls for field, calls in every.items() if kinds is None or field in kinds}


def _calls_elsewhere(kinds: Collection[str] | None) -> set[str]:
    """Returns the calls of the chosen fields, or of all, on other services than the field's kind."""
    own = {field: f"{KINDS[field.partition('.')[0]].service.name}:" for field in _field_calls(kinds)}
    every = ((field, call) for field, calls in _field_calls(kinds).items() for call in calls)
    return {call for field, call in every if not call.startswith(own[field])}


def _chosen(kinds: Collection[str] | None) -> list[Kind[Any]]:
    return [kind for name, kind in KINDS.items() if kinds is None or name in kinds]


def _named_kinds(spec: type[Spec]) -> set[str]:
    """Returns the kinds that the fields of a spec can name, at any depth."""
    kinds = set(reference_fields(spec).values())
    for field in spec.model_fields:
        if inner := nested(spec, field):
            kinds |= _named_kinds(inner)
    return kinds
