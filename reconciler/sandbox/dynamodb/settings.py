"""Settings of tables with operations of their own: the expiry of items, and continuous backups [service model]."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from reconciler.sandbox.dynamodb.room import Params, Proceed, TableRoom, invalid
from reconciler.sandbox.errors import Refused

HOUR = 3600.0


class Settings(TableRoom):
    def describe_time_to_live(self, params: Params, proceed: Proceed) -> ActionResult:
        return ActionResult({"TimeToLiveDescription": dict(self.table(params).ttl)})

    def update_time_to_live(self, params: Params, proceed: Proceed) -> ActionResult:
        """Enables or disables the expiry. "Any additional call … during this one hour … results in a
        ValidationException" [service model]; a switch takes more calls. The attribute of a disabled expiry stays named
        [seen: terraform-provider-aws, issue 37991].
        """
        table, wanted = self.active(params), params["TimeToLiveSpecification"]
        is_on, attribute = table.ttl["TimeToLiveStatus"] == "ENABLED", wanted["AttributeName"]
        facts, now = self.facts(table), self.world.clock()
        if not attribute:
            raise invalid("TimeToLiveSpecification.AttributeName must have a length of 1 or more")
        if wanted["Enabled"] and is_on:
            raise invalid("TimeToLive is already enabled")
        if not wanted["Enabled"] and not is_on:
            raise invalid("TimeToLive is already disabled")
        if is_on and table.ttl.get("AttributeName") != attribute:
            raise invalid("TimeToLive is active on a different AttributeName")
        is_limited = self.world.switches.time_to_live_changes == "hourly" and facts.ttl_changed is not None
        if is_limited and now - (facts.ttl_changed or 0.0) < HOUR:
            raise invalid("Time to live has been modified multiple times within a fixed interval")
        facts.ttl_changed = now
        table.ttl = {
            "TimeToLiveStatus": "ENABLED" if wanted["Enabled"] else "DISABLED",
            "AttributeName": attribute,
        }
        return ActionResult({"TimeToLiveSpecification": dict(wanted)})

    def tag_resource(self, params: Params, proceed: Proceed) -> Any:
        """Tags a table. moto keeps the old value of a key next to the new one."""
        arn, new = params["ResourceArn"], {tag["Key"] for tag in params["Tags"]}
        for table in self.backend.tables.values():
            if table.table_arn == arn:
                table.tags = [tag for tag in table.tags if tag["Key"] not in new]
        return proceed()

    def describe_continuous_backups(self, params: Params, proceed: Proceed) -> Any:
        self._backed_up(params)
        return proceed()

    def update_continuous_backups(self, params: Params, proceed: Proceed) -> Any:
        """Changes the backups of a table. Those of a table that is being created are unavailable [Terraform]."""
        name = self._backed_up(params)
        table = self.backend.tables[name]
        if self.status(table) == "CREATING":
            message = f"Backups are being enabled for the table: {name}. Please retry later"
            raise Refused("ContinuousBackupsUnavailableException", message)
        wanted = params["PointInTimeRecoverySpecification"]
        if not wanted["PointInTimeRecoveryEnabled"] and "RecoveryPeriodInDays" in wanted:
            raise invalid("RecoveryPeriodInDays can only be set when point in time recovery is enabled")
        return proceed()

    def _backed_up(self, params: Params) -> str:
        try:
            return str(self.table(params).name)
        except Refused as refused:
            raise Refused("TableNotFoundException", refused.message) from refused
