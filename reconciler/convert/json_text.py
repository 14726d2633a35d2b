"""JSON → nodes that know their places, and every mistake; what a parser would let pass (a key twice) is one."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any, NamedTuple

from reconciler.documents.hints import brief
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar
from reconciler.errors import Mistake, Source

DEEPEST = 64
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_BARE = re.compile(r"[-+.\w]+")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class JsonText(NamedTuple):
    """`node` is `None` where the text is no JSON."""

    node: Node | None
    mistakes: tuple[Mistake, ...] = ()


def read_json(text: str, file: str) -> JsonText:
    """Numbers keep the text they were written as; of a key that is there twice the first holds."""
    try:
        json.loads(text, parse_constant=_refuse, parse_int=str)
    except json.JSONDecodeError as error:
        place = Source(file, error.lineno, error.colno)
        return JsonText(None, (Mistake(place, f"is no JSON: {error.msg}"),))
    except (ValueError, RecursionError) as error:
        return JsonText(None, (Mistake(Source(file), f"is no JSON: {error}"),))
    reader = _Reader(text, file)
    try:
        return JsonText(reader.node(0, 0)[0], tuple(reader.mistakes))
    except _TooDeepError as error:
        return JsonText(None, (Mistake(error.source, f"is nested deeper than {DEEPEST} levels"),))


class _TooDeepError(Exception):
    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.source = source


class _Reader:
    """Reads what is known to be JSON. Each method takes where a thing begins, and gives it and where it ends."""

    def __init__(self, text: str, file: str) -> None:
        self.mistakes: list[Mistake] = []
        self._text, self._file = text, file
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def node(self, at: int, depth: int) -> tuple[Node, int]:
        at = self._after_space(at)
        source = self._place(at)
        if depth > DEEPEST:
            raise _TooDeepError(source)
        match self._text[at]:
            case "{":
                return self._map(at, depth, source)
            case "[":
                return self._list(at, depth, source)
            case '"':
                text, end = self._string(at)
                return Scalar(text, text, source), end
        found = _BARE.match(self._text, at)
        word = found[0] if found else ""
        return Scalar(_WORDS[word] if word in _WORDS else _number(word), word, source), at + len(word)

    def _map(self, at: int, depth: int, source: Source) -> tuple[Node, int]:
        entries: dict[str, Entry] = {}
        at = self._after_space(at + 1)
        while self._text[at] != "}":
            at = self._after_space(at + 1) if self._text[at] == "," else at
            said = self._place(at)
            key, at = self._string(at)
            node, at = self.node(self._after_space(at) + 1, depth + 1)
            if earlier := entries.get(key):
                message = f"the key {brief(key)} is here twice; it is also in line {earlier.source.line}"
                self.mistakes.append(Mistake(said, message))
            else:
                entries[key] = Entry(said, node)
            at = self._after_space(at)
        return MapNode(entries, source), at + 1

    def _list(self, at: int, depth: int, source: Source) -> tuple[Node, int]:
        items: list[Node] = []
        at = self._after_space(at + 1)
        while self._text[at] != "]":
            node, at = self.node(at + (self._text[at] == ","), depth + 1)
            items.append(node)
            at = self._after_space(at)
        return ListNode(tuple(items), source), at + 1

    def _string(self, at: int) -> tuple[str, int]:
        text, end = _DECODER.raw_decode(self._text, at)
        return str(text), end

    def _after_space(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _place(self, at: int) -> Source:
        line = bisect_right(self._lines, at)
        return Source(self._file, line, at - self._lines[line - 1] + 1)


def _number(word: str) -> int | float:
    # More digits than a double can hold are infinite, as in YAML.
    return int(word) if re.fullmatch(r"-?\d{1,300}", word) else float(word)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number that JSON knows")
