"""The common parts of the rules of CloudWatch Logs: finding a log group, and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.logs.models import LogGroup, LogsBackend

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.logs.store import GroupFacts, LogsStore
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
Proceed = Callable[[], Any]
# "Possible values are" [service model].
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


class LogRoom:
    def __init__(self, world: World, backend: LogsBackend, store: LogsStore) -> None:
        self.world = world
        self.backend = backend
        self.store = store

    def group(self, name: str | None) -> LogGroup:
        group = self.backend.groups.get(name or "")
        if group is None:
            raise missing("The specified log group does not exist.")
        return group

    def group_of(self, arn: str) -> LogGroup:
        """Returns the log group of an ARN without `:*`."""
        return self.group(next((group.name for group in self.backend.groups.values() if group.arn == arn), None))

    def facts(self, group: LogGroup) -> GroupFacts:
        """Returns the sandbox's facts about a group. moto creates some groups itself: those have the defaults."""
        return self.store.groups.setdefault(group.name, GroupFacts())


def invalid(message: str) -> Refused:
    return Refused("InvalidParameterException", message)


def missing(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message)
