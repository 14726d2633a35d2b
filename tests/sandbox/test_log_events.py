"""CloudWatch Logs: the events of log groups."""

from __future__ import annotations

import time
from typing import Any

import pytest

from reconciler.sandbox import REGION, Control

from .calls import refused
from .services import ONCE

MISSING = ("ResourceNotFoundException", 400)


@pytest.fixture
def logs(sandbox: Control, session: Any) -> Any:
    return session.create_client("logs", region_name=REGION, config=ONCE)


@pytest.mark.parametrize("how", ["logGroupName", "logGroupIdentifier"])
def test_events_of_all_streams_come_in_the_order_of_their_times(logs: Any, how: str) -> None:
    logs.create_log_group(logGroupName="g")
    now = int(time.time() * 1000)
    for stream, times in (("one", (0, 20)), ("two", (10, 30))):
        logs.create_log_stream(logGroupName="g", logStreamName=stream)
        events = [{"timestamp": now + at, "message": str(at)} for at in times]
        logs.put_log_events(logGroupName="g", logStreamName=stream, logEvents=events)

    first = logs.filter_log_events(**{how: "g"}, limit=3)
    rest = logs.filter_log_events(**{how: "g"}, nextToken=first["nextToken"])

    assert [event["message"] for event in [*first["events"], *rest["events"]]] == ["0", "10", "20", "30"]
    assert "nextToken" not in rest
    assert refused(lambda: logs.filter_log_events(**{how: "absent"})) == MISSING
