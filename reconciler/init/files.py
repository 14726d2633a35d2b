"""What is to be written against what is there: nothing that somebody has changed is replaced unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from reconciler.errors import ReconcileError

_MOST_NAMES = 6  # in one message


class DifferingError(ReconcileError):
    """Files that `init` makes say something else than it would write."""


class FileOwner(StrEnum):
    """Whose a file is once it is there."""

    OURS = "ours"  # made from the tool: the same everywhere, replaced with --overwrite
    DERIVED = "derived"  # made from reconcile.yaml and the manifests: written again at every run
    THEIRS = "theirs"  # a beginning: never touched again
    LINES = "lines"  # theirs, and these lines are among it


@dataclass(frozen=True)
class InitFile:
    """`path`: from the repository's root on, with slashes. `content`: `None` if there must be no such file."""

    path: str
    content: bytes | None
    kept: FileOwner = FileOwner.OURS


@dataclass(frozen=True)
class Compared:
    """`new` and `replaced` are still to be written, `removed` to be deleted; `left` are theirs."""

    new: tuple[InitFile, ...] = ()
    replaced: tuple[InitFile, ...] = ()
    removed: tuple[InitFile, ...] = ()
    left: tuple[InitFile, ...] = ()

    @property
    def changed(self) -> tuple[InitFile, ...]:
        return (*self.new, *self.replaced, *self.removed)


def compared(folder: Path, files: Sequence[InitFile], *, overwrite: bool, versions: str = "") -> Compared:
    """Reads what is there. Raises `DifferingError`, with the names, where something would be replaced unasked.

    `versions`: how the tool in the repository differs from this one, for that error.
    """
    new = tuple(file for file in files if file.content is not None and not (folder / file.path).exists())
    there = [_merged(folder, file) for file in files if (folder / file.path).exists()]
    differing = [file for file in there if (folder / file.path).read_bytes() != file.content]
    ours = [file.path for file in differing if file.kept is FileOwner.OURS]
    if ours and not overwrite:
        raise DifferingError(_refusal(ours, versions))
    made = [file for file in differing if file.kept is not FileOwner.THEIRS]
    return Compared(
        new,
        tuple(file for file in made if file.content is not None),
        tuple(file for file in made if file.content is None),
        tuple(file for file in differing if file.kept is FileOwner.THEIRS),
    )


def write(folder: Path, file: InitFile) -> None:
    """Writes the file, or deletes it if it has no content."""
    path = folder / file.path
    if file.content is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)


def _refusal(paths: Sequence[str], versions: str) -> str:
    more = len(paths) - _MOST_NAMES
    names = ", ".join(paths[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return (
        f"{versions}{names}: not what this reconcile writes; nothing was written; run `reconcile init --overwrite` to "
        "replace, and look at the difference with git"
    )


def _merged(folder: Path, file: InitFile) -> InitFile:
    """Lines that are missing go to the end of what is there."""
    if file.kept is not FileOwner.LINES or file.content is None:
        return file
    there = (folder / file.path).read_bytes()
    missing = [line for line in file.content.splitlines() if line not in there.splitlines()]
    if not missing:
        return replace(file, content=there)
    ended = there if there.endswith(b"\n") or not there else there + b"\n"
    return replace(file, content=ended + b"\n".join(missing) + b"\n")
