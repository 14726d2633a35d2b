"""The statement against the plain reference: any story of polls, cut into any batches, with replays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lambdas.connectwise_transform.reference import Observation, Version, history
from tests.lambdas.connectwise_transform.stories import KEYS, Seen, TableLog, batched

Batches = list[list[Seen]]
ABSENT = ""


def filled(batches: Batches) -> TableLog:
    log = TableLog()
    for batch in batches:
        log.apply(batch)
    return log


def expected(batches: Batches) -> dict[int, list[Version]]:
    rows = [row for batch in batches for row in batch]
    return {key: history(row for owner, row in rows if owner == key) for key in KEYS}


@given(batched(has_old=False))
def test_the_log_of_any_polls_is_the_reference(batches: Batches) -> None:
    log = filled(batches)

    assert {key: log.history(key) for key in KEYS} == expected(batches)
    log.close()


@pytest.mark.slow
@given(batched(has_old=True))
def test_the_log_of_polls_that_see_old_versions_is_the_reference(batches: Batches) -> None:
    log = filled(batches)

    assert {key: log.history(key) for key in KEYS} == expected(batches)
    log.close()


@pytest.mark.slow
@given(st.one_of(batched(has_old=False), batched(has_old=True)), st.randoms(use_true_random=False))
def test_a_replay_of_everything_in_any_order_writes_nothing(batches: Batches, random: object) -> None:
    log = filled(batches)
    rows = [row for batch in batches for row in batch]
    random.shuffle(rows)  # type: ignore[attr-defined]

    assert log.apply(rows) == []
    log.close()


@pytest.mark.slow
@given(st.one_of(batched(has_old=False), batched(has_old=True)))
def test_intervals_are_contiguous_and_exactly_one_row_is_open(batches: Batches) -> None:
    log = filled(batches)

    for key in KEYS:
        versions = log.history(key)
        assert [it.effective_to for it in versions[:-1]] == [it.effective_from for it in versions[1:]]
        assert all(before.effective_from < after.effective_from for before, after in pairwise(versions))
        assert versions[-1:] == [] or versions[-1].effective_to is None
    log.close()


@pytest.mark.slow
@given(batched(has_old=True), st.permutations(range(40)))
def test_whole_batches_of_distinct_contents_may_come_in_any_order(batches: Batches, order: list[int]) -> None:
    """Without touches and absences nothing is folded, so the order of arrival does not count."""
    rows = [[it for it in batch if not it[1].is_absent] for batch in batches]
    unique = [batch for batch in rows if batch]
    shuffled = [unique[at] for at in order if at < len(unique)]

    log = filled(shuffled)

    touched = {key for key in KEYS if has_touches([row for batch in unique for owner, row in batch if owner == key])}
    for key in set(KEYS) - touched:
        assert log.history(key) == expected(shuffled)[key]
    log.close()


def has_touches(rows: list[Observation]) -> bool:
    contents = [row.content for row in set(rows)]
    return len(contents) != len(set(contents))


@pytest.fixture
def log() -> Iterator[TableLog]:
    created = TableLog()
    yield created
    created.close()


def changes(log: TableLog) -> list[tuple[str, int, int | None, str]]:
    return [(it.content, it.effective_from, it.effective_to, it.change_type) for it in log.history(1)]


def test_a_change_closes_the_open_version_at_its_stamp(log: TableLog) -> None:
    """S2-6."""
    log.apply([(1, Observation(900, 1000, "a"))])
    log.apply([(1, Observation(1050, 1100, "b"))])

    assert changes(log) == [("a", 900, 1050, "INSERT"), ("b", 1050, None, "UPDATE")]


def test_two_changes_in_one_batch_are_two_versions(log: TableLog) -> None:
    """S2-6: the one in between is not lost."""
    log.apply([(1, Observation(900, 1000, "a"))])
    log.apply([(1, Observation(1050, 1100, "b")), (1, Observation(1060, 1200, "c"))])

    assert changes(log) == [
        ("a", 900, 1050, "INSERT"),
        ("b", 1050, 1060, "UPDATE"),
        ("c", 1060, None, "UPDATE"),
    ]


def test_two_changes_in_one_second_start_one_after_the_other(log: TableLog) -> None:
    log.apply([(1, Observation(900, 1000, "a"))])
    log.apply([(1, Observation(900, 1000, "b"))])

    assert changes(log) == [("a", 900, 1000, "INSERT"), ("b", 1000, None, "UPDATE")]


def test_an_update_back_is_a_third_version(log: TableLog) -> None:
    """S2-6."""
    for at, content in ((900, "a"), (1050, "b"), (1150, "a")):
        log.apply([(1, Observation(at, at + 50, content))])

    assert changes(log) == [
        ("a", 900, 1050, "INSERT"),
        ("b", 1050, 1150, "UPDATE"),
        ("a", 1150, None, "UPDATE"),
    ]


def test_a_touch_confirms_the_version_and_adds_none(log: TableLog) -> None:
    """S2-6: no-op."""
    log.apply([(1, Observation(900, 1000, "a"))])
    log.apply([(1, Observation(1050, 1100, "a"))])

    assert [(it.effective_from, it.confirmed_at) for it in log.history(1)] == [(900, 1050)]


def test_a_row_that_an_overlap_sends_again_writes_nothing(log: TableLog) -> None:
    log.apply([(1, Observation(900, 1000, "a"))])

    assert log.apply([(1, Observation(900, 1100, "a"))]) == []


def test_an_old_version_splits_the_interval_that_it_belongs_to(log: TableLog) -> None:
    """S2-6: late."""
    log.apply([(1, Observation(900, 1000, "a"))])
    log.apply([(1, Observation(1050, 1100, "c"))])
    log.apply([(1, Observation(950, 1200, "b"))])

    assert changes(log) == [
        ("a", 900, 950, "INSERT"),
        ("b", 950, 1050, "UPDATE"),
        ("c", 1050, None, "UPDATE"),
    ]


def test_an_older_first_version_makes_the_old_first_one_an_update(log: TableLog) -> None:
    log.apply([(1, Observation(900, 1000, "b"))])
    log.apply([(1, Observation(800, 1100, "a"))])

    assert changes(log) == [("a", 800, 900, "INSERT"), ("b", 900, None, "UPDATE")]


def test_a_deletion_opens_a_tombstone_without_content(log: TableLog) -> None:
    """S2-6, S2-38."""
    log.apply([(1, Observation(900, 1000, "a"))])
    log.apply([(1, Observation(1100, 1100, ABSENT, True))])

    assert changes(log) == [("a", 900, 1100, "INSERT"), ("", 1100, None, "DELETE")]


def test_a_record_that_comes_back_is_restored_when_it_was_seen(log: TableLog) -> None:
    """S2-6: its stamp may be older than the deletion."""
    log.apply([(1, Observation(900, 1000, "a"))])
    log.apply([(1, Observation(1100, 1100, ABSENT, True))])
    log.apply([(1, Observation(900, 1200, "a"))])

    assert changes(log) == [
        ("a", 900, 1100, "INSERT"),
        ("", 1100, 1200, "DELETE"),
        ("a", 1200, None, "RESTORE"),
    ]


def test_a_start_that_moves_retracts_the_row_of_the_old_start(log: TableLog) -> None:
    """An unstamped change starts when it was seen; a late row of its stamp in between gives it its stamp."""
    log.apply([(1, Observation(900, 1000, "a"))])
    log.apply([(1, Observation(900, 1100, "b"))])
    written = log.apply([(1, Observation(850, 1200, "0"))])

    assert [it.effective_from for it in log.history(1)] == [850, 900, 1100]
    assert {row[-2] for row in written} <= {"new", "amended", "closed"}


def test_id_0_has_a_history_as_every_other(log: TableLog) -> None:
    log.apply([(0, Observation(900, 1000, "a"))])

    assert [it.content for it in log.history(0)] == ["a"]
