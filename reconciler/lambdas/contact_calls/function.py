"""One invocation: reads settings and event, creates the tools, runs a load or a chore, and logs one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.contact_calls import chores, events, privacy, quarantine, story
from reconciler.lambdas.contact_calls.asking import Asking
from reconciler.lambdas.contact_calls.events import read_event
from reconciler.lambdas.contact_calls.failures import Failed, LoadFailed, NoTime
from reconciler.lambdas.contact_calls.ledger import Ledger
from reconciler.lambdas.contact_calls.loading import Tools
from reconciler.lambdas.contact_calls.reporting import Reporting
from reconciler.lambdas.contact_calls.settings import Settings, read_settings
from reconciler.lambdas.contact_calls.shelves import Shelves
from reconciler.lambdas.contact_calls.warehouse import Warehouse
from reconciler.lambdas.shared.calls import OutOfTime, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import code_places
from reconciler.lambdas.shared.pace import Pace
from reconciler.lambdas.shared.redshift import Login, RedshiftFailed, log_in
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

MARGIN = 3.0  # seconds that the runtime needs afterwards
# Seconds in which only the ledger is written: an answer may take 13, and a failure must be noted.
NOTING = 20.0
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=3.0, read=10.0, tries=6, pause=0.5)


def answer(event: Any, context: Any, around: Surroundings) -> dict[str, Any]:
    """Runs the event and returns its result as JSON. Raises `Failed`: then retries, dead letters and alarms react."""
    passed = around.stopwatch()
    log = around.log(context)
    reporting = Reporting(log, function_name(context, "contact_calls"), around.now)

    def report(result: Mapping[str, Any]) -> None:
        reporting.result(result, passed())

    deadline = around.deadline(context, UNLIMITED, MARGIN)
    try:
        settings = read_settings(around.environ)
        request = read_event(event, settings.grid.zone)
        result = _done(request, _tools(settings, deadline, reporting, around))
    except (Failed, OutOfTime) as failed:
        reason = f"{type(failed).__name__}: {failed}"
        report({"status": "failed", "reason": reason})
        raise failed if isinstance(failed, Failed) else NoTime(f"no time left for {failed}") from failed
    except Exception as wrong:
        # The message of an unforeseen error may repeat a contact's content, so it is not logged.
        report({"status": "failed", "reason": type(wrong).__name__, "where": code_places(wrong)})
        raise Failed(f"unforeseen {type(wrong).__name__}; the log says where") from None
    report(result)
    return result


def _done(request: events.Request, tools: Tools) -> dict[str, Any]:
    match request:
        case events.Scheduled(at):
            return story.run_scheduled(tools, at)
        case events.Replay(start, end):
            return story.run_replay(tools, start, end)
        case events.MissingWindows():
            return chores.report_missing(tools, request)
        case events.Dimensions():
            return chores.load_dimensions(tools)
        case events.Migrate(takes_over):
            return chores.take_over(tools) if takes_over else chores.migrate(tools)
        case events.Quarantine(contacts):
            return quarantine.quarantine(tools, contacts)
        case events.Release(contacts):
            return quarantine.release(tools, contacts)
        case events.ListQuarantine():
            return quarantine.report(tools)
        case events.Pause(reason):
            return chores.pause(tools, reason)


def _tools(settings: Settings, deadline: Deadline, reporting: Reporting, around: Surroundings) -> Tools:
    """Creates the tools. A client is created when it is first needed."""
    region = settings.instance.split(":")[3]
    instance = settings.instance.rpartition("/")[2]
    work = Deadline(deadline.ends - NOTING, deadline.clock)
    calls = around.calls(work, PATIENCE)
    pace = Pace(settings.rates, lambda: work.left, around.clock, around.sleep)
    notes = around.calls(deadline, PATIENCE)

    def client(service: str) -> Any:
        return around.client(service, region, PATIENCE)

    def login() -> Login:
        try:
            return log_in(settings.redshift, client, calls)
        except RedshiftFailed as wrong:
            raise LoadFailed(str(wrong)) from wrong

    def phone() -> Callable[[str], str]:
        try:
            return privacy.keeper(settings.phones, login().phone_key if settings.phones == "hash" else b"")
        except ValueError as wrong:
            raise LoadFailed("PHONES=hash needs a phone_key of 16 bytes or more in the secret") from wrong

    return Tools(
        settings=settings,
        ledger=Ledger(client("dynamodb"), notes, settings.table, instance),
        asking=Asking(client("connect"), calls, pace, instance),
        shelves=Shelves(client("s3"), calls, settings.bucket, settings.prefix),
        warehouse=Warehouse(login, work, around.sleep),
        deadline=deadline,
        log=reporting.log,
        now=lambda: datetime.fromtimestamp(around.now(), UTC),
        new_id=around.new_id,
        phone=phone,
        warn=reporting.warn,
    )
