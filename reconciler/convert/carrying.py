"""Carries over the contents of a JSON file, and reports everything that is left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from typing import TypeAlias

from reconciler.documents.hints import brief, did_you_mean
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar, plain
from reconciler.documents.scalars import resolve
from reconciler.errors import Mistake, Source
from reconciler.model import Finding

Path: TypeAlias = tuple[str | int, ...]
# Examples of the layout's files by their folder. The main file is outside these folders.
SHAPES = {
    "": '{"instanceARN": "arn:aws:connect:…", "dataTables": [{"name": "T"}]}',
    "attributes": '{"tableName": "T", "attributes": [{"name": "Key", "valueType": "TEXT", "primary": true}]}',
    "attribute_values": (
        '{"tableName": "T", "values": [{"primaryValues": [{"attributeName": "Key", "value": "a"}], "attributes": []}]}'
    ),
}


class Carrier:
    """Takes values out of files, and collects mistakes and findings about everything else."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.findings: list[Finding] = []
        self.lost = 0

    def wrong(self, source: Source, message: str) -> None:
        self.mistakes.append(Mistake(source, message))

    def note(self, source: Source, path: Path, message: str) -> None:
        """Adds a warning. `path` is empty if it is about a whole file."""
        self.findings.append(Finding("warning", json_path(path) if path else "", message, source))

    def lose(self, source: Source, path: Path, message: str) -> None:
        """Adds a warning about something that the manifests will not hold, and counts it."""
        self.note(source, path, message)
        self.lost += 1

    def known(self, node: Node, path: Path, words: Collection[str]) -> dict[str, Entry]:
        """Returns the entries of an object under these keys, in their order. Others are reported as unknown."""
        if not isinstance(node, MapNode):
            expected = "" if path else f"; expected {_shape(node.source.file)}"
            self.wrong(node.source, f"{json_path(path)} must be an object, is {_found(node)}{expected}")
            return {}
        for key, entry in node.entries.items():
            if key not in words:
                self.lose(entry.source, (*path, key), f"unknown key, not carried over{did_you_mean(key, words)}")
            elif _is_null(entry.node):
                self.note(entry.source, (*path, key), "null counts as absent")
        entries = {word: node.entries[word] for word in words if word in node.entries}
        return {word: entry for word, entry in entries.items() if not _is_null(entry.node)}

    def items(self, node: Node | None, path: Path) -> Iterator[tuple[Path, Node]]:
        """Yields the items of a list, each with its path."""
        if node is None:
            return
        if not isinstance(node, ListNode):
            self.wrong(node.source, f"{json_path(path)} must be a list, is {_found(node)}")
            return
        yield from (((*path, at), item) for at, item in enumerate(node.items))

    def text(self, entries: dict[str, Entry], word: str, around: Node, path: Path) -> str | None:
        """Returns a required text, or `None` after it has reported a mistake."""
        if word not in entries:
            self.wrong(around.source, f"{json_path((*path, word))} is missing")
            return None
        node = entries[word].node
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.value:
            return node.value
        self.wrong(node.source, f"{json_path((*path, word))} must be a text, is {_found(node)}")
        return None


def json_path(path: Path) -> str:
    """Returns a path as text, such as `$.attributes[0].name`."""
    text = "$"
    for step in path:
        is_bare = isinstance(step, str) and step.isidentifier()
        text += f".{step}" if is_bare else f"[{brief(step)}]"
    return text


def _shape(file: str) -> str:
    """Returns an example of the whole file, by its folder in the layout."""
    folder = PurePosixPath(file).parent.name
    return SHAPES.get(folder, SHAPES[""])


def as_flag(node: Node) -> Node:
    """Turns the text `"true"` or `"false"`, in any case, into a boolean. Returns other nodes unchanged."""
    match node:
        case Scalar(value=str() as text) if text.strip().lower() in ("true", "false"):
            return node._replace(value=text.strip().lower() == "true")
    return node


def as_number(node: Node) -> Node:
    """Turns a text such as `"12"` into a number. Returns other nodes unchanged."""
    match node:
        case Scalar(value=str() as text) if isinstance(value := resolve(text.strip()), int | float):
            return node if isinstance(value, bool) else Scalar(value, text.strip(), node.source)
    return node


def as_text(node: Node) -> Node:
    """Turns a number such as 12 into the text `"12"`. Returns other nodes unchanged."""
    match node:
        case Scalar(value=int() | float(), text=text):
            return node._replace(value=text)
    return node


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _found(node: Node) -> str:
    match node:
        case MapNode():
            return "an object"
        case ListNode():
            return "a list"
    return brief(plain(node))
