"""An upload does what the plan of its file shows: both functions on the local AWS, with every sort of row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from reconciler.agents import Settings, plan_live, read_file
from reconciler.model import Action, Plan
from tests.builders.agent_files import ADA, MARY, NEWEST, SECRET, agent_csv
from tests.lambdas.agent_roster.sheets import Sheets, sheets
from tests.lambdas.agents.bad_rows import BAD_ROWS, LOGIN, ROUTING
from tests.worlds.world import World

pytestmark = pytest.mark.slow

OWNER = "contact-centre/test:Pipeline/agents"
WORDS = {Action.CREATE: "created", Action.UPDATE: "changed", Action.BLOCKED: "refused"}
Row = Mapping[str, str]


def row(login: str, like: Row = ADA, **cells: str) -> Row:
    return {**like, "password": SECRET, LOGIN: login, **{name.replace("_", " "): text for name, text in cells.items()}}


def rows() -> Iterator[Row]:
    """Yields an unchanged user, a changed one, a new one, and every sort of a row that is refused."""
    yield row("ada")
    yield row("mary", MARY, last_name="King")
    yield row("grace")
    yield row("declared")
    yield row("by-hand")
    yield row("lost", **{ROUTING.replace(" ", "_"): "Basic Routing Profil"})
    yield from (row("twice"), row("twice"))
    for number, bad in enumerate(BAD_ROWS):
        if bad.identity_type == "CONNECT_MANAGED":
            yield {**row(f"bad-{number}"), **bad.cells}


def planned(plan: Plan) -> dict[int, tuple[str, str]]:
    """Returns result and reason of each row that the plan has."""
    found = {}
    for change in plan.changes:
        place = re.match(r"row (\d+): ", change.reason)
        assert place is not None
        found[int(place[1])] = (WORDS[change.action], change.reason.removeprefix(place[0]))
    return found


@pytest.fixture
def inbox() -> Iterator[Sheets]:
    """Two users of an earlier upload, one that a manifest declares, and one that a person made in the console."""
    with sheets() as inbox:
        desk = inbox.desk
        desk.environ["OWNER"] = OWNER
        desk.function = desk.container()
        inbox.put(agent_csv(NEWEST, [row("ada"), row("mary", MARY)]).encode(), "uploads/first.csv")
        assert desk.run() == []
        desk.create_user("declared", reconciler_stack="contact-centre/test")
        desk.create_user("by-hand")
        desk.clock.sleep(60)
        yield inbox


def test_every_row_ends_as_the_plan_shows(inbox: Sheets, tmp_path: Path) -> None:
    """S4-29: created, changed, unchanged, and more than 40 sorts of refused rows with their reasons."""
    desk, world = inbox.desk, World(inbox.desk.control, tmp_path)
    path = tmp_path / "agents.csv"
    path.write_text(agent_csv(NEWEST, rows()), encoding="utf-8")

    plan = planned(plan_live(world.environment, world.aws, read_file(path), {}, Settings()))
    answer = inbox.put(path.read_bytes(), "uploads/agents.csv")
    assert desk.run() == []

    results = {
        line["row"]: (line["result"], line["reason"]) for line in desk.result_rows(f"{2:018x}", "uploads/agents.csv")
    }
    assert answer["rows"] == len(results) == answer["pending"] + answer["refused"] + answer["unchanged"]
    assert {number: word for number, (word, _) in results.items()} == {
        number: plan.get(number, ("unchanged", ""))[0] for number in results
    }
    assert [results[number][0] for number in (2, 3, 4)] == ["unchanged", "changed", "created"]
    refused = [number for number, (word, _) in results.items() if word == "refused"]
    # The reason for a user that a person made names the tag of the one pipeline.
    assert [number for number in refused if results[number][1] != plan[number][1]] == [6]
    assert len(refused) > 40
