"""What is to be written against what is there: nothing that somebody has changed is replaced unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from reconciler.errors import ReconcileError


class DifferingError(ReconcileError):
    """Files that `init` makes say something else than it would write."""


class Kept(StrEnum):
    """Whose a file is once it is there."""

    OURS = "ours"  # made from the tool: the same everywhere, replaced with --overwrite
    THEIRS = "theirs"  # a beginning: never touched again
    LINES = "lines"  # theirs, and these lines are among it


@dataclass(frozen=True)
class File:
    """`path`: from the repository's root on, with slashes."""

    path: str
    content: bytes
    kept: Kept = Kept.OURS


@dataclass(frozen=True)
class Compared:
    """`new` and `replaced` are still to be written, `left` are theirs."""

    new: tuple[File, ...] = ()
    replaced: tuple[File, ...] = ()
    left: tuple[File, ...] = ()


def compared(folder: Path, files: Sequence[File], *, overwrite: bool) -> Compared:
    """Reads what is there. Raises `DifferingError`, with every name, where something would be replaced unasked."""
    new = tuple(file for file in files if not (folder / file.path).exists())
    there = [_merged(folder, file) for file in files if (folder / file.path).exists()]
    differing = [file for file in there if (folder / file.path).read_bytes() != file.content]
    left = tuple(file for file in differing if file.kept is Kept.THEIRS)
    added = tuple(file for file in differing if file.kept is Kept.LINES)
    ours = tuple(file for file in differing if file.kept is Kept.OURS)
    if ours and not overwrite:
        raise DifferingError(
            f"{', '.join(file.path for file in ours)}: there already, and different; nothing was written; look at the "
            "difference with git after `reconcile init --overwrite`, or delete what you do not need"
        )
    return Compared(new, (*added, *ours), left)


def write(folder: Path, file: File) -> None:
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)


def _merged(folder: Path, file: File) -> File:
    """Lines that are missing go to the end of what is there."""
    if file.kept is not Kept.LINES:
        return file
    there = (folder / file.path).read_bytes()
    missing = [line for line in file.content.splitlines() if line not in there.splitlines()]
    if not missing:
        return replace(file, content=there)
    ended = there if there.endswith(b"\n") or not there else there + b"\n"
    return replace(file, content=ended + b"\n".join(missing) + b"\n")
