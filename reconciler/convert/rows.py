"""Turns the values of the old layout into rows: a list of names and values becomes one map with typed cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reconciler.convert.carrying import Carrier, Path, json_path
from reconciler.documents.hints import brief
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar, find, text_of
from reconciler.errors import Source
from reconciler.messages import counted, plural
from reconciler.model import cells


class JsonColumn(NamedTuple):
    value_type: str
    primary: bool


class _Row(NamedTuple):
    cells: Mapping[str, Entry]
    source: Source
    is_default: bool


def rows_of(carrier: Carrier, node: Node, attributes: ListNode) -> dict[str, Node]:
    """Returns the rows under `rows`, and the default record under `default`: the row without a key."""
    columns = columns_of(attributes)
    read = [_row(carrier, item, path, columns) for path, item in carrier.items(node, ("values",))]
    rows = [row for row in read if not row.is_default]
    for other in [row for row in read if row.is_default][1:]:
        carrier.wrong(other.source, "a second row without primaryValues; a table has one default record: remove one")
    _report_missing_cells(carrier, rows, columns)
    values: dict[str, Node] = {}
    if rows:
        values["rows"] = ListNode(tuple(MapNode(row.cells, row.source) for row in rows), node.source)
    if default := next((row for row in read if row.is_default), None):
        values["default"] = MapNode(default.cells, default.source)
    return values


def columns_of(attributes: ListNode) -> dict[str, JsonColumn]:
    """Returns the attributes by name. Those that cannot be read are left out."""
    columns: dict[str, JsonColumn] = {}
    for item in attributes.items:
        name, value_type = (text_of(find(item, [word])) for word in ("name", "valueType"))
        primary = find(item, ["primary"])
        if name:
            # If a name is there twice, the first one counts. The second one is reported as a mistake elsewhere.
            columns.setdefault(
                name, JsonColumn(value_type or "", isinstance(primary, Scalar) and primary.value is True)
            )
    return columns


def _row(carrier: Carrier, node: Node, path: Path, columns: Mapping[str, JsonColumn]) -> _Row:
    entries = carrier.known(node, path, ("primaryValues", "attributes"))
    if isinstance(node, MapNode) and "primaryValues" not in entries:
        place = json_path((*path, "primaryValues"))
        carrier.wrong(node.source, f"{place} is missing; write [] for the default record")
    row: dict[str, Entry] = {}
    keys = 0
    for word in ("primaryValues", "attributes"):
        listed = entries[word].node if word in entries else None
        for where, item in carrier.items(listed, (*path, word)):
            cell = carrier.known(item, where, ("attributeName", "value"))
            name = carrier.text(cell, "attributeName", item, where)
            if word == "primaryValues":
                keys += 1
            if name is None:
                continue
            if name in row:
                carrier.wrong(item.source, f"{json_path(where)}: {brief(name)} is listed twice in this row; remove one")
            elif wrong := _misplaced(name, word, columns):
                carrier.wrong(item.source, f"{json_path(where)}: {wrong}")
            else:
                value = _value(carrier, item, cell, where)
                row[name] = Entry(value.source, _cell(carrier, value, columns.get(name), (*where, "value")))
    return _Row(row, node.source, not keys and "primaryValues" in entries)


def _misplaced(name: str, word: str, columns: Mapping[str, JsonColumn]) -> str:
    if name not in columns or columns[name].primary is (word == "primaryValues"):
        return ""
    if word == "primaryValues":
        return f"{brief(name)} is not a primary attribute; write it under attributes"
    return f"{brief(name)} is a primary attribute; write it under primaryValues"


def _value(carrier: Carrier, item: Node, cell: Mapping[str, Entry], path: Path) -> Node:
    if "value" in cell:
        return cell["value"].node
    if find(item, ["value"]) is None:
        carrier.wrong(item.source, f"{json_path((*path, 'value'))} is missing")
    return Scalar(None, "", item.source)


def _cell(carrier: Carrier, node: Node, column: JsonColumn | None, path: Path) -> Node:
    if column is None or not isinstance(node, Scalar) or not isinstance(node.value, str):
        return node
    if not node.value.strip() and column.value_type in ("NUMBER", "BOOLEAN") and not column.primary:
        carrier.note(node.source, path, f"an empty text is not a valid {column.value_type}; the cell becomes absent")
        return Scalar(None, "", node.source)
    if column.value_type == "TEXT_LIST" and _misread(node.value):
        texts = [part.strip() for part in node.value.split(",")]
        return ListNode(tuple(Scalar(text, text, node.source) for text in texts), node.source)
    return node


def _misread(text: str) -> bool:
    """Returns whether a list with commas would be read as a JSON array or as an expression."""
    if not text.strip().startswith("["):
        return text.startswith("=")
    try:
        cells.items("TEXT_LIST", text)
    except ValueError:
        return True
    return False


def _report_missing_cells(carrier: Carrier, rows: Sequence[_Row], columns: Mapping[str, JsonColumn]) -> None:
    """Warns of cells that some rows list and others do not. In a CSV file, each row has a cell in every column."""
    listed: set[str] = set()
    for row in rows:
        listed.update(row.cells)
    listed = {name for name in listed if name in columns and not columns[name].primary}
    missing: list[tuple[_Row, str]] = []
    for row in rows:
        missing += ((row, name) for name in listed.difference(row.cells))
    if missing:
        row, name = min(missing, key=lambda cell: (cell[0].source, cell[1]))
        cells_are = f"{counted(len(missing), 'cell')} {plural(len(missing), 'is', 'are')}"
        message = (
            f"{cells_are} not listed (the first: {brief(name)} of the row in line {row.source.line}); the CSV "
            "file declares them absent, so apply deletes live ones: read the first plan"
        )
        carrier.note(row.source, ("values",), message)
