"""A change of the mapping makes no versions: open rows are filled in place, closed rows keep what they had."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.lambdas.connectwise_transform.merging import connect
from tests.lambdas.connectwise_transform.folder_log import CONTENT, SOURCE, FolderLog, mapping_with
from tests.lambdas.connectwise_transform.reference import Observation, history
from tests.lambdas.connectwise_transform.stories import KEYS, Seen, batched

WIDER = mapping_with(("content", "text", "content"), ("extra", "text", "extra"), version=2)
TYPES = {"content": "VARCHAR", "extra": "VARCHAR"}
SHOWN = "source_id, content, extra, schema_version, epoch_us(effective_from), epoch_us(effective_to)"


@pytest.fixture(scope="module")
def connection() -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder:
        created = connect(Path(folder), memory_megabytes=500, threads=1)
        yield created
        created.close()


@pytest.fixture
def log(tmp_path: Path, connection: Any) -> FolderLog:
    """Two records under the narrow mapping; the first one has changed once."""
    created = FolderLog(tmp_path / "log", mapping=CONTENT, connection=connection)
    created.add([row(1, 900, "a"), row(2, 900, "x")], TYPES)
    created.merge()
    created.add([row(1, 950, "b")], TYPES)
    created.merge()
    created.mapping = WIDER
    return created


def row(id: int, at: int, content: str, extra: str = "", seen: int = 0) -> dict[str, Any]:
    """A raw row that was seen 100 microseconds after its stamp, if nothing else is given."""
    return {"id": id, "at": at, "seen": seen or at + 100, "content": content, "extra": extra or f"{content}+"}


def test_open_rows_are_filled_from_raw_files_and_closed_ones_keep_what_they_had(log: FolderLog) -> None:
    done = log.work("fill", {SOURCE: (1, 2)})

    assert log.rows(SHOWN) == [
        (1, "a", None, 1, 900, 950),
        (1, "b", "b+", 2, 950, None),
        (2, "x", "x+", 2, 900, None),
    ]
    assert set(done.merged.counts.values()) == {0}
    assert (log.manifest.refill, len(log.manifest.schemas)) == ({}, 2)


def test_a_row_that_differs_in_new_columns_alone_fills_the_open_version(log: FolderLog) -> None:
    """Its raw file has expired, so the next poll of the record brings the new column."""
    log.add([row(2, 1000, "x", "new")], TYPES)
    log.merge()

    assert log.rows(SHOWN)[2:] == [(2, "x", "new", 2, 900, None)]


def test_a_change_in_old_columns_is_a_version_under_the_new_mapping(log: FolderLog) -> None:
    log.add([row(2, 1000, "y")], TYPES)
    log.merge()

    assert log.rows(SHOWN)[2:] == [(2, "x", None, 1, 900, 1000), (2, "y", "y+", 2, 1000, None)]


def test_a_later_change_in_the_new_column_is_a_version(log: FolderLog) -> None:
    log.work("fill", {SOURCE: (1, 2)})
    log.add([row(2, 1000, "x", "other")], TYPES)
    log.merge()

    assert log.rows(SHOWN)[2:] == [(2, "x", "x+", 2, 900, 1000), (2, "x", "other", 2, 1000, None)]


def test_one_batch_that_fills_and_changes_the_new_column_gives_both(log: FolderLog) -> None:
    log.add([row(2, 1000, "x", "one"), row(2, 1010, "x", "two")], TYPES)
    log.merge()

    assert [it[1:3] for it in log.rows(SHOWN)[2:]] == [("x", None), ("x", "two")]


def test_an_old_row_equals_a_closed_version_under_the_schema_of_that_version(log: FolderLog) -> None:
    log.add([row(1, 900, "a")], TYPES)

    assert log.merge().manifest is None


def test_a_deleted_record_has_nothing_to_fill_and_is_restored_under_the_new_mapping(log: FolderLog) -> None:
    log.mapping = CONTENT
    log.add([{**row(2, 1100, "", seen=1100), "gone": True, "extra": None, "content": None}], TYPES)
    log.merge()
    log.mapping = WIDER
    log.work("fill", {SOURCE: (1, 3)})
    log.add([row(2, 900, "x", seen=1200)], TYPES)
    log.merge()

    assert log.rows(SHOWN)[2:] == [
        (2, "x", None, 1, 900, 1100),
        (2, None, None, 1, 1100, 1200),
        (2, "x", "x+", 2, 1200, None),
    ]


def test_a_mapping_that_changes_under_its_old_number_gets_the_next_one(log: FolderLog) -> None:
    log.mapping = mapping_with(("content", "text", "content"), ("extra", "text", "extra"), version=1)
    log.work("fill", {SOURCE: (1, 2)})

    assert [it[3] for it in log.rows(SHOWN)] == [1, 2, 2]


def test_a_third_mapping_fills_rows_of_both_before(log: FolderLog) -> None:
    log.work("fill", {SOURCE: (2, 2)})
    log.mapping = mapping_with(
        ("content", "text", "content"), ("extra", "text", "extra"), ("number", "bigint", "id"), version=3
    )
    log.work("fill", {SOURCE: (1, 2)})

    assert log.rows("source_id, content, extra, number, schema_version") == [
        (1, "a", None, None, 1),
        (1, "b", "b+", 1, 3),
        (2, "x", "x+", 2, 3),
    ]


def test_a_column_that_was_removed_is_refused_by_name(log: FolderLog) -> None:
    log.mapping = mapping_with(("extra", "text", "extra"), version=3)

    with pytest.raises(ValueError, match="column content was removed"):
        log.work("fill", {SOURCE: (1, 2)})


def test_a_rebuild_gives_closed_rows_the_new_columns_too(log: FolderLog) -> None:
    log.work("rebuild", {SOURCE: (1, 2)})

    assert log.rows(SHOWN) == [
        (1, "a", "a+", 2, 900, 950),
        (1, "b", "b+", 2, 950, None),
        (2, "x", "x+", 2, 900, None),
    ]


# Every record is deleted before the mapping changes, so no row and no file gets the new column.
DELETED: list[list[Seen]] = [[(0, Observation(900, 1000, "a"))], [(0, Observation(1100, 1100, "", is_absent=True))]]


@pytest.mark.slow
@settings(max_examples=40)
@example(DELETED, 2, 0.0)
@example(DELETED, 2, 1000.0)
@example([*DELETED, [(0, Observation(1100, 1100, "", is_absent=True))]], 2, 2.0)
@given(st.one_of(batched(has_old=False), batched(has_old=True)), st.integers(0, 8), st.sampled_from([0.0, 2.0, 1000.0]))
def test_a_change_of_the_mapping_at_any_time_leaves_the_history_alone(
    connection: Any, batches: list[list[Seen]], change_at: int, share: float
) -> None:
    """And after the fill every open row has the new column, and a replay of all raw files changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        log = FolderLog(Path(folder), mapping=CONTENT, tail_share=share, connection=connection)
        for number, batch in enumerate(batches):
            log.mapping = CONTENT if number < change_at else WIDER
            log.add([raw(key, it) for key, it in batch], TYPES)
            log.merge()
        log.mapping = WIDER
        if log.manifest.refill or log.manifest.schemas[-1].version == 1:
            log.work("fill", {SOURCE: (1, len(log.raw))})

        replayed = log.work("merge", {SOURCE: (1, len(log.raw))})

        rows = [it for batch in batches for it in batch]
        for key in KEYS:
            assert log.history(key) == history(it for owner, it in rows if owner == key)
        opened = [it for it in log.rows("content, extra, effective_to") if it[0] is not None and it[2] is None]
        assert [it[1] for it in opened] == [f"{it[0]}+" for it in opened]
        assert replayed.merged.rows == 0


def raw(key: int, it: Any) -> dict[str, Any]:
    content = it.content or None
    extra = f"{content}+" if content else None
    return {"id": key, "at": it.at, "seen": it.seen, "gone": it.is_absent, "content": content, "extra": extra}
