"""One invocation: reads the settings and the records, runs the batch, and logs one line with metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.lambdas.agent_roster.batch import Batch, Tools
from reconciler.lambdas.agent_roster.failures import BatchFailed, WrongEvent
from reconciler.lambdas.agent_roster.ledger import Ledger
from reconciler.lambdas.agent_roster.lookups import Lookups
from reconciler.lambdas.agent_roster.records import read_records
from reconciler.lambdas.agent_roster.reporting import Tally, report
from reconciler.lambdas.agent_roster.settings import Settings, WrongSettings, read_settings
from reconciler.lambdas.agent_roster.users import KnownUsers, Users
from reconciler.lambdas.agents.uploads import Places, Uploads
from reconciler.lambdas.shared.caller import Caller
from reconciler.lambdas.shared.calls import CallFailed, OutOfTime, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log, code_places
from reconciler.lambdas.shared.pace import Pace
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

MARGIN = 3.0  # seconds that the runtime needs afterwards
NOTING = 30.0  # seconds in which only the tables and the bucket are written
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=3.0, read=10.0, tries=5, pause=0.5)


class Roster:
    """The state of a container between events: clients, names, ids of users, and the pace of calls."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._clients: dict[str, Any] = {}
        self._left: Callable[[], float] = lambda: 0.0
        self._kept: tuple[Settings, Lookups, KnownUsers, Pace] | None = None

    def answer(self, event: Any, context: Any) -> dict[str, Any]:
        """Runs the records of an event. Returns AWS's report of a batch: the first record to be repeated, if any.

        Raises `WrongSettings`, `WrongEvent`, `BatchFailed`, and what the tables raise: AWS then repeats the batch in
        halves.
        """
        around = self.around
        passed, tally = around.stopwatch(), Tally()
        log = around.log(context)
        deadline = around.deadline(context, UNLIMITED, MARGIN)
        outcome = "failed"
        try:
            settings = read_settings(around.environ)
            records = read_records(event)
            failed = Batch(self._tools(settings, deadline, tally, log), tally).run(records)
            outcome = "done" if not failed else "to be repeated"
        except (WrongSettings, WrongEvent, CallFailed, OutOfTime) as known:
            # Its cause may be an answer of AWS that repeats the request.
            raise known from None
        except Exception as wrong:
            # The message of an unforeseen error may repeat a row, and the runtime would log it.
            name = type(wrong).__name__
            log.line("ERROR", "unforeseen", {"where": code_places(wrong), "type": name})
            raise BatchFailed(f"unforeseen {name}; the log says where") from None
        finally:
            report(log, function_name(context, "agent_roster"), outcome, tally, passed(), around.now())
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

        asking = Caller(client, around.calls(work, PATIENCE), before)
        noting = Caller(client, around.calls(deadline, PATIENCE))

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
    return Places(settings.uploads, settings.bucket, settings.uploaded, settings.results, settings.kms_key)
