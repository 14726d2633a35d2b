"""What a manifest may not say is left out, and said so: rules are not retroactive, so AWS stores what it now refuses.

What is left out stays as it is live, so that the plan is empty nevertheless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from sys import maxsize
from typing import Any, NamedTuple

from reconciler.environment import Quotas
from reconciler.errors import Source
from reconciler.export.declaration import Declaration, Row
from reconciler.kinds.fields import nested, refers_to
from reconciler.kinds.offline import faults
from reconciler.kinds.registry import KINDS
from reconciler.model import Finding, Problem, Spec, Written, WrittenRecords

# What YAML files may not hold, even as an escape; a CSV file may hold all of them but NUL.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNWRITABLE_IN_CSV = re.compile("[\x00\ud800-\udfff]")
# Reading knows the account's own quotas, and says so where they are passed.
_ANY = Quotas(cells_per_table=maxsize, attributes_per_table=maxsize, tables_per_instance=maxsize)
_ROWS, _DEFAULT = "values", "values.default"
_CONTROL = "holds a control character, which no manifest may"


class Sayable(NamedTuple):
    """`declaration` is `None` where nothing of the resource can be declared."""

    declaration: Declaration | None
    notes: tuple[Finding, ...] = ()


def sayable(declared: Declaration) -> Sayable:
    rest, notes = declared, list[Finding]()
    while problems := list(_problems(rest)):
        cells, others = _parted(problems)
        # Fields first: cells may break a rule that is left out itself.
        if not others:
            notes += _told(rest, cells)
            rest = _without_cells(rest, cells)
        elif unit := _unit(rest, others[0].path):
            notes.append(_note(rest, f"{_shown(rest, unit)} is left out and left alone", others[0].message))
            rest = replace(rest, spec=_without(rest.spec, unit))
        else:
            return Sayable(None, (_note(rest, "nothing of it is written", others[0].message),))
    return Sayable(rest, tuple(notes))


def _problems(declared: Declaration) -> Iterator[Problem]:
    kind = KINDS[declared.live.ref.kind]
    written = WrittenRecords(
        tuple(Written(row, Source(_ROWS, at)) for at, row in enumerate(declared.rows, 1)),
        _as_written(declared.default) if declared.default else None,
    )
    name = declared.live.spec.name
    if UNWRITABLE.search(name):
        yield Problem("error", ("name",), f"its name {_CONTROL}")
    yield from (
        each for each in faults(kind, {**declared.spec, "name": name}, written, _ANY) if each.severity == "error"
    )
    yield from (Problem("error", path, _CONTROL) for path in _unwritable(declared.spec, (), kind.spec))
    for at, row in enumerate(declared.rows, 1):
        if any(text and _UNWRITABLE_IN_CSV.search(text) for text in row.values()):
            yield Problem("error", (), _CONTROL, Source(_ROWS, at))
    for at, text in enumerate(declared.default.values(), 1):
        if text and UNWRITABLE.search(text):
            yield Problem("error", (), _CONTROL, Source(_DEFAULT, at))


def _as_written(default: Row) -> Written:
    places = {name: Source(_DEFAULT, at) for at, name in enumerate(default, 1)}
    return Written(default, Source(_DEFAULT), places)


def _unwritable(value: Any, path: tuple[str | int, ...], spec: type[Spec] | None) -> Iterator[tuple[str | int, ...]]:
    """Where texts cannot be written; a name of something else can be its id instead."""
    match value:
        case Mapping():
            fields = {info.alias or name: name for name, info in spec.model_fields.items()} if spec else {}
            for key, item in value.items():
                field = fields.get(key)
                if not (spec and field and refers_to(spec, field)):
                    yield from _unwritable(item, (*path, key), nested(spec, field) if spec and field else None)
                if UNWRITABLE.search(key):
                    yield (*path, key)
        case list():
            for at, item in enumerate(value):
                yield from _unwritable(item, (*path, at), spec)
        case str() if UNWRITABLE.search(value):
            yield path


# Cells.


def _parted(problems: list[Problem]) -> tuple[list[Problem], list[Problem]]:
    cells = [each for each in problems if _is_of_cells(each)]
    return cells, [each for each in problems if not _is_of_cells(each)]


def _is_of_cells(problem: Problem) -> bool:
    return problem.source is not None and problem.source.file in (_ROWS, _DEFAULT)


def _told(declared: Declaration, cells: list[Problem]) -> Iterator[Finding]:
    rows = {each.source.line: each for each in reversed(cells) if each.source and each.source.file == _ROWS}
    if rows:
        verb = "is" if len(rows) == 1 else "are"
        what = f"{len(rows):,} of {len(declared.rows):,} rows {verb} left out and left alone"
        yield _note(declared, what, rows[min(rows)].message)
    for each in cells:
        if each.source and each.source.file == _DEFAULT:
            name = f"{list(declared.default)[each.source.line - 1]} of " if each.source.line else ""
            yield _note(declared, f"{name}the default record is left out and left alone", each.message)


def _without_cells(declared: Declaration, cells: list[Problem]) -> Declaration:
    gone = {each.source for each in cells}
    return replace(
        declared,
        rows=tuple(row for at, row in enumerate(declared.rows, 1) if Source(_ROWS, at) not in gone),
        default={
            name: text
            for at, (name, text) in enumerate(declared.default.items(), 1)
            if not gone & {Source(_DEFAULT), Source(_DEFAULT, at)}
        },
    )


# Fields. What is declared is declared whole, so a field of the spec, or of one part, goes whole or stays.


def _unit(declared: Declaration, path: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
    """The field that the path is in, where it may be left out. A table is nothing without its attributes, the parts
    of others may be left out together."""
    kind = KINDS[declared.live.ref.kind]
    parts = kind.parts.field if kind.parts else None
    needed = parts if kind.cells else None
    match path:
        case (str(field), int(), str(inner), *_) if (
            field == parts
            and (part := nested(kind.spec, field))
            and inner in _optional(part) & declared.spec[field][path[1]].keys()
        ):
            return path[:3]
        case (str(field), *_) if field in declared.spec and field != needed and field in _optional(kind.spec):
            return path[:1]
    return None


def _optional(spec: type[Spec]) -> set[str]:
    """Whether an attribute is a key is always said: unsaid means no."""
    fields = spec.model_fields.items()
    return {info.alias or name for name, info in fields if not info.is_required()} - {"primary"}


def _without(spec: Mapping[str, Any], unit: tuple[str | int, ...]) -> Mapping[str, Any]:
    match unit:
        case (str(field),):
            return {key: value for key, value in spec.items() if key != field}
        case (str(field), int(place), inner):
            items = list(spec[field])
            items[place] = {key: value for key, value in items[place].items() if key != inner}
            return {**spec, field: items}
    return spec


def _shown(declared: Declaration, unit: tuple[str | int, ...]) -> str:
    match unit:
        case (str(field), int(place), inner):
            return f"{field}[{declared.spec[field][place].get('name', place)}].{inner}"
    return ".".join(map(str, unit))


def _note(declared: Declaration, what: str, why: str) -> Finding:
    return Finding("warning", str(declared.live.ref), f"{what}: {why}")
