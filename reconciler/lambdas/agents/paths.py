"""Paths of hierarchy groups, such as `London/Sales`: a group's name begins with the names of the groups above it.

A slash in the name of a group itself is written `%2F`. A name that really holds `%2F` gets `%252F`, and so on.
"""

from __future__ import annotations

import re

MOST_LEVELS = 5
_ESCAPED = re.compile(r"%(?:25)*2F")


def own_name(path: str) -> str:
    """Returns the name that AWS has for the group of a path: the last one, with its slashes."""
    last = path.rpartition("/")[2]
    return _ESCAPED.sub(lambda escaped: "/" if escaped[0] == "%2F" else f"%{escaped[0][3:]}", last)


def segment(name: str) -> str:
    """Reverses `own_name`: returns AWS's name of a group as the end of a path."""
    return _ESCAPED.sub(lambda escaped: f"%25{escaped[0][1:]}", name).replace("/", "%2F")


def parent(path: str) -> str | None:
    """Returns the path of the group above; `None` for a group at the top."""
    return path.rpartition("/")[0] or None


def depth(path: str) -> int:
    return path.count("/") + 1
