"""The nights in which New York changes its clocks: contact_calls deployed, with its schedule and its function."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli.running import Repository, Server, client_of, command, serving
from tests.worlds.archives import share_with

from .documents import CALLS, FUNCTION

pytestmark = pytest.mark.slow
NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
WINDOW = "window#"


@pytest.mark.parametrize("hours", [23, 25])
def test_a_night_with_a_change_of_the_clock_loses_and_doubles_no_window(tmp_path: Path, hours: int) -> None:
    """The clock of the sandbox reaches the evening before, and then moves over the night."""
    with serving() as server:
        midnight = midnight_of_day_with(hours, datetime.fromisoformat(server.now()))
        move_to(server, midnight - 4 * HOUR)
        deploy(server, tmp_path)

        move_to(server, midnight + 12 * HOUR)

        windows = windows_of(server)
    assert [status for *_, status, _ in windows] == ["done"] * len(windows)
    assert [attempts for *_, attempts in windows] == ["1"] * len(windows)
    assert all(one[1] == other[0] for one, other in pairwise(windows))
    assert windows[0][0] <= midnight
    assert windows[-1][1] >= midnight + 10 * HOUR


def midnight_of_day_with(hours: int, now: datetime) -> datetime:
    """Returns the beginning of the next day that is so long in New York."""
    day = now.astimezone(NEW_YORK).date() + timedelta(days=1)
    while True:
        begin, end = (datetime.combine(it, time(), NEW_YORK).astimezone(UTC) for it in (day, day + timedelta(days=1)))
        if end - begin == hours * HOUR:
            return begin
        day += timedelta(days=1)


def move_to(server: Server, moment: datetime) -> None:
    server.advance(f"{int((moment - datetime.fromisoformat(server.now())).total_seconds())}s")


def deploy(server: Server, root: Path) -> None:
    repository = Repository(root)
    repository.configure()
    repository.declare(CALLS)
    repository.use(server)
    share_with(repository.root)
    done = command(root, "apply", "--auto-approve", timeout=600)
    assert done.code == 0, done.err


def windows_of(server: Server) -> list[tuple[datetime, datetime, str, str]]:
    """Returns beginning, end, status and attempts of each window that the function has noted, in order."""
    items = client_of(server, "dynamodb").scan(TableName=FUNCTION)["Items"]
    return sorted(
        (
            datetime.fromisoformat(item["item"]["S"].removeprefix(WINDOW)),
            datetime.fromisoformat(item["until"]["S"]),
            item["status"]["S"],
            item["attempts"]["N"],
        )
        for item in items
        if item["item"]["S"].startswith(WINDOW)
    )
