"""Mappings as files: those of a folder beside a manifest, those that this tool ships, and the lock of their columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from reconciler.errors import Mistake, Source
from reconciler.kinds.composite import AuthorFile, CannotExpandError, Path
from reconciler.lambdas.connectwise.column_lock import lock_faults, locked, read_lock
from reconciler.lambdas.connectwise.mapping import (
    AS_IS,
    Column,
    Fault,
    TableMapping,
    compiled,
    read_mapping,
)
from reconciler.lambdas.connectwise.privacy import Choice
from reconciler.lambdas.connectwise.seed_mapping import convert, is_seed_form

LOCK = "columns.lock.json"
WRITE = "write it with: reconcile validate --write"
Columns = Mapping[str, tuple[Column, ...]]
Warn = Callable[[Source, str], None]


@dataclass(frozen=True)
class Mappings:
    """The mappings of a pipeline or a tenant, and the columns of the lock, by canonical table."""

    tables: Mapping[str, TableMapping]
    columns: Columns

    def compiled(self) -> Iterator[tuple[str, str]]:
        """Yields each canonical table with the text that transform reads."""
        for name, mapping in self.tables.items():
            yield name, text_of(compiled(mapping, self.columns[name]))

    @property
    def source_tables(self) -> frozenset[str]:
        return frozenset(source.table for mapping in self.tables.values() for source in mapping.sources)


@dataclass(frozen=True)
class _Written:
    """A mapping as its author wrote it, and the file with it. `within` leads to it from the top of the file."""

    content: Any
    file: AuthorFile
    within: Path = ()


@cache
def shipped_mappings() -> Mappings:
    """Returns the mappings that this tool ships."""
    folder = files("reconciler.kinds.pipelines") / "mappings"
    tables: dict[str, TableMapping] = {}
    columns: Columns = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        content = json.loads(file.read_text(encoding="utf-8"))
        if file.name == LOCK:
            known = read_lock(content)
            columns = known if isinstance(known, dict) else {}
        elif isinstance(mapping := read_mapping(content), TableMapping):
            tables[mapping.canonical_table] = mapping
    return Mappings(tables, columns)


def read_folder(folder: Sequence[AuthorFile], path: Path, warn: Warn) -> Mappings:
    """Returns the mappings of a pipeline's folder. Raises `CannotExpandError` with every mistake in its files."""
    tables, mistakes = _tables(folder, AS_IS, warn)
    known = _lock(folder, mistakes)
    for mapping, written in tables.values():
        faults = lock_faults(known.get(mapping.canonical_table, ()), mapping) if known is not None else ()
        mistakes += [_mistake(written, fault) for fault in faults]
    if known is None and not mistakes:
        raise CannotExpandError(path, f"the folder has no {LOCK}, the order of the columns; {WRITE}")
    if not tables and not mistakes:
        raise CannotExpandError(path, "the folder has no mapping; write one file for each canonical table")
    if mistakes:
        raise CannotExpandError(path, "", tuple(mistakes))
    return Mappings({name: mapping for name, (mapping, _) in tables.items()}, known or {})


def read_overrides(folder: Sequence[AuthorFile], path: Path, choice: Choice, warn: Warn, default: Mappings) -> Mappings:
    """Returns the mappings of a tenant's folder, which replace those of the pipeline. Raises `CannotExpandError`."""
    tables, mistakes = _tables(folder, choice, warn)
    for mapping, written in tables.values():
        name = mapping.canonical_table
        if name not in default.columns:
            message = f"the pipeline has no canonical table {name}; add its mapping to the pipeline's folder first"
            mistakes.append(_mistake(written, Fault(("canonicalTable",), message)))
        mistakes += [_mistake(written, fault) for fault in lock_faults(default.columns.get(name, ()), mapping)]
    if mistakes:
        raise CannotExpandError(path, "", tuple(mistakes))
    return Mappings({name: mapping for name, (mapping, _) in tables.items()}, default.columns)


def new_lock(folder: Sequence[AuthorFile]) -> str:
    """Returns the text of the lock with the columns that the mappings add. A file with a mistake adds none."""
    tables, _ = _tables(folder, AS_IS, lambda source, message: None)
    known = _lock(folder, []) or {}
    return lock_text({**known, **{name: locked(known.get(name, ()), it) for name, (it, _) in tables.items()}})


def lock_text(columns: Columns) -> str:
    """Returns the text of a lock: one line for each column, so that a pull request shows what is new."""
    tables = [
        f"  {json.dumps(name)}: [\n" + ",\n".join(f"    {json.dumps(it.as_json)}" for it in its) + "\n  ]"
        for name, its in columns.items()
    ]
    return "{\n" + ",\n".join(tables) + "\n}\n"


def text_of(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _tables(
    folder: Sequence[AuthorFile], choice: Choice, warn: Warn
) -> tuple[dict[str, tuple[TableMapping, _Written]], list[Mistake]]:
    tables: dict[str, tuple[TableMapping, _Written]] = {}
    mistakes: list[Mistake] = []
    for file in folder:
        if file.name == LOCK:
            continue
        for written in _written(file, mistakes, warn):
            mapping = read_mapping(written.content, choice)
            if not isinstance(mapping, TableMapping):
                mistakes += [_mistake(written, fault) for fault in mapping]
            elif mapping.canonical_table in tables:
                twin = tables[mapping.canonical_table][1].file.name
                message = f"{mapping.canonical_table} is also in {twin}; delete one"
                mistakes.append(_mistake(written, Fault(("canonicalTable",), message)))
            else:
                tables[mapping.canonical_table] = mapping, written
    return tables, mistakes


def _written(file: AuthorFile, mistakes: list[Mistake], warn: Warn) -> Iterator[_Written]:
    """Yields the mappings of a file: one, or several in the older form."""
    if not is_seed_form(file.value):
        yield _Written(file.value, file)
        return
    converted = convert(file.value)
    mistakes += [Mistake(file.place(fault.path), fault.message) for fault in converted.faults]
    for note in converted.notes:
        warn(file.place(note.path), note.message)
    for name, content in converted.mappings.items():
        yield _Written(content, file, (name,))


def _lock(folder: Sequence[AuthorFile], mistakes: list[Mistake]) -> Columns | None:
    """Returns the columns of the folder's lock; `None` if there is none."""
    file = next((one for one in folder if one.name == LOCK), None)
    if file is None:
        return None
    known = read_lock(file.value)
    if isinstance(known, Fault):
        mistakes.append(Mistake(file.place(known.path), known.message))
        return {}
    return known


def _mistake(written: _Written, fault: Fault) -> Mistake:
    # The older form has no keys such as `sources`.
    path = fault.path[1:] if written.within and fault.path[:1] == ("sources",) else fault.path
    path = tuple(step for step in path if not (written.within and step == "columns"))
    return Mistake(written.file.place((*written.within, *path)), fault.message)
