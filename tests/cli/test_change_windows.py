"""Change windows: every command that writes keeps them, and plan reports them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.cli import approval, opening
from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import SANDBOX, Reconcile, Repository, Server, client, table

SetClock = Callable[[datetime], None]
HOURS = {"timeZone": "UTC", "config": []}
WINDOW = {"from": "20:00", "to": "06:00", "timeZone": "Europe/London"}
NOON, NIGHT = datetime(2026, 7, 6, 12, tzinfo=UTC), datetime(2026, 7, 6, 22, tzinfo=UTC)
WAITS = (
    "no change window (policy.windows) is open for HoursOfOperation/Office; the next one opens on Monday 2026-07-06 at "
    "20:00 Europe/London (2026-07-06 19:00 UTC); run this again then"
)


def hours(**more: Any) -> dict[str, Any]:
    return {"kind": "HoursOfOperation", "metadata": {"name": "Office"}, "spec": {**HOURS, **more}}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Sets the clock of the command."""

    moments = [NIGHT]
    monkeypatch.setattr(opening, "read_clock", lambda: moments[-1])
    return moments.append


@pytest.fixture
def with_windows(repository: Repository) -> Repository:
    """Hours that are declared and not live, and a window at night."""
    repository.configure({"lab": {**SANDBOX, "policy": {"windows": [WINDOW]}}})
    repository.declare(hours())
    return repository


def writes(server: Server) -> set[str]:
    names = {name.removeprefix("connect:") for name in server.calls()}
    return {name for name in names if name.startswith(("Create", "Update", "Delete", "Tag"))}


def test_apply_outside_the_windows_is_refused_with_3_before_any_write(
    with_windows: Repository, reconcile: Reconcile, server: Server, at: SetClock
) -> None:
    at(NOON)

    done = reconcile("apply", "--auto-approve", "--outcome", "outcome.json")

    outcome = json.loads((with_windows.root / "outcome.json").read_text("utf-8"))
    assert done.code == 3
    assert f"error: {WAITS}" in done.err
    assert (outcome["status"], outcome["exitCode"]) == ("refused", 3)
    assert outcome["message"].startswith(WAITS)
    assert writes(server) == set()


def test_apply_inside_a_window_writes(
    with_windows: Repository, reconcile: Reconcile, server: Server, at: SetClock
) -> None:
    at(NIGHT)

    assert reconcile("apply", "--auto-approve").code == 0
    assert writes(server) == {"CreateHoursOfOperation"}


def test_plan_warns_in_every_form_and_exits_as_before(
    with_windows: Repository, reconcile: Reconcile, at: SetClock
) -> None:
    at(NOON)

    planned = reconcile("plan", "--detailed-exitcode", "--out", "p.json", "--out", "p.md", "--out", "p.html")

    (finding,) = json.loads((with_windows.root / "p.json").read_text("utf-8"))["findings"]
    assert planned.code == 2
    assert (finding["severity"], finding["address"]) == ("warning", "HoursOfOperation/*")
    assert finding["message"].startswith(WAITS)
    assert "no change window (policy.windows) is open" in planned.out
    assert all("20:00 Europe/London" in (with_windows.root / name).read_text() for name in ("p.md", "p.html"))
    assert reconcile("plan").code == 0


def test_the_time_does_not_change_the_digest(with_windows: Repository, reconcile: Reconcile, at: SetClock) -> None:
    """A plan that is reviewed by day is applied at night."""
    at(NOON)
    reconcile("plan", "--out", "plan.json")
    at(NIGHT)

    assert reconcile("apply", "--auto-approve", "--plan", "plan.json").code == 0


def test_other_kinds_are_applied_alone(
    with_windows: Repository, reconcile: Reconcile, server: Server, at: SetClock
) -> None:
    with_windows.declare(hours(), table())
    at(NOON)

    both = reconcile("apply", "--auto-approve")
    rest = reconcile("apply", "--auto-approve", "--exclude", "HoursOfOperation/*")

    assert (both.code, rest.code) == (3, 0)
    assert "CreateHoursOfOperation" not in writes(server)


def test_a_window_that_closes_while_the_question_is_open_refuses(
    with_windows: Repository, reconcile: Reconcile, server: Server, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer_by_day(flags: object, plan: object) -> bool:
        at(NOON)
        return True

    at(NIGHT)
    monkeypatch.setattr(approval, "approves", answer_by_day)

    done = reconcile("apply", "--auto-approve")

    assert (done.code, WAITS in done.err) == (3, True)
    assert writes(server) == set()


def test_undo_and_destroy_keep_the_windows(
    with_windows: Repository, reconcile: Reconcile, server: Server, at: SetClock
) -> None:
    at(NIGHT)
    reconcile("apply", "--auto-approve")
    at(NOON)

    undone, destroyed = reconcile("undo", "--last", "--auto-approve"), reconcile("destroy", "--yes")

    assert (undone.code, destroyed.code) == (3, 3)
    assert WAITS in undone.err
    assert f"{WAITS}, or change policy.windows in reconcile.yaml" in destroyed.err
    assert "no change window (policy.windows) is open" in destroyed.out
    assert writes(server) == {"CreateHoursOfOperation"}


def test_an_adoption_needs_no_window(
    with_windows: Repository, reconcile: Reconcile, server: Server, at: SetClock
) -> None:
    """It writes only tags, which callers do not hear."""
    client(server).create_hours_of_operation(InstanceId=INSTANCE_ARN, Name="Office", TimeZone="UTC", Config=[])
    at(NOON)

    done = reconcile("adopt", "--all", "--auto-approve")

    assert done.code == 0, done.err
    assert "TagResource" in writes(server)


def test_the_flag_limits_one_run(repository: Repository, reconcile: Reconcile, server: Server, at: SetClock) -> None:
    repository.declare(hours())
    at(NOON)

    planned = reconcile("plan", "--window", "20:00-06:00 Europe/London")
    refused = reconcile("apply", "--auto-approve", "--window", "20:00-06:00 Europe/London")
    begun = reconcile("--auto-approve", "--window", "20:00-06:00 Europe/London")

    assert (planned.code, refused.code, begun.code) == (0, 3, 3)
    assert "no change window (--window) is open for HoursOfOperation/Office" in planned.out
    assert writes(server) == set()
    assert reconcile("apply", "--auto-approve", "--window", "monday 11:00-13:00 UTC").code == 0


def test_the_flag_does_not_open_a_closed_window(with_windows: Repository, reconcile: Reconcile, at: SetClock) -> None:
    at(NOON)

    assert reconcile("apply", "--auto-approve", "--window", "00:00-24:00 UTC").code == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("at night", "is not a time in a zone; write --window"),
        ("20:00-06:00 Europe/Londn", "did you mean Europe/London?"),
        ("20:00-20:00 UTC", "to equals from"),
        ("8:00-20:00 UTC", 'from "8:00" is not a time of day; write it as in 20:00'),
        ("MON 08:00-20:00 UTC", 'did you mean "MONDAY"?'),
    ],
)
def test_a_mistake_in_the_flag_is_wrong_usage(
    repository: Repository, reconcile: Reconcile, text: str, words: str
) -> None:
    done = reconcile("plan", "--window", text)

    assert (done.code, words in done.err) == (64, True), done.err


def test_a_mistake_in_a_window_has_its_place(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure({"lab": {**SANDBOX, "policy": {"windows": [{**WINDOW, "timeZone": "Europe/Londn"}]}}})

    done = reconcile("validate")

    assert done.code == 1
    assert "environments.lab.policy.windows[1].timeZone" in done.out
    assert "did you mean Europe/London?" in done.out
