"""`values` and `moved` of a manifest → the rows as their author wrote them, out of a CSV file or inline.

Cells are texts here, a tenth of a million of them at times: nothing looks at them one by one that need not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reconciler.desired.checked import Checked, Link
from reconciler.desired.layers import Place
from reconciler.desired.texts import MARK, Texts, spoken
from reconciler.documents.csv_text import CsvTable, Row, read_csv
from reconciler.documents.files import read_text
from reconciler.documents.hints import did_you_mean, shown
from reconciler.documents.nodes import ListNode, MapNode, Node, Scalar, find, key_place, text_of, with_entries
from reconciler.errors import Mistake, Source
from reconciler.model import Finding, Written, WrittenRecords

Cell = str | tuple[str, ...] | None


class Columns(NamedTuple):
    """The attributes a table declares; `readable`: there is none whose name is unknown."""

    names: tuple[str, ...]
    primaries: tuple[str, ...]
    readable: bool = True


@dataclass(frozen=True)
class Sheet:
    """What reading a CSV file takes to know: whose rows they are, and what `${…}` means."""

    where: Place
    texts: Texts
    columns: Columns
    address: str


def columns_of(attributes: Node | None) -> Columns:
    items = attributes.items if isinstance(attributes, ListNode) else ()
    names = [text_of(item.get("name")) if isinstance(item, MapNode) else None for item in items]
    primaries = [name for name, item in zip(names, items, strict=True) if name and _is_primary(item)]
    readable = all(names) and isinstance(attributes, ListNode | None)
    return Columns(tuple(filter(None, names)), tuple(primaries), readable)


def read_records(spec: MapNode, sheet: Sheet) -> Checked[WrittenRecords]:
    values = spec.get("values")
    said = find(spec, ["values", "prune"])
    prune = isinstance(said, Scalar) and said.value is True
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
    """The spec without its cells, for whoever would look at each of them: the keys stay, with nothing in them."""
    empty: dict[str, Node] = {}
    if isinstance(values := spec.get("values"), MapNode):
        bare: dict[str, Node] = {"rows": ListNode((), values.source), "default": MapNode({}, values.source)}
        empty["values"] = with_entries(values, bare)
    return with_entries(spec, empty | {"moved": ListNode((), spec.source)})


def _rows(values: MapNode, sheet: Sheet, *, prune: bool) -> Checked[tuple[Written, ...]]:
    file, rows = values.get("file"), values.get("rows")
    # Both at once is a mistake of the kind's to tell; the rows nearer to the eye are looked at.
    if rows is not None:
        return _inline(rows)
    return _sheet(file, sheet, prune=prune) if isinstance(file, Scalar) and isinstance(file.value, str) else Checked(())


def _inline(rows: Node) -> Checked[tuple[Written, ...]]:
    if not isinstance(rows, ListNode):
        return Checked((), (Mistake(rows.source, "values.rows must be a list of maps, one for each row"),))
    read = [_record(row, "a row") for row in rows.items]
    written = tuple(each.value for each in read if each.value is not None)
    return Checked(written, tuple(mistake for each in read for mistake in each.mistakes))


def _default(values: MapNode) -> Checked[Written | None]:
    said = values.get("default")
    return Checked(None) if said is None else _record(said, "values.default")


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
        yield Mistake(item.source, "a move is a map, {from: {…}, to: {…}}")
        return
    for key in ("from", "to"):
        if key not in item.entries:
            yield Mistake(item.source, f"the move has no {key!r}")
    for key in item.entries.keys() - {"from", "to"}:
        yield Mistake(key_place(item, [key]), f"unknown key {shown(key)} in a move; it has from and to")


def _record(node: Node, what: str) -> Checked[Written | None]:
    """A map of cells; the texts are those of the source, whatever YAML makes of them."""
    if not isinstance(node, MapNode):
        return Checked(None, (Mistake(node.source, f"{what} is a map of attributes and their values"),))
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
                message = f"the cell {shown(key)} must be a text, a number, true, false, or a list of such"
                nested.append(Mistake(entry.node.source, message))
    places = {key: entry.node.source for key, entry in node.entries.items()}
    return Checked(Written(texts, node.source, places), tuple(nested))


# A CSV file.


class _Places(Mapping[str, Source]):
    """Where the cells of one row are, worked out when asked: hardly a cell in a thousand is."""

    def __init__(self, table: CsvTable, row: Row) -> None:
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
    path = sheet.where.root / Path(file.source.file).parent / file.text
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
    whole = set(sheet.columns.primaries) <= set(table.header)  # else every row would be told that its key is missing
    return Checked(tuple(rows if whole else ()), (*mistakes, *faults, *columns), findings, tuple(links))


def _emptiness(table: CsvTable, mistakes: Sequence[Mistake], sheet: Sheet, *, prune: bool) -> Iterator[Finding]:
    """Rows that a spreadsheet has left behind, and a file that has no others."""
    empty = [row.line for row in table.rows if row.is_empty]
    if empty:
        first, last = empty[0], empty[-1]
        lines = f"line {first} is" if first == last else f"{len(empty):,} lines from {first} to {last} are"
        skipped = f"{lines} empty and skipped; delete them in the spreadsheet"
        yield Finding("info", sheet.address, skipped, Source(table.file, first, 1))
    if len(table.rows) == len(empty) and not mistakes:
        live = "every live row is deleted, because values.prune is true" if prune else "live rows are left alone"
        message = f"has a header and no rows: {live}; add the rows, or leave values out"
        yield Finding("warning", sheet.address, message, Source(table.file, 1, 1))


def _misplaced(text: str, path: Path, where: Place) -> str:
    """Why the file is none to read; empty where it is."""
    if Path(text).is_absolute() or not where.holds(path):
        return (
            f"values.file {shown(text)} is outside of {where.name(where.manifests)}; put the file beside the manifest"
        )
    try:
        near = [] if path.exists() else [each.name for each in path.parent.glob("*.csv")]
        hint = did_you_mean(path.name, near) or "; name a CSV file as it is seen from the manifest"
        return "" if path.is_file() else f"values.file {shown(text)} is not a file{hint}"
    except OSError as error:  # a name that is too long
        return f"values.file {shown(text)} cannot be read: {error.strerror}"


def _filled(table: CsvTable, sheet: Sheet) -> tuple[list[Written], list[Mistake], list[Link]]:
    """The rows, with `${…}` as it is meant, and without columns that are no attributes: that is said once, of those."""
    mistakes: list[Mistake] = []
    links: list[Link] = []
    rows: list[Written] = []
    strange = [name for name in table.header if sheet.columns.readable and name not in sheet.columns.names]
    speaks = MARK in table.text
    for row in table.rows:
        if row.is_empty:
            continue
        said = dict(zip(table.header, row.cells, strict=True))
        written = Written(said, Source(table.file, row.line, 1), _Places(table, row))
        for name in strange:
            said.pop(name, None)
        for name, cell in list(said.items()) if speaks else ():
            if cell and MARK in cell:
                text = sheet.texts.read(cell)
                said[name] = text.text
                faults, named = spoken([(written.place(name), text)])
                mistakes += faults
                links += named
        rows.append(written)
    return rows, mistakes, links


def _column_mistakes(table: CsvTable, columns: Columns) -> Iterator[Mistake]:
    for at, name in enumerate(table.header):
        if columns.readable and name.strip() and name not in columns.names:
            hint = did_you_mean(name, columns.names) or "; declare it, or delete the column"
            message = f"the column {shown(name)} is not an attribute of the table{hint}"
            yield Mistake(table.place(table.header_row, at), message)
    for name in columns.primaries:
        if name not in table.header:
            message = f"the primary attribute {shown(name)} has no column, so the rows have no whole key; add it"
            yield Mistake(table.place(table.header_row, 0), message)


def _is_primary(item: Node) -> bool:
    said = find(item, ["primary"])
    return isinstance(said, Scalar) and said.value is True
