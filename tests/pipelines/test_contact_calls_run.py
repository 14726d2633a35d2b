"""Requests become events that the function accepts, and a run goes on until it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import UsageError
from reconciler.lambdas.contact_calls.settings import Redshift, Settings
from reconciler.pipelines.contact_calls import missing_windows_of, spans
from reconciler.pipelines.contact_calls_run import carried_out, replay_steps, steps_of
from reconciler.pipelines.invoking import FunctionFailedError
from reconciler.pipelines.requests import RunEnding, RunRequest, RunStep
from reconciler.pipelines.state import MissingWindow
from reconciler.report.visible import utc_text
from tests.builders.pipeline_states import at

from .answering import function_answers

SETTINGS = Settings("arn", "table", "bucket", "role", Redshift())
FUNCTION = "shop-lab-contact-calls"
SPAN = {"start": "2026-01-05T00:00", "end": "2026-01-05T02:00"}
REPLAY = {"from": "2026-01-05T00:00", "to": "2026-01-05T02:00"}


@pytest.mark.parametrize(
    ("request_", "event"),
    [
        (RunRequest(), {"time": "2026-01-05T12:00:00Z"}),
        (RunRequest(mode="load"), {"time": "2026-01-05T12:00:00Z"}),
        (RunRequest(**SPAN), REPLAY),
        (RunRequest(mode="replay", **SPAN), REPLAY),
        (RunRequest(mode="dimensions"), {"dimensions": True}),
        (RunRequest(mode="migrate"), {"migrate": True}),
        (RunRequest(mode="missing"), {"gaps": True}),
        (RunRequest(mode="missing", start="2026-01-05T00:00"), {"gaps": True, "from": "2026-01-05T00:00"}),
        (RunRequest(event={"quarantine": {"release": ["c"]}}), {"quarantine": {"release": ["c"]}}),
    ],
)
def test_a_request_becomes_an_event(request_: RunRequest, event: Mapping[str, Any]) -> None:
    (step,) = steps_of(request_, SETTINGS, at(12))

    assert step.event == event


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (RunRequest(mode="laod"), 'no mode "laod"; did you mean "load"?'),
        (RunRequest(mode="zzz"), "there is load, replay, missing, dimensions or migrate"),
        (RunRequest(start="2026-01-05T00:00"), "a replay needs both --from and --to"),
        (RunRequest(mode="replay"), "a replay needs both --from and --to"),
        (RunRequest(mode="dimensions", **SPAN), "not for --mode dimensions"),
        (RunRequest(start="2026-01-05T02:00", end="2026-01-05T00:00"), "from must be before to"),
        (RunRequest(start="2026-03-08T02:30", end="2026-03-09T00:00"), "give an offset"),
        (RunRequest(event={"gasp": True}), "the event must have one of"),
        (RunRequest(event={"gaps": True}, mode="load"), "--event is the whole event"),
        (RunRequest(tenant="harbor"), "are for pipelines of type connectwise"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_sent(request_: RunRequest, message: str) -> None:
    with pytest.raises(UsageError) as wrong:
        steps_of(request_, SETTINGS, at(12))

    assert message in str(wrong.value)


@pytest.mark.parametrize(
    ("event", "asks", "reads"),
    [
        ({"time": "2026-01-05T12:00:00Z"}, False, False),
        ({"dimensions": True}, False, False),
        ({"gaps": True}, False, True),
        ({"quarantine": {"list": True}}, False, True),
        (REPLAY, True, False),
        ({"migrate": True}, True, False),
        ({"quarantine": ["c"]}, True, False),
        ({"quarantine": {"release": ["c"]}}, True, False),
        ({"pause": "moving"}, True, False),
        ({"resume": True}, True, False),
    ],
)
def test_only_what_no_schedule_does_asks_first(event: Mapping[str, Any], asks: bool, reads: bool) -> None:
    (step,) = steps_of(RunRequest(event=event), SETTINGS, at(12))

    assert (bool(step.about), step.reads) == (asks, reads)


def test_a_replay_that_runs_out_of_time_goes_on_where_it_came_to() -> None:
    aws = function_answers({"status": "behind", "loadedUntil": "2026-01-05T01:00:00.000Z"}, {"status": "done"})

    results = list(carried_out(aws, FUNCTION, RunStep(REPLAY, goes_on=True)))

    assert [result.event["from"] for result in results] == ["2026-01-05T00:00", "2026-01-05T01:00:00.000Z"]
    assert [result.ending for result in results] == [RunEnding.PARTIAL, RunEnding.DONE]


def test_a_load_that_runs_out_of_time_is_repeated() -> None:
    aws = function_answers(
        {"status": "behind", "watermark": "2026-01-05T10:00:00.000Z"}, {"status": "done", "watermark": "x"}
    )

    results = list(carried_out(aws, FUNCTION, RunStep({"time": "2026-01-05T12:00:00Z"}, goes_on=True)))

    assert [result.ending for result in results] == [RunEnding.PARTIAL, RunEnding.DONE]


def test_a_run_that_gets_no_further_is_an_error() -> None:
    answer = {"status": "behind", "loadedUntil": "2026-01-05T01:00:00.000Z"}

    with pytest.raises(FunctionFailedError, match="gets no further than 2026-01-05T01"):
        list(carried_out(function_answers(answer, answer), FUNCTION, RunStep(REPLAY, goes_on=True)))


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        ({"status": "done"}, RunEnding.DONE),
        ({"status": "nothing to do"}, RunEnding.DONE),
        ({"status": "partial"}, RunEnding.PARTIAL),
        ({"status": "paused", "watermark": "x"}, RunEnding.REFUSED),
        ({"status": "paused"}, RunEnding.DONE),
    ],
)
def test_the_answer_says_how_a_run_ended(answer: Mapping[str, Any], ending: RunEnding) -> None:
    (result,) = carried_out(function_answers(answer), FUNCTION, RunStep({"pause": "moving"}))

    assert result.ending is ending


def test_missing_windows_are_replayed_by_spans() -> None:
    windows = [{"from": utc_text(at(hour)), "to": utc_text(at(hour + 2)), "status": "never"} for hour in (0, 2, 8)]

    steps = replay_steps(
        function_answers({"status": "gaps", "count": 3, "gaps": windows}),
        FUNCTION,
        RunStep({"gaps": True}),
        SETTINGS,
        at(20),
    )

    assert [(step.event["from"][11:13], step.event["to"][11:13]) for step in steps] == [("00", "04"), ("08", "10")]


@given(st.lists(st.tuples(st.integers(0, 22), st.integers(1, 3)), max_size=12))
def test_spans_cover_exactly_the_missing_windows_and_do_not_touch(hours: list[tuple[int, int]]) -> None:
    missing = [MissingWindow(at(hour), at(min(23, hour + length)), "never") for hour, length in hours if hour < 23]

    joined = spans(missing)

    def covered(instant: datetime, some: list[tuple[datetime, datetime]]) -> bool:
        return any(start <= instant < end for start, end in some)

    pairs = [(window.start, window.end) for window in missing]
    assert all(covered(at(hour, 30), pairs) == covered(at(hour, 30), list(joined)) for hour in range(24))
    assert all(before[1] < after[0] for before, after in pairwise(joined))


@pytest.mark.parametrize(("hour", "minute", "is_overdue"), [(12, 29, False), (13, 30, False), (13, 31, True)])
def test_a_window_is_overdue_half_a_window_after_it_was_due(hour: int, minute: int, is_overdue: bool) -> None:
    """Its run begins 30 minutes after it ends, and may take an hour."""
    answer = {"gaps": [{"from": "2026-01-05T10:00:00.000Z", "to": "2026-01-05T12:00:00.000Z", "status": "never"}]}

    (window,) = missing_windows_of(answer, SETTINGS, at(hour, minute))

    assert window.is_overdue is is_overdue
