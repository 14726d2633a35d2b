"""The schedules of all Regions, as moments of the sandbox's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from reconciler.sandbox.events.targets import Firing, fire
from reconciler.sandbox.place import ACCOUNT
from reconciler.sandbox.scheduler.backend import SchedulerBackend, scheduler_backends
from reconciler.sandbox.scheduler.times import next_time
from reconciler.sandbox.world import world

Json = dict[str, Any]


class DueSchedules:
    """Schedules fire when the clock is advanced, never by themselves: what fell due meanwhile is caught up then."""

    def __init__(self) -> None:
        self.fired: list[Json] = []
        # The next moment of each schedule and of each of its updates: cron expressions are slow to evaluate.
        self._next: dict[tuple[str, float, float], datetime | None] = {}

    def next_due(self) -> float | None:
        with world.lock:
            moments = [moment.timestamp() for _, _, moment in self._upcoming()]
        return min(moments, default=None)

    def fire_due(self) -> None:
        """Fires every schedule that is due, once, in the order of names."""
        now = datetime.fromtimestamp(world.clock(), UTC)
        with world.lock:
            due = [one for one in self._upcoming() if one[2] <= now]
            for backend, schedule, moment in due:
                backend.fired[schedule["Arn"]] = moment.timestamp()
        for backend, schedule, moment in sorted(due, key=lambda one: (one[2], one[1]["Arn"])):
            firing = Firing(schedule, moment)
            error = fire(firing)
            name = {"schedule": schedule["Name"], "group": schedule["GroupName"], "at": firing.scheduled_time}
            self.fired.append(name | ({"error": error} if error else {}))
            self._complete(backend, schedule, moment)

    def _upcoming(self) -> Iterator[tuple[SchedulerBackend, Json, datetime]]:
        """Yields every enabled schedule that has a next moment."""
        for backend in scheduler_backends[ACCOUNT].values():
            for group in backend.groups.values():
                for schedule in group.schedules.values():
                    if schedule["State"] == "ENABLED" and (moment := self._moment(backend, schedule)) is not None:
                        yield backend, schedule, moment

    def _moment(self, backend: SchedulerBackend, schedule: Json) -> datetime | None:
        changed, fired = schedule["LastModificationDate"], backend.fired.get(schedule["Arn"], 0.0)
        key = (schedule["Arn"], changed, fired)
        if key not in self._next:
            # The moment of the change itself counts; the moment that has fired does not.
            after = changed - 0.000_001 if changed > fired else fired
            self._next[key] = next_time(schedule, datetime.fromtimestamp(after, UTC))
        return self._next[key]

    def _complete(self, backend: SchedulerBackend, schedule: Json, moment: datetime) -> None:
        """Deletes a schedule that will never fire again, if it says so."""
        if schedule["ActionAfterCompletion"] != "DELETE" or next_time(schedule, moment) is not None:
            return
        group = backend.groups.get(schedule["GroupName"])
        if group and group.schedules.get(schedule["Name"]) is schedule:
            del group.schedules[schedule["Name"]]
