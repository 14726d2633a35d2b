"""The values of the old layout → rows: a list of names and values becomes one map, as its types want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reconciler import cells
from reconciler.convert.carrying import Carrier, Path, json_path
from reconciler.documents.hints import brief
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar, find, text_of
from reconciler.errors import Source
from reconciler.plurals import counted, plural


class Column(NamedTuple):
    value_type: str
    primary: bool


class _Row(NamedTuple):
    cells: Mapping[str, Entry]
    source: Source
    is_default: bool


def rows_of(carrier: Carrier, node: Node, attributes: ListNode) -> dict[str, Node]:
    """Rows, and the default record: the one that has no key."""
    columns = columns_of(attributes)
    read = [_row(carrier, item, path, columns) for path, item in carrier.items(node, ("values",))]
    rows = [row for row in read if not row.is_default]
    for other in [row for row in read if row.is_default][1:]:
        carrier.wrong(other.source, "a second row without primaryValues: there is one default record; remove one")
    _tell_unsaid(carrier, rows, columns)
    found: dict[str, Node] = {}
    if rows:
        found["rows"] = ListNode(tuple(MapNode(row.cells, row.source) for row in rows), node.source)
    if default := next((row for row in read if row.is_default), None):
        found["default"] = MapNode(default.cells, default.source)
    return found


def columns_of(attributes: ListNode) -> dict[str, Column]:
    """The attributes by name, as far as they can be read."""
    found: dict[str, Column] = {}
    for item in attributes.items:
        name, value_type = (text_of(find(item, [word])) for word in ("name", "valueType"))
        primary = find(item, ["primary"])
        if name:
            # Of one that comes twice the first counts: the second is the mistake, and is told.
            found.setdefault(name, Column(value_type or "", isinstance(primary, Scalar) and primary.value is True))
    return found


def _row(carrier: Carrier, node: Node, path: Path, columns: Mapping[str, Column]) -> _Row:
    said = carrier.known(node, path, ("primaryValues", "attributes"))
    if isinstance(node, MapNode) and "primaryValues" not in said:
        carrier.wrong(node.source, f"{json_path((*path, 'primaryValues'))} is missing; [] is the default record")
    found: dict[str, Entry] = {}
    keys = 0
    for word in ("primaryValues", "attributes"):
        listed = said[word].node if word in said else None
        for where, item in carrier.items(listed, (*path, word)):
            cell = carrier.known(item, where, ("attributeName", "value"))
            name = carrier.text(cell, "attributeName", item, where)
            keys += word == "primaryValues"
            if name is None:
                continue
            if name in found:
                carrier.wrong(item.source, f"{json_path(where)}: {brief(name)} is said twice in this row; remove one")
            elif wrong := _misplaced(name, word, columns):
                carrier.wrong(item.source, f"{json_path(where)}: {wrong}")
            else:
                value = _value(carrier, item, cell, where)
                found[name] = Entry(value.source, _cell(carrier, value, columns.get(name), (*where, "value")))
    return _Row(found, node.source, not keys and "primaryValues" in said)


def _misplaced(name: str, word: str, columns: Mapping[str, Column]) -> str:
    if name not in columns or columns[name].primary is (word == "primaryValues"):
        return ""
    if word == "primaryValues":
        return f"{brief(name)} is no primary attribute; write it under attributes"
    return f"{brief(name)} is a primary attribute; write it under primaryValues"


def _value(carrier: Carrier, item: Node, cell: Mapping[str, Entry], path: Path) -> Node:
    if "value" in cell:
        return cell["value"].node
    if find(item, ["value"]) is None:
        carrier.wrong(item.source, f"{json_path((*path, 'value'))} is missing")
    return Scalar(None, "", item.source)


def _cell(carrier: Carrier, node: Node, column: Column | None, path: Path) -> Node:
    if column is None or not isinstance(node, Scalar) or not isinstance(node.value, str):
        return node
    if not node.value.strip() and column.value_type in ("NUMBER", "BOOLEAN") and not column.primary:
        carrier.note(node.source, path, f"an empty text is no {column.value_type}; the cell is absent")
        return Scalar(None, "", node.source)
    if column.value_type == "TEXT_LIST" and _misread(node.value):
        texts = [part.strip() for part in node.value.split(",")]
        return ListNode(tuple(Scalar(text, text, node.source) for text in texts), node.source)
    return node


def _misread(text: str) -> bool:
    """Whether a list with commas would be taken for something else: a JSON array, or an expression."""
    if not text.strip().startswith("["):
        return text.startswith("=")
    try:
        cells.items("TEXT_LIST", text)
    except ValueError:
        return True
    return False


def _tell_unsaid(carrier: Carrier, rows: Sequence[_Row], columns: Mapping[str, Column]) -> None:
    """A CSV file knows no cell of which nothing is said."""
    spoken = {name for row in rows for name in row.cells if name in columns and not columns[name].primary}
    unsaid = [(row, name) for row in rows for name in spoken if name not in row.cells]
    if unsaid:
        row, name = min(unsaid, key=lambda each: (each[0].source, each[1]))
        cells_are = f"{counted(len(unsaid), 'cell')} {plural(len(unsaid), 'is', 'are')}"
        message = (
            f"{cells_are} not said (the first: {brief(name)} of the row in line {row.source.line}); in the "
            "CSV file they are absent, so that one which is live will be deleted: read the first plan"
        )
        carrier.note(row.source, ("values",), message)
