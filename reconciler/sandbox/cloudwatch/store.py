"""The stores of alarms and dashboards: backends like moto's, which moto's reset empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.utilities.utils import PARTITION_NAMES

METRIC, COMPOSITE = "MetricAlarm", "CompositeAlarm"


@dataclass(eq=False)
class Alarm:
    """An alarm: its type, the members of its last put, its state, and its tags.

    `at`: the number of the accepted call that created it.
    """

    type: str
    arn: str
    members: dict[str, Any]
    updated: float
    at: int
    state: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Dashboard:
    """A dashboard: its body as it was written, and its tags."""

    name: str
    arn: str
    body: str
    updated: float
    tags: dict[str, str] = field(default_factory=dict)


class AlarmStore(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.alarms: dict[str, Alarm] = {}

    def arn(self, name: str) -> str:
        return f"arn:{self.partition}:cloudwatch:{self.region_name}:{self.account_id}:alarm:{name}"


class DashboardStore(BaseBackend):
    """The dashboards of an account in one partition: "All dashboards in your account are global" [service model]."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.dashboards: dict[str, Dashboard] = {}

    def arn(self, name: str) -> str:
        return f"arn:{self.region_name}:cloudwatch::{self.account_id}:dashboard/{name}"


alarm_stores = BackendDict(AlarmStore, "cloudwatch")
# One for each partition, under its name.
dashboard_stores = BackendDict(
    DashboardStore, "cloudwatch", use_boto3_regions=False, additional_regions=PARTITION_NAMES
)
