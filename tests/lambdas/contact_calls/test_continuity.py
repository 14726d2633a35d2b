"""No time is left out: whichever runs fail, stop early or never come, searches cover it from the first run on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reconciler.lambdas.contact_calls.failures import Failed
from reconciler.sandbox import in_process
from tests.lambdas.contact_calls.pipeline import Clock, Pipeline

HOUR = timedelta(hours=1)
SEARCH_FAILS = {"error": {"probability": 1.0, "operations": ["SearchContacts"]}}
pytestmark = pytest.mark.slow


class Recording:
    """A Connect that notes the spans of the searches that it answered."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.spans: list[tuple[datetime, datetime]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def search_contacts(self, **asked: Any) -> Any:
        answer = self._client.search_contacts(**asked)
        # Each search asks for a second more on both sides.
        margin = timedelta(seconds=1)
        self.spans.append((asked["TimeRange"]["StartTime"] + margin, asked["TimeRange"]["EndTime"] - margin))
        return answer


def covered(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Returns the spans with those that touch each other as one."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def boundary_before(at: datetime, zone: str, minutes: int) -> datetime:
    """Returns the last instant, minute by minute back, whose wall clock is a boundary that was not there before."""
    instant = at.replace(second=0, microsecond=0)
    while True:
        wall = instant.astimezone(ZoneInfo(zone))
        if (wall.hour * 60 + wall.minute) % minutes == 0 and wall.fold == 0:
            return instant
        instant -= timedelta(minutes=1)


RUNS = st.lists(
    st.tuples(st.integers(20, 60 * 30), st.sampled_from(["good", "good", "failing", "missing"])), min_size=2, max_size=7
)
# The days on which clocks change in New York, and a day of winter.
DAYS = st.sampled_from(["2026-03-07T20:40", "2026-10-31T20:40", "2026-01-05T00:40"])


@settings(max_examples=20, deadline=None, phases=[Phase.generate])
@given(DAYS, RUNS)
def test_any_runs_that_fail_or_never_come_leave_no_time_unsearched(
    session: Any, clients: dict[str, Any], first_day: str, runs: list[tuple[int, str]]
) -> None:
    """S3-9, S3-27: by the product's own watermark, from the first run, whether or not it succeeds."""
    clock, zone = Clock(), "America/New_York"
    with in_process(clock=clock, sleep=clock.sleep) as sandbox:
        pipeline = Pipeline(sandbox, session, clock, None, clients=dict(clients))
        connect = Recording(pipeline.client("connect"))
        pipeline.clients["connect"] = connect
        due = datetime.fromisoformat(first_day).replace(tzinfo=UTC)
        came = []
        for minutes, fate in [*runs, (120, "good")]:
            due += timedelta(minutes=minutes)
            clock.at = max(clock.at, due.timestamp())
            if fate == "missing":
                continue
            came.append(due)
            sandbox.set_faults(SEARCH_FAILS if fate == "failing" else None)
            try:
                pipeline.invoke({"time": due.isoformat()}, TIME_ZONE=zone)
            except Failed:
                assert fate == "failing"

        half_an_hour = timedelta(minutes=30)
        target = boundary_before(came[0] - half_an_hour, zone, 120)
        begin = boundary_before(target - timedelta(minutes=1), zone, 120)
        end = boundary_before(came[-1] - half_an_hour, zone, 120)
        ((start, reached),) = covered(connect.spans)
        assert (start <= begin, reached) == (True, end)
        assert pipeline.watermark() == end.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_first_runs_that_fail_abandon_nothing(pipeline: Pipeline) -> None:
    """S3-9, S3-24: before any success. The next run has all of it, however many failed."""
    for hour in (5, 7, 9, 11):
        pipeline.seed(f"at {hour}", f"{hour:02}:30")
    pipeline.sandbox.set_faults(SEARCH_FAILS)
    for at in ("06:40", "08:40", "10:40"):
        with pytest.raises(Failed):
            pipeline.run(at, TIME_ZONE="UTC")
    report = pipeline.invoke({"gaps": True}, TIME_ZONE="UTC")
    pipeline.sandbox.set_faults(None)

    done = pipeline.run("12:40", TIME_ZONE="UTC")

    assert [gap["label"] for gap in report["gaps"]] == ["04-06", "06-08", "08-10"]
    assert (done["status"], done["inserted"], done["lagSeconds"]) == ("done", 4, 0)


def test_a_first_run_that_is_paused_or_has_no_time_is_caught_up_from_there(pipeline: Pipeline) -> None:
    pipeline.seed("early", "05:30")
    pipeline.invoke({"pause": "not yet"})
    paused = pipeline.run("06:40", TIME_ZONE="UTC")
    pipeline.invoke({"resume": True})
    with pytest.raises(Failed):
        pipeline.run("08:40", seconds=40, TIME_ZONE="UTC")

    done = pipeline.run("10:40", TIME_ZONE="UTC")

    assert (paused["status"], paused["watermark"]) == ("paused", "2026-01-05T04:00:00.000Z")
    assert (done["status"], done["inserted"]) == ("done", 1)
