"""Compares the files to write with the existing ones. It never replaces a changed file without --overwrite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from reconciler.errors import ReconcileError

_MOST_NAMES = 6  # file names in one message


class DifferingError(ReconcileError):
    """Files of `init` differ from the content that it would write."""


class FileOwner(StrEnum):
    """The owner of a file after `init` has written it."""

    TOOL = "tool"  # the same in every repository; replaced with --overwrite
    DERIVED = "derived"  # derived from reconcile.yaml and the manifests; written at every run
    AUTHOR = "author"  # a first version; never changed again
    LINES = "lines"  # the author's, but with these lines in it


@dataclass(frozen=True)
class InitFile:
    """A file of the repository.

    `path` is relative to the repository's root, with slashes. `content` is `None` if the file must not exist.
    """

    path: str
    content: bytes | None
    kept: FileOwner = FileOwner.TOOL


@dataclass(frozen=True)
class Compared:
    """The result of a comparison.

    `new` and `replaced` files must be written, and `removed` ones deleted. `left` files belong to the author.
    """

    new: tuple[InitFile, ...] = ()
    replaced: tuple[InitFile, ...] = ()
    removed: tuple[InitFile, ...] = ()
    left: tuple[InitFile, ...] = ()

    @property
    def changed(self) -> tuple[InitFile, ...]:
        return (*self.new, *self.replaced, *self.removed)


def compared(folder: Path, files: Sequence[InitFile], *, overwrite: bool, versions: str = "") -> Compared:
    """Reads the existing files and compares them.

    `versions` says how the tool in the repository differs from this one, for the error. Raises `DifferingError` with
    the names if a file would be replaced without --overwrite.
    """
    new = tuple(file for file in files if file.content is not None and not (folder / file.path).exists())
    existing = [_merged(folder, file) for file in files if (folder / file.path).exists()]
    differing = [file for file in existing if (folder / file.path).read_bytes() != file.content]
    changed_by_hand = [file.path for file in differing if file.kept is FileOwner.TOOL]
    if changed_by_hand and not overwrite:
        raise DifferingError(_refusal(changed_by_hand, versions))
    writable = [file for file in differing if file.kept is not FileOwner.AUTHOR]
    return Compared(
        new,
        tuple(file for file in writable if file.content is not None),
        tuple(file for file in writable if file.content is None),
        tuple(file for file in differing if file.kept is FileOwner.AUTHOR),
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
        f"{versions}{names}: differs from the content that this version writes; nothing was written; "
        "to replace it, run `reconcile init --overwrite`, and check the difference with git"
    )


def _merged(folder: Path, file: InitFile) -> InitFile:
    """Returns the existing file with the missing lines at its end."""
    if file.kept is not FileOwner.LINES or file.content is None:
        return file
    there = (folder / file.path).read_bytes()
    missing = [line for line in file.content.splitlines() if line not in there.splitlines()]
    if not missing:
        return replace(file, content=there)
    ended = there if there.endswith(b"\n") or not there else there + b"\n"
    return replace(file, content=ended + b"\n".join(missing) + b"\n")
