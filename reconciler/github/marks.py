"""The hidden first line by which a comment or an issue is found again, and how much a body can hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

# GitHub answers 422 "Body is too long (maximum is 65536 characters)"; no page documents it, nor what a character is.
# UTF-16 units are never fewer than characters, nor, at four bytes each, than the bytes that people have counted.
LIMIT = 65_536
RESERVE = 1_024  # for the marks, and for what is added to a body when an issue is settled
_LONGEST = 600  # characters of a name inside of a mark
_CONTENT = re.compile(r"<!-- reconcile:content ([0-9a-f]{16}) -->")


@dataclass(frozen=True)
class Subject:
    """What an issue is about. `mark`, `settled`: its first line while that lasts, and afterwards."""

    mark: str
    settled: str
    label: str
    describes: str  # the label's description, at most 100 characters


def mark(what: str, stack: str, environment: str) -> str:
    """A line of its own in Markdown, which shows nothing; no name can end it or be taken for another."""
    return f"<!-- reconcile:{what} {_tame(stack)}/{_tame(environment)} -->"


def body_of(mark: str, text: str, *, content: str = "") -> str:
    """The whole body. `content`: what of the text counts as news; without it every text is."""
    return f"{mark}\n{_content_line(content or text)}\n\n{text}"


def is_marked(body: Any, mark: str) -> bool:
    return isinstance(body, str) and body.startswith(mark)


def is_same_content(one: Any, other: str) -> bool:
    """Whether both bodies tell the same news."""
    found = _CONTENT.search(one) if isinstance(one, str) else None
    wanted = _CONTENT.search(other)
    return bool(found and wanted and found[1] == wanted[1])


def size(text: str) -> int:
    """As GitHub may count it: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _content_line(content: str) -> str:
    return f"<!-- reconcile:content {sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:16]} -->"


def _tame(name: str) -> str:
    """`--` could end a comment, and `>` with it; everything else that is no letter or digit is a number."""
    told = quote(name, safe="", errors="replace").replace("--", "-%2D")
    return told if len(told) <= _LONGEST else sha256(told.encode()).hexdigest()
