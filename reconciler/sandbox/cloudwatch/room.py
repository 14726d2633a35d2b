"""The common parts of alarms and dashboards: their stores, tags, times, pages, and errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.sandbox import paging
from reconciler.sandbox.cloudwatch.store import Alarm, AlarmStore, DashboardStore
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
Proceed = Callable[[], Any]
TAGS = 50  # "as many as 50 tags with an alarm" [service model]


class WatchRoom:
    def __init__(self, world: World, store: AlarmStore, dashboards: DashboardStore) -> None:
        self.world = world
        self.store = store
        self.global_store = dashboards

    def alarm(self, name: str) -> Alarm:
        if (alarm := self.store.alarms.get(name)) is None:
            raise Refused("ResourceNotFound", f"Alarm {name} does not exist.")
        return alarm

    def page(
        self, operation: str, params: Params, rows: list[tuple[str, Any]], size: int
    ) -> tuple[list[Any], dict[str, str]]:
        """Returns one page of the rows, and the token of the next one."""
        fixed = {name: value for name, value in params.items() if name not in ("NextToken", "MaxRecords")}
        try:
            listing = paging.open_listing(f"cloudwatch:{operation}", params, fixed=fixed, size=size)
        except Refused as refused:
            # DescribeAlarms has a code of its own for it, ListDashboards has none [service model].
            code = "InvalidNextToken" if operation == "DescribeAlarms" else "InvalidParameterValue"
            raise Refused(code, refused.message) from refused
        return paging.cut(self.world, listing, rows)


def put_tags(known: Mapping[str, str], pairs: list[dict[str, str]]) -> dict[str, str]:
    """Returns the tags after others were added. The codes are inferred."""
    tags = {**known, **{pair["Key"]: pair["Value"] for pair in pairs}}
    if any(key.lower().startswith("aws:") for key in tags):
        raise Refused("InvalidParameterValue", "Tag keys that begin with aws: are reserved.")
    if len(tags) > TAGS:
        raise Refused("InvalidParameterValue", f"A resource has at most {TAGS} tags.")
    return tags


def time_of(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def invalid(message: str) -> Refused:
    return Refused("ValidationError", message)
