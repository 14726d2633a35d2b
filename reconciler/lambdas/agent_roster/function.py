"""One invocation: reads the settings and the records, runs the batch, and logs one line with metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.agent_roster.batch import Batch, Tools
from reconciler.lambdas.agent_roster.ledger import Ledger
from reconciler.lambdas.agent_roster.lookups import Lookups
from reconciler.lambdas.agent_roster.records import read_record
from reconciler.lambdas.agent_roster.reporting import Tally, report
from reconciler.lambdas.agent_roster.settings import Settings, read_settings
from reconciler.lambdas.agent_roster.users import KnownUsers, Users
from reconciler.lambdas.agents.uploads import Places, Uploads
from reconciler.lambdas.shared.caller import Caller
from reconciler.lambdas.shared.calls import Calls, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.pace import Pace

MARGIN = 3.0  # seconds that the runtime needs afterwards
NOTING = 30.0  # seconds in which only the tables and the bucket are written
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=3.0, read=10.0, tries=5, pause=0.5)


@dataclass(frozen=True)
class Surroundings:
    """The outside world. `clock` counts seconds, `now` is epoch seconds, `random` returns 0 to 1."""

    environ: Mapping[str, str]
    client: Callable[[str, str, Patience], Any]
    """Creates the client of a service in a Region."""
    clock: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    write: Callable[[str], None]


class Roster:
    """The state of a container between events: clients, names, ids of users, and the pace of calls."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._clients: dict[str, Any] = {}
        self._left: Callable[[], float] = lambda: 0.0
        self._kept: tuple[Settings, Lookups, KnownUsers, Pace] | None = None

    def answer(self, event: Any, context: Any) -> dict[str, Any]:
        """Runs the records of an event. Returns AWS's report of a batch: the first record to be repeated, if any.

        Raises `WrongSettings`, `ValueError` for an event that is not of a roster table, and what the tables raise: AWS
        then repeats the batch in halves.
        """
        around = self.around
        began, tally = around.clock(), Tally()
        log = Log({"requestId": getattr(context, "aws_request_id", "")}, around.write)
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        budget = remaining() / 1000 - MARGIN if remaining else UNLIMITED
        deadline = Deadline.within(budget, around.clock)
        outcome = "failed"
        try:
            settings = read_settings(around.environ)
            records = [read_record(record) for record in event["Records"]]
            failed = Batch(self._tools(settings, deadline, tally, log), tally).run(records)
            outcome = "done" if not failed else "to be repeated"
        finally:
            function = str(getattr(context, "function_name", "agent_roster"))
            milliseconds = round((around.clock() - began) * 1000, 1)
            report(log, function, outcome, tally, milliseconds, around.now())
        return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}

    def _tools(self, settings: Settings, deadline: Deadline, tally: Tally, log: Log) -> Tools:
        around = self.around
        work = Deadline(deadline.ends - NOTING, deadline.clock)
        lookups, known, pace = self._memory(settings)
        self._left = lambda: work.left

        def client(service: str) -> Any:
            if service not in self._clients:
                self._clients[service] = around.client(service, settings.region, PATIENCE)
            return self._clients[service]

        def before(operation: str) -> None:
            tally.calls += 1
            pace.wait(operation.rpartition(":")[2])

        asking = Caller(client, Calls(work, around.sleep, around.random, PATIENCE), before)
        noting = Caller(client, Calls(deadline, around.sleep, around.random, PATIENCE))

        def connect(operation: str, **params: Any) -> Mapping[str, Any]:
            # An ARN says the instance itself: calls on tags take no other.
            place = {} if "resourceArn" in params else {"InstanceId": settings.instance}
            return asking(f"connect:{operation}", {**place, **params})

        return Tools(
            settings=settings,
            ledger=Ledger(noting, settings.roster),
            uploads=Uploads(noting, _places(settings), around.now),
            users=Users(connect, known, settings.owner),
            lookups=lookups,
            call=noting,
            has_time=lambda: work.left > PATIENCE.longest_try,
            now=around.now,
            log=log,
        )

    def _memory(self, settings: Settings) -> tuple[Lookups, KnownUsers, Pace]:
        """Returns what the container knows. Other settings, of another version of the function, begin with nothing."""
        if self._kept is None or self._kept[0] != settings:
            lookups = Lookups(self.around.clock, settings.creates_groups)
            pace = Pace(settings.rates, lambda: self._left(), self.around.clock, self.around.sleep)
            self._kept = settings, lookups, KnownUsers(), pace
        return self._kept[1:]


def _places(settings: Settings) -> Places:
    return Places(settings.uploads, settings.bucket, results=settings.results, kms_key=settings.kms_key)
