"""The passes of a table: the first run, changes, the overlap, and how far the watermark comes."""

from __future__ import annotations

import pytest

from tests.lambdas.connectwise_ingest.world import TICKETS, World, ticket


def ids(world: World) -> list[int]:
    return [row["id"] for row in world.rows()]


def summaries(world: World, id: int) -> list[str]:
    return [row["summary"] for row in world.rows() if row["id"] == id]


def test_a_first_run_fetches_the_history_and_sets_the_watermark(world: World) -> None:
    company = world.add_tenant()
    company.put_all(TICKETS, [ticket(id) for id in (3, 1, 2)])

    result = world.run()

    assert (result["status"], result["rows"], result["files"]) == ("done", 3, 1)
    assert sorted(ids(world)) == [1, 2, 3]
    assert result["watermark"] == "2026-03-02T08:00:00Z"
    assert "backfilling" not in world.state()


def test_an_empty_table_has_no_watermark_until_it_has_a_record(world: World) -> None:
    company = world.add_tenant()

    first = world.run()
    company.put(TICKETS, ticket(1))
    second = world.poll()

    assert (first["status"], first["watermark"], first["rows"]) == ("quiet", "", 0)
    assert (second["status"], second["rows"]) == ("done", 1)


def test_an_incremental_run_fetches_changes_and_the_overlap_only(world: World) -> None:
    """S2-30: what did not change since the watermark, less the overlap, is not asked for."""
    company = world.add_tenant()
    company.put_all(TICKETS, [ticket(id) for id in range(1, 41)], stamp="2026-02-01T00:00:00Z")
    company.put(TICKETS, ticket(50))
    world.run()
    world.pass_time()
    company.change(TICKETS, 7, summary="VPN is up")
    world.vendor.requests.clear()

    result = world.run()

    assert (result["status"], result["rows"]) == ("done", 1)
    assert summaries(world, 7) == ["VPN drops", "VPN is up"]
    assert result["requests"] == len(world.vendor.requests) == 2
    assert "2026-03-02T07%3A45%3A00Z" in world.vendor.requests[1].query


def test_a_changed_record_with_a_known_id_is_kept_and_a_known_version_is_not_written_again(world: World) -> None:
    """S2-34: known is a record with its id, stamp and content; never its id alone."""
    company = world.add_tenant()
    company.put_all(TICKETS, [ticket(1), ticket(2)])
    world.run()
    world.poll(10)
    company.change_silently(TICKETS, 2, summary="changed without a stamp")

    result = world.poll(10)

    assert (result["rows"], result["repeated"]) == (1, 1)
    assert summaries(world, 2)[-1] == "changed without a stamp"
    assert len(summaries(world, 1)) <= 2


def test_a_run_without_changes_is_quiet_and_costs_two_requests_and_three_writes(world: World) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    world.run()
    world.poll()
    world.control.reset_stats()

    result = world.poll()

    calls = world.control.stats()["calls"]
    assert (result["status"], result["requests"]) == ("quiet", 2)
    assert (calls["dynamodb:UpdateItem"], calls.get("dynamodb:TransactWriteItems", 0)) == (3, 0)


def test_a_commit_behind_the_watermark_is_fetched_within_the_overlap(world: World) -> None:
    company = world.add_tenant()
    company.put_all(TICKETS, [ticket(1), ticket(2)])
    world.run()
    company.change(TICKETS, 2, stamp="2026-03-02T07:50:00Z", summary="committed late")

    world.poll(60)

    assert summaries(world, 2)[-1] == "committed late"


def test_records_that_share_the_last_second_are_all_fetched(world: World) -> None:
    company = world.add_tenant()
    company.put(TICKETS, ticket(1))
    world.run()
    company.put(TICKETS, ticket(2))

    world.poll(0.5)

    assert 2 in ids(world)


def test_changes_during_a_pass_are_fetched_by_it_or_by_the_next_one(world: World) -> None:
    """Pages shift while they are read: records change, appear and disappear between any two requests."""
    company = world.add_tenant()
    company.put_all(TICKETS, [ticket(id) for id in range(1, 101)], stamp="2026-03-01T00:00:00Z")
    changed = iter(range(1, 1000))

    def change(address: str) -> None:
        number = next(changed)
        world.vendor.clock.advance(1)
        company.change(TICKETS, 1 + number * 37 % 90, summary=f"change {number}")
        company.put(TICKETS, ticket(1000 + number))

    world.vendor.before = change
    for _ in range(4):
        world.poll(PAGE_SIZE="7")
    world.vendor.before = None
    world.poll()

    newest = {row["id"]: row["summary"] for row in world.rows()}
    assert newest == {id: record["summary"] for id, record in company.tables[TICKETS].items()}


def test_the_watermark_never_moves_backwards(world: World) -> None:
    """The newest record may be deleted."""
    company = world.add_tenant()
    company.put(TICKETS, ticket(1), stamp="2026-03-01T00:00:00Z")
    company.put(TICKETS, ticket(2))
    before = world.run()["watermark"]
    company.delete(TICKETS, 2)

    assert world.poll()["watermark"] == before == "2026-03-02T08:00:00Z"


def test_our_clock_is_never_compared_with_the_vendors(world: World) -> None:
    """The vendor lives in March, this side in November, and its file names say so."""
    company = world.add_tenant()
    company.put(TICKETS, ticket(1))
    world.run()
    company.change(TICKETS, 1, summary="second")
    world.poll()

    (first, second) = world.files()
    assert "2026-11-28T" in first.key
    assert first.key < second.key
    assert world.state()["last_updated"].startswith("2026-03-02")


@pytest.mark.parametrize(("chunk", "rows"), [(30, 4), (400, 4)])
def test_history_comes_in_chunks_back_to_the_days_of_the_tenant(world: World, chunk: int, rows: int) -> None:
    company = world.add_tenant(backfill={"days": 100, "chunk_days": chunk})
    for day in ("2026-03-02", "2026-02-20", "2026-01-15", "2025-12-01", "2025-10-01"):
        company.put(TICKETS, ticket(len(company.rows(TICKETS)) + 1), stamp=f"{day}T00:00:00Z")

    result = world.run()

    assert (result["status"], result["rows"]) == ("done", rows)
    assert world.ledger().read("backfill#service/tickets")["done_to"] == "2025-11-22T00:00:01Z"


def test_history_comes_newest_first(world: World) -> None:
    company = world.add_tenant(backfill={"days": 100, "chunk_days": 10})
    for id, day in enumerate(("2026-01-15", "2026-02-20", "2026-03-02"), start=1):
        company.put(TICKETS, ticket(id), stamp=f"{day}T00:00:00Z")

    world.run()

    assert ids(world) == [3, 2, 1]


def test_a_replay_fetches_a_span_again_and_leaves_the_watermark(world: World) -> None:
    company = world.add_tenant()
    for id, day in enumerate(("2026-01-15", "2026-02-20", "2026-03-02"), start=1):
        company.put(TICKETS, ticket(id), stamp=f"{day}T00:00:00Z")
    before = world.run()["watermark"]

    span = {"from": "2026-02-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}
    result = world.poll(mode="backfill", **span)

    assert (result["status"], result["rows"], result["watermark"]) == ("done", 1, before)
    assert ids(world)[-1] == 2
    assert "replay_cursor" not in world.state()


def test_a_backfill_without_a_span_fetches_the_days_of_the_tenant_again(world: World) -> None:
    world.add_tenant().put_all(TICKETS, [ticket(1), ticket(2)])
    world.run()

    result = world.poll(mode="backfill")

    assert (result["status"], result["rows"]) == ("done", 2)


def test_a_content_run_sees_changes_without_a_stamp(world: World) -> None:
    company = world.add_tenant()
    company.put(TICKETS, ticket(1), stamp="2025-06-01T00:00:00Z")
    company.put(TICKETS, ticket(2))
    world.run()
    world.pass_time(100_000)
    company.change_silently(TICKETS, 1, board={"id": 7, "name": "Service Desk"})

    result = world.run(mode="content")

    assert result["rows"] == 2
    assert [row["board__name"] for row in world.rows() if row["id"] == 1][-1] == "Service Desk"


def test_a_rebuild_is_not_for_ingest(world: World) -> None:
    world.add_tenant()

    result = world.run(mode="rebuild")

    assert (result["status"], result["requests"]) == ("quiet", 0)


def test_rows_wait_for_a_file_of_their_own_size(world: World) -> None:
    world.add_tenant().put_all(TICKETS, [ticket(id) for id in range(1, 31)])

    result = world.run(PAGE_SIZE="5", FLUSH_ROWS="10")

    assert (result["rows"], result["files"]) == (30, 3)
    assert [file.rows for file in world.files()] == [10, 10, 10]
    assert [file.seq for file in world.files()] == [1, 2, 3]


def test_a_file_is_written_after_its_seconds_however_few_rows_it_has(world: World) -> None:
    world.add_tenant(rate_per_minute=1).put_all(TICKETS, [ticket(id) for id in range(1, 31)])

    world.run(PAGE_SIZE="10", FLUSH_SECONDS="30")

    assert len(world.files()) == 3


def test_the_changed_rows_of_each_day_are_counted(world: World) -> None:
    company = world.add_tenant()
    company.put_all(TICKETS, [ticket(1), ticket(2)])
    world.run()
    company.change(TICKETS, 1, summary="next day")
    world.poll(86_400)

    assert world.state()["totals"] == [{"day": "2026-11-28", "rows": 2}, {"day": "2026-11-29", "rows": 1}]
