"""The roles of a connectwise pipeline. Functions reach the data of tenants through one role, by its session tag."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from reconciler.kinds.composite import Child
from reconciler.kinds.pipelines import connectwise_spark, policies
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.connectwise_machine import arn, policy_targets
from reconciler.kinds.pipelines.connectwise_stores import LEDGER, TENANTS
from reconciler.kinds.pipelines.parts import PipelineBucket, Warehouse
from reconciler.kinds.pipelines.shipped import LAMBDAS
from reconciler.model import Linked

FOR_TENANTS = ("ingest", "transform")  # the functions that become a tenant
_LOGS = (
    *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"),
    *("logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"),
)


def roles(
    parts: PipelineParts, functions: Mapping[str, PipelineParts], bucket: PipelineBucket, warehouse: Warehouse
) -> Iterator[Child]:
    """Yields the role of each function, and those of tenants, COPY, the machine and the schedules."""
    name = parts.spec.name
    for part, function in functions.items():
        policy = policies.filled(function.shipped.policy, _values(function, bucket, warehouse), {})
        yield function.role("", policies.trust("lambda"), policy, f"Pipeline {name}: {part}")
    tenant = policies.filled(_tenant_policy(), _values(parts, bucket, warehouse), {})
    yield parts.role("tenant", _tenant_trust(parts, functions), tenant, f"Pipeline {name}: the data of one tenant")
    own = linked("S3Bucket", bucket.name)
    copy = policies.document(
        policies.allow(["s3:GetObject"], [Linked(f"{own}/*/canonical/*"), Linked(f"{own}/loads/*")]),
        policies.allow(["s3:GetBucketLocation", "s3:ListBucket"], [own]),
    )
    yield parts.role("copy", policies.trust("redshift"), copy, f"Pipeline {name}: lets Redshift read its files")
    yield from parts.attachment(warehouse.namespace)
    yield parts.role("machine", policies.trust("states"), _machine(parts, functions, own), f"Pipeline {name}: its runs")
    yield _scheduler(parts)


@cache
def _tenant_policy() -> Mapping[str, Any]:
    """Returns the shipped policy of the tenant role, whose resources name the session tag `tenant`."""
    content: Mapping[str, Any] = json.loads((files(LAMBDAS) / "connectwise" / "policy.json").read_text("utf-8"))
    return content


def _tenant_trust(parts: PipelineParts, functions: Mapping[str, PipelineParts]) -> dict[str, Any]:
    """Returns the trust in the functions and the job of tenants, with the tag of a tenant alone.

    It names them by a condition: AWS refuses a role as a principal until it exists, and they name this role.
    """
    scope = parts.scope
    place = f"arn:{scope.partition}:iam::{scope.account}"
    parts_of_tenants = [functions[part].function_name for part in FOR_TENANTS]
    if parts.spec.spark is not None:
        parts_of_tenants.append(parts.named("spark"))
    callers = [f"{place}:role/reconcile/{scope.stack}/{scope.environment}/{name}" for name in parts_of_tenants]
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"{place}:root"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": callers},
            "StringLike": {"aws:RequestTag/tenant": "?*"},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["tenant"]},
        },
    }
    return {"Version": policies.VERSION, "Statement": [statement]}


def _machine(parts: PipelineParts, functions: Mapping[str, PipelineParts], bucket: Linked) -> dict[str, Any]:
    own = arn(parts)
    execution = own.replace(":stateMachine:", ":execution:")
    return policies.document(
        policies.allow(["lambda:InvokeFunction"], policy_targets(functions)),
        policies.allow(["s3:GetObject", "s3:PutObject"], [Linked(f"{bucket}/runs/*")]),
        # A distributed map starts its children as executions of the machine itself.
        policies.allow(["states:StartExecution"], [own]),
        policies.allow(
            ["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"],
            [f"{execution}:*", f"{execution}/*"],
        ),
        policies.allow([*_LOGS], ["*"]),
        *(connectwise_spark.machine_statements(parts, parts.spec.spark) if parts.spec.spark else ()),
    )


def _scheduler(parts: PipelineParts) -> Child:
    group = linked("ScheduleGroup", parts.name)
    only = {"StringEquals": {"aws:SourceAccount": parts.scope.account, "aws:SourceArn": group}}
    policy = policies.document(
        policies.allow(["states:StartExecution"], [arn(parts)]),
        policies.allow(["sqs:SendMessage"], [linked("SqsQueue", parts.named("dead"))]),
    )
    about = f"Pipeline {parts.spec.name}: lets its schedules start runs"
    return parts.role("scheduler", policies.trust("scheduler", only), policy, about)


def _values(function: PipelineParts, bucket: PipelineBucket, warehouse: Warehouse) -> dict[str, str]:
    """Returns the values of a policy. Resources that the pipeline does not use have none."""
    values: dict[str, str] = {
        **policies.scope_values(function.scope),
        "BUCKET_NAME": bucket.name,
        "TENANT_SERVICES_TABLE": function.named(TENANTS),
        "LAST_UPDATED_TABLE": function.named(LEDGER),
        "TENANT_ROLE_ARN": linked("IamRole", function.named("tenant")),
        "FUNCTION_NAME": function.function_name,
        **({"ALERT_TOPIC_ARN": linked("SnsTopic", function.topic)} if function.topic else {}),
    }
    if warehouse.secret:
        return {**values, "REDSHIFT_SECRET_ARN": linked("Secret", warehouse.secret)}
    return {**values, "REDSHIFT_WORKGROUP_ARN": linked("RedshiftWorkgroup", str(warehouse.workgroup))}
