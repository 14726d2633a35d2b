"""How tables of Amazon DynamoDB look in AWS's answers and calls: nested, and with states in place of settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from reconciler.kinds.aws.dynamodb_parts import OnDemandThroughput
from reconciler.kinds.aws.dynamodb_spec import ON_DEMAND, DynamoDBTable
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.verbs import Update
from reconciler.model import Call, Ref


class TableAnswers(Kind[DynamoDBTable]):
    """The translation of tables."""

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        members = {**members, **members.get("TableDescription", {})}
        return str(members.get("TableName") or members.get("Id") or ""), str(
            members.get("TableArn") or members.get("Arn") or ""
        )

    def stream_of(self, members: Mapping[str, Any]) -> str:
        """Returns the ARN of the stream. AWS goes on naming that of a stream that was disabled."""
        table = {**members, **members.get("TableDescription", {})}
        is_on = (table.get("StreamSpecification") or {}).get("StreamEnabled")
        return str(table.get("LatestStreamArn") or "") if is_on else ""

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> DynamoDBTable:
        """Returns the spec. Attributes that only indexes use are not the key's, and absent means the default."""
        keys = {element.get("AttributeName") for element in answer.get("KeySchema", ())}
        definitions = [it for it in answer.get("AttributeDefinitions", ()) if it.get("AttributeName") in keys]
        mode = answer.get("BillingModeSummary") or {"BillingMode": "PROVISIONED"}
        normal = {"AttributeDefinitions": definitions, "BillingModeSummary": mode}
        if mode["BillingMode"] == ON_DEMAND:
            normal["ProvisionedThroughput"] = None
        return super().from_aws({**answer, **normal}, names, name)

    def read_field(self, field: str, value: Any) -> Any:
        match field:
            case "billing_mode":
                return value["BillingMode"]
            case "table_class":
                return value.get("TableClass", "STANDARD")
            case "on_demand_throughput":
                units = {name: number for name, number in value.items() if number != -1}
                return units or None
            case "sse_specification":
                return value if value.get("Status") in ("ENABLED", "ENABLING", "UPDATING") else None
            case "stream_specification":
                return value if value.get("StreamEnabled") else None
            case "time_to_live_specification":
                is_on = value.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
                # AWS goes on naming the attribute of a disabled expiry (issue 37991 of Terraform's provider).
                return {"Enabled": is_on, "AttributeName": value.get("AttributeName", "")}
            case "point_in_time_recovery_specification":
                recovery = value.get("PointInTimeRecoveryDescription", {})
                is_on = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
                return {**recovery, "PointInTimeRecoveryEnabled": is_on}
        return value

    def write_field(self, field: str, value: Any) -> Any:
        match field:
            case "key_schema":  # AWS takes the partition key first.
                return sorted(value, key=lambda element: str(element["KeyType"]))
            case "stream_specification":
                return {"StreamEnabled": True, **value}
            case "sse_specification":
                return {"Enabled": True, "SSEType": "KMS", **value}
        return value

    def replace_call(self, ref: Ref, update: Update, spec: DynamoDBTable) -> Call:
        call = super().replace_call(ref, update, spec)
        own: dict[str, Any] = {}
        match update.fields:
            case ("stream_specification",) if spec.stream_specification is None:
                own = {"StreamSpecification": {"StreamEnabled": False}}
            case ("sse_specification",) if spec.sse_specification is None:
                own = {"SSESpecification": {"Enabled": False}}
            case ("time_to_live_specification",):
                # A call that disables it names the attribute too.
                ttl = spec.time_to_live_specification
                own = {"TimeToLiveSpecification": {"Enabled": ttl.enabled, "AttributeName": ttl.attribute_name}}
            case ("point_in_time_recovery_specification",):
                recovery = spec.point_in_time_recovery_specification
                own = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}}
                if recovery.point_in_time_recovery_enabled:
                    own = {"PointInTimeRecoverySpecification": self._encode(update.fields[0], recovery)}
                    own["PointInTimeRecoverySpecification"] |= {"PointInTimeRecoveryEnabled": True}
            case fields if {*fields} & {"billing_mode", "provisioned_throughput", "on_demand_throughput"}:
                return self._capacity_call(call, fields, spec)
        return self.call(call.operation, {**call.params, **own})

    def first_calls(self, ref: Ref, update: Update, before: DynamoDBTable, after: DynamoDBTable) -> tuple[Call, ...]:
        """Returns the call that disables a stream: AWS changes the view only of a table without a stream."""
        views = before.stream_specification, after.stream_specification
        if update.fields != ("stream_specification",) or None in views:
            return ()
        off = after.model_copy(update={"stream_specification": None})
        return (self.replace_call(ref, update, off),)

    def _capacity_call(self, call: Call, fields: Collection[str], spec: DynamoDBTable) -> Call:
        """Returns the call. Each billing mode has a capacity of its own, and AWS drops that of the other one."""
        params = dict(call.params)
        if spec.billing_mode == ON_DEMAND:
            params.pop("ProvisionedThroughput", None)
            if "on_demand_throughput" in fields:
                units = spec.on_demand_throughput or OnDemandThroughput()
                limits = units.max_read_request_units, units.max_write_request_units
                params["OnDemandThroughput"] = dict(
                    zip(("MaxReadRequestUnits", "MaxWriteRequestUnits"), limits, strict=True)
                )
        else:
            params.pop("OnDemandThroughput", None)
        if params.keys() <= {"TableName"}:
            params["BillingMode"] = spec.billing_mode
        return self.call(call.operation, params)
