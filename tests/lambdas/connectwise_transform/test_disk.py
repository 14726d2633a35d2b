"""The room on the disk that a commit needs, before anything is fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.lambdas.connectwise.ledger import RawFile
from reconciler.lambdas.connectwise_transform import lake as lakes
from reconciler.lambdas.connectwise_transform.commit import Kind, Work
from reconciler.lambdas.connectwise_transform.disk import needed_bytes
from reconciler.lambdas.connectwise_transform.lake import Lake
from reconciler.lambdas.connectwise_transform.mapping import TableMapping
from reconciler.lambdas.connectwise_transform.state import LogFile, Manifest
from reconciler.lambdas.shared.calls import Calls
from reconciler.lambdas.shared.deadline import Deadline
from tests.lambdas.connectwise_transform.world import BUCKET, TransformWorld, seen

NOTHING = TableMapping("tickets", 1, (), ())
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
BASE = LogFile("base", 1, 2, 1000, 500, 1)
OLD, SECOND, TAIL = (LogFile(f"c{number}", number, number, 50, size, 1) for number, size in ((1, 300), (2, 30), (3, 7)))
MANIFEST = Manifest("harbor-dental", "tickets", 3, "", files=(OLD, SECOND, TAIL), base=BASE)


def raw(rows: int, seq: int = 9) -> RawFile:
    return RawFile(seq, f"raw-{seq}", rows, 11, "2026-01-05T12:00:00Z", "incremental", "r")


def needed(kind: Kind, *files: RawFile, manifest: Manifest = MANIFEST, here: frozenset[str] = frozenset()) -> int:
    return needed_bytes(Work(kind, 4, AT, NOTHING, keys=("c1", "c2")), manifest, files, here.__contains__)


@pytest.mark.parametrize(
    ("kind", "rows", "bytes"),
    [
        ("merge", 149, 500 + 7 + 11),  # a small commit reads the base and the changes since
        ("merge", 151, 500 + 7 + 11 + 500),  # more than a fifth of the rows has changed, so a new base follows
        ("fill", 149, 500 + 7 + 11),
        ("rebuild", 149, 300 + 30 + 7 + 11),  # it reads the whole log
    ],
)
def test_a_commit_needs_what_it_reads_and_a_base_that_it_writes(kind: Kind, rows: int, bytes: int) -> None:
    assert needed(kind, raw(rows)) == bytes


def test_a_compaction_needs_its_files_twice() -> None:
    assert needed("compact") == 2 * (300 + 30)


def test_the_32nd_change_file_brings_a_new_base() -> None:
    tail = tuple(LogFile(f"c{number}", number, number, 1, 7, 1) for number in range(3, 34))

    assert needed("merge", raw(1), manifest=replace(MANIFEST, files=tail)) == 500 + 31 * 7 + 11 + 500


def test_a_copy_on_the_disk_needs_no_room_again() -> None:
    assert needed("merge", raw(1), here=frozenset({"base", "raw-9"})) == 7


def test_a_first_commit_needs_its_raw_files() -> None:
    assert needed("merge", raw(5), raw(5, seq=10), manifest=Manifest("harbor-dental", "tickets")) == 22


def test_a_superseded_object_leaves_the_disk(world: TransformWorld, tmp_path: Path) -> None:
    """Else each new base of a long run would stay beside the next one."""
    calls = Calls(Deadline.within(100.0, lambda: 0.0), lambda seconds: None, lambda: 0.0)
    lake = Lake(world.client("s3"), calls, BUCKET, tmp_path)
    world.put("harbor-dental/old", b"base")
    copy = lake.fetch("harbor-dental/old")

    lake.supersede("harbor-dental/old")

    assert (copy.exists(), lake.is_here("harbor-dental/old")) == (False, False)
    assert world.layer("harbor-dental/old") == "superseded"


def test_a_disk_that_is_too_small_is_named_with_the_remedy(
    world: TransformWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next run goes on, because nothing was pinned."""
    world.add_raw([seen(1, 900, "a")])
    with monkeypatch.context() as small:
        small.setattr(lakes, "RESERVE", 1 << 60)
        pair = world.run()

    assert pair["error"] == (
        "DISK: commit 1 needs at least 1 MB of disk, and 0 MB are free; "
        "raise ephemeralStorageMegabytes of transform, or lower COMMIT_ROWS"
    )
    assert "inflight" not in world.item()
    assert "error" not in world.run()
    assert len(world.rows()) == 1
