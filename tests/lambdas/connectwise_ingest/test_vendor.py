"""Each failure of the vendor: repeated in time, or named; never an empty page, never a lost or doubled row."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox.connectwise import Fault
from tests.lambdas.connectwise_ingest.world import TICKETS, World, ticket

PAGES = "pageSize=10"


@pytest.fixture
def full(world: World) -> World:
    """25 tickets, and pages of ten."""
    world.add_tenant(backfill={"days": 10, "chunk_days": 30}).put_all(TICKETS, [ticket(id) for id in range(1, 26)])
    world.environ["PAGE_SIZE"] = "10"
    return world


def ids(world: World) -> list[int]:
    return [row["id"] for row in world.rows()]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", 429, retry_after="7"),
        Fault("status", 429, retry_after="Mon, 02 Mar 2026 08:00:09 GMT"),
        Fault("status", 429),
        Fault("status", 500),
        Fault("timeout"),
        Fault("html", 502),
        Fault("html", 503, times=6),
        Fault("drop"),
        Fault("half"),
        Fault("truncated"),
        Fault("page"),
        Fault("null"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.retry_after}",
)
@pytest.mark.parametrize("skip", [0, 1])
def test_a_failure_in_the_middle_of_pages_loses_and_doubles_nothing(full: World, fault: Fault, skip: int) -> None:
    """S2-2."""
    full.vendor.faults.add(Fault(**{**vars(fault), "path": PAGES, "skip": skip}))

    result = full.run()

    assert (result["status"], result["rows"]) == ("done", 25)
    assert ids(full) == list(range(1, 26))
    assert result["retries"] >= fault.times
    assert full.vendor.faults.waiting == []


@pytest.mark.parametrize(("header", "waited"), [("7", 7.0), ("Mon, 02 Mar 2026 08:00:09 GMT", 9.0), (None, 0.75)])
def test_a_wait_is_as_long_as_the_vendor_asks_by_its_own_clock(full: World, header: str | None, waited: float) -> None:
    """Without a usable header it is 1 to 60 s with jitter; the vendor's date is compared with its own clock."""
    full.vendor.faults.add(Fault("status", 429, retry_after=header, path=PAGES))

    full.run()

    assert waited in full.clock.waits


def test_a_long_wait_ends_the_pass_and_the_next_round_goes_on(full: World) -> None:
    full.vendor.faults.add(Fault("status", 429, retry_after="121", path=PAGES, skip=1))

    result = full.run()

    assert (result["status"], result["rows"], ids(full)) == ("done", 25, list(range(1, 26)))
    assert max(full.clock.waits, default=0) < 120
    assert any("behind" in line for line in full.lines)
    assert {"wait", "wait_until"} & {*result, *full.state()} == set()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", 401), "AUTH"),
        (Fault("status", 403), "FORBIDDEN"),
        (Fault("html", 404, times=2), "NOT_FOUND"),
        (Fault("status", 410), "REFUSED: HTTP 410"),
        (Fault("status", 302), "REFUSED: HTTP 302"),
        (Fault("status", 500, times=7), "SERVER: after 7 tries"),
        (Fault("drop", times=7), "NETWORK: after 7 tries"),
        (Fault("page", times=7), "BODY: after 7 tries"),
        (Fault("null", times=7), "BODY: after 7 tries"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
def test_a_failure_that_stays_fails_the_pair_and_keeps_the_pages_in_hand(full: World, fault: Fault, error: str) -> None:
    full.vendor.faults.add(Fault(**{**vars(fault), "path": PAGES, "skip": 1}))

    failed = full.run()
    healed = full.poll()

    assert (failed["status"], failed["error"]) == ("failed", error)
    assert (failed["rows"], healed["status"]) == (10, "done")
    assert sorted(set(ids(full))) == list(range(1, 26))
    assert "error" not in full.state()


def test_an_error_is_never_taken_for_an_empty_page(full: World) -> None:
    full.run()
    before = full.state()["last_updated"]
    full.vendor.company("harbor-dental").put(TICKETS, ticket(26), stamp="2026-03-02T08:10:00Z")
    full.vendor.faults.add(Fault("status", 500, times=7, path=PAGES))

    failed = full.poll()

    assert (failed["status"], full.state()["last_updated"]) == ("failed", before)
    assert full.poll()["rows"] == 1


def test_a_time_out_of_the_server_halves_the_page_for_this_pass(full: World) -> None:
    full.environ["PAGE_SIZE"] = "400"
    full.vendor.faults.add(Fault("timeout", times=5, path="pageSize=(400|200|100|50)"))

    result = full.run()

    sizes = [request.query.split("pageSize=")[1].split("&")[0] for request in full.vendor.requests]
    assert (result["status"], result["rows"]) == ("done", 25)
    assert [size for size in sizes if size != "1"] == ["400", "200", "100", "50", "50", "50"]


def test_a_clamped_page_size_does_not_end_a_pass_early(full: World) -> None:
    """A short page proves nothing."""
    full.environ["PAGE_SIZE"] = "1000"
    full.vendor.behaviour.largest_page = 7
    full.vendor.behaviour.has_forward_only = False

    assert full.run()["rows"] == 25
    assert ids(full) == list(range(1, 26))


def test_a_server_without_forward_only_paging_is_asked_by_id(full: World) -> None:
    full.vendor.behaviour.has_forward_only = False
    full.run()
    full.vendor.requests.clear()

    quiet = full.poll()

    assert (full.state()["paging"], quiet["status"]) == ("keyset", "quiet")
    assert all("pageId" not in request.query for request in full.vendor.requests)
    assert ids(full) == list(range(1, 26))


def test_forward_only_paging_that_ends_midway_is_continued_by_id(full: World) -> None:
    """A proxy may strip the header."""

    def strip(address: str) -> None:
        if "pageId=10" in address:
            full.vendor.behaviour.has_forward_only = False

    full.vendor.before = strip

    assert full.run()["rows"] == 25
    assert ids(full) == list(range(1, 26))


def test_ids_that_do_not_increase_are_an_error(full: World) -> None:
    full.vendor.behaviour.has_forward_only = False
    full.vendor.behaviour.loops = True

    result = full.run()

    assert (result["status"], result["error"]) == ("failed", "ORDER: id 1 after 10")


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"lastUpdated": "refused"}, "_info/lastUpdated"),
        ({"lastUpdated": "ignored"}, "_info/lastUpdated"),
        ({"_info/lastUpdated": "refused"}, "lastUpdated"),
        ({"lastUpdated": "ignored", "_info/lastUpdated": "refused"}, "none"),
    ],
)
def test_the_spelling_of_the_filter_is_found_out(full: World, filters: dict[str, Any], kept: str) -> None:
    full.vendor.behaviour.filters |= filters
    full.run()
    full.vendor.clock.advance(2000)
    full.vendor.company("harbor-dental").change(TICKETS, 5, summary="changed")

    result = full.run()

    assert (full.state()["filter"], result["status"], result["rows"]) == (kept, "done", 1)
    assert full.rows()[-1]["summary"] == "changed"


def test_a_filter_that_is_refused_later_is_found_out_again(full: World) -> None:
    full.run()
    full.vendor.behaviour.filters["lastUpdated"] = "refused"
    full.vendor.company("harbor-dental").put(TICKETS, ticket(26))

    result = full.poll()

    assert (full.state()["filter"], result["status"]) == ("_info/lastUpdated", "done")
    assert 26 in ids(full)


def test_a_server_that_refuses_the_order_limits_a_pass_by_its_clock(full: World) -> None:
    full.vendor.behaviour.refuses_order = True
    full.run()
    full.vendor.company("harbor-dental").put(TICKETS, ticket(26), stamp="2026-03-02T08:05:00Z")

    result = full.poll()

    assert (result["status"], result["watermark"]) == ("done", "2026-03-02T08:05:00Z")
    assert sorted(set(ids(full))) == list(range(1, 27))


def test_a_table_without_stamps_is_read_whole(full: World) -> None:
    full.vendor.behaviour.has_stamps = False
    full.vendor.behaviour.filters = {"lastUpdated": "refused", "_info/lastUpdated": "refused"}

    result = full.run()

    assert (result["status"], result["rows"]) == ("done", 25)
    assert full.poll()["watermark"] == "2026-03-02T08:15:00Z"


def test_a_moved_codebase_is_asked_for_once_and_kept(full: World) -> None:
    full.vendor.behaviour.has_fixed_codebase = False
    full.run()
    full.vendor.requests.clear()

    full.poll()

    assert full.ledger().read("api")["codebase"] == "v2025_1/"
    assert all(request.path.startswith("/v2025_1/") for request in full.vendor.requests)
    assert ids(full) == list(range(1, 26))


def test_a_codebase_that_is_not_a_folder_is_not_used(full: World) -> None:
    """It becomes a part of addresses."""
    full.vendor.behaviour.has_fixed_codebase = False
    full.vendor.behaviour.codebase = "../../evil.example.com/"

    assert full.run()["error"] == "NOT_FOUND"
    assert full.ledger().read("api") == {}


def test_requests_keep_within_the_rate_that_the_tables_share(world: World) -> None:
    """120 a minute for two tables: one a second for each, and ten at once."""
    tables = [TICKETS, "time/entries"]
    world.add_tenant(rate_per_minute=120, tables=tables, backfill={"days": 1, "chunk_days": 1}).put_all(
        TICKETS, [ticket(id) for id in range(1, 101)]
    )
    begin = world.clock()

    result = world.run(PAGE_SIZE="5")

    assert result["requests"] >= 22
    assert world.clock() - begin >= result["requests"] - 10 - 1


def test_records_without_a_whole_number_as_id_are_kept_and_counted(world: World) -> None:
    company = world.add_tenant()
    company.put(TICKETS, ticket(0, "id zero"))
    company.put(TICKETS, ticket(1))
    company.tables[TICKETS][99] = {**ticket(1), "id": 1.5, "summary": "half", "portalPassword": "hunter2", **INFO}

    result = world.run()

    rejected = [key for key in world.objects() if "/_rejected/" in key]
    assert (result["rows"], result["rejected"], len(rejected)) == (2, 1, 1)
    body = world.client("s3").get_object(Bucket="lake", Key=rejected[0])["Body"].read().decode()
    assert ("half" in body, "hunter2" in body) == (True, False)
    assert {row["id"]: row["summary"] for row in world.rows()}[0] == "id zero"


INFO = {"_info": {"lastUpdated": "2026-03-02T08:00:00Z"}}
