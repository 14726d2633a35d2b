"""Commits on files against the plain reference: any story, any batches, with base, tail, compaction and rebuild."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.lambdas.connectwise_transform.merging import connect
from tests.lambdas.connectwise_transform.folder_log import SOURCE, FolderLog
from tests.lambdas.connectwise_transform.reference import Observation, history
from tests.lambdas.connectwise_transform.stories import KEYS, Seen, batched

Batches = list[list[Seen]]
SHARES = st.sampled_from([0.0, 2.0, 1000.0])
STORIES = st.one_of(batched(has_old=False), batched(has_old=True))


@pytest.fixture(scope="module")
def connection() -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder:
        created = connect(Path(folder), memory_megabytes=500, threads=1)
        yield created
        created.close()


def filled(folder: Path, connection: Any, batches: Batches, share: float) -> FolderLog:
    log = FolderLog(folder, tail_share=share, connection=connection)
    for batch in batches:
        log.observe(batch)
    return log


def check(log: FolderLog, batches: Batches) -> None:
    rows = [row for batch in batches for row in batch]
    for key in KEYS:
        assert log.history(key) == history(row for owner, row in rows if owner == key)


@pytest.mark.slow
@settings(max_examples=30)
@given(STORIES, SHARES)
def test_the_files_of_any_story_are_the_reference(connection: Any, batches: Batches, share: float) -> None:
    """However often the base is written."""
    with tempfile.TemporaryDirectory() as folder:
        check(filled(Path(folder), connection, batches, share), batches)


@pytest.mark.slow
@settings(max_examples=30)
@given(STORIES, SHARES, st.data())
def test_compaction_changes_nothing_that_a_reader_sees(
    connection: Any, batches: Batches, share: float, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = filled(Path(folder), connection, batches, share)
        before = log.rows()
        keys = [file.key for file in log.manifest.files if log.manifest.base and file.key != log.manifest.base.key]
        picked = data.draw(st.sets(st.sampled_from(keys))) if keys else set()

        if picked:
            log.work("compact", keys=tuple(picked))

        assert (log.rows(), log.listed_rows()) == (before, before)


@pytest.mark.slow
@settings(max_examples=30)
@given(STORIES, SHARES)
def test_a_rebuild_from_raw_files_equals_the_log(connection: Any, batches: Batches, share: float) -> None:
    """So its commit has no row."""
    with tempfile.TemporaryDirectory() as folder:
        log = filled(Path(folder), connection, batches, share)

        done = log.work("rebuild", {SOURCE: (1, len(log.raw))})

        assert done.merged.rows == 0
        check(log, batches)


@pytest.mark.slow
@settings(max_examples=20)
@given(STORIES, SHARES)
def test_a_replay_of_all_raw_files_makes_no_commit(connection: Any, batches: Batches, share: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = filled(Path(folder), connection, batches, share)

        done = log.work("merge", {SOURCE: (1, len(log.raw))})

        assert done.manifest is None


@pytest.fixture
def log(tmp_path: Path, connection: Any) -> FolderLog:
    return FolderLog(tmp_path / "log", connection=connection)


def test_a_rebuild_remembers_touches_that_the_log_forgot(log: FolderLog) -> None:
    """An old version lands between two touches: the log resumes at the newest one, the raw files know both."""
    log.observe([(1, Observation(900, 1000, "a"))])
    log.observe([(1, Observation(930, 1010, "a"))])
    log.observe([(1, Observation(950, 1020, "a"))])
    log.observe([(1, Observation(920, 1030, "b"))])
    assert [it.effective_from for it in log.history(1)] == [900, 920, 950]

    done = log.work("rebuild", {SOURCE: (1, 4)})

    assert [it.effective_from for it in log.history(1)] == [900, 920, 930]
    assert done.merged.counts["retract"] == 1


def test_a_commit_writes_its_changes_alone(log: FolderLog) -> None:
    """The cost of a commit does not depend on the length of the history."""
    log.observe([(key, Observation(900, 1000, "a")) for key in range(100)])
    done = log.observe([(1, Observation(1050, 1100, "b"))])

    assert done.merged.counts == {"insert": 0, "update": 1, "delete": 0, "restore": 0, "close": 1, "retract": 0}
    assert [(file.rows, file.first, file.last) for file in log.manifest.files] == [(100, 1, 1), (2, 2, 2)]
    assert not done.is_base_new


def test_the_base_is_written_again_when_a_fifth_of_it_changed(log: FolderLog) -> None:
    log.observe([(key, Observation(900, 1000, "a")) for key in range(100)])
    log.observe([(key, Observation(1050, 1100, "b")) for key in range(10)])
    done = log.observe([(50, Observation(1150, 1200, "b"))])

    assert done.is_base_new
    assert log.manifest.base is not None
    assert (log.manifest.base.rows, log.manifest.base.last, log.manifest.tail) == (100, 3, ())


def test_the_same_work_gives_the_same_bytes(log: FolderLog, tmp_path: Path) -> None:
    log.observe([(key, Observation(900, 1000, f"c{key}")) for key in range(5000)])
    rows = [(key, Observation(1050, 1100, f"d{key}")) for key in range(4000)]
    before = log.manifest
    first = log.observe(rows)
    log.manifest = before
    second = log.merge()

    assert [it.path.read_bytes() for it in first.uploads] == [it.path.read_bytes() for it in second.uploads]
    assert first.manifest == second.manifest


def test_a_file_knows_a_size_that_none_of_its_texts_exceeds(tmp_path: Path, connection: Any) -> None:
    """A text that is carried from an older file counts too; the load cuts texts that the warehouse does not take."""
    log = FolderLog(tmp_path, connection=connection)
    for at, content in enumerate(("short", "é" * 40_000, "later")):
        log.add([{"id": 1, "at": 100 * (at + 1), "seen": 1000 * (at + 1), "content": content}], {"content": "VARCHAR"})
        log.merge()
    log.add([{"id": 2, "at": 400, "seen": 4000, "content": "x"}], {"content": "VARCHAR"})
    log.merge()

    assert [file.longest for file in log.manifest.files] == [5, 80_000, 80_000, 1]
    log.work("compact", keys=tuple(file.key for file in log.manifest.files[2:]))
    assert log.manifest.files[-1].longest == 80_000
