"""The store of groups and schedules: a backend like moto's, one per account and Region, which moto's reset empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

DEFAULT = "default"


@dataclass(eq=False)
class Group:
    """A schedule group: its tags, and its schedules by name with the members that GetSchedule shows."""

    name: str
    arn: str
    created: float | None = None
    modified: float | None = None
    tags: dict[str, str] = field(default_factory=dict)
    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    deleted_after: int | None = None
    """The number of the accepted call after which a group that is being deleted is gone."""

    @property
    def state(self) -> str:
        return "ACTIVE" if self.deleted_after is None else "DELETING"


class SchedulerBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.answered: dict[str, dict[str, Any]] = {}
        self.fired: dict[str, float] = {}
        """Until when each schedule has fired, by its ARN: seconds of the sandbox's clock."""
        # Its times are not shown [seen in moto].
        self.groups = {DEFAULT: Group(DEFAULT, self.group_arn(DEFAULT))}

    def group_arn(self, name: str) -> str:
        return f"{self._prefix()}:schedule-group/{name}"

    def schedule_arn(self, group: str, name: str) -> str:
        return f"{self._prefix()}:schedule/{group}/{name}"

    def _prefix(self) -> str:
        return f"arn:{self.partition}:scheduler:{self.region_name}:{self.account_id}"


scheduler_backends = BackendDict(SchedulerBackend, "scheduler")
