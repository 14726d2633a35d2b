"""Passes that do not end at once: the time budget, history beside changes, and failures on the way."""

from __future__ import annotations

import pytest

from reconciler.sandbox.connectwise import Fault
from tests.lambdas.connectwise_ingest.world import TICKETS, World, lane, ticket


def ids(world: World) -> list[int]:
    return [row["id"] for row in world.rows()]


def test_changes_are_fetched_while_history_goes_on(world: World) -> None:
    company = world.add_tenant(backfill={"days": 700, "chunk_days": 10}, rate_per_minute=60)
    company.put(TICKETS, ticket(1))
    first = world.invoke(lane("harbor-dental"))
    company.put(TICKETS, ticket(2), stamp="2026-03-02T08:00:30Z")

    second = world.invoke(first)

    assert [answer["pairs"][0]["status"] for answer in (first, second)] == ["behind", "done"]
    assert 2 in ids(world)


def test_a_run_goes_on_where_the_time_ended(world: World) -> None:
    """S2-14: the cursor keeps the place, and no row is skipped or written twice."""
    world.add_tenant(rate_per_minute=6).put_all(TICKETS, [ticket(id) for id in range(1, 61)])
    world.budget = 120.0

    rounds = []
    answer = lane("harbor-dental")
    while not rounds or rounds[-1] == "behind":
        answer = world.invoke(answer, PAGE_SIZE="5")
        rounds.append(answer["pairs"][0]["status"])

    assert len(rounds) > 2
    assert rounds[-1] == "done"
    assert sorted(ids(world)) == list(range(1, 61))
    assert answer["pairs"][0]["rows"] == 60


@pytest.mark.slow
def test_3500_tickets_with_one_429_and_one_500_come_once_each(world: World) -> None:
    """S2-2, S2-12."""
    world.add_tenant().put_all(TICKETS, [ticket(id) for id in range(1, 3501)])
    world.vendor.faults.add(
        Fault("status", 429, retry_after="2", skip=3, path="service/tickets"),
        Fault("status", 500, skip=4, path="service/tickets"),
    )

    result = world.run()

    assert (result["status"], result["rows"], result["throttled"]) == ("done", 3500, 1)
    assert world.vendor.faults.served == {"status": 2}
    assert ids(world) == list(range(1, 3501))
    assert 2.0 in world.clock.waits


def test_before_the_end_of_a_long_wait_no_scheduled_run_asks(world: World) -> None:
    world.add_tenant().put_all(TICKETS, [ticket(id) for id in range(1, 4)])
    world.vendor.faults.add(Fault("status", 429, retry_after="1000"))
    refused = world.invoke(lane("harbor-dental"))["pairs"][0]
    world.vendor.requests.clear()
    slot = {"run": "20261128T195500Z", "slot": "2026-11-28T19:55:00Z"}

    held = world.invoke({**lane("harbor-dental"), **slot})["pairs"][0]
    asked_before = len(world.vendor.requests)
    later = world.invoke({**lane("harbor-dental"), **slot, "now": "2026-11-28T19:57:00Z"})["pairs"][0]

    assert (refused["status"], refused["wait"], refused["error"]) == (
        *("behind", 1000),
        "BEHIND: the server wants a wait of 1000 s",
    )
    assert (held["status"], held["wait"], asked_before) == ("behind", 100, 0)
    assert (later["status"], "wait" in later) == ("done", False)


def test_a_person_asks_before_the_end_of_a_long_wait(world: World) -> None:
    world.add_tenant().put_all(TICKETS, [ticket(id) for id in range(1, 4)])
    world.vendor.faults.add(Fault("status", 429, retry_after="1000"))
    world.invoke(lane("harbor-dental"))

    by_hand = world.invoke({"tenant_id": "harbor-dental"})

    assert by_hand["pairs"][0]["status"] == "done"
