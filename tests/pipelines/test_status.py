"""The verdict on a pipeline follows from the facts, and names its reasons with the worst first."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from reconciler.pipelines.state import AlarmState, MissingWindow, PipelineState, QueueState, ScheduleState, Verdict
from reconciler.pipelines.status import judged, worst
from tests.builders.pipeline_states import at, contacts, fresh

OVERDUE = MissingWindow(at(10), at(12), "never")


def alarm(name: str, state: str = "ALARM") -> dict[str, object]:
    return {"alarms": (AlarmState(name, state),)}


@pytest.mark.parametrize(
    ("facts", "verdict", "reason"),
    [
        ({}, Verdict.FRESH, ""),
        (alarm("a-failed"), Verdict.FAILED, "alarm a-failed"),
        (alarm("a-behind"), Verdict.BEHIND, "alarm a-behind"),
        (alarm("a-freshness"), Verdict.BEHIND, "alarm a-freshness"),
        (alarm("a-failed", "INSUFFICIENT_DATA"), Verdict.FRESH, ""),
        (alarm("a-failed", ""), Verdict.FAILED, "alarm a-failed is not live"),
        ({"queues": (QueueState("dead", 2),)}, Verdict.FAILED, "2 events in the dead-letter queue dead"),
        ({"queues": (QueueState("dead", None),)}, Verdict.FAILED, "queue dead is not live"),
        (
            {"schedules": (ScheduleState("s", "rate(1 day)", "UTC", "DISABLED"),)},
            Verdict.BEHIND,
            "schedule s is disabled",
        ),
        ({"schedules": (ScheduleState("s", "", "", ""),)}, Verdict.BEHIND, "schedule s is not live"),
        ({"contacts": contacts(paused="migration")}, Verdict.BEHIND, "it is paused"),
        ({"contacts": contacts(watermark=None)}, Verdict.BEHIND, "it has not run yet"),
        ({"contacts": contacts(is_behind=True, lag_seconds=7500)}, Verdict.BEHIND, "the watermark is 2 h 5 min behind"),
        ({"contacts": contacts(missing=None)}, Verdict.FAILED, "its missing windows are unknown"),
        ({"contacts": contacts(missing=(OVERDUE,))}, Verdict.BEHIND, "1 window never loaded"),
        ({"contacts": contacts(missing=(replace(OVERDUE, status="failed"),))}, Verdict.FAILED, "1 window failed"),
        ({"contacts": contacts(missing=(replace(OVERDUE, is_overdue=False),))}, Verdict.FRESH, ""),
    ],
)
def test_a_fact_decides_the_verdict(facts: dict[str, object], verdict: Verdict, reason: str) -> None:
    state = judged(replace(fresh(), **facts))  # type: ignore[arg-type]

    assert (state.verdict, state.reasons) == (verdict, (reason,) if reason else ())


def test_the_worst_reason_comes_first() -> None:
    behind = ScheduleState("s", "rate(1 day)", "UTC", "DISABLED")

    state = judged(replace(fresh(), schedules=(behind,), contacts=contacts(missing=None)))

    assert state.verdict is Verdict.FAILED
    assert state.reasons == ("its missing windows are unknown", "schedule s is disabled")


def test_the_verdict_on_several_is_the_worst_whatever_their_order() -> None:
    states = [PipelineState(str(verdict), "", verdict) for verdict in Verdict]

    assert {worst(some) for some in permutations(states)} == {Verdict.ERROR}
    assert worst(states[:2]) is Verdict.BEHIND
    assert worst([]) is Verdict.FRESH
