"""The common parts of groups and schedules: finding a group, errors, and pages."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox import paging
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.scheduler.backend import DEFAULT, Group, SchedulerBackend
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
PAGE = 100


class GroupRoom:
    def __init__(self, world: World, backend: SchedulerBackend) -> None:
        self.world = world
        self.backend = backend
        self._drop_deleted_groups()

    def group(self, name: str | None) -> Group:
        """Returns a group; without a name it is the default one [service model]."""
        group = self.backend.groups.get(name or DEFAULT)
        if group is None:
            raise Refused("ResourceNotFoundException", f"Schedule group {name} does not exist.")
        return group

    def page(self, operation: str, params: Params, member: str, rows: list[tuple[str, Answer]]) -> Answer:
        fixed = {name: value for name, value in params.items() if name not in ("NextToken", "MaxResults")}
        size = int(params.get("MaxResults") or PAGE)
        try:
            listing = paging.open_listing(f"scheduler:{operation}", params, fixed=fixed, size=size)
        except Refused as refused:
            raise invalid(refused.message) from refused
        page, token = paging.cut(self.world, listing, rows)
        return {member: page, **token}

    def _drop_deleted_groups(self) -> None:
        groups = self.backend.groups
        for name, group in list(groups.items()):
            if group.deleted_after is not None and self.world.accepted > group.deleted_after:
                del groups[name]


def invalid(message: str) -> Refused:
    return Refused("ValidationException", message)


def conflict(message: str) -> Refused:
    return Refused("ConflictException", message)
