"""Reads YAML into nodes: every document of a text, with all its mistakes.

It uses the parser's events, which are fast and have positions. A repeated key, a tag and `<<` are mistakes: an author
cannot mean them, and the reader does not guess.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, NamedTuple

import yaml

from reconciler.documents.composing import Composer
from reconciler.documents.conflicts import merge_conflicts
from reconciler.documents.nodes import Node, Scalar
from reconciler.errors import Mistake, Source

MOST_MISTAKES = 100  # in one file
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAKS = "\x85\u2028\u2029"  # line ends in YAML 1.1
# Characters that YAML forbids in a stream, and those line ends.
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)


class YamlText(NamedTuple):
    """The readable documents without empty ones. `lost`: the texts of documents that cannot be read."""

    documents: tuple[Node, ...]
    mistakes: tuple[Mistake, ...]
    lost: tuple[str, ...] = ()


def read_yaml(text: str, file: str, *, loader: Any = LOADER) -> YamlText:
    """Reads every document. After an unreadable document it continues at the next `---`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if conflicts := merge_conflicts(lines, file):
        return YamlText((), conflicts, (lines,))
    documents: list[Node] = []
    lost: list[str] = []
    mistakes = _forbidden(lines, file)
    rest, above = _FORBIDDEN.sub("\ufffd", lines), 0
    while rest and len(mistakes) < MOST_MISTAKES:
        read = Composer(yaml.parse(rest, Loader=loader), rest, file, above).read()
        documents += read.documents
        mistakes += read.mistakes
        resumed = _next_document(rest, read.broken_at)
        lost += [rest[_document(rest, resumed) : resumed]] if read.broken_at else []
        above += rest.count("\n", 0, resumed)
        rest = rest[resumed:]
    if len(mistakes) >= MOST_MISTAKES:
        lost.append(rest)
        mistakes[MOST_MISTAKES:] = [
            Mistake(Source(file), f"has {MOST_MISTAKES} mistakes or more; the rest are not listed")
        ]
    not_empty = (node for node in documents if not (isinstance(node, Scalar) and node.value is None))
    return YamlText(tuple(not_empty), tuple(mistakes), tuple(lost))


def _forbidden(text: str, file: str) -> list[Mistake]:
    # A binary file may hold millions of such characters.
    matches = islice(_FORBIDDEN.finditer(text), MOST_MISTAKES)
    return [Mistake(_place(text, match.start(), file), _odd(match[0])) for match in matches]


def _odd(character: str) -> str:
    remedy = f'write it as "\\u{ord(character):04X}", in double quotes' if character in _BREAKS else "delete it"
    return f"the character U+{ord(character):04X} is not allowed here; {remedy}"


def _place(text: str, at: int, file: str) -> Source:
    return Source(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _next_document(text: str, line: int) -> int:
    """Returns the offset of the first `---` at or after the line; the end of the text if there is none or no fault."""
    start = _START.search(text, _line(text, line)) if line else None
    return start.start() if start else len(text)


def _document(text: str, end: int) -> int:
    """Returns the offset of the last document that begins before `end`."""
    return max((start.start() for start in _START.finditer(text, 0, end)), default=0)


def _line(text: str, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1 or len(text)
    return at
