"""The ledger on the local DynamoDB: leases with a fence, conditional writes, raw files by number."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.lambdas.connectwise.failures import LeaseLost, LedgerFailed
from reconciler.lambdas.connectwise.ledger import LEASE_SECONDS, Lease, Ledger, RawFile, raw_name
from reconciler.lambdas.shared.calls import Calls
from reconciler.sandbox import Control

ITEM = "service/tickets"
NOW = 1_796_000_000


@pytest.fixture
def ledger(sandbox: Control, dynamodb: Any, patient: Calls, table: str) -> Ledger:
    return Ledger(dynamodb, patient, table, "harbor-dental")


def leased(ledger: Ledger, owner: str = "a", now: int = NOW) -> Lease:
    lease = ledger.lease(ITEM, owner, now)
    assert lease is not None
    return lease


def raw(seq: int, run: str = "a") -> RawFile:
    return RawFile(seq, f"harbor-dental/raw/{seq}-{run}", 7, 512, "2026-11-28T19:40:03Z", "incremental", run)


def test_a_first_lease_makes_the_item_and_its_fence(ledger: Ledger) -> None:
    lease = leased(ledger)

    assert (lease.fence, lease.state["lease_owner"]) == (1, "a")


def test_a_second_run_waits_until_the_lease_has_ended(ledger: Ledger) -> None:
    leased(ledger)

    assert ledger.lease(ITEM, "b", NOW + LEASE_SECONDS) is None
    assert leased(ledger, "b", NOW + LEASE_SECONDS + 1).fence == 2


def test_the_same_run_takes_its_lease_again_and_fences_off_its_earlier_attempt(ledger: Ledger) -> None:
    earlier = leased(ledger)
    leased(ledger)

    with pytest.raises(LeaseLost):
        ledger.write(earlier, {"raw_seq": 1}, now=NOW)


def test_a_run_that_lost_its_lease_writes_nothing(ledger: Ledger) -> None:
    """The clocks of two functions are 5 minutes apart, so the second takes a lease that still holds."""
    first = leased(ledger)
    leased(ledger, "b", NOW + 300)

    with pytest.raises(LeaseLost):
        ledger.write(first, {"last_updated": "x"}, now=NOW, raw=(ITEM, raw(1), NOW))
    with pytest.raises(LeaseLost):
        ledger.end(first, {"last_updated": "x"})
    assert list(ledger.raw_files(ITEM)) == []
    assert "last_updated" not in ledger.read(ITEM)


def test_a_write_renews_the_lease(ledger: Ledger) -> None:
    lease = leased(ledger)

    ledger.write(lease, {"raw_seq": 1}, now=NOW + 100)

    assert ledger.lease(ITEM, "b", NOW + LEASE_SECONDS + 1) is None


def test_an_end_gives_the_lease_back(ledger: Ledger) -> None:
    lease = leased(ledger)
    ledger.write(lease, {"cursor": {"last_id": 5}}, now=NOW)

    ledger.end(lease, {"last_updated": "2026-11-28T19:40:03Z"}, ["cursor"])

    assert ledger.read(ITEM) == {"fence": 1, "last_updated": "2026-11-28T19:40:03Z"}
    assert leased(ledger, "b").fence == 2


def test_values_come_back_as_they_were(ledger: Ledger) -> None:
    state = {"cursor": {"last_id": 0, "until": "x", "mode": None}, "totals": [1, 2], "is_on": True, "recent": []}

    ledger.write(leased(ledger), state, now=NOW)

    assert {name: ledger.read(ITEM)[name] for name in state} == state


def test_a_raw_file_and_the_cursor_change_together(ledger: Ledger) -> None:
    lease = leased(ledger)

    ledger.write(lease, {"raw_seq": 1}, now=NOW, raw=(ITEM, raw(1), NOW + 99))

    assert list(ledger.raw_files(ITEM)) == [raw(1)]
    assert ledger.read(raw_name(ITEM, 1))["expires"] == NOW + 99


def test_a_number_is_given_to_one_raw_file_only(ledger: Ledger) -> None:
    lease = leased(ledger)
    ledger.write(lease, {"raw_seq": 1}, now=NOW, raw=(ITEM, raw(1), NOW))

    with pytest.raises(LeaseLost):
        ledger.write(lease, {"raw_seq": 1}, now=NOW, raw=(ITEM, raw(1, "b"), NOW))
    assert list(ledger.raw_files(ITEM)) == [raw(1)]


def test_raw_files_come_in_order_beyond_a_number_however_many_there_are(ledger: Ledger) -> None:
    """S2-37: 1,500 of them, although a page of a Query is limited."""
    for seq in range(1, 1501):
        ledger.put(raw_name(ITEM, seq), {"key": str(seq), "rows": 1, "bytes": 1, "seen_at": "", "mode": "", "run": ""})

    assert [file.seq for file in ledger.raw_files(ITEM, after=2)] == list(range(3, 1501))
    assert [file.seq for file in ledger.raw_files(ITEM, after=2, upto=4)] == [3, 4]
    assert list(ledger.raw_files(ITEM, after=1500)) == []


def test_raw_files_of_another_table_or_tenant_are_not_among_them(
    ledger: Ledger, dynamodb: Any, patient: Calls, table: str
) -> None:
    """S2-1: two tenants with equal ids share nothing."""
    lease = leased(ledger)
    ledger.write(lease, {"raw_seq": 1}, now=NOW, raw=("service/tickets", raw(1), NOW))
    other = Ledger(dynamodb, patient, table, "quay-legal")

    assert list(ledger.raw_files("time/entries")) == []
    assert list(other.raw_files("service/tickets")) == []
    assert other.read(ITEM) == {}


@pytest.mark.parametrize("every", [2, 3])
def test_a_lost_reply_of_a_transaction_is_not_taken_for_another_run(
    ledger: Ledger, sandbox: Control, every: int
) -> None:
    lease = leased(ledger)
    sandbox.set_faults({"lostReply": {"every": every, "operations": ["TransactWriteItems", "UpdateItem"]}})

    for seq in range(1, 6):
        ledger.write(lease, {"raw_seq": seq}, now=NOW, raw=(ITEM, raw(seq), NOW))
    sandbox.set_faults({})

    assert [file.seq for file in ledger.raw_files(ITEM)] == [1, 2, 3, 4, 5]
    assert ledger.read(ITEM)["raw_seq"] == 5


def test_a_ledger_that_does_not_answer_is_an_error(ledger: Ledger, sandbox: Control) -> None:
    """A failed read never looks like a first run."""
    sandbox.set_faults({"error": {"every": 1, "code": "InternalServerError", "operations": ["GetItem"]}})

    with pytest.raises(LedgerFailed, match="dynamodb:GetItem"):
        ledger.read(ITEM)


def test_raw_files_come_in_order_however_small_a_page_is(ledger: Ledger) -> None:
    for seq in (1, 2, 3, 4, 5):
        lease = leased(ledger)
        ledger.write(lease, {"raw_seq": seq}, now=NOW, raw=(ITEM, raw(seq), NOW))

    assert [file.seq for file in ledger.raw_files(ITEM, after=1, page=2)] == [2, 3, 4, 5]
