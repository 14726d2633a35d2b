"""The room that a commit needs on the disk, by the sizes in the ledger and the manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reconciler.lambdas.connectwise.ledger import RawFile
from reconciler.lambdas.connectwise_transform.commit import TAIL_FILES, TAIL_SHARE, Work
from reconciler.lambdas.connectwise_transform.state import LogFile, Manifest


def needed_bytes(work: Work, manifest: Manifest, raw: Iterable[RawFile], is_here: Callable[[str], bool]) -> int:
    """Returns the bytes of the files to fetch, and of a new base or a compacted file that is likely.

    It is the least: sorting many rows spills beside them. `is_here` returns whether an object is on this disk already.
    """
    new = list(raw)
    sizes = {file.key: file.bytes for file in new} | {file.key: file.bytes for file in _fetched(work, manifest)}
    fetched = sum(size for key, size in sizes.items() if not is_here(key))
    return fetched + _written(work, manifest, sum(file.rows for file in new))


def _fetched(work: Work, manifest: Manifest) -> tuple[LogFile, ...]:
    """Returns the files of the log that the work reads. Closed rows of late keys are not known before."""
    if work.kind == "compact":
        return tuple(file for file in manifest.files if file.key in work.keys)
    if work.kind == "rebuild":
        return manifest.files
    return (*((manifest.base,) if manifest.base else ()), *manifest.tail)


def _written(work: Work, manifest: Manifest, rows: int) -> int:
    if work.kind == "compact":
        return sum(file.bytes for file in _fetched(work, manifest))
    base, tail = manifest.base, manifest.tail
    if base is None:
        return 0
    changed = rows + sum(file.rows for file in tail)
    is_due = changed > TAIL_SHARE * base.rows or len(tail) + 1 >= TAIL_FILES
    return base.bytes if is_due else 0
