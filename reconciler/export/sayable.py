"""Leaves out what would be invalid in a manifest, and reports it. Omitted fields and rows stay as they are live.

AWS's rules are not retroactive, so AWS may store values that it now refuses. The plan is empty all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from reconciler.errors import Source
from reconciler.export.declaration import Declaration, Row
from reconciler.kinds.fields import document_type, nested, refers_to
from reconciler.kinds.parts import attributes_of, parts_field
from reconciler.kinds.registry import KINDS
from reconciler.kinds.rules import faults
from reconciler.model import Content, Finding, Problem, Spec, Written, WrittenRecords
from reconciler.model.environment import UNLIMITED

# YAML files cannot hold these characters, even as escapes. A CSV file can hold all of them except NUL and surrogates.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNWRITABLE_IN_CSV = re.compile("[\x00\ud800-\udfff]")
_ROWS, _DEFAULT = "values", "values.default"
_CONTROL = "holds a control character, which a manifest cannot hold"
_FILE = "is made of files, and export reads no bytes from AWS; write the files, and declare them"


class Valid(NamedTuple):
    """Valid part of a declaration. `declaration` is `None` if the resource cannot be declared at all."""

    declaration: Declaration | None
    notes: tuple[Finding, ...] = ()


def drop_invalid(declared: Declaration) -> Valid:
    rest, notes = declared, list[Finding]()
    while problems := list(_problems(rest)):
        cells = [problem for problem in problems if _is_of_cells(problem)]
        others = [problem for problem in problems if not _is_of_cells(problem)]
        # Fields come first: a cell may break a rule that is itself left out.
        if not others:
            notes += _notes_on_cells(rest, cells)
            rest = _without_cells(rest, cells)
        elif unit := _unit(rest, others[0].path):
            notes.append(_note(rest, f"{_shown(rest, unit)} is left out and left alone", others[0].message))
            rest = replace(rest, spec=_without(rest.spec, unit))
        else:
            return Valid(None, (_note(rest, "is left out completely", others[0].message),))
    return Valid(rest, tuple(notes))


def _problems(declared: Declaration) -> Iterator[Problem]:
    kind = KINDS[declared.live.ref.kind]
    written = WrittenRecords(
        tuple(Written(row, Source(_ROWS, at)) for at, row in enumerate(declared.rows, 1)),
        _as_written(declared.default) if declared.default else None,
    )
    name = declared.live.spec.name
    if UNWRITABLE.search(name):
        yield Problem("error", ("name",), f"its name {_CONTROL}")
    # Reading checks the account's own quotas, and reports a table that exceeds them.
    mistakes = faults(kind, {**declared.spec, "name": name}, written, UNLIMITED)
    yield from (problem for problem in mistakes if problem.severity == "error")
    yield from (Problem("error", path, _CONTROL) for path in _unwritable(declared.spec, (), kind.spec))
    yield from (Problem("error", path, f"{path[0]} {_FILE}") for path in _contents(declared.spec, ()))
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
    """Yields the paths of texts that YAML cannot hold. References do not count: they are written as ids."""
    match value:
        case Mapping():
            fields = {info.alias or name: name for name, info in spec.model_fields.items()} if spec else {}
            for key, item in value.items():
                field = fields.get(key)
                if spec and field and (document := document_type(spec, field)) and document.has_file:
                    continue  # JSON escapes them
                if not (spec and field and refers_to(spec, field)):
                    yield from _unwritable(item, (*path, key), nested(spec, field) if spec and field else None)
                if UNWRITABLE.search(key):
                    yield (*path, key)
        case list():
            for at, item in enumerate(value):
                yield from _unwritable(item, (*path, at), spec)
        case str() if UNWRITABLE.search(value):
            yield path


def _contents(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Yields the paths of contents: there is no file that a manifest could name."""
    if Content.from_json(value):
        yield path
        return
    match value:
        case Mapping():
            for key, item in value.items():
                yield from _contents(item, (*path, key))
        case list():
            for at, item in enumerate(value):
                yield from _contents(item, (*path, at))


# Cells.


def _is_of_cells(problem: Problem) -> bool:
    return problem.source is not None and problem.source.file in (_ROWS, _DEFAULT)


def _notes_on_cells(declared: Declaration, cells: list[Problem]) -> Iterator[Finding]:
    rows = {cell.source.line: cell for cell in reversed(cells) if cell.source and cell.source.file == _ROWS}
    if rows:
        verb = "is" if len(rows) == 1 else "are"
        what = f"{len(rows):,} of {len(declared.rows):,} rows {verb} left out and left alone"
        yield _note(declared, what, rows[min(rows)].message)
    for cell in cells:
        if cell.source and cell.source.file == _DEFAULT:
            name = f"{list(declared.default)[cell.source.line - 1]} of " if cell.source.line else ""
            yield _note(declared, f"{name}the default record is left out and left alone", cell.message)


def _without_cells(declared: Declaration, cells: list[Problem]) -> Declaration:
    gone = {cell.source for cell in cells}
    return replace(
        declared,
        rows=tuple(row for at, row in enumerate(declared.rows, 1) if Source(_ROWS, at) not in gone),
        default={
            name: text
            for at, (name, text) in enumerate(declared.default.items(), 1)
            if not gone & {Source(_DEFAULT), Source(_DEFAULT, at)}
        },
    )


# Fields. A declared field is declared whole, so a field of the spec or of one part is left out whole.


def _unit(declared: Declaration, path: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
    """Returns the path of the field to leave out, or `None` if it is required.

    A table needs its attributes. The parts of other kinds may be left out together.
    """
    kind = KINDS[declared.live.ref.kind]
    part = nested(kind.spec, parts_field(kind)) if parts_field(kind) else None
    needed = kind.parts_key if attributes_of(kind, declared.live.spec) else None
    match path:
        case (kind.parts_key, int(at), str(inner), *_) if (
            part and inner in _optional(part) & declared.spec[kind.parts_key][at].keys()
        ):
            return path[:3]
        case (str(field), *_) if field in declared.spec and field != needed and field in _optional(kind.spec):
            return path[:1]
    return None


def _optional(spec: type[Spec]) -> set[str]:
    """Returns the fields that may be left out. `primary` is not one of them: an attribute without it is not a key."""
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
