"""Workgroups of Amazon Redshift Serverless: the compute and the network of a namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import REDSHIFT
from reconciler.kinds.verbs import Listing, Update, Wait
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Does, Keyed, Problem, RefTo, Spec, Unordered, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

LEAST, MOST, STEP = 8, 1024, 8  # base capacities, and also 4 (management guide, "Compute capacity")
PORTS = (*range(5431, 5456), *range(8191, 8216))  # (service model, of port)
NOTHING = -1  # unsets the maximum (seen: Terraform's provider, issue 36032)


class ConfigParameter(Spec):
    """A parameter of the database."""

    parameter_key: Literal[
        "auto_mv",
        "datestyle",
        "enable_case_sensitive_identifier",
        "enable_user_activity_logging",
        "query_group",
        "search_path",
        "max_query_execution_time",
        "require_ssl",
        "use_fips_ssl",
        "wlm_json_configuration",
        "max_query_blocks_read",
        "max_query_cpu_time",
        "max_query_cpu_usage_percent",
        "max_query_queue_time",
        "max_query_temp_blocks_to_disk",
        "max_join_row_count",
        "max_nested_loop_join_row_count",
        "max_return_row_count",
        "max_scan_row_count",
    ] = Field(description="The parameter.")
    parameter_value: str = Field(
        min_length=1, description="The value, as a text. -1 returns it to AWS's default.", examples=["true"]
    )


class PerformanceTarget(Spec):
    """The balance of cost and speed that AWS aims at by itself."""

    status: Literal["ENABLED", "DISABLED"] = Field(
        description="The state.",
        json_schema_extra=meanings(ENABLED="AWS scales for the level.", DISABLED="The base capacity holds."),
    )
    level: int | None = Field(
        None,
        ge=1,
        le=100,
        description="From 1, the lowest cost, to 100, the best speed; only if ENABLED.",
        examples=[50],
    )


class RedshiftWorkgroup(Tagged):
    """A workgroup: it runs the queries of a namespace. AWS bills compute only while a query runs."""

    name: Annotated[str, AwsName("workgroupName")] = Field(
        pattern=r"^[a-z0-9-]{3,64}$",
        description="The name, in 3 to 64 small letters, digits and hyphens. AWS cannot change it.",
        examples=["analytics-prod"],
        json_schema_extra=expecting("a name of 3 to 64 small letters, digits and hyphens"),
    )
    namespace: Annotated[str, RefTo("RedshiftNamespace", by="Name", undeclared=True)] = Field(
        description="The namespace, which AWS cannot change later. It may exist without a manifest.",
        examples=["analytics-prod"],
    )
    base_capacity: int = Field(
        128, ge=4, le=MOST, description="The RPUs at the start of a query: 4, or 8 to 1024 in eights.", examples=[8]
    )
    max_capacity: Annotated[int | None, Clearable(by=NOTHING)] = Field(
        None,
        ge=4,
        description="The most RPUs. Without it, or with null, AWS may use as many as it needs.",
        examples=[64],
    )
    price_performance_target: PerformanceTarget = PerformanceTarget(status="DISABLED")
    config_parameters: Annotated[Unordered[ConfigParameter], Keyed("parameter_key")] = Field(
        (), description="Parameters of the database. Others stay as they are: AWS adds some over the years."
    )
    enhanced_vpc_routing: bool = Field(False, description="True: COPY and UNLOAD go through the VPC alone.")
    publicly_accessible: bool = Field(False, description="True: the endpoint can be reached from the internet.")
    extra_compute_for_automatic_optimization: bool = Field(
        False, description="True: AWS bills extra compute for its own optimizations."
    )
    ip_address_type: Literal["ipv4", "dualstack"] = Field(
        "ipv4",
        description="The addresses of the endpoint.",
        json_schema_extra=meanings(ipv4="IPv4.", dualstack="IPv4 and IPv6."),
    )
    port: int = Field(5439, description="The port: 5431 to 5455, or 8191 to 8215.", examples=[5439])
    subnet_ids: Unordered[str] = Field(
        (), description="The subnets, in three zones; by default those of the default VPC.", examples=[["subnet-0a"]]
    )
    security_group_ids: Unordered[str] = Field(
        (), description="The security groups; by default that of the VPC.", examples=[["sg-0a"]]
    )
    track_name: str = Field(
        "current",
        pattern=r"^[a-zA-Z0-9_]{1,256}$",
        description="The track of releases.",
        examples=["current", "trailing"],
        json_schema_extra=expecting("a name of a track"),
    )


# "You can't update multiple parameters in one request" (service model), so each field has a call of its own.
_EACH = tuple(
    Update("UpdateWorkgroup", (field,))
    for field in RedshiftWorkgroup.model_fields
    if field not in ("name", "tags", "namespace", "base_capacity", "max_capacity")
)
_BASE, _MOST = (Update("UpdateWorkgroup", (field,)) for field in ("base_capacity", "max_capacity"))


class RedshiftWorkgroupKind(Kind[RedshiftWorkgroup]):
    spec = RedshiftWorkgroup
    service = REDSHIFT
    # Only AWS knows the ARN, which ends in an id.
    identity = Identity("workgroupName")
    reading = Reading(
        search=Listing("ListWorkgroups", "workgroups", {"maxResults": 100}),
        candidates=Listing("ListWorkgroups", "workgroups", {"maxResults": 100}),
        describe=("GetWorkgroup", "workgroup"),
        by_name=True,
    )
    writing = Writing(
        create="CreateWorkgroup",
        delete="DeleteWorkgroup",
        filled=frozenset({"config_parameters", "security_group_ids", "subnet_ids"}),
        updates=(_BASE, _MOST, *_EACH),
        wait=Wait("status", "AVAILABLE", after=frozenset({Does.CREATE, Does.UPDATE, Does.DELETE})),
    )
    # DeleteNamespace is refused while a workgroup uses it (Terraform's provider deletes workgroups first).
    ordering = Ordering(keeps_alive=frozenset({"namespace"}))
    deletion = Deletion(breaks="until it is created again, no query can run, and its endpoint is gone")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the identity; CreateWorkgroup answers with a structure inside."""
        inner = {**members, **members.get("workgroup", {})}
        return str(inner.get("workgroupName") or inner.get("Id") or ""), str(
            inner.get("workgroupArn") or inner.get("Arn") or ""
        )

    def in_turn(self, before: RedshiftWorkgroup, after: RedshiftWorkgroup) -> tuple[Update, ...]:
        """Returns the updates. A base above the old maximum comes after the new maximum, any other base before it."""
        grows_past = before.max_capacity is not None and after.base_capacity > before.max_capacity
        return (*((_MOST, _BASE) if grows_past else (_BASE, _MOST)), *_EACH)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        base, most, port = (declared.get(key) for key in ("baseCapacity", "maxCapacity", "port"))
        if isinstance(base, int) and base != 4 and (base < LEAST or base % STEP):
            yield Problem("error", ("baseCapacity",), f"must be 4, or a multiple of {STEP} from {LEAST} to {MOST:,}")
        if isinstance(base, int) and isinstance(most, int) and most < base:
            yield Problem("error", ("maxCapacity",), f"cannot be less than baseCapacity, which is {base}")
        if isinstance(port, int) and port not in PORTS:
            yield Problem("error", ("port",), "must be from 5431 to 5455, or from 8191 to 8215")
