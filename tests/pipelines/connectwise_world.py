"""A connectwise pipeline on the local AWS: its stores, filled by the code of the functions, and its machine."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reconciler.errors import Source
from reconciler.kinds.aws.alarm import Alarm
from reconciler.kinds.aws.lambda_function import LambdaFunction
from reconciler.kinds.aws.s3_object import S3Object
from reconciler.kinds.aws.state_machine import StateMachine
from reconciler.kinds.pipelines.policies import trust
from reconciler.lambdas.connectwise.keys import canonical_key
from reconciler.lambdas.connectwise.ledger import Ledger
from reconciler.lambdas.shared.calls import Calls, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.model import Manifest, Resource
from reconciler.pipelines.declared import DeclaredPipeline
from tests.worlds.world import session

BUCKET, TENANTS, LEDGER = "example-lake", "shop-lab-connectwise-tenant-services", "shop-lab-connectwise-last-updated"
PLAN, MACHINE = "shop-lab-connectwise-plan", "shop-lab-connectwise"
AFTER = {
    **{"effective_from": pa.timestamp("us"), "effective_to": pa.timestamp("us")},
    **{"is_current": pa.bool_(), "is_deleted": pa.bool_(), "change_type": pa.string()},
    **{
        "source_updated_at": pa.timestamp("us"),
        "confirmed_at": pa.timestamp("us"),
        "first_seen_at": pa.timestamp("us"),
    },
    **{"row_hash": pa.int64(), "schema_version": pa.int64(), "commit_no": pa.int64(), "retracted": pa.bool_()},
}


def client(service: str) -> Any:
    made: Any = session().client(service)  # type: ignore[call-overload]
    return made


def resource(spec: type[Resource], **fields: Any) -> Manifest:
    return Manifest(spec.model_validate(fields), Source("connectwise.yaml", 1, 1))


def pipeline(**alarm: Any) -> DeclaredPipeline:
    """Returns the pipeline as its document declares it, as far as the commands look at it."""
    handler, runtime = "reconciler.lambdas.connectwise_plan.handler.handler", "python3.13"
    metric = {"namespace": "reconcile/connectwise", "metricName": "OldestWatermarkAge", "statistic": "Maximum"}
    rule = {"period": 1800, "evaluationPeriods": 2, "comparisonOperator": "GreaterThanThreshold", "threshold": 3600}
    return DeclaredPipeline(
        "connectwise",
        "connectwise",
        (
            resource(LambdaFunction, name=PLAN, runtime=runtime, handler=handler, role="r"),
            resource(S3Object, name=f"{BUCKET}/mappings/tickets.json", content=None),
            resource(Alarm, name=f"{MACHINE}-freshness", **metric, **{**rule, **alarm}),
            resource(StateMachine, name=MACHINE, role="r", definition={}),
        ),
    )


@dataclass(frozen=True)
class Lake:
    """The stores of the pipeline."""

    @classmethod
    def created(cls) -> Lake:
        role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust("lambda")))["Role"]
        client("lambda").create_function(
            FunctionName=PLAN,
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="any.handler",
            Code={"ZipFile": archive()},
            Environment={
                "Variables": {"BUCKET_NAME": BUCKET, "TENANT_SERVICES_TABLE": TENANTS, "LAST_UPDATED_TABLE": LEDGER}
            },
        )
        client("s3").create_bucket(Bucket=BUCKET)
        for table, keys in ((TENANTS, ("tenant_id",)), (LEDGER, ("tenant_id", "table_name"))):
            roles = zip(keys, ("HASH", "RANGE"), strict=False)
            client("dynamodb").create_table(
                TableName=table,
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                KeySchema=[{"AttributeName": key, "KeyType": role} for key, role in roles],
                BillingMode="PAY_PER_REQUEST",
            )
        return cls()

    def add_tenant(self, name: str, **more: Any) -> None:
        row = {
            "tenant_id": {"S": name},
            "connectwise_url": {"S": "https://api-na.myconnectwise.net"},
            "secret_name": {"S": f"connectwise/{name}/lab"},
            "tables": {"L": [{"S": "service/tickets"}]},
        }
        client("dynamodb").put_item(TableName=TENANTS, Item={**row, **more})

    def put(self, tenant: str, name: str, item: Mapping[str, Any]) -> None:
        """Writes an item as the functions do."""
        deadline = Deadline.within(60.0, lambda: 0.0)
        calls = Calls(deadline, lambda seconds: None, random.random, Patience())
        Ledger(client("dynamodb"), calls, LEDGER, tenant).put(name, item)

    def put_rows(self, tenant: str, table: str, at: datetime, rows: list[dict[str, Any]], **business: Any) -> str:
        """Writes a change file as transform does, and returns its key. `business`: the types of its own columns."""
        key = canonical_key(tenant, table, at)
        client("s3").put_object(Bucket=BUCKET, Key=key, Body=self.parquet(tenant, rows, **business))
        return key

    def parquet(self, tenant: str, rows: list[dict[str, Any]], **business: Any) -> bytes:
        types = {"tenant_id": pa.string(), "source_system": pa.string(), "source_id": pa.int64(), **business, **AFTER}
        whole = [{"tenant_id": tenant, "source_system": "connectwise", **row} for row in rows]
        columns = {name: pa.array([row.get(name) for row in whole], kind) for name, kind in types.items()}
        body = io.BytesIO()
        pq.write_table(pa.table(columns), body)
        return body.getvalue()

    def start_machine(self, definition: Mapping[str, Any]) -> str:
        role = client("iam").create_role(RoleName="m", AssumeRolePolicyDocument=json.dumps(trust("states")))["Role"]
        states = client("stepfunctions")
        made = states.create_state_machine(name=MACHINE, definition=json.dumps(definition), roleArn=role["Arn"])
        return str(made["stateMachineArn"])


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("any.py", "def handler(event, context):\n    return {}\n")
    return content.getvalue()
