"""Defines the hidden first line that identifies a comment or an issue, and the longest body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

# GitHub answers 422 "Body is too long (maximum is 65536 characters)". No page documents it or defines a character.
# A text never has more characters than UTF-16 units. The limit is also safe if it means 4 bytes per character.
LIMIT = 65_536
RESERVE = 1_024  # for the marks, and for the text that settling an issue adds.
_LONGEST = 600  # characters of a name inside of a mark
_CONTENT = re.compile(r"<!-- reconcile:content ([0-9a-f]{16}) -->")


@dataclass(frozen=True)
class Subject:
    """The subject of an issue.

    `mark` is the first line of its body while the issue is open, `settled` the one after it is settled.
    """

    mark: str
    settled: str
    label: str
    describes: str  # the label's description, at most 100 characters


def mark(what: str, stack: str, environment: str) -> str:
    """Returns an invisible line of Markdown. No name can end it, and different names give different marks."""
    return f"<!-- reconcile:{what} {_tame(stack)}/{_tame(environment)} -->"


def body_of(mark: str, text: str, *, content: str = "") -> str:
    """Returns the whole body.

    `content` is the part of the text that counts as news; by default all of it.
    """
    return f"{mark}\n{_content_line(content or text)}\n\n{text}"


def is_marked(body: Any, mark: str) -> bool:
    return isinstance(body, str) and body.startswith(mark)


def is_same_content(one: Any, other: str) -> bool:
    """Returns whether both bodies have the same content."""
    marks = _CONTENT.search(one) if isinstance(one, str) else None
    wanted = _CONTENT.search(other)
    return bool(marks and wanted and marks[1] == wanted[1])


def size(text: str) -> int:
    """Returns the size as GitHub may count it: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _content_line(content: str) -> str:
    return f"<!-- reconcile:content {sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:16]} -->"


def _tame(name: str) -> str:
    """Returns a name without characters that could end a comment: only letters, digits and escapes."""
    escaped = quote(name, safe="", errors="replace").replace("--", "-%2D")
    return escaped if len(escaped) <= _LONGEST else sha256(escaped.encode()).hexdigest()
