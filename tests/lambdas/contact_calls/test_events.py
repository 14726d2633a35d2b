"""The events of an invocation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.lambdas.contact_calls import events
from reconciler.lambdas.contact_calls.events import Request, read_event
from reconciler.lambdas.contact_calls.failures import WrongEvent

NEW_YORK = ZoneInfo("America/New_York")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 5, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"time": "2026-01-05T14:40:00Z"}, events.Scheduled(at(14, 40))),
        (
            {"version": "0", "detail-type": "Scheduled Event", "time": "2026-01-05T14:40:00Z", "detail": {}},
            events.Scheduled(at(14, 40)),
        ),
        ({"from": "2026-01-05T10:00Z", "to": "2026-01-05T12:00+00:00"}, events.Replay(at(10), at(12))),
        ({"from": "2026-01-05T05:00", "to": "2026-01-05T07:00"}, events.Replay(at(10), at(12))),
        ({"gaps": True}, events.MissingWindows(None, None)),
        ({"gaps": True, "from": "2026-01-05T10:00Z"}, events.MissingWindows(at(10), None)),
        ({"dimensions": True}, events.Dimensions()),
        ({"migrate": True}, events.Migrate()),
        ({"quarantine": ["a", "b"]}, events.Quarantine(("a", "b"))),
        ({"quarantine": {"release": ["a"]}}, events.Release(("a",))),
        ({"quarantine": {"list": True}}, events.ListQuarantine()),
        ({"migrate": {"takeOver": True}}, events.Migrate(takes_over=True)),
        ({"pause": "the stream is back"}, events.Pause("the stream is back")),
        ({"resume": True}, events.Pause("")),
    ],
)
def test_an_event_says_what_is_asked(event: dict[str, Any], expected: object) -> None:
    """S3-16, S3-24: the schedule's own time and not the clock; a span to replay or to fill."""
    assert read_event(event, NEW_YORK) == expected


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (None, "must be an object"),
        ([], "must be an object"),
        ({}, "it has nothing"),
        ({"hello": 1}, "it has hello"),
        ({"+1 555 0100 123": 1}, r"it has \[redacted\]$"),
        ({"time": "yesterday"}, "time must be a time"),
        ({"time": 5}, "time must be a time"),
        ({"time": "9999-12-31T23:59Z"}, "within 2000 and 2200"),
        ({"from": "0001-01-01T00:00", "to": "2026-01-05T10:00Z"}, "within 2000 and 2200"),
        ({"from": "2026-01-05T10:00Z"}, "to must be a time"),
        ({"from": "2026-01-05T12:00Z", "to": "2026-01-05T12:00Z"}, "before to"),
        ({"from": "2026-03-08T02:30", "to": "2026-03-08T12:00Z"}, "twice or never"),
        ({"from": "2026-11-01T01:30", "to": "2026-11-01T12:00Z"}, "twice or never"),
        ({"gaps": "yes"}, "gaps must be true"),
        ({"gaps": True, "from": "2026-01-05T12:00Z", "to": "2026-01-05T11:00Z"}, "before to"),
        ({"dimensions": 1}, "must be true"),
        ({"migrate": None}, "must be true"),
        ({"migrate": {"takeOver": 1.5}}, "must be true"),
        ({"resume": False}, "must be true"),
        ({"pause": ""}, "must be a reason"),
        ({"quarantine": "a"}, "list of 1 to 500 contact ids"),
        ({"quarantine": [""]}, "list of 1 to 500 contact ids"),
        ({"quarantine": []}, "list of 1 to 500 contact ids"),
        ({"quarantine": ["a"] * 501}, "list of 1 to 500 contact ids"),
        ({"quarantine": {"release": []}}, "list of 1 to 500 contact ids"),
        ({"quarantine": {"release": ["a"], "list": True}}, "list of 1 to 500 contact ids"),
    ],
)
def test_an_event_that_means_nothing_is_refused_with_what_would(event: Any, words: str) -> None:
    with pytest.raises(WrongEvent, match=words):
        read_event(event, NEW_YORK)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(sorted(events.READERS)), JSON, max_size=3) | JSON)
def test_any_json_is_read_or_refused(event: Any) -> None:
    found: Any
    try:
        found = read_event(event, NEW_YORK)
    except WrongEvent as refused:
        found = refused

    assert isinstance(found, Request | WrongEvent)
