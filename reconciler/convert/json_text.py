"""Reads JSON as nodes with their places, and collects every mistake. A duplicate key is a mistake too."""

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
    """Result of reading. `node` is `None` if the text is invalid JSON."""

    node: Node | None
    mistakes: tuple[Mistake, ...] = ()


def read_json(text: str, file: str) -> JsonText:
    """Reads a text as JSON. Numbers keep their text. If a key is there twice, the first one counts."""
    try:
        json.loads(text, parse_constant=_refuse, parse_int=str)
    except json.JSONDecodeError as error:
        place = Source(file, error.lineno, error.colno)
        return JsonText(None, (Mistake(place, f"invalid JSON: {error.msg}"),))
    except (ValueError, RecursionError) as error:
        return JsonText(None, (Mistake(Source(file), f"invalid JSON: {error}"),))
    reader = _NodeReader(text, file)
    try:
        return JsonText(reader.node(0, 0)[0], tuple(reader.mistakes))
    except _TooDeepError as error:
        return JsonText(None, (Mistake(error.source, f"is nested deeper than {DEEPEST} levels"),))


class _TooDeepError(Exception):
    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.source = source


class _NodeReader:
    """Reads text that is valid JSON. Each method takes the start of a value, and returns the value and its end."""

    def __init__(self, text: str, file: str) -> None:
        self.mistakes: list[Mistake] = []
        self._text, self._file = text, file
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

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
        match = _BARE.match(self._text, at)
        word = match[0] if match else ""
        return Scalar(_WORDS[word] if word in _WORDS else _number(word), word, source), at + len(word)

    def _map(self, at: int, depth: int, source: Source) -> tuple[Node, int]:
        entries: dict[str, Entry] = {}
        at = self._after_space(at + 1)
        while self._text[at] != "}":
            at = self._after_space(at + 1) if self._text[at] == "," else at
            place = self._place(at)
            key, at = self._string(at)
            node, at = self.node(self._after_space(at) + 1, depth + 1)
            if earlier := entries.get(key):
                message = f"duplicate key {brief(key)}; it is also in line {earlier.source.line}; remove one"
                self.mistakes.append(Mistake(place, message))
            else:
                entries[key] = Entry(place, node)
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
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def _place(self, at: int) -> Source:
        line = bisect_right(self._lines, at)
        return Source(self._file, line, at - self._lines[line - 1] + 1)


def _number(word: str) -> int | float:
    # More digits than a double can hold are infinite, as in YAML.
    return int(word) if re.fullmatch(r"-?\d{1,300}", word) else float(word)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
