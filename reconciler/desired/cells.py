"""Reads a manifest's `values` and `moved` into rows as their author wrote them, from a CSV file or inline.

Cells are texts here. A table may have 100,000 of them, so the code inspects single cells only where it must.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reconciler.desired.checked import Checked, Link
from reconciler.desired.layers import ManifestFolders
from reconciler.desired.texts import MARK, Texts, faults_and_links
from reconciler.documents.csv_text import CsvRow, CsvTable, read_csv
from reconciler.documents.files import read_text
from reconciler.documents.hints import brief, did_you_mean
from reconciler.documents.nodes import ListNode, MapNode, Node, Scalar, find, key_place, text_of, with_entries
from reconciler.errors import Mistake, Source
from reconciler.model import Finding, Written, WrittenRecords

Cell = str | tuple[str, ...] | None


class DeclaredColumns(NamedTuple):
    """The attributes that a table declares. `readable`: every name could be read."""

    names: tuple[str, ...]
    primaries: tuple[str, ...]
    readable: bool = True


@dataclass(frozen=True)
class Sheet:
    """The context of a CSV file: its table's columns and address, and the meaning of `${…}`."""

    where: ManifestFolders
    texts: Texts
    columns: DeclaredColumns
    address: str


def columns_of(attributes: Node | None) -> DeclaredColumns:
    items = attributes.items if isinstance(attributes, ListNode) else ()
    names = [text_of(item.get("name")) if isinstance(item, MapNode) else None for item in items]
    primaries = [name for name, item in zip(names, items, strict=True) if name and _is_primary(item)]
    readable = all(names) and isinstance(attributes, ListNode | None)
    return DeclaredColumns(tuple(filter(None, names)), tuple(primaries), readable)


def read_records(spec: MapNode, sheet: Sheet) -> Checked[WrittenRecords]:
    values = spec.get("values")
    flag = find(spec, ["values", "prune"])
    prune = isinstance(flag, Scalar) and flag.value is True
    rows = _rows(values, sheet, prune=prune) if isinstance(values, MapNode) else Checked(())
    default = _default(values) if isinstance(values, MapNode) else Checked(None)
    moved = _moved(spec.get("moved"))
    return Checked(
        WrittenRecords(rows.value, default.value, moved.value, prune),
        (*rows.mistakes, *default.mistakes, *moved.mistakes),
        rows.findings,
        rows.links,
    )


def shell(spec: MapNode) -> MapNode:
    """Returns the spec without its cells, for checks that inspect every value. The keys remain and are empty."""
    empty: dict[str, Node] = {}
    if isinstance(values := spec.get("values"), MapNode):
        bare: dict[str, Node] = {"rows": ListNode((), values.source), "default": MapNode({}, values.source)}
        empty["values"] = with_entries(values, bare)
    return with_entries(spec, empty | {"moved": ListNode((), spec.source)})


def _rows(values: MapNode, sheet: Sheet, *, prune: bool) -> Checked[tuple[Written, ...]]:
    file, rows = values.get("file"), values.get("rows")
    # The kind reports `file` and `rows` together as a mistake. Here the inline rows win.
    if rows is not None:
        return _inline(rows)
    return _sheet(file, sheet, prune=prune) if isinstance(file, Scalar) and isinstance(file.value, str) else Checked(())


def _inline(rows: Node) -> Checked[tuple[Written, ...]]:
    if not isinstance(rows, ListNode):
        return Checked((), (Mistake(rows.source, "values.rows must be a list of maps, one for each row"),))
    read = [_record(row, "a row") for row in rows.items]
    written = tuple(row.value for row in read if row.value is not None)
    return Checked(written, tuple(mistake for row in read for mistake in row.mistakes))


def _default(values: MapNode) -> Checked[Written | None]:
    default = values.get("default")
    return Checked(None) if default is None else _record(default, "values.default")


def _moved(moved: Node | None) -> Checked[tuple[tuple[Written, Written], ...]]:
    if moved is None:
        return Checked(())
    if not isinstance(moved, ListNode):
        return Checked((), (Mistake(moved.source, "moved must be a list of {from: …, to: …}"),))
    pairs: list[tuple[Written, Written]] = []
    mistakes: list[Mistake] = []
    for item in moved.items:
        sides = [_record(side, "a key") for key in ("from", "to") if (side := find(item, [key])) is not None]
        mistakes += (*_shape(item), *(mistake for side in sides for mistake in side.mistakes))
        match [side.value for side in sides]:
            case [Written() as before, Written() as after]:
                pairs.append((before, after))
    return Checked(tuple(pairs), tuple(mistakes))


def _shape(item: Node) -> Iterator[Mistake]:
    if not isinstance(item, MapNode):
        yield Mistake(item.source, "a move must be a map, {from: {…}, to: {…}}")
        return
    for key in ("from", "to"):
        if key not in item.entries:
            yield Mistake(item.source, f"the move has no {key!r}; add it")
    for key in item.entries.keys() - {"from", "to"}:
        yield Mistake(key_place(item, [key]), f"unknown key {brief(key)} in a move; it has from and to")


def _record(node: Node, what: str) -> Checked[Written | None]:
    """Reads a map of cells. It keeps the texts of the source, whatever YAML makes of them."""
    if not isinstance(node, MapNode):
        return Checked(None, (Mistake(node.source, f"{what} must be a map of attributes and their values"),))
    texts: dict[str, Cell] = {}
    nested: list[Mistake] = []
    for key, entry in node.entries.items():
        match entry.node:
            case Scalar(value=None):
                texts[key] = None
            case Scalar(text=text):
                texts[key] = text
            case ListNode(items=items) if all(isinstance(item, Scalar) and item.value is not None for item in items):
                texts[key] = tuple(item.text for item in items if isinstance(item, Scalar))
            case _:
                message = f"the cell {brief(key)} must be a text, a number, true, false, or a list of these"
                nested.append(Mistake(entry.node.source, message))
    places = {key: entry.node.source for key, entry in node.entries.items()}
    return Checked(Written(texts, node.source, places), tuple(nested))


# A CSV file.


class _Places(Mapping[str, Source]):
    """The positions of one row's cells, computed on request: hardly one cell in a thousand needs it."""

    def __init__(self, table: CsvTable, row: CsvRow) -> None:
        self._table, self._row = table, row

    def __getitem__(self, name: str) -> Source:
        try:
            column = self._table.header.index(name)
        except ValueError:
            raise KeyError(name) from None
        return self._table.place(self._row, column)

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.header)

    def __len__(self) -> int:
        return len(self._table.header)


def _sheet(file: Scalar, sheet: Sheet, *, prune: bool) -> Checked[tuple[Written, ...]]:
    path = sheet.where.beside(file.source, file.text)
    if fault := _misplaced(file.text, path, sheet.where):
        return Checked((), (Mistake(file.source, fault),))
    name = sheet.where.name(path)
    read = read_text(path, name)
    if isinstance(read, Mistake):
        return Checked((), (read,))
    bom = "begins with a byte-order mark, which is skipped; save it as UTF-8 without one"
    findings: tuple[Finding, ...] = (Finding("info", sheet.address, bom, Source(name, 1, 1)),) if read.bom else ()
    table, mistakes = read_csv(read.text, name)
    if table is None:
        return Checked((), mistakes, findings)
    findings += tuple(_emptiness(table, mistakes, sheet, prune=prune))
    rows, faults, links = _filled(table, sheet)
    columns = tuple(_column_mistakes(table, sheet.columns))
    whole = set(sheet.columns.primaries) <= set(table.header)  # otherwise every row would report a missing key
    return Checked(tuple(rows if whole else ()), (*mistakes, *faults, *columns), findings, tuple(links))


def _emptiness(table: CsvTable, mistakes: Sequence[Mistake], sheet: Sheet, *, prune: bool) -> Iterator[Finding]:
    """Yields findings about empty rows that a spreadsheet left, and about a file with no other rows."""
    empty = [row.line for row in table.rows if row.is_empty]
    if empty:
        first, last = empty[0], empty[-1]
        lines = f"line {first} is" if first == last else f"{len(empty):,} lines from {first} to {last} are"
        skipped = f"{lines} empty and skipped; delete them in the spreadsheet"
        yield Finding("info", sheet.address, skipped, Source(table.file, first, 1))
    if len(table.rows) == len(empty) and not mistakes:
        live = "apply deletes every live row, because values.prune is true" if prune else "live rows stay"
        message = f"has a header but no rows: {live}; add the rows, or leave values out"
        yield Finding("warning", sheet.address, message, Source(table.file, 1, 1))


def _misplaced(text: str, path: Path, where: ManifestFolders) -> str:
    """Returns why the file cannot be used; empty if it can."""
    if wrong := where.outside(text, path):
        return f"values.file {wrong}"
    try:
        near = [] if path.exists() else [sheet.name for sheet in path.parent.glob("*.csv")]
        hint = did_you_mean(path.name, near) or "; write a path to a CSV file, relative to the manifest"
        return "" if path.is_file() else f"values.file {brief(text)} is not a file{hint}"
    except OSError as error:  # the name is too long
        return f"values.file {brief(text)} cannot be read: {error.strerror}"


def _filled(table: CsvTable, sheet: Sheet) -> tuple[list[Written], list[Mistake], list[Link]]:
    """Returns the rows with `${…}` resolved, and without unknown columns, which are reported once per column."""
    mistakes: list[Mistake] = []
    links: list[Link] = []
    rows: list[Written] = []
    unknown = [name for name in table.header if sheet.columns.readable and name not in sheet.columns.names]
    has_marks = MARK in table.text
    for row in table.rows:
        if row.is_empty:
            continue
        texts = dict(zip(table.header, row.cells, strict=True))
        written = Written(texts, Source(table.file, row.line, 1), _Places(table, row))
        for name in unknown:
            texts.pop(name, None)
        for name, cell in list(texts.items()) if has_marks else ():
            if cell and MARK in cell:
                text = sheet.texts.read(cell)
                texts[name] = text.text
                faults, named = faults_and_links([(written.place(name), text)])
                mistakes += faults
                links += named
        rows.append(written)
    return rows, mistakes, links


def _column_mistakes(table: CsvTable, columns: DeclaredColumns) -> Iterator[Mistake]:
    for at, name in enumerate(table.header):
        if columns.readable and name.strip() and name not in columns.names:
            hint = did_you_mean(name, columns.names) or "; declare it, or delete the column"
            message = f"the column {brief(name)} is not an attribute of the table{hint}"
            yield Mistake(table.place(table.header_row, at), message)
    for name in columns.primaries:
        if name not in table.header:
            message = f"the primary attribute {brief(name)} has no column, so the rows have no complete key; add it"
            yield Mistake(table.place(table.header_row, 0), message)


def _is_primary(item: Node) -> bool:
    primary = find(item, ["primary"])
    return isinstance(primary, Scalar) and primary.value is True
