"""YAML → nodes: every document of a text, and everything that is wrong with it.

Built on the parser's events, because they are fast and know the place of everything. What an author could not mean by
it (a key twice, a tag, `<<`) is a mistake, never a guess.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from reconciler.documents.composing import Composer
from reconciler.documents.conflicts import merge_conflicts
from reconciler.documents.nodes import Node, Scalar
from reconciler.errors import Mistake, Source

MOST_MISTAKES = 100  # of one file
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAKS = "\x85\u2028\u2029"  # line ends to parsers of YAML 1.1
# What YAML forbids in a stream, and those.
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)


class YamlText(NamedTuple):
    """The documents that could be read, empty ones left out. `lost`: the texts of those that are beyond reading."""

    documents: tuple[Node, ...]
    mistakes: tuple[Mistake, ...]
    lost: tuple[str, ...] = ()


def read_yaml(text: str, file: str, *, loader: Any = LOADER) -> YamlText:
    """Goes on with the next `---` where a document is beyond reading."""
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
            Mistake(Source(file), f"has {MOST_MISTAKES} mistakes or more; the rest is not said")
        ]
    said = (node for node in documents if not (isinstance(node, Scalar) and node.value is None))
    return YamlText(tuple(said), tuple(mistakes), tuple(lost))


def _forbidden(text: str, file: str) -> list[Mistake]:
    found = [match for match, _ in zip(_FORBIDDEN.finditer(text), range(MOST_MISTAKES), strict=False)]
    return [Mistake(_place(text, match.start(), file), _odd(match[0])) for match in found]


def _odd(character: str) -> str:
    remedy = f'write it as "\\u{ord(character):04X}", in double quotes' if character in _BREAKS else "leave it out"
    return f"the character U+{ord(character):04X} may not stand here; {remedy}"


def _place(text: str, at: int, file: str) -> Source:
    return Source(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _next_document(text: str, line: int) -> int:
    """Where the first `---` at or after the line begins; the end of the text where there is none, or nothing broke."""
    found = _START.search(text, _line(text, line)) if line else None
    return found.start() if found else len(text)


def _document(text: str, end: int) -> int:
    """Where the last document before the place begins."""
    return max((found.start() for found in _START.finditer(text, 0, end)), default=0)


def _line(text: str, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1 or len(text)
    return at
