"""The function is killed before and after every call that it makes. The next run leaves nothing lost or wrong."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from reconciler.sandbox import in_process
from reconciler.sandbox.connectwise import standing_in
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_ingest.crashing import Reaper
from tests.lambdas.connectwise_ingest.world import START, TICKETS, World, ticket
from tests.lambdas.dying import Killed
from tests.lambdas.invocations import Clock

SETTINGS = {"PAGE_SIZE": "4", "FLUSH_ROWS": "4"}


def story(session: botocore.session.Session, reaper: Reaper) -> tuple[World, int]:
    """A first run, changes, and a sweep that finds a delete. A run that dies is followed by the next one.

    Returns the world afterwards, and the number of runs that died.
    """
    clock = Clock(START)
    with standing_in() as vendor, in_process(clock=clock, sleep=clock.sleep) as control:
        world = World(control, vendor, clock, session)
        create_tables(world.client("dynamodb"))
        world.set_up()
        company = world.add_tenant(backfill={"days": 1, "chunk_days": 1}, deletes={"confirmations": 1})
        company.put_all(TICKETS, [ticket(id) for id in range(1, 7)])
        world.make_client = reaper.client
        with reaper.over_http():
            died = tick(world, mode="incremental")
            world.pass_time()
            company.change(TICKETS, 2, summary="changed")
            company.put(TICKETS, ticket(7))
            died += tick(world, mode="incremental")
            company.delete(TICKETS, 3)
            world.pass_time()
            died += tick(world, mode="ids")
        judge(world)
        return world, died


def tick(world: World, **more: Any) -> int:
    for died in range(3):
        try:
            result = world.run(**more, **SETTINGS)
        except Killed:
            # The lease of the dead run ends before the next slot.
            world.pass_time()
            continue
        assert result["status"] in ("done", "quiet"), result
        return died
    raise AssertionError("it dies again and again")


def judge(world: World) -> None:
    """Every version is in a file that the ledger names, each number once, and the pass is over."""
    state, files, rows = world.state(), world.files(), world.rows()
    versions = {(row["id"], row["summary"], row["_deleted"]) for row in rows}
    assert versions == {
        *((id, "VPN drops", False) for id in range(1, 8)),
        (2, "changed", False),
        (3, None, True),
    }
    assert [file.seq for file in files] == list(range(1, len(files) + 1))
    assert state["raw_seq"] == len(files)
    assert len({file.key for file in files}) == len(files)
    assert not {"cursor", "backfill_cursor", "backfilling", "lease_until"} & state.keys()
    assert [row["_seen_at"] for row in rows] == sorted(row["_seen_at"] for row in rows)
    assert state["sweep"]["open"] == 6


def test_a_story_without_a_crash_makes_calls_of_every_kind(session: botocore.session.Session) -> None:
    reaper = Reaper()

    _, died = story(session, reaper)

    kinds = {
        *("sts:assume_role", "dynamodb:get_item", "dynamodb:update_item", "dynamodb:query", "vendor:GET"),
        *("dynamodb:transact_write_items", "s3:put_object", "s3:get_object", "secretsmanager:get_secret_value"),
    }
    assert died == 0
    assert kinds == set(reaper.made)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_at_any_call_loses_and_doubles_nothing(
    session: botocore.session.Session, after: bool, part: int
) -> None:
    counted = Reaper()
    story(session, counted)

    for at in range(1 + part, len(counted.made) + 1, 8):
        reaper = Reaper(at, after)
        _, died = story(session, reaper)
        assert died == 1, (at, counted.made[at - 1])
