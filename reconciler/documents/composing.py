"""Turns the parser's events of one YAML text into nodes, up to the first fault that stops reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from reconciler.documents.hints import brief
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar
from reconciler.documents.scalars import resolve
from reconciler.documents.yaml_faults import NO_TEMPLATES, Position, explained
from reconciler.errors import Mistake, Source

DEEPEST = 64
LARGEST = 500_000  # values in one file, which take some seconds to read; more rows belong in a CSV file
ALIASED = 100_000  # nodes that the aliases of one document may expand to
_MOST_MISTAKES = 100
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Composed(NamedTuple):
    """`broken_at`: the line of the text, from 1, where reading stopped early; 0 if the whole text was read."""

    documents: list[Node]
    mistakes: list[Mistake]
    broken_at: int


class _BrokenError(Exception):
    """The rest of a document cannot be read."""

    def __init__(self, source: Source, message: str, reached: int = 0) -> None:
        """Stores the mistake. `reached` is the line where reading stopped, if it is not the mistake's line."""
        super().__init__(message)
        self.mistake = Mistake(source, message)
        self.reached = reached or source.line


class _Built(NamedTuple):
    node: Node
    depth: int  # levels of nesting inside the node: 0 for a scalar


class _Anchored(NamedTuple):
    built: _Built
    size: int


class Composer:
    """Reads one text. `above`: the number of lines in the file before this text."""

    def __init__(self, events: Iterator[Any], text: str, file: str, above: int) -> None:
        self._events, self._text, self._file, self._above = events, text, file, above
        self._mistakes: list[Mistake] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._size = self._aliased = 0
        self._begun = 0  # the line of the last document's first event

    def read(self) -> Composed:
        documents: list[Node] = []
        try:
            for document in self._documents():
                documents.append(document)
        except _BrokenError as broken:
            self._mistakes.append(broken.mistake)
            at = max(broken.reached - self._above, self._begun + 1)
            return Composed(documents, self._mistakes, at)
        return Composed(documents, self._mistakes, 0)

    def _documents(self) -> Iterator[Node]:
        while not isinstance(event := self._next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                self._begun = self._place(event).line - self._above
                self._anchors, self._aliased = {}, 0
                yield self._node(self._next(), 0).node

    def _node(self, event: Any, depth: int) -> _Built:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        before = self._size
        self._size += 1
        if self._size > LARGEST:
            raise _BrokenError(self._place(event), f"has more than {LARGEST} values; write rows into CSV files")
        if event.tag is not None:
            self._mistake(event, f"the tag {brief(event.tag)} is not supported; write the value without it")
        if event.anchor:
            self._anchors[event.anchor] = None
        match event:
            case yaml.ScalarEvent():
                built = _Built(self._scalar(event), 0)
            case yaml.SequenceStartEvent():
                built = self._list(event, self._deeper(event, depth))
            case _:
                built = self._map(event, self._deeper(event, depth))
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(built, self._size - before)
        return built

    def _scalar(self, event: Any) -> Scalar:
        text = event.value
        if _CONTROL.search(text):
            self._mistake(event, f"has a control character: {brief(text)}; delete it")
        return Scalar(text if event.style else resolve(text), text, self._place(event))

    def _list(self, event: Any, depth: int) -> _Built:
        items, inside = [], 0
        while not isinstance(item := self._next(), yaml.SequenceEndEvent):
            built = self._node(item, depth)
            items.append(built.node)
            inside = max(inside, built.depth)
        return _Built(ListNode(tuple(items), self._place(event)), inside + 1)

    def _map(self, event: Any, depth: int) -> _Built:
        entries: dict[str, Entry] = {}
        inside = 0
        is_template = False
        while not isinstance(key_event := self._next(), yaml.MappingEndEvent):
            is_template = is_template or _opens_twice(event, key_event)
            key = self._node(key_event, depth) and None if is_template else self._key(key_event, depth)
            built = self._node(self._next(), depth)
            inside = max(inside, built.depth)
            if key is None:
                continue
            if earlier := entries.get(key):
                first = f"line {earlier.source.line}"
                self._mistake(key_event, f"the key {brief(key)} is repeated; it is also in {first}; delete one")
            else:
                entries[key] = Entry(self._place(key_event), built.node)
        return self._template(event) if is_template else _Built(MapNode(entries, self._place(event)), inside + 1)

    def _template(self, event: Any) -> _Built:
        """Reports one mistake for `{{ … }}`, which YAML reads as a map whose key is a map.

        The author meant a text and would otherwise get three mistakes.
        """
        self._mistake(event, NO_TEMPLATES)
        rest = self._text.split("\n")[event.start_mark.line][event.start_mark.column :]
        text = rest[: rest.find("}}") + 2] or rest
        return _Built(Scalar(text, text, self._place(event)), 0)

    def _key(self, event: Any, depth: int) -> str | None:
        """Returns the key, also if its quotes are missing; `None` if it cannot be a key."""
        node = self._node(event, depth).node
        if not isinstance(node, Scalar):
            self._mistake(event, "a list or a map cannot be a key; write a text")
            return None
        if node.text == "<<" and not getattr(event, "style", ""):
            self._mistake(event, "YAML 1.2 does not have the merge key `<<`; write the keys out, or use an overlay")
            return None
        if not isinstance(node.value, str):
            self._mistake(event, f"the key {node.text or 'null'} is not a text; write it in quotes")
        return node.text

    def _alias(self, event: Any, depth: int) -> _Built:
        place = self._place(event)
        nothing = _Built(Scalar(None, "", place), 0)
        if event.anchor not in self._anchors:
            self._mistake(event, f"the alias *{event.anchor} has no anchor &{event.anchor} above it")
            return nothing
        anchored = self._anchors[event.anchor]
        if anchored is None:
            self._mistake(event, f"the alias *{event.anchor} is inside its own anchor; write the value out")
            return nothing
        self._aliased += anchored.size
        self._size += anchored.size
        if self._aliased > ALIASED:
            message = f"the aliases of this document expand to more than {ALIASED} values; use fewer aliases"
            raise _BrokenError(place, message)
        if depth + anchored.built.depth > DEEPEST:
            raise _BrokenError(place, f"is nested deeper than {DEEPEST} levels")
        return anchored.built

    def _deeper(self, event: Any, depth: int) -> int:
        if depth >= DEEPEST:
            raise _BrokenError(self._place(event), f"is nested deeper than {DEEPEST} levels")
        return depth + 1

    def _next(self) -> Any:
        try:
            return next(self._events)
        # PyYAML's own parser, used if libyaml is missing, also passes on the errors of `chr` for an escape.
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> _BrokenError:
        marks = (getattr(error, "problem_mark", None), getattr(error, "context_mark", None))
        known = [Position(mark.line, mark.column) for mark in marks if mark] or [Position(self._begun, 0)]
        problem, context = getattr(error, "problem", None) or str(error), getattr(error, "context", None) or ""
        fault = explained(problem, known[0], context, known[-1], self._text)
        place = Source(self._file, self._above + fault.at.line + 1, fault.at.column + 1)
        return _BrokenError(place, f"invalid YAML: {fault.message}", self._above + known[0].line + 1)

    def _mistake(self, event: Any, message: str) -> None:
        if len(self._mistakes) < _MOST_MISTAKES:
            self._mistakes.append(Mistake(self._place(event), message))

    def _place(self, event: Any) -> Source:
        mark = event.start_mark
        return Source(self._file, self._above + mark.line + 1, mark.column + 1)


def _opens_twice(event: Any, key: Any) -> bool:
    """Returns whether a map and its first key, which is also a map, are written as `{{`."""
    start, inner = event.start_mark, key.start_mark
    is_map = isinstance(key, yaml.MappingStartEvent) and event.flow_style
    return bool(is_map and (start.line, start.column + 1) == (inner.line, inner.column))
