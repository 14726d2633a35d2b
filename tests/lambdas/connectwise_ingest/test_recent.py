"""Known rows of the overlap: the same id, stamp and content."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.connectwise_ingest.pages import Page
from reconciler.lambdas.connectwise_ingest.recent import Recent

MINUTE = 60_000_000
NOON = 1_767_268_800_000_000  # 2026-01-01T12:00:00Z


def record(id: int, minute: int | None = 0, summary: str = "VPN drops") -> dict[str, Any]:
    info = {} if minute is None else {"_info": {"lastUpdated": f"2026-01-01T12:{minute:02}:00Z"}}
    return {"id": id, "summary": summary, **info}


def page(records: list[dict[str, Any]]) -> Page:
    return Page([record["id"] for record in records], records, [])


def test_the_entry_of_a_record_never_changes() -> None:
    """The ledgers of running systems have such entries."""
    recent = Recent((), NOON)

    recent.new(page([record(7)]))

    assert recent.entries(NOON) == ["7·1767268800000000·f856610b7fcc8e53"]


def test_a_row_is_known_by_its_id_and_stamp_and_content() -> None:
    first = Recent((), NOON)
    first.new(page([record(1), record(2), record(3)]))
    second = Recent(first.entries(NOON), NOON)

    new, known = second.new(page([record(1), record(2, summary="VPN is up"), record(3, minute=1), record(4)]))

    assert (new.ids, known) == ([2, 3, 4], 1)


def test_a_row_stays_known_when_the_overlap_moves_on() -> None:
    first = Recent((), NOON)
    first.new(page([record(1)]))

    new, known = Recent(first.entries(NOON), NOON + MINUTE).new(page([record(1), record(2)]))

    assert (new.ids, known) == ([2], 1)


def test_the_newest_entries_are_kept() -> None:
    recent = Recent((), None)

    recent.new(page([record(id, minute=id % 50) for id in range(1, 601)]))

    minutes = [(int(entry.split("·")[1]) - NOON) // MINUTE for entry in recent.entries(None)]
    assert (len(minutes), minutes[0], minutes[-1]) == (500, 8, 49)


MINUTES = st.none() | st.integers(0, 5)
PASSES = st.lists(
    st.dictionaries(st.integers(1, 5), st.tuples(MINUTES, st.sampled_from("ab")), max_size=4), min_size=1, max_size=3
)


@given(PASSES, st.integers(0, 5))
def test_rows_before_the_overlap_need_no_comparison(passes: list[dict[int, Any]], minute: int) -> None:
    """With and without `since`, passes write the same rows and keep the same entries."""
    since = NOON + minute * MINUTE
    short, whole = list[str](), list[str]()
    for rows in passes:
        records = [record(id, *rows[id]) for id in sorted(rows)]
        bounded, unbounded = Recent(short, since), Recent(whole, None)

        assert bounded.new(page(records))[0].ids == unbounded.new(page(records))[0].ids
        short, whole = bounded.entries(since), unbounded.entries(since)
        assert short == whole
