"""The actions and resources of a request, as IAM names them: its service authorization reference.

Where a resource is not derived here, it is empty and the action alone decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from reconciler.sandbox.authorization.policies import Question
from reconciler.sandbox.authorization.stored import further_needs, object_action
from reconciler.sandbox.world import world

Params = Mapping[str, Any]
NO_TAGS: Mapping[str, list[str]] = {}
PREFIXES = {
    "dynamodbstreams": "dynamodb",
    "qconnect": "wisdom",
    "resourcegroupstaggingapi": "tag",
    "stepfunctions": "states",
}
# Operations whose action has another name.
ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:InvokeAsync": "lambda:InvokeFunction",
    "s3:HeadObject": "s3:GetObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:CopyObject": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "sns:PublishBatch": "sns:Publish",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
# "No permissions are required" [API reference, GetCallerIdentity].
FREE = ("sts:GetCallerIdentity",)
# Requests that need another action if they set tags [Amazon S3 API reference, PutObject; IAM user guide, session tags].
WITH_TAGS = {"s3:PutObject": "s3:PutObjectTagging", "sts:AssumeRole": "sts:TagSession"}
_OF_TRANSACTION = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "Get": "GetItem"}
_OF_TRANSACTION |= {"ConditionCheck": "ConditionCheckItem"}


def questions_of(
    service: str,
    operation: str,
    params: Params,
    account: str,
    region: str,
    principal: Mapping[str, list[str]] = NO_TAGS,
) -> Iterator[Question]:
    """Yields every action that a request needs, with its resource. `principal`: condition keys of the caller."""
    name = f"{PREFIXES.get(service, service)}:{operation}"
    if name in FREE:
        return
    place = f"{region}:{account}"
    common = {
        "aws:RequestedRegion": [region],
        "aws:PrincipalAccount": [account],
        "aws:SecureTransport": ["true"],
        **principal,
    }
    if items := params.get("TransactItems"):
        for item in items:
            for kind, inner in item.items():
                yield from _of_table(f"dynamodb:{_OF_TRANSACTION[kind]}", inner, place, common)
        return
    action = object_action(service, operation, params) or ACTIONS.get(f"{service}:{operation}", name)
    if service == "dynamodb":
        yield from _of_table(action, params, place, common)
        return
    if service == "connect" and (users := list(_about_users(operation, params, place))):
        yield from _of_users(action, users, params, common)
        return
    resource, context = RESOURCES.get(service, _unknown)(params, place), dict(common)
    if service == "s3" and params.get("prefix") is not None:
        context["s3:prefix"] = [str(params["prefix"])]
    if service == "cloudwatch" and params.get("Namespace"):
        context["cloudwatch:namespace"] = [str(params["Namespace"])]
    yield Question(action, resource, context)
    if action in WITH_TAGS and (params.get("Tagging") or params.get("Tags")):
        yield Question(WITH_TAGS[action], resource, context)
    yield from (Question(*need, context) for need in further_needs(service, operation, params, resource, place))


def _of_table(action: str, params: Params, place: str, common: Mapping[str, list[str]]) -> Iterator[Question]:
    """Yields the question about a table or its index, or one for each table of a batch."""
    tables = [params["TableName"]] if params.get("TableName") else list(params.get("RequestItems") or [""])
    for table in tables:
        # A table may be named by its ARN.
        arn = table if table.startswith("arn:") else f"arn:aws:dynamodb:{place}:table/{table}" if table else ""
        if index := params.get("IndexName"):
            arn = f"{arn}/index/{index}"
        yield Question(action, arn, {**common, "dynamodb:LeadingKeys": _leading_keys(params)})


def _leading_keys(params: Params) -> list[str]:
    """Returns the values of the key that a request names, of which the first is the partition key."""
    key = params.get("Key") or params.get("Item") or {}
    values = list(key.values()) or list((params.get("ExpressionAttributeValues") or {}).values())
    return [str(next(iter(value.values()))) for value in values[:1] if isinstance(value, Mapping) and value]


def _unknown(params: Params, place: str) -> str:
    return ""


def _bucket(params: Params, place: str) -> str:
    bucket, key = params.get("Bucket"), params.get("Key")
    if not bucket:
        return ""
    return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"


def _queue(params: Params, place: str) -> str:
    name = params.get("QueueName") or str(params.get("QueueUrl") or "").rpartition("/")[2]
    return f"arn:aws:sqs:{place}:{name}" if name else ""


def _secret(params: Params, place: str) -> str:
    """Returns the ARN of a secret, which ends with random characters."""
    name = str(params.get("SecretId") or params.get("Name") or "")
    region, account = place.split(":")
    known = secretsmanager_backends[account][region].secrets
    secret = known.get(name) if name in known else None
    if secret is not None:
        return str(secret.arn)
    return name if name.startswith("arn:") or not name else f"arn:aws:secretsmanager:{place}:secret:{name}-??????"


def _function(params: Params, place: str) -> str:
    name = str(params.get("FunctionName") or "")
    return name if name.startswith("arn:") or not name else f"arn:aws:lambda:{place}:function:{name}"


def _log_group(params: Params, place: str) -> str:
    name = params.get("logGroupName")
    return f"arn:aws:logs:{place}:log-group:{name}:*" if name else ""


def _machine(params: Params, place: str) -> str:
    return str(params.get("stateMachineArn") or params.get("executionArn") or "")


def _schedule(params: Params, place: str) -> str:
    name, group = params.get("Name"), params.get("GroupName") or "default"
    return f"arn:aws:scheduler:{place}:schedule/{group}/{name}" if name else ""


def _of_instance(params: Params, place: str) -> str:
    """Returns the instance of Amazon Connect, with the contact that a request is about."""
    instance = str(params.get("InstanceId") or "")
    if not instance:
        return ""
    arn = instance if instance.startswith("arn:") else f"arn:aws:connect:{place}:instance/{instance}"
    return f"{arn}/contact/{params['ContactId']}" if params.get("ContactId") else arn


# The resources of a user's operations, by the member with their ids [service authorization reference].
_OF_USERS = {
    "UserId": "agent",
    "RoutingProfileId": "routing-profile",
    "SecurityProfileIds": "security-profile",
    "HierarchyGroupId": "agent-group",
}


def _about_users(operation: str, params: Params, place: str) -> Iterator[str]:
    """Yields the resources of an operation on a user, all of which a policy must allow; none for other operations."""
    if operation in ("TagResource", "UntagResource"):
        yield str(params.get("resourceArn") or "")
    arn = _of_instance({"InstanceId": params.get("InstanceId")}, place)
    if operation == "CreateUserHierarchyGroup":
        yield f"{arn}/agent-group/*"
    if operation == "CreateUser":
        yield f"{arn}/agent/*"
    elif not (operation.endswith("User") or operation.startswith("UpdateUser")) or not params.get("UserId"):
        return
    for member, kind in _OF_USERS.items():
        value = params.get(member) or ()
        for id in (value,) if isinstance(value, str) else value:
            yield f"{arn}/{kind}/{id}"


def _of_users(action: str, resources: list[str], params: Params, common: Mapping[str, list[str]]) -> Iterator[Question]:
    yield from (Question(action, resource, dict(common)) for resource in resources)
    # AWS does not document whether a create with tags needs it, so it is a switch.
    is_needed = world.switches.tags_of_a_create == "need_permission"
    if is_needed and action.startswith("connect:Create") and params.get("Tags"):
        yield Question("connect:TagResource", resources[0], dict(common))


def _session(params: Params, place: str) -> str:
    assistant, session = str(params.get("assistantId") or ""), str(params.get("sessionId") or "")
    if not re.fullmatch(r"[0-9a-f-]{36}", assistant):
        return ""
    kind = f"session/{assistant}/{session}" if session else f"assistant/{assistant}"
    return f"arn:aws:wisdom:{place}:{kind}"


RESOURCES: Mapping[str, Callable[[Params, str], str]] = {
    "connect": _of_instance,
    "iam": _unknown,
    "lambda": _function,
    "logs": _log_group,
    "qconnect": _session,
    "s3": _bucket,
    "scheduler": _schedule,
    "secretsmanager": _secret,
    "sns": lambda params, place: str(params.get("TopicArn") or params.get("TargetArn") or ""),
    "sqs": _queue,
    "stepfunctions": _machine,
    "sts": lambda params, place: str(params.get("RoleArn") or ""),
}
