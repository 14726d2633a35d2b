"""The rules of a table's rows: whole keys, each once, and cells that their attributes allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from reconciler.environment import Quotas
from reconciler.errors import Alike
from reconciler.kinds.connect import move_rules, sheet_damage, sheet_forms
from reconciler.kinds.connect.attribute_rules import Column
from reconciler.kinds.connect.cell_rules import Fault
from reconciler.kinds.connect.cell_texts import Header, Text, key_text, wire
from reconciler.kinds.connect.spreadsheet_causes import probable_cause
from reconciler.kinds.connect.table_spec import Attribute, DataTable
from reconciler.kinds.wording import quoted
from reconciler.model import Move, Problem, Record, Records, Written, WrittenRecords

_VALUES = ("values",)
_FEW = 8  # names that a message lists


def problems(columns: Sequence[Column], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
    header = Header(_first(columns))
    every = [*written.rows, *([written.default] if written.default else [])]
    # With an attribute whose name cannot be read nobody knows which names, and which keys, are whole.
    if all(column.name for column in columns):
        yield from _unknown(header, written)
        if all(column.written.get("primary", False) in (True, False) for column in columns):
            keys = Header(_first(map(_as_text, columns)))
            yield from _keys(keys, written.rows)
            yield from move_rules.problems(keys, written)
    yield from _observed(header, written)
    yield from _left_alone(header, written.rows)
    yield from _bare(header, written.rows)
    yield from _cells(header, written)
    yield from _room(header, every, quotas)
    yield from sheet_damage.findings(header, every)
    yield from sheet_forms.findings(header, every)


def records(table: DataTable, written: WrittenRecords) -> Records:
    """The rows as they are sent; asked only where nothing is wrong with them."""
    header = Header.of(table.attributes)
    return Records(
        rows=tuple(Record(_key(header, row), _sent(header, row), row.source) for row in written.rows),
        default=Record({}, _sent(header, written.default), written.default.source) if written.default else None,
        prune=written.prune,
        moved=tuple(Move(_key(header, old), _key(header, new), old.source) for old, new in written.moved),
    )


def _first(columns: Iterable[Column]) -> Mapping[str, Attribute | None]:
    found: dict[str, Attribute | None] = {}
    for column in columns:
        found.setdefault(column.name, column.attribute)
    return found


def _as_text(column: Column) -> Column:
    """A key whose type cannot be read: texts that are equal are equal in any type."""
    if column.attribute or column.written.get("primary") is not True:
        return column
    stand_in = Attribute(name="x", value_type="TEXT", primary=True).model_copy(update={"name": column.name})
    return column._replace(attribute=stand_in)


def _key(header: Header, row: Written) -> Mapping[str, str]:
    return {name: wire(each.value_type, row.texts[name] or "") for name, each in header.primaries.items()}


def _sent(header: Header, row: Written) -> Mapping[str, str | None]:
    return {
        name: None if text is None else wire(header.known[name].value_type, text)
        for name, text in row.texts.items()
        if name in header.ours
    }


def _unknown(header: Header, written: WrittenRecords) -> Iterator[Problem]:
    """Once per name: a misspelt column of a CSV file stands in every row."""
    for name, row, where in _places(written, lambda name: name not in header.attributes):
        folded = {known.casefold(): known for known in header.attributes}
        near = get_close_matches(name.casefold(), folded, 1)
        hint = f"; did you mean {quoted(folded[near[0]])}?" if near else ""
        message = f"attribute {quoted(name)} is not declared ({where}){hint}"
        yield Problem("error", _VALUES, message, row.place(name))


def _observed(header: Header, written: WrittenRecords) -> Iterator[Problem]:
    for name, row, where in _places(written, lambda name: name in header.observed):
        message = f"{quoted(name)} is observed, so its cells here are not used ({where})"
        yield Problem("info", _VALUES, message, row.place(name))


def _left_alone(header: Header, rows: Sequence[Written]) -> Iterator[Problem]:
    if not rows:
        return
    said = set().union(*(row.texts for row in rows))
    unsaid = [name for name in header.known if name in header.ours and name not in said]
    if unsaid:
        named = " or ".join(map(quoted, unsaid[:_FEW])) + (f" or {len(unsaid) - _FEW:,} more" * (len(unsaid) > _FEW))
        whose = "its" if len(unsaid) == 1 else "their"
        message = f"no row says anything of {named}; {whose} live values are left alone"
        yield Problem("info", _VALUES, message, rows[0].source)


def _bare(header: Header, rows: Sequence[Written]) -> Iterator[Problem]:
    """Rows of keys alone. With an observed attribute such a row may be there, and is then kept from being pruned."""
    if not header.primaries or header.observed or len(header.known) < len(header.attributes):
        return
    keyed = [row for row in rows if any(row.texts.get(name) is not None for name in header.primaries)]
    bare = [row for row in keyed if not any(row.texts.get(name) is not None for name in header.ours)]
    if bare:
        more = f" (and {len(bare) - 1:,} more)" if len(bare) > 1 else ""
        message = (
            f"row {key_text(header, bare[0])} has nothing but its key{more}; AWS keeps no row without a value, so it "
            "will not be there: give it one, or remove it"
        )
        yield Problem("warning", _VALUES, message, bare[0].source)


def _keys(header: Header, rows: Sequence[Written]) -> Iterator[Problem]:
    if rows and not header.primaries:
        message = "the table has rows but no primary attribute; set `primary: true` on what tells its rows apart"
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
            said = key_text(header, row)
            message = f"row {said} is declared twice: at {twin.source} and at {row.source}; remove one"
            alike = Alike("rows have a key that another row has too", value=said, remedy="remove all but one of a key")
            yield Problem("error", _VALUES, message, row.source, alike)


def _cells(header: Header, written: WrittenRecords) -> Iterator[Problem]:
    for row in written.rows:
        for name, text in row.texts.items():
            if text is not None and (name in header.ours or name in header.primaries):
                for fault in header.faults(name, text):
                    yield _broken(header, row, name, text, fault)
    if (default := written.default) is None:
        return
    for name, text in default.texts.items():
        if name in header.primaries:
            message = f"{quoted(name)} is a primary attribute; the default record has no key, so remove it there"
            yield Problem("error", ("values", "default"), message, default.place(name))
        elif text is not None and name in header.ours:
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
    count = sum(1 for row in every for name, text in row.texts.items() if text is not None and name in header.ours)
    if count > quotas.cells_per_table:
        message = (
            f"{count:,} cells are declared, with the default record's; the quota is {quotas.cells_per_table:,} "
            "(quotas.cellsPerTable in reconcile.yaml, where AWS has raised it). Keys are taken not to count: AWS does "
            "not say"
        )
        yield Problem("error", _VALUES, message, every[0].source)


def _places(written: WrittenRecords, asked: Callable[[str], bool]) -> Iterator[tuple[str, Written, str]]:
    """Each name that is asked for, the first record that has it, and in how many it is."""
    counts: Counter[str] = Counter()
    first: dict[str, Written] = {}
    for row in written.rows:
        for name in filter(asked, row.texts):
            counts[name] += 1
            first.setdefault(name, row)
    default = written.default
    alone = dict.fromkeys(filter(asked, default.texts)) if default else {}
    for name, row in first.items():
        yield name, row, _rows(counts[name]) + " and in the default record" * (name in alone)
    if default:
        yield from ((name, default, "in the default record") for name in alone if name not in first)


def _rows(count: int) -> str:
    return "in one row" if count == 1 else f"in {count:,} rows"
