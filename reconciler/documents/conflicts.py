"""Finds merge conflicts that were committed. Other mistakes of such a file are not worth a line."""

from __future__ import annotations

import re

from reconciler.errors import Mistake, Source

_MARK = re.compile(r"^(<{7}|>{7})(?: .*)?$", re.MULTILINE)
_REMEDY = "keep one side, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>"


def merge_conflicts(text: str, file: str) -> tuple[Mistake, ...]:
    """Returns one mistake per conflict, at its first marker. Lines may end with LF or CRLF."""
    mistakes: list[Mistake] = []
    opened = 0
    for mark in _MARK.finditer(text.replace("\r\n", "\n")):
        line = mark.string.count("\n", 0, mark.start()) + 1
        if mark[1] == "<<<<<<<":
            opened = line
            mistakes.append(_unresolved(file, line, line))
        elif opened:
            mistakes[-1], opened = _unresolved(file, opened, line), 0
        else:
            mistakes.append(_unresolved(file, line, line))
    return tuple(mistakes)


def _unresolved(file: str, first: int, last: int) -> Mistake:
    lines = f"lines {first}–{last}" if last > first else f"line {first}"
    return Mistake(Source(file, first, 1), f"an unresolved merge conflict ({lines}); {_REMEDY}")
