"""Opens files with personal data: readable only by their owner, and never through a symbolic link.

A foreign branch can bring links below `.reconcile`, because git stores them and `.gitignore` does not stop them. A
write through such a link would empty or replace any file of the user. The module uses only the standard library, so
that the sandbox can use it too.
"""

from __future__ import annotations

import errno
import os
import shlex
from pathlib import Path
from typing import IO, Any

OWNER_ONLY = 0o700


class LinkedError(OSError):
    """A path is a symbolic link and must not be one. The message names it and the remedy."""

    def __init__(self, path: Path) -> None:
        remedy = f"delete it (rm {shlex.quote(str(path))}) and try again"
        super().__init__(errno.ELOOP, f"{path} is a symbolic link, which reconcile does not follow there; {remedy}")


def make_folder(path: Path) -> None:
    """Creates the folder for its owner only, and removes others' rights if it exists. Raises `LinkedError`."""
    refuse_link(path)
    path.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    _take_rights_of_others(path)


def refuse_link(path: Path) -> None:
    """Raises `LinkedError` if the path is a symbolic link, whether its target exists or not."""
    if path.is_symlink():
        raise LinkedError(path)


def refuse_links_in(folder: Path) -> None:
    """Raises `LinkedError` if the folder is a symbolic link or contains one."""
    refuse_link(folder)
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            refuse_link(path)


def open_file(path: Path, mode: str) -> IO[Any]:
    """Opens a file like `open`, but only for its owner and without following a link. Raises `LinkedError`."""
    try:
        stream: IO[Any] = open(path, mode, encoding=None if "b" in mode else "utf-8", opener=_opened)  # noqa: SIM115
    except OSError as wrong:
        if wrong.errno == errno.ELOOP:
            raise LinkedError(path) from wrong
        raise
    return stream


def write_file(path: Path, text: str) -> None:
    """Replaces the file atomically: a reader sees the old text or the new one. Raises `LinkedError`."""
    refuse_link(path)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    with open_file(draft, "w") as stream:
        stream.write(text)
    draft.replace(path)


def _opened(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NOFOLLOW, 0o600)
    # An existing file keeps its mode when it is opened, and an older release made it readable by everyone.
    if os.fstat(descriptor).st_mode & 0o077:
        os.fchmod(descriptor, 0o600)
    return descriptor


def _take_rights_of_others(path: Path) -> None:
    rights = path.stat().st_mode & 0o777
    if rights & ~OWNER_ONLY and path.stat().st_uid == os.getuid():
        path.chmod(rights & OWNER_ONLY)
