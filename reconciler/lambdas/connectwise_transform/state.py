"""The manifest of a canonical table: the objects that are its history as of a commit. It is never changed.

Its key is `{tenant}/canonical/{table}/_state/{commit}.json`. The item `canonical/TABLE` of the ledger points to the
newest one, so a commit becomes visible with one conditional write. Readers of the history read `files`. They take the
newest row by `commit_no` of each (source_id, effective_from), without the retracted ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from reconciler.lambdas.connectwise_transform.columns import Column
from reconciler.lambdas.connectwise_transform.mapping import TableMapping, mapping_of

FORMAT = 1
"""Another number stops older releases. A new member needs none if they may drop it: they read what they know."""


@dataclass(frozen=True)
class LogFile:
    """One object of the history. `first` and `last`: the commits of its rows. `columns`: how many business columns."""

    key: str
    first: int
    last: int
    rows: int
    bytes: int
    columns: int
    longest: int | None = None
    """No text of its business columns has more bytes. None in files of older releases."""


@dataclass(frozen=True)
class Schema:
    """A mapping under which rows were hashed: its number, fingerprint and content."""

    version: int
    fingerprint: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Manifest:
    """The state as of `commit`. `at` is its instant (ISO, microseconds), which later commits exceed."""

    tenant_id: str
    canonical_table: str
    commit: int = 0
    at: str = ""
    columns: tuple[Column, ...] = ()
    schemas: tuple[Schema, ...] = ()
    """The last is the current one. Versions of the others may remain."""
    files: tuple[LogFile, ...] = ()
    base: LogFile | None = None
    """Every row that was open as of `base.last`; it may be the first change file itself."""
    superseded: tuple[str, ...] = ()
    """Objects that this commit replaced. The next commit tags them, so that they expire."""
    refill: Mapping[str, int] = field(default_factory=dict)
    """After a change of the mapping: of each source table the raw number below which no file was read again."""

    @property
    def tail(self) -> tuple[LogFile, ...]:
        """The files with changes since the base."""
        after = self.base.last if self.base else 0
        return tuple(file for file in self.files if file.last > after)

    def current(self, mapping: TableMapping) -> TableMapping:
        """Returns the mapping with the number of its schema in this log.

        The number is the mapping's own one, unless the log knows another content under it: then it is the next free.
        """
        known = {schema.fingerprint: schema.version for schema in self.schemas}
        if mapping.fingerprint in known:
            return replace(mapping, schema_version=known[mapping.fingerprint])
        highest = max(known.values(), default=0)
        is_free = mapping.schema_version not in known.values()
        return mapping if is_free else replace(mapping, schema_version=highest + 1)

    def older(self, mapping: TableMapping) -> tuple[TableMapping, ...]:
        """Returns the other schemas of which rows remain."""
        return tuple(
            mapping_of(self.canonical_table, schema.version, schema.content)
            for schema in self.schemas
            if schema.fingerprint != mapping.fingerprint
        )

    def under(self, mapping: TableMapping) -> Manifest:
        """Returns the manifest with the columns and the schema of the mapping. Raises `ValueError` if a column went."""
        if mapping.columns[: len(self.columns)] != self.columns:
            missing = next(
                column.name
                for at, column in enumerate(self.columns)
                if at >= len(mapping.columns) or mapping.columns[at] != column
            )
            raise ValueError(f"column {missing} was removed, moved or changed its type; add columns at the end only")
        others = tuple(schema for schema in self.schemas if schema.fingerprint != mapping.fingerprint)
        schema = Schema(mapping.schema_version, mapping.fingerprint, mapping.content())
        return replace(self, columns=mapping.columns, schemas=(*others, schema))


def to_json(manifest: Manifest) -> bytes:
    """Returns the manifest as JSON; equal manifests give equal bytes."""
    content = {"format": FORMAT, **asdict(manifest)}
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def from_json(content: bytes) -> Manifest:
    """Returns the manifest, without members that only a newer release knows. Raises `ValueError` if it cannot."""
    try:
        given = json.loads(content)
        if given["format"] != FORMAT:
            raise ValueError("it has another format than this function; deploy a newer one")
        base = given["base"]
        return replace(
            Manifest(**_known(Manifest, given)),
            columns=tuple(Column(**_known(Column, it)) for it in given["columns"]),
            schemas=tuple(Schema(**_known(Schema, it)) for it in given["schemas"]),
            files=tuple(LogFile(**_known(LogFile, it)) for it in given["files"]),
            base=LogFile(**_known(LogFile, base)) if base else None,
            superseded=tuple(given["superseded"]),
        )
    except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as wrong:
        raise ValueError("it is not readable") from wrong


def _known(type: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the members that a dataclass has."""
    names = {it.name for it in fields(type)}
    return {name: value for name, value in given.items() if name in names}
