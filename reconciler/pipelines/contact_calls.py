"""The status of pipelines of type contact_calls: watermark, missing windows and quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from reconciler.kinds.services import DYNAMODB
from reconciler.lambdas.contact_calls.failures import WrongSettings
from reconciler.lambdas.contact_calls.settings import Settings, read_settings
from reconciler.pipelines.declared import DeclaredPipeline
from reconciler.pipelines.invoking import BusyError, FunctionFailedError, invoke
from reconciler.pipelines.reading import PipelineError, read_settings_of
from reconciler.pipelines.state import ContactsState, MissingWindow
from reconciler.port import AwsPort

PACKAGE = "contact_calls"
STATE = "state"  # the item of the ledger with the watermark


def read_contact_calls(aws: AwsPort, pipeline: DeclaredPipeline, now: datetime) -> ContactsState:
    """Returns the state. `now` is the time of the function's clock.

    Raises `PipelineError` if the function is not deployed or its settings are wrong.
    """
    function = pipeline.function(PACKAGE)
    settings = settings_of(aws, function)
    item = _ledger_item(aws, settings)
    watermark = _instant(item.get("watermark", {}).get("S", ""))
    target = settings.grid.last_boundary(now - settings.delay)
    lag = None if watermark is None else max(0, int((target - watermark).total_seconds()))
    missing, count, unread = _read_missing(aws, function, settings, now)
    return ContactsState(
        watermark=watermark,
        lag_seconds=lag,
        is_behind=watermark is None or (watermark < target and _is_overdue(settings, target, now)),
        paused=item.get("paused", {}).get("S", ""),
        quarantined=len(item.get("quarantined", {}).get("SS", ())),
        missing=missing,
        missing_count=count,
        unread=unread,
    )


def settings_of(aws: AwsPort, function: str) -> Settings:
    """Returns the settings of the live function. Raises `PipelineError` if they are wrong."""
    try:
        return read_settings(read_settings_of(aws, function))
    except WrongSettings as wrong:
        raise PipelineError(f"the settings of {function} are wrong: {wrong}; reconcile drift shows changes") from None


def _ledger_item(aws: AwsPort, settings: Settings) -> Mapping[str, Any]:
    key = {"pipeline": {"S": settings.instance.rpartition("/")[2]}, "item": {"S": STATE}}
    params = {"TableName": settings.table, "Key": key, "ConsistentRead": True}
    item: Mapping[str, Any] = aws.read(DYNAMODB.name, "GetItem", params).get("Item", {})
    return item


def _read_missing(
    aws: AwsPort, function: str, settings: Settings, now: datetime
) -> tuple[tuple[MissingWindow, ...] | None, int, str]:
    """Returns the missing windows that the function lists, their number, and why they are unknown, or ""."""
    try:
        answer = invoke(aws, function, {"gaps": True})
    except (BusyError, FunctionFailedError) as wrong:
        return None, 0, str(wrong)
    return missing_windows_of(answer, settings, now), int(answer.get("count", 0)), ""


def missing_windows_of(answer: Mapping[str, Any], settings: Settings, now: datetime) -> tuple[MissingWindow, ...]:
    """Returns the windows of the function's answer."""
    windows = []
    for item in answer.get("gaps", ()):
        end = datetime.fromisoformat(item["to"])
        is_overdue = _is_overdue(settings, end, now)
        start = datetime.fromisoformat(item["from"])
        windows.append(MissingWindow(start, end, str(item["status"]), str(item.get("reason", "")), is_overdue))
    return tuple(windows)


def spans(windows: Iterable[MissingWindow]) -> tuple[tuple[datetime, datetime], ...]:
    """Returns the windows with neighbours joined: one replay serves each span."""
    joined: list[tuple[datetime, datetime]] = []
    for window in sorted(windows, key=lambda window: window.start):
        if joined and window.start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(window.end, joined[-1][1])
        else:
            joined.append((window.start, window.end))
    return tuple(joined)


def _is_overdue(settings: Settings, end: datetime, now: datetime) -> bool:
    """Returns whether a window should be done. Its run may take half a window from the moment when it is due."""
    return now - settings.delay - end > timedelta(minutes=settings.grid.minutes) / 2


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
