"""Writes files that the user has named: through the user's links, and into pipes and devices.

A path that the user has not named is written by `private_files`, which follows no link. The module uses only the
standard library.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path


def write_chosen(path: Path, text: str) -> None:
    """Writes the text as UTF-8, and creates missing folders. Raises `OSError`.

    A regular file is replaced whole: a reader sees the old text or the new one. Any other file is written into, and
    stays what it is.
    """
    if descriptor := _standard_stream(path):
        with open(descriptor, "w", encoding="utf-8", closefd=False) as stream:
            stream.write(text)
    elif _is_special(path):
        path.write_text(text, encoding="utf-8")
    else:
        target, draft = _target_and_draft(path)
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def must_accept(path: Path) -> None:
    """Raises `OSError` if `write_chosen` would. The file does not change."""
    if _standard_stream(path):
        return
    if not _is_special(path):
        _, draft = _target_and_draft(path)
        draft.write_text(" ", encoding="utf-8")
        draft.unlink()
    elif not path.is_fifo():
        # A pipe is not opened: to close it again would end its reader.
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))


def is_special(path: Path) -> bool:
    """Returns whether the path leads to a file that is not regular: a folder, a pipe, a device, a socket."""
    try:
        return _is_special(path)
    except OSError:
        return False


def _is_special(path: Path) -> bool:
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False


def _standard_stream(path: Path) -> int | None:
    """Returns the descriptor of stdout or stderr if the path leads there, such as `/dev/stdout`.

    Such a path may lead to a regular file, which must not be replaced: what was printed would be lost.
    """
    for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            is_same = os.path.samestat(os.fstat(descriptor), path.stat())
        except OSError:
            continue
        if is_same:
            if stream:
                stream.flush()
            return descriptor
    return None


def _target_and_draft(path: Path) -> tuple[Path, Path]:
    """Returns the file behind the links, and a new name beside it. Creates missing folders."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    return target, target.with_name(f".{target.name}.{os.getpid()}.part")
