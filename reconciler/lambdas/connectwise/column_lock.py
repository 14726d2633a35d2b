"""The order of the columns of every canonical table, which never changes. Pure; the command imports it too.

`columns.lock.json` is {"tickets": [{"name", "type"}, …], …}. COPY of Redshift maps Parquet by position, so columns are
only ever added at the end. A column that a mapping leaves out stays, always null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.lambdas.connectwise.mapping import SYSTEM, Column, Fault, Path, TableMapping


def locked(known: Sequence[Column], mapping: TableMapping) -> tuple[Column, ...]:
    """Returns the columns of the lock with those that the mapping adds at the end."""
    names = {column.name for column in known}
    return (*known, *(column for column in mapping.columns if column.name not in names))


def lock_faults(known: Sequence[Column], mapping: TableMapping) -> Iterator[Fault]:
    """Yields the columns that the lock lacks or has with another type."""
    types = {column.name: column.type for column in known}
    for column in mapping.columns:
        path = _column_path(mapping, column.name)
        if column.name not in types:
            message = f"{column.name} is not in columns.lock.json; add it with: reconcile validate --write"
            yield Fault(path, message)
        elif types[column.name] != column.type and not _is_null(mapping, column.name):
            message = (
                f"{column.name} is {column.type}, and columns.lock.json has {types[column.name]}; a column never "
                "changes its type, so give it a new name, or write the old type into types"
            )
            yield Fault(path, message)


def read_lock(content: Any) -> dict[str, tuple[Column, ...]] | Fault:
    """Returns the columns of each canonical table of a `columns.lock.json`."""
    if not isinstance(content, Mapping):
        return Fault((), "a lock is a map of canonical tables; write it with: reconcile validate --write")
    tables: dict[str, tuple[Column, ...]] = {}
    for table, columns in content.items():
        if not isinstance(columns, list) or not all(_is_locked_column(column) for column in columns):
            return Fault((table,), f"{table} is not a list of columns with name and type; take the committed file")
        tables[str(table)] = tuple(Column(column["name"], column["type"]) for column in columns)
    return tables


def _is_locked_column(column: Any) -> bool:
    return isinstance(column, Mapping) and all(isinstance(column.get(key), str) for key in ("name", "type"))


def _column_path(mapping: TableMapping, name: str) -> Path:
    table = next(source.table for source in mapping.sources if name in source.columns)
    return ("sources", SYSTEM, table, "columns", name)


def _is_null(mapping: TableMapping, name: str) -> bool:
    return all(source.columns.get(name) is None for source in mapping.sources)
