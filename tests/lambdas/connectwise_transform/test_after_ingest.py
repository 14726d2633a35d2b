"""Ingest and transform together: a stand-in of the vendor, the shipped mappings, and the history of one ticket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest

from tests.lambdas.connectwise_ingest.world import TICKETS, World, ticket
from tests.lambdas.connectwise_transform.both import both_functions, history, poll

pytestmark = pytest.mark.slow


@pytest.fixture
def both(session: botocore.session.Session) -> Iterator[World]:
    with both_functions(session) as world:
        yield world


def test_the_life_of_a_ticket_is_in_its_history(both: World, tmp_path: Path) -> None:
    """S2-6, S2-18: each hop from the vendor to the canonical files; what was deleted has a tombstone."""
    company = both.add_tenant()
    company.put_all(TICKETS, [ticket(id) for id in (0, 7, 8)])
    first = poll(both)
    company.change(TICKETS, 7, summary="second")
    poll(both)
    company.touch(TICKETS, 7)
    poll(both)
    company.change_silently(TICKETS, 7, summary="third, without a stamp")
    poll(both, mode="content")
    company.delete(TICKETS, 7)
    poll(both, 86_400, mode="ids")
    poll(both, 86_400, mode="ids")
    company.put(TICKETS, ticket(7, summary="back again"))
    last = poll(both)

    assert first["canonical"][0]["rows"]["insert"] == 3
    assert (last["status"], last["canonical"][0]["rows"]["restore"]) == ("done", 1)
    versions = history(both, tmp_path, "source_id, summary, change_type, is_deleted, effective_to IS NULL")
    assert [row[1:] for row in versions if row[0] == 7] == [
        ("VPN drops", "INSERT", False, False),
        ("second", "UPDATE", False, False),
        ("third, without a stamp", "UPDATE", False, False),
        (None, "DELETE", True, False),
        ("back again", "RESTORE", False, True),
    ]
    assert [row[1:] for row in versions if row[0] in (0, 8)] == [("VPN drops", "INSERT", False, True)] * 2
    starts = history(both, tmp_path, "source_id, effective_from, source_updated_at, change_type")
    assert all(row[1] == row[2] for row in starts if row[0] == 7 and row[3] == "INSERT")


def test_the_history_counts_every_raw_version_once(both: World, tmp_path: Path) -> None:
    """S2-18: rows reconcile from the API through the raw ledger to the commits."""
    company = both.add_tenant()
    company.put_all(TICKETS, [ticket(id) for id in range(1, 41)])
    poll(both)
    for id in range(1, 11):
        company.change(TICKETS, id, summary=f"changed {id}")
    poll(both)

    raw = {(row["id"], row["summary"]) for row in both.rows()}
    assert len(raw) == 50
    assert set(history(both, tmp_path, "source_id, summary")) == raw
