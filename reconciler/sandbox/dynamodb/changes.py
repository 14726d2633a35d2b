"""Creates, changes and deletions of tables [service model, if a rule has no other source]."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models.table import Table

from reconciler.sandbox.dynamodb.room import Params, Proceed, TableRoom, invalid
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.newness import note_new

# The kinds of change that one UpdateTable makes [Terraform's provider makes them apart]. The service model says it of
# throughput and indexes alone.
CHANGES = {
    "capacity": ("BillingMode", "ProvisionedThroughput", "OnDemandThroughput"),
    "stream": ("StreamSpecification",),
    "class": ("TableClass",),
    "encryption": ("SSESpecification",),
    "protection": ("DeletionProtectionEnabled",),
    "indexes": ("GlobalSecondaryIndexUpdates",),
}


class Changes(TableRoom):
    def create_table(self, params: Params, proceed: Proceed) -> Any:
        self.finish_deletions()
        if params["TableName"] in self.backend.tables:
            raise Refused("ResourceInUseException", f"Table already exists: {params['TableName']}")
        _check_throughput(params, params.get("BillingMode") or "PROVISIONED")
        if params.get("OnDemandThroughput") and params.get("BillingMode") != "PAY_PER_REQUEST":
            raise invalid("OnDemandThroughput can only be set with PAY_PER_REQUEST")
        answer = proceed()
        if table := self.backend.tables.get(params["TableName"]):
            facts = self.facts(table)
            facts.table_class = params.get("TableClass") or "STANDARD"
            facts.on_demand = dict(params.get("OnDemandThroughput") or {})
            self.work(table, "CREATING")
            note_new(self.world, table)
        return answer

    def describe_table(self, params: Params, proceed: Proceed) -> ActionResult:
        return ActionResult({"Table": self._described(self.table(params), "Table")})

    def delete_table(self, params: Params, proceed: Proceed) -> Any:
        """Deletes a table with its items. It is DELETING for a while; protection blocks it."""
        table = self.active(params)
        if table.deletion_protection_enabled:
            raise invalid("Resource cannot be deleted as it is currently protected against deletion. Disable it first.")
        if not self.world.faults.tables:
            return proceed()
        self.work(table, "DELETING")
        return ActionResult({"TableDescription": self._described(table, "TableDescription")})

    def update_table(self, params: Params, proceed: Proceed) -> Any:
        """Makes one kind of change, on an active table. A switch says whether a call may make several."""
        table = self.active(params)
        kinds = [kind for kind, members in CHANGES.items() if any(params.get(name) is not None for name in members)]
        if not kinds:
            raise invalid("At least one of the settings of the table must be changed.")
        if len(kinds) > 1 and self.world.switches.table_changes == "one":
            raise invalid("Only one kind of change of a table can be made at a time.")
        for kind in kinds:
            if kind == "indexes":
                self.work(table, "UPDATING")
                return proceed()
            {
                "capacity": self._change_capacity,
                "stream": _change_stream,
                "class": self._change_class,
                "encryption": _change_encryption,
                "protection": _change_protection,
            }[kind](table, params)
        self.work(table, "UPDATING")
        return ActionResult({"TableDescription": self._described(table, "TableDescription")})

    def _change_capacity(self, table: Table, params: Params) -> None:
        mode = str(params.get("BillingMode") or table.billing_mode)
        wanted, limit, facts = params.get("ProvisionedThroughput"), params.get("OnDemandThroughput"), self.facts(table)
        _check_throughput(params, mode, is_new=mode != table.billing_mode)
        if limit and mode != "PAY_PER_REQUEST":
            raise invalid("OnDemandThroughput can only be set with PAY_PER_REQUEST")
        known = {name: table.throughput[name] for name in ("ReadCapacityUnits", "WriteCapacityUnits")}
        if mode == table.billing_mode and wanted in (None, known) and not limit:
            raise invalid("The provisioned throughput for the table will not change.")
        if mode == "PAY_PER_REQUEST":
            table.throughput = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0}
            facts.on_demand |= limit or {}
        else:
            table.throughput = {**(wanted or known), "NumberOfDecreasesToday": 0}
            facts.on_demand = {}
        table.billing_mode = mode

    def _change_class(self, table: Table, params: Params) -> None:
        if self.facts(table).table_class == params["TableClass"]:
            raise invalid(f"Table is already using the {params['TableClass']} table class")
        self.facts(table).table_class = params["TableClass"]

    def _described(self, table: Table, key: str) -> dict[str, Any]:
        """Returns a description with what moto lacks. AWS leaves out what was never set [Terraform's provider]."""
        described: dict[str, Any] = table.describe(base_key=key)[key]
        facts = self.facts(table)
        described["TableStatus"] = self.status(table)
        if table.billing_mode != "PAY_PER_REQUEST":
            described.pop("BillingModeSummary")
        if facts.table_class != "STANDARD":
            described["TableClassSummary"] = {"TableClass": facts.table_class}
        if facts.on_demand:
            described["OnDemandThroughput"] = dict(facts.on_demand)
        # moto has the number of values of the partition key, where AWS counts items.
        described["TableSizeBytes"] = sum(item.size() for item in table.all_items())
        return described


def _check_throughput(params: Params, mode: str, *, is_new: bool = True) -> None:
    given = params.get("ProvisionedThroughput")
    if mode == "PAY_PER_REQUEST" and given:
        raise invalid("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when it is PAY_PER_REQUEST")
    if mode == "PROVISIONED" and is_new and not given:
        raise invalid("No provisioned throughput specified for the table")


def _change_stream(table: Table, params: Params) -> None:
    """Enables or disables a stream. A new stream has another label, so another ARN."""
    wanted = params["StreamSpecification"]
    has_stream = bool(table.stream_specification and table.stream_specification.get("StreamEnabled"))
    if wanted["StreamEnabled"] and has_stream:
        raise invalid(f"Table already has an enabled stream: TableName: {table.name}")
    if not wanted["StreamEnabled"] and not has_stream:
        raise invalid("Table is already disabled stream")
    if wanted["StreamEnabled"] and not wanted.get("StreamViewType"):
        raise invalid("StreamViewType is required to enable a stream")
    table.set_stream_specification(dict(wanted) if wanted["StreamEnabled"] else {"StreamEnabled": False})


def _change_encryption(table: Table, params: Params) -> None:
    wanted = params["SSESpecification"]
    if wanted.get("SSEType", "KMS") != "KMS":
        raise invalid("The only supported type of server-side encryption is KMS")
    has_key = bool(table.sse_specification and table.sse_specification.get("Enabled"))
    if not wanted.get("Enabled") and not has_key:
        raise invalid("Table is already encrypted by default")
    table.sse_specification = dict(wanted) if wanted.get("Enabled") else None


def _change_protection(table: Table, params: Params) -> None:
    table.deletion_protection_enabled = params["DeletionProtectionEnabled"]
