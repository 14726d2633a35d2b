"""Checks the rows of a table: complete keys, each once, and cells that their attributes allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from reconciler.errors import Alike
from reconciler.kinds.connect.data_table import moves, sheet_damage, sheet_forms
from reconciler.kinds.connect.data_table.attributes import Column
from reconciler.kinds.connect.data_table.cells import Fault
from reconciler.kinds.connect.data_table.header import Header, Text, key_text, wire
from reconciler.kinds.connect.data_table.quotas import CELLS
from reconciler.kinds.connect.data_table.spec import Attribute, DataTable
from reconciler.kinds.connect.data_table.spreadsheet_causes import probable_cause
from reconciler.kinds.wording import quoted
from reconciler.model import Move, Problem, Record, Records, Written, WrittenRecords
from reconciler.model.environment import Quotas

_VALUES = ("values",)
_FEW = 8  # names that a message lists


def problems(columns: Sequence[Column], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
    header = Header(_first(columns))
    every = [*written.rows, *([written.default] if written.default else [])]
    # If the name of an attribute cannot be read, neither unknown names nor incomplete keys can be found.
    if all(column.name for column in columns):
        yield from _unknown(header, written)
        if all(column.written.get("primary", False) in (True, False) for column in columns):
            keys = Header(_first(map(_as_text, columns)))
            yield from _keys(keys, written.rows)
            yield from moves.problems(keys, written)
    yield from _observed(header, written)
    yield from _left_alone(header, written.rows)
    yield from _bare(header, written.rows)
    yield from _cells(header, written)
    yield from _room(header, every, quotas)
    yield from sheet_damage.findings(header, every)
    yield from sheet_forms.findings(header, every)


def records(table: DataTable, written: WrittenRecords) -> Records:
    """Returns the rows as they are sent. They must have no mistake."""
    header = Header.of(table.attributes)
    return Records(
        rows=tuple(Record(_key(header, row), _sent(header, row), row.source) for row in written.rows),
        default=Record({}, _sent(header, written.default), written.default.source) if written.default else None,
        prune=written.prune,
        moved=tuple(Move(_key(header, old), _key(header, new), old.source) for old, new in written.moved),
    )


def _first(columns: Iterable[Column]) -> Mapping[str, Attribute | None]:
    attributes: dict[str, Attribute | None] = {}
    for column in columns:
        attributes.setdefault(column.name, column.attribute)
    return attributes


def _as_text(column: Column) -> Column:
    """Replaces a key of unreadable type by a TEXT: equal texts are equal in any type."""
    if column.attribute or column.written.get("primary") is not True:
        return column
    stand_in = Attribute(name="x", value_type="TEXT", primary=True).model_copy(update={"name": column.name})
    return column._replace(attribute=stand_in)


def _key(header: Header, row: Written) -> Mapping[str, str]:
    return {name: wire(key.value_type, row.texts[name] or "") for name, key in header.primaries.items()}


def _sent(header: Header, row: Written) -> Mapping[str, str | None]:
    return {
        name: None if text is None else wire(header.known[name].value_type, text)
        for name, text in row.texts.items()
        if name in header.written
    }


def _unknown(header: Header, written: WrittenRecords) -> Iterator[Problem]:
    """Yields a problem once per name, because a misspelt column of a CSV file is in every row."""
    for name, row, where in _places(written, lambda name: name not in header.attributes):
        folded = {known.casefold(): known for known in header.attributes}
        near = get_close_matches(name.casefold(), folded, 1)
        hint = f"; did you mean {quoted(folded[near[0]])}?" if near else ""
        message = f"attribute {quoted(name)} is not declared ({where}){hint}"
        yield Problem("error", _VALUES, message, row.place(name))


def _observed(header: Header, written: WrittenRecords) -> Iterator[Problem]:
    for name, row, where in _places(written, lambda name: name in header.observed):
        message = f"{quoted(name)} is observed, so its declared cells are ignored ({where})"
        yield Problem("info", _VALUES, message, row.place(name))


def _left_alone(header: Header, rows: Sequence[Written]) -> Iterator[Problem]:
    if not rows:
        return
    declared = set().union(*(row.texts for row in rows))
    missing = [name for name in header.known if name in header.written and name not in declared]
    if missing:
        names = " or ".join(map(quoted, missing[:_FEW]))
        if len(missing) > _FEW:
            names += f" or {len(missing) - _FEW:,} more"
        whose = "its" if len(missing) == 1 else "their"
        message = f"no row has a value for {names}; {whose} live values are left alone"
        yield Problem("info", _VALUES, message, rows[0].source)


def _bare(header: Header, rows: Sequence[Written]) -> Iterator[Problem]:
    """Yields a warning for rows that have only a key. With an observed attribute such a row can exist."""
    if not header.primaries or header.observed or len(header.known) < len(header.attributes):
        return
    keyed = [row for row in rows if any(row.texts.get(name) is not None for name in header.primaries)]
    bare = [row for row in keyed if not any(row.texts.get(name) is not None for name in header.written)]
    if bare:
        more = f" (and {len(bare) - 1:,} more)" if len(bare) > 1 else ""
        message = (
            f"row {key_text(header, bare[0])} has only a key{more}; AWS keeps no row without a value, so it "
            "will not exist: add a value, or remove the row"
        )
        yield Problem("warning", _VALUES, message, bare[0].source)


def _keys(header: Header, rows: Sequence[Written]) -> Iterator[Problem]:
    if rows and not header.primaries:
        message = "the table has rows but no primary attribute; set `primary: true` on the attributes of its key"
        yield Problem("error", _VALUES, message, rows[0].source)
        return
    first: dict[tuple[str, ...], Written] = {}
    for row in rows:
        if missing := [name for name in header.primaries if row.texts.get(name) is None]:
            without, remedy = " and no ".join(missing), "every row needs a value of each primary attribute"
            alike = Alike(f"rows have no {without}", remedy=remedy)
            yield Problem("error", _VALUES, f"a row has no {without}; {remedy}", row.place(missing[0]), alike)
        if (key := header.key(row.texts)) is None:
            continue
        if not any(key.values()):
            message = "a row with an empty key is the default record; declare it as values.default"
            yield Problem("error", _VALUES, message, row.source)
        twin = first.setdefault(header.identity(key), row)
        if twin is not row:
            name = key_text(header, row)
            message = f"row {name} is declared twice: at {twin.source} and at {row.source}; remove one"
            alike = Alike("rows have the same key as another row", value=name, remedy="keep one row of each key")
            yield Problem("error", _VALUES, message, row.source, alike)


def _cells(header: Header, written: WrittenRecords) -> Iterator[Problem]:
    for row in written.rows:
        for name, text in row.texts.items():
            if text is not None and (name in header.written or name in header.primaries):
                for fault in header.faults(name, text):
                    yield _broken(header, row, name, text, fault)
    if (default := written.default) is None:
        return
    for name, text in default.texts.items():
        if name in header.primaries:
            message = f"{quoted(name)} is a primary attribute, but the default record has no key; remove it there"
            yield Problem("error", ("values", "default"), message, default.place(name))
        elif text is not None and name in header.written:
            for fault in header.faults(name, text):
                message = f"{name} of the default record: {fault.message}"
                yield Problem("error", ("values", "default"), message, default.place(name))


def _broken(header: Header, row: Written, name: str, text: Text, fault: Fault) -> Problem:
    cause = probable_cause(header.known[name], text) if isinstance(text, str) else ""
    message = f"{name} of {key_text(header, row)}: {fault.message}{f'; {cause}' if cause else ''}"
    value = quoted(text if isinstance(text, str) else ", ".join(text))
    alike = Alike(f"values {fault.many}", f"column {name}", value, cause)
    return Problem("error", _VALUES, message, row.place(name), alike)


def _room(header: Header, every: Sequence[Written], quotas: Quotas) -> Iterator[Problem]:
    count = sum(1 for row in every for name, text in row.texts.items() if text is not None and name in header.written)
    if count > quotas.of(CELLS):
        message = (
            f"{count:,} cells are declared, with the default record; the quota is {quotas.of(CELLS):,} "
            f"(if AWS has raised it, set quotas.{CELLS.key} in reconcile.yaml). Keys are not counted, which AWS does "
            "not document"
        )
        yield Problem("error", _VALUES, message, every[0].source)


def _places(written: WrittenRecords, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, Written, str]]:
    """Yields each wanted name, the first record that has it, and the number of records that have it."""
    counts: Counter[str] = Counter()
    first: dict[str, Written] = {}
    for row in written.rows:
        for name in filter(is_wanted, row.texts):
            counts[name] += 1
            first.setdefault(name, row)
    default = written.default
    alone = dict.fromkeys(filter(is_wanted, default.texts)) if default else {}
    for name, row in first.items():
        yield name, row, _rows(counts[name]) + (" and in the default record" if name in alone else "")
    if default:
        yield from ((name, default, "in the default record") for name in alone if name not in first)


def _rows(count: int) -> str:
    return "in one row" if count == 1 else f"in {count:,} rows"
