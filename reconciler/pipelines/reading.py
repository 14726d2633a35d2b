"""Reads what pipelines of every type have: settings of functions, alarms, schedules, dead letters and logged errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from reconciler.errors import CallError, ReconcileError
from reconciler.kinds.services import CLOUDWATCH, LAMBDA, LOGS, SCHEDULER, SQS
from reconciler.pipelines.state import AlarmState, FunctionState, LoggedError, QueueState, ScheduleState
from reconciler.port import AwsPort

HOURS = 24  # of log that are searched for errors
MOST_PAGES = 20  # of log; a page has up to 1 MB
MOST_ALARMS = 100  # names in one call (API reference, DescribeAlarms)
# Terms of one event, of which one suffices. The runtime logs a time-out without a level.
ERRORS = '?ERROR ?"Task timed out"'


class PipelineError(ReconcileError):
    """A pipeline cannot be read or run: it is not deployed, or its settings are wrong."""


def read_settings_of(aws: AwsPort, function: str) -> Mapping[str, str]:
    """Returns the environment variables of the live function. Raises `PipelineError` if it is not deployed."""
    try:
        live = aws.read(LAMBDA.name, "GetFunctionConfiguration", {"FunctionName": function})
    except CallError as wrong:
        if not wrong.is_gone:
            raise
        raise PipelineError(f"the function {function} is not live; deploy it with reconcile apply") from None
    variables: Mapping[str, str] = live.get("Environment", {}).get("Variables", {})
    return variables


def read_alarms(aws: AwsPort, names: Iterable[str]) -> tuple[AlarmState, ...]:
    """Returns the alarms in the order of their names."""
    wanted = sorted(names)
    live: dict[str, AlarmState] = {}
    for start in range(0, len(wanted), MOST_ALARMS):
        some = {"AlarmNames": wanted[start : start + MOST_ALARMS], "AlarmTypes": ["MetricAlarm"]}
        for page in aws.pages(CLOUDWATCH.name, "DescribeAlarms", "MetricAlarms", some):
            for alarm in page:
                name, since = alarm["AlarmName"], alarm.get("StateUpdatedTimestamp")
                live[name] = AlarmState(name, alarm["StateValue"], since, alarm.get("StateReason", ""))
    return tuple(live.get(name, AlarmState(name, "")) for name in wanted)


def read_queues(aws: AwsPort, names: Iterable[str]) -> tuple[QueueState, ...]:
    """Returns the number of events in each dead-letter queue. AWS counts them approximately."""
    return tuple(QueueState(name, _messages(aws, name)) for name in names)


def _messages(aws: AwsPort, name: str) -> int | None:
    counted = "ApproximateNumberOfMessages"
    try:
        url = aws.read(SQS.name, "GetQueueUrl", {"QueueName": name})["QueueUrl"]
        live = aws.read(SQS.name, "GetQueueAttributes", {"QueueUrl": url, "AttributeNames": [counted]})
    except CallError as wrong:
        if not wrong.is_gone:
            raise
        return None
    return int(live.get("Attributes", {}).get(counted, 0))


def read_schedule(aws: AwsPort, name: str) -> ScheduleState:
    """Returns a schedule by its name GROUP/NAME, as it is live."""
    group, _, short = name.partition("/")
    try:
        live = aws.read(SCHEDULER.name, "GetSchedule", {"GroupName": group, "Name": short})
    except CallError as wrong:
        if not wrong.is_gone:
            raise
        return ScheduleState(short, "", "", "")
    zone = live.get("ScheduleExpressionTimezone") or "UTC"
    return ScheduleState(short, live["ScheduleExpression"], zone, live.get("State", "ENABLED"))


def read_functions(aws: AwsPort, groups: Mapping[str, str], now: datetime) -> tuple[FunctionState, ...]:
    """Returns the functions with their last errors. `groups` has the log group of each function."""
    return tuple(FunctionState(name, _last_error(aws, group, now)) for name, group in groups.items())


def _last_error(aws: AwsPort, group: str, now: datetime) -> LoggedError | None:
    start = int((now - timedelta(hours=HOURS)).timestamp() * 1000)
    params = {"logGroupName": group, "startTime": start, "filterPattern": ERRORS}
    last = None
    try:
        for page in islice(aws.pages(LOGS.name, "FilterLogEvents", "events", params), MOST_PAGES):
            for error in _errors(page):
                last = error if last is None or error.at >= last.at else last
    except CallError as wrong:
        if not wrong.is_gone:
            raise
    return last


def _errors(events: Iterable[Mapping[str, Any]]) -> Iterator[LoggedError]:
    """Yields the errors among events, whatever else the pattern has found."""
    for event in events:
        at, text = datetime.fromtimestamp(event["timestamp"] / 1000, UTC), str(event["message"]).strip()
        if message := _error_in(text):
            yield LoggedError(at, message)


def _error_in(text: str) -> str:
    """Returns the message of a line if it is an error, or ""."""
    try:
        line = json.loads(text)
    except ValueError:
        is_error = text.startswith("[ERROR]") or "Task timed out" in text
        return text.splitlines()[0] if is_error else ""
    if not isinstance(line, Mapping) or line.get("level") != "ERROR":
        return ""
    parts = [str(line[key]) for key in ("message", "reason", "errorMessage") if line.get(key)]
    return ": ".join(dict.fromkeys(parts)) or "an error without a message"
