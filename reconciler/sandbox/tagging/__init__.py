"""AWS's tag index (Resource Groups Tagging API) in the sandbox: the tagged resources of the served services.

"You can also use this operation … resources that currently have tags, or have had tags" [service model]. The index is a
copy that lags: under the fault `searchLag`, new log groups are missing and deleted ones still listed for that many
accepted calls. Deleted resources were seen for hours [seen: aws-cli, issue 8197; boto3, issue 3341]. Roles of IAM are
never listed, phone numbers of Amazon Connect are [user guide of Tag Editor].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore import xform_name
from moto.awslambda.models import lambda_backends
from moto.connect.models import connect_backends
from moto.core.responses import ActionResult
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend
from moto.stepfunctions.responses import get_backend

from reconciler.sandbox import paging
from reconciler.sandbox.cloudwatch.store import alarm_stores, dashboard_stores
from reconciler.sandbox.emr.backend import emr_backends
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.logs.store import logs_stores
from reconciler.sandbox.qconnect import QConnect
from reconciler.sandbox.qconnect.backend import qconnect_backends
from reconciler.sandbox.scheduler.backend import scheduler_backends
from reconciler.sandbox.states.store import machine_stores
from reconciler.sandbox.world import World

Params = dict[str, Any]
Proceed = Callable[[], Any]
Entry = tuple[str, dict[str, str]]  # an ARN and its tags
PAGE = 50  # resources [service model]; moto answers fewer if they have many tags
MOTOS = ("dynamodb", "lambda", "logs", "s3", "secretsmanager", "sns", "sqs", "ssm")
ALL = 10**6


class TagIndex:
    """The index of one account and Region."""

    def __init__(self, world: World, backend: ResourceGroupsTaggingAPIBackend) -> None:
        self.world, self.backend = world, backend

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or _answered_by_moto

    def get_resources(self, params: Params, proceed: Proceed) -> ActionResult:
        named = ("ResourceTypeFilters", "TagFilters", "ResourceARNList")
        types, filters, arns = (params.get(name) or [] for name in named)
        rows = []
        for arn, tags in self._entries():
            is_named = not arns or arn in arns
            if is_named and _is_of(arn, types) and all(_satisfies(tags, wish) for wish in filters):
                entry = {"ResourceARN": arn, "Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)]}
                rows.append((arn, entry))
        fixed = {name: value for name, value in params.items() if name not in ("PaginationToken", "ResourcesPerPage")}
        token, size = {"NextToken": params.get("PaginationToken")}, params.get("ResourcesPerPage") or PAGE
        try:
            listing = paging.open_listing("tagging:GetResources", token, fixed=fixed, size=size)
        except Refused as refused:
            raise Refused("PaginationTokenExpiredException", "The pagination token has expired.") from refused
        page, rest = paging.cut(self.world, listing, rows)
        # After the last page the token is an empty text [seen: botocore's paginator tests].
        return ActionResult({"ResourceTagMappingList": page, "PaginationToken": rest.get("NextToken", "")})

    def _entries(self) -> Iterator[Entry]:
        account, region, lag = self.backend.account_id, self.backend.region_name, self.world.faults.search_lag
        logs = logs_stores[account][region]
        _, tagged = self.backend.get_resources(
            resources_per_page=ALL, tags_per_page=ALL, tag_filters=[], resource_type_filters=list(MOTOS)
        )
        recent = self.world.accepted - lag
        new = {name for name, facts in logs.groups.items() if lag and facts.created >= recent}
        for resource in tagged:
            if resource.arn.partition(":log-group:")[2] not in new:
                yield resource.arn, dict(resource.tags)
        for deleted in logs.deleted:
            if lag and deleted.at >= recent:
                self.world.counts.served("searchLag")
                yield deleted.arn, deleted.tags
        for holdings in connect_backends[account][region].__dict__.get("administration", {}).values():
            for number in holdings.of("PhoneNumber").values():
                is_new = number.lagging is not None and self.world.accepted <= number.lagging[0]
                if number.tags and not is_new:
                    yield number.arn, dict(number.tags)
        yield from self._watching(recent if lag else None)
        if self.world.switches.index_schedule_groups == "listed":
            for group in scheduler_backends[account][region].groups.values():
                if group.tags:
                    yield group.arn, group.tags

    def _watching(self, recent: int | None) -> Iterator[Entry]:
        """Yields the kinds that watch and orchestrate. Those of the call `recent` and later are missing."""
        account, region = self.backend.account_id, self.backend.region_name
        for alarm in alarm_stores[account][region].alarms.values():
            if alarm.tags and not (recent is not None and alarm.at >= recent):
                yield alarm.arn, dict(alarm.tags)
        assistants = QConnect(self.world, qconnect_backends[account][region])
        for assistant in assistants.backend.assistants.values():
            if assistant.tags:
                yield assistants.arn_of(assistant), dict(assistant.tags)
        applications = emr_backends[account][region]
        for application in applications.applications.values():
            if application.tags and application.state != "TERMINATED":
                yield applications.arn(application.id), dict(application.tags)
        machines = get_backend(account, region)
        for arn, facts in machine_stores[account][region].machines.items():
            tags = {tag["key"]: tag["value"] for tag in machines.get_tags_list_for_state_machine(arn)}
            if tags and not (recent is not None and facts.created >= recent):
                yield arn, tags
        if self.world.switches.index_dashboards == "listed":
            for dashboard in dashboard_stores[account][self.backend.partition].dashboards.values():
                if dashboard.tags:
                    yield dashboard.arn, dict(dashboard.tags)
        if self.world.switches.index_event_source_mappings == "listed":
            for mapping in lambda_backends[account][region]._event_source_mappings.values():
                if mapping.tags:
                    yield mapping.arn, mapping.tags
        if self.world.switches.index_schedule_groups == "listed":
            for group in scheduler_backends[account][region].groups.values():
                if group.tags:
                    yield group.arn, group.tags


def _is_of(arn: str, types: list[str]) -> bool:
    """Returns whether a resource is of one of the types: `service`, or `service:type`."""
    _, _, service, _, _, resource = arn.split(":", 5)
    kind = resource.replace("/", ":").partition(":")[0]
    return not types or service in types or f"{service}:{kind}" in types


def _satisfies(tags: dict[str, str], wish: dict[str, Any]) -> bool:
    """Returns whether a resource has the tag, with one of the values if there are any [service model]."""
    values = wish.get("Values") or []
    return wish["Key"] in tags and (not values or tags[wish["Key"]] in values)


def _answered_by_moto(params: Params, proceed: Proceed) -> Any:
    return proceed()
