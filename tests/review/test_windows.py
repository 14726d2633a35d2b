"""The changes of a plan that must wait for a change window, for plans as values."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reconciler.errors import RefusedError
from reconciler.model import Action, Change, Plan, Ref, Scope
from reconciler.model.environment import Environment, Policy
from reconciler.model.windows import Window
from reconciler.review.windows import check_times, must_wait
from tests.builders.manifests import manifest
from tests.builders.tables import attribute, key, table
from tests.worlds.world import World

OFFICE, DESK = Ref("HoursOfOperation", "Office"), Ref("Queue", "Desk")
NOON, NIGHT = datetime(2026, 7, 6, 12, tzinfo=UTC), datetime(2026, 7, 6, 22, tzinfo=UTC)  # a Monday
NIGHTLY = Window(ZoneInfo("Europe/London"), 20 * 60, 6 * 60)
NEVER_THEN = Window(ZoneInfo("Europe/London"), 7 * 60, 8 * 60)


def plan(*changes: Change) -> Plan:
    return Plan(Scope("centre", "prod", "arn"), changes)


def waiting(policy: Policy, *changes: Change, now: datetime = NOON) -> list[str]:
    return [finding.address for finding in must_wait(plan(*changes), policy, now)]


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE])
def test_every_change_of_a_named_kind_waits_until_a_window_opens(action: Action) -> None:
    policy = Policy(windows=(NIGHTLY,))

    assert waiting(policy, Change(action, OFFICE)) == ["HoursOfOperation/*"]
    assert waiting(policy, Change(action, OFFICE), now=NIGHT) == []


@pytest.mark.parametrize("action", [Action.ADOPT, Action.BLOCKED])
def test_what_changes_nothing_that_callers_hear_never_waits(action: Action) -> None:
    assert waiting(Policy(windows=(NIGHTLY,)), Change(action, OFFICE)) == []


def test_kinds_that_no_window_names_never_wait() -> None:
    assert waiting(Policy(windows=(NIGHTLY,)), Change(Action.DELETE, DESK)) == []
    assert waiting(Policy(), Change(Action.DELETE, OFFICE)) == []


@pytest.mark.parametrize("kind", ["ContactFlow", "ContactFlowModule", "HoursOfOperation", "PhoneNumber"])
def test_a_window_names_the_kinds_whose_changes_callers_hear_at_once(kind: str) -> None:
    assert waiting(Policy(windows=(NIGHTLY,)), Change(Action.UPDATE, Ref(kind, "x"))) == [f"{kind}/*"]


def test_one_open_window_of_several_is_enough() -> None:
    noon = Window(ZoneInfo("UTC"), 11 * 60, 13 * 60)

    assert waiting(Policy(windows=(NIGHTLY, noon)), Change(Action.UPDATE, OFFICE)) == []


def test_a_window_of_another_kind_opens_nothing() -> None:
    queues = Window(ZoneInfo("UTC"), 0, 24 * 60, kinds=("Queue",))

    assert waiting(Policy(windows=(NIGHTLY, queues)), Change(Action.UPDATE, OFFICE), Change(Action.UPDATE, DESK)) == [
        "HoursOfOperation/*"
    ]


def test_a_window_of_the_command_line_narrows_and_never_widens() -> None:
    always = Window(ZoneInfo("UTC"), 0, 24 * 60)
    change = Change(Action.UPDATE, OFFICE)

    assert waiting(Policy(windows=(NIGHTLY,), run_windows=(always,)), change) == ["HoursOfOperation/*"]
    assert waiting(Policy(windows=(always,), run_windows=(NIGHTLY,)), change) == ["HoursOfOperation/*"]
    assert waiting(Policy(windows=(NIGHTLY,), run_windows=(always,)), change, now=NIGHT) == []


def test_the_finding_names_the_changes_the_next_opening_and_what_to_do() -> None:
    changes = [Change(Action.UPDATE, Ref("HoursOfOperation", name)) for name in "AB"]

    (finding,) = must_wait(plan(*changes), Policy(windows=(NIGHTLY,)), NOON)

    assert finding.severity == "warning"
    assert finding.message == (
        "no change window (policy.windows) is open for HoursOfOperation/A and HoursOfOperation/B; the next one opens "
        "on Monday 2026-07-06 at 20:00 Europe/London (2026-07-06 19:00 UTC); run this again then, or leave them out "
        "with --exclude, or change policy.windows in reconcile.yaml in a reviewed change"
    )


def test_the_finding_names_a_few_of_many_changes() -> None:
    changes = [Change(Action.UPDATE, Ref("HoursOfOperation", str(at))) for at in range(7)]

    (finding,) = must_wait(plan(*changes), Policy(run_windows=(NIGHTLY,)), NOON)

    assert "HoursOfOperation/4 and 2 other changes; the next" in finding.message
    assert finding.message.startswith("no change window (--window) is open")
    assert finding.message.endswith("run this again then, or leave them out with --exclude")


def test_windows_that_are_never_open_together_are_reported() -> None:
    policy = Policy(windows=(NIGHTLY,), run_windows=(NEVER_THEN,))

    (finding,) = must_wait(plan(Change(Action.UPDATE, OFFICE)), policy, NOON)

    assert "(policy.windows and --window)" in finding.message
    assert (
        "; these windows are never open at the same time; leave them out with --exclude, or change" in finding.message
    )


def test_a_run_is_refused_with_every_kind_that_must_wait() -> None:
    windows = (NIGHTLY, Window(ZoneInfo("UTC"), 60, 120, kinds=("Queue",)))
    environment = Environment("centre", "prod", Path(), policy=Policy(windows=windows))

    with pytest.raises(RefusedError) as refused:
        check_times(plan(Change(Action.UPDATE, OFFICE), Change(Action.UPDATE, DESK)), environment, NOON, "")

    assert refused.value.exit_code == 3
    assert [line.split(" is open for ")[1].split(";")[0] for line in str(refused.value).splitlines()] == [
        "HoursOfOperation/Office",
        "Queue/Desk",
    ]


def test_a_change_of_a_table_never_waits_for_the_window_of_hours(world: World) -> None:
    hours = manifest("HoursOfOperation", "Office", {"timeZone": "UTC", "config": []})

    seen = world.preview(hours, table([key(), attribute("A")], []))

    assert waiting(Policy(windows=(NIGHTLY,)), *seen.plan.changes) == ["HoursOfOperation/*"]
