"""One invocation: reads settings and event, creates the tools, runs a load or a chore, and logs one line."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.contact_calls import chores, events, privacy, story
from reconciler.lambdas.contact_calls.asking import Asking
from reconciler.lambdas.contact_calls.credentials import Login, log_in
from reconciler.lambdas.contact_calls.events import read_event
from reconciler.lambdas.contact_calls.failures import Failed, LoadFailed, NoTime
from reconciler.lambdas.contact_calls.ledger import Ledger
from reconciler.lambdas.contact_calls.pace import Pace
from reconciler.lambdas.contact_calls.settings import Settings, read_settings
from reconciler.lambdas.contact_calls.shelves import Shelves
from reconciler.lambdas.contact_calls.story import Tools
from reconciler.lambdas.contact_calls.warehouse import Warehouse
from reconciler.lambdas.shared.calls import Calls, OutOfTime, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import embedded

NAMESPACE = "reconcile/contact_calls"
MARGIN = 3.0  # seconds that the runtime needs afterwards
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=3.0, read=10.0, tries=6, pause=0.5)
# The keys of results that become these metrics.
METRICS = {
    "Searched": "seen",
    "Described": "described",
    "Loaded": "staged",
    "Changed": "changed",
    "Late": "late",
    "Quarantined": "quarantined",
}


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
    new_id: Callable[[], str]
    write: Callable[[str], None]


def answer(event: Any, context: Any, around: Surroundings) -> dict[str, Any]:
    """Runs the event and returns its result as JSON. Raises `Failed`: then retries, dead letters and alarms react."""
    began = around.clock()
    log = Log({"requestId": getattr(context, "aws_request_id", "")}, around.write)
    function = str(getattr(context, "function_name", "contact_calls"))
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    budget = remaining() / 1000 - MARGIN if remaining else UNLIMITED
    deadline = Deadline.within(budget, around.clock)
    try:
        settings = read_settings(around.environ)
        request = read_event(event, settings.grid.zone)
        result = _done(request, _tools(settings, deadline, log, around))
    except (Failed, OutOfTime) as failed:
        reason = f"{type(failed).__name__}: {failed}"
        _log_result(log, function, {"status": "failed", "reason": reason}, around, began)
        raise failed if isinstance(failed, Failed) else NoTime(f"no time left for {failed}") from failed
    except Exception as wrong:
        # The message of an unforeseen error may repeat a contact's content, so it is not logged.
        result = {"status": "failed", "reason": type(wrong).__name__, "where": _where(wrong)}
        _log_result(log, function, result, around, began)
        raise Failed(f"unforeseen {type(wrong).__name__}; the log says where") from None
    _log_result(log, function, result, around, began)
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
            return chores.quarantine(tools, contacts)
        case events.Pause(reason):
            return chores.pause(tools, reason)


def _tools(settings: Settings, deadline: Deadline, log: Log, around: Surroundings) -> Tools:
    """Creates the tools. A client is created when it is first needed."""
    region = settings.instance.split(":")[3]
    instance = settings.instance.rpartition("/")[2]
    calls = Calls(deadline, around.sleep, around.random, PATIENCE)
    pace = Pace(settings.rates, lambda: deadline.left, around.clock, around.sleep)

    def client(service: str) -> Any:
        return around.client(service, region, PATIENCE)

    def login() -> Login:
        return log_in(settings.redshift, client, calls)

    def phone() -> Callable[[str], str]:
        try:
            return privacy.keeper(settings.phones, login().phone_key if settings.phones == "hash" else b"")
        except ValueError as wrong:
            raise LoadFailed("PHONES=hash needs a phone_key of 16 bytes or more in the secret") from wrong

    return Tools(
        settings=settings,
        ledger=Ledger(client("dynamodb"), calls, settings.table, instance),
        asking=Asking(client("connect"), calls, pace, instance),
        shelves=Shelves(client("s3"), calls, settings.bucket, settings.prefix),
        warehouse=Warehouse(login, deadline, around.sleep),
        deadline=deadline,
        log=log,
        now=lambda: datetime.fromtimestamp(around.now(), UTC),
        new_id=around.new_id,
        phone=phone,
    )


def _log_result(log: Log, function: str, result: Mapping[str, Any], around: Surroundings, began: float) -> None:
    """Logs the one line of an invocation; CloudWatch takes its metrics from it."""
    milliseconds = round((around.clock() - began) * 1000, 1)
    has_failed = result["status"] == "failed"
    counted = {**result, "changed": result.get("inserted", 0) + result.get("updated", 0)}
    metrics: dict[str, tuple[float, str]] = {name: (counted.get(key, 0), "Count") for name, key in METRICS.items()}
    metrics |= {"Failed": (int(has_failed), "Count"), "Duration": (milliseconds, "Milliseconds")}
    if "lagSeconds" in result:
        metrics["WindowLag"] = (result["lagSeconds"], "Seconds")
    line = embedded(NAMESPACE, {"FunctionName": function}, metrics, around.now())
    log.line("ERROR" if has_failed else "INFO", f"contact calls: {result['status']}", result, line)


def _where(wrong: Exception) -> list[str]:
    return [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(wrong.__traceback__)]
