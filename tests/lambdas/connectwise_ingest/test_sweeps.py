"""Id sweeps: records that are gone, a guard against mass deletion, and missed changes."""

from __future__ import annotations

import pytest

from reconciler.sandbox.connectwise import Company, Fault
from tests.lambdas.connectwise_ingest.world import TICKETS, World, ticket

NIGHT = 86_400.0


def begun(world: World, number: int = 5, **changes: object) -> Company:
    company = world.add_tenant(**changes)
    company.put_all(TICKETS, [ticket(id) for id in range(1, number + 1)])
    world.run()
    return company


def gone(world: World) -> list[int]:
    return [row["id"] for row in world.rows() if row["_deleted"]]


def sweep(world: World, **more: object) -> dict[str, object]:
    return world.poll(NIGHT, mode="ids", **more)


def test_a_record_that_is_absent_in_two_sweeps_and_singly_becomes_a_tombstone(world: World) -> None:
    """S2-38."""
    company = begun(world)
    company.delete(TICKETS, 3)

    first = sweep(world)
    after_first = gone(world)
    second = sweep(world)

    assert (first["rows"], after_first) == (0, [])
    assert (second["status"], second["rows"], gone(world)) == ("done", 1, [3])
    assert world.rows()[-1]["summary"] is None
    assert world.state()["sweep"]["open"] == 4


def test_a_tombstone_is_written_once(world: World) -> None:
    begun(world).delete(TICKETS, 3)
    for _ in range(4):
        sweep(world)

    assert gone(world) == [3]


def test_a_record_that_was_absent_from_a_sweep_by_mistake_stays(world: World) -> None:
    """It is asked for singly before it is taken for deleted, and fetched again."""
    company = begun(world)
    record = company.tables[TICKETS].pop(3)
    sweep(world)
    world.vendor.before = lambda address: company.tables[TICKETS].update({3: record} if address.endswith("/3") else {})

    second = sweep(world)
    third = sweep(world)

    assert (second["rows"], third["rows"], gone(world)) == (1, 0, [])


def test_a_record_that_comes_back_is_known_again(world: World) -> None:
    company = begun(world)
    company.delete(TICKETS, 3)
    sweep(world)
    sweep(world)
    company.put(TICKETS, ticket(3, "restored"))
    world.poll()
    company.delete(TICKETS, 3)
    sweep(world)
    sweep(world)

    assert [(row["_deleted"], row["summary"]) for row in world.rows() if row["id"] == 3] == [
        *((False, "VPN drops"), (True, None), (False, "restored"), (True, None))
    ]


def test_one_confirmation_is_enough_for_a_tenant_that_says_so(world: World) -> None:
    begun(world, deletes={"confirmations": 1, "max_percent": 10}).delete(TICKETS, 3)

    sweep(world)

    assert gone(world) == [3]


def test_too_many_deletes_are_refused_until_a_person_accepts_them(world: World) -> None:
    company = begun(world, 120, deletes={"confirmations": 2, "max_percent": 10})
    for id in range(1, 61):
        company.delete(TICKETS, id)
    sweep(world)

    refused = sweep(world)
    again = sweep(world)
    before = gone(world)
    increment = world.poll()
    accepted = sweep(world, accept_deletes=True)

    assert (refused["status"], refused["error"]) == ("failed", "MASS_DELETE: 60 of 120 records")
    assert (again["error"], before) == (refused["error"], [])
    assert increment["status"] == "quiet"
    assert (accepted["status"], gone(world)) == ("done", list(range(1, 61)))


def test_fifty_records_may_always_go(world: World) -> None:
    company = begun(world, 60)
    for id in range(1, 51):
        company.delete(TICKETS, id)
    sweep(world)
    sweep(world)

    assert gone(world) == list(range(1, 51))


def test_a_missed_change_is_fetched_singly(world: World) -> None:
    """A commit that came later than the overlap: only the sweep finds it."""
    company = begun(world)
    world.poll(7200)
    company.change(TICKETS, 2, stamp="2026-03-02T07:30:00Z", summary="committed very late")
    assert world.poll()["rows"] == 0

    result = sweep(world)

    assert (result["rows"], world.rows()[-1]["summary"]) == (1, "committed very late")
    assert sweep(world)["rows"] == 0


def test_an_unknown_record_within_the_history_is_fetched_and_an_older_one_is_not(world: World) -> None:
    company = begun(world, backfill={"days": 30, "chunk_days": 30})
    world.poll(7200)
    company.put(TICKETS, ticket(40), stamp="2026-02-20T00:00:00Z")
    company.put(TICKETS, ticket(41), stamp="2025-02-20T00:00:00Z")

    sweep(world)

    assert [row["id"] for row in world.rows()][-1] == 40
    assert 41 not in [row["id"] for row in world.rows()]


def test_a_sweep_goes_on_where_the_time_ended(world: World) -> None:
    begun(world, 60, rate_per_minute=6, backfill={"days": 1, "chunk_days": 1}).delete(TICKETS, 30)
    world.budget = 100.0
    sweep(world, PAGE_SIZE="5")
    rounds = len(world.lines)

    result = sweep(world, PAGE_SIZE="5")

    assert (result["status"], gone(world)) == ("done", [30])
    assert len(world.lines) - rounds > 4
    assert "parts" not in world.state()["sweep"]


def test_a_sweep_that_fails_keeps_its_pages_and_makes_no_pair_wait(world: World) -> None:
    begun(world, 30).delete(TICKETS, 3)
    sweep(world)
    world.vendor.faults.add(Fault("status", 403, path="fields=", skip=1))

    failed = sweep(world, PAGE_SIZE="10")
    state = world.state()
    again = sweep(world, PAGE_SIZE="10")

    assert (failed["error"], state["sweep"]["last_id"]) == ("FORBIDDEN", 11)
    assert state.get("failures", 0) == 0
    assert (again["status"], gone(world)) == ("done", [3])


def test_of_many_absent_records_a_sample_is_asked_for(world: World) -> None:
    company = begun(world, 300, deletes={"confirmations": 1, "max_percent": 100}, rate_per_minute=10_000)
    for id in range(1, 251):
        company.delete(TICKETS, id)
    world.vendor.requests.clear()

    sweep(world)

    singly = [request for request in world.vendor.requests if request.status == 404]
    assert (len(singly), gone(world)) == (200, list(range(1, 251)))


@pytest.mark.slow
@pytest.mark.long
def test_the_newest_of_1100_files_is_swept(world: World) -> None:
    """S2-37: work is found in the ledger, so no listing ends after 1,000 objects."""
    company = world.add_tenant(backfill={"days": 1, "chunk_days": 1}, rate_per_minute=10_000)
    company.put_all(TICKETS, [ticket(id) for id in range(1, 1101)])
    world.run(PAGE_SIZE="1", FLUSH_ROWS="1", FLUSH_SECONDS="600")
    company.delete(TICKETS, 1100)
    sweep(world)
    sweep(world)

    assert len(world.files()) == 1101
    assert gone(world) == [1100]
