"""The columns of canonical files, in their order: COPY of Redshift maps Parquet by position.

The order is tenant_id, source_system, source_id, the business columns, and the columns of `AFTER`. In files, times are
TIMESTAMP in UTC with microseconds; in the statement, they are BIGINT microseconds. Business columns are added at their
end only, so a file of an older mapping has the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.lambdas.connectwise_transform.statement import KEY, META

AFTER = (
    *("effective_from", "effective_to", "is_current", "is_deleted", "change_type", "source_updated_at", "confirmed_at"),
    *("first_seen_at", "row_hash", "schema_version", "commit_no", "retracted"),
)
BEFORE = ("tenant_id", "source_system", KEY)
TIMES = frozenset({"effective_from", "effective_to", "source_updated_at", "confirmed_at", "first_seen_at"})
NAME = re.compile(r"[a-z][a-z0-9_]{0,126}")
DECIMAL = re.compile(r"decimal\((\d{1,2}), ?(\d{1,2})\)")
_TYPES = {
    **{"bigint": "BIGINT", "decimal": "DECIMAL(18,4)", "boolean": "BOOLEAN"},
    **{"timestamp": "TIMESTAMP", "text": "VARCHAR", "json": "VARCHAR"},
}


@dataclass(frozen=True)
class Column:
    """A business column. `type`: bigint, decimal(p,s), boolean, timestamp, text or json."""

    name: str
    type: str

    @property
    def sql(self) -> str:
        """The type as DuckDB spells it. Raises `ValueError` for an unknown one."""
        number = DECIMAL.fullmatch(self.type)
        if number:
            return f"DECIMAL({number[1]},{number[2]})"
        if self.type not in _TYPES:
            raise ValueError(f"column {self.name} has the unknown type {self.type}")
        return _TYPES[self.type]


def check_columns(columns: Sequence[Column]) -> None:
    """Raises `ValueError` for a name that is repeated, reserved or no name, and for an unknown type."""
    names = set[str]()
    for column in columns:
        if not NAME.fullmatch(column.name) or column.name in (*BEFORE, *AFTER):
            raise ValueError(f"{column.name!r} cannot be the name of a column")
        if column.name in names:
            raise ValueError(f"column {column.name} is there twice")
        names.add(column.name)
        _ = column.sql


def in_statement(columns: Sequence[Column], stored: int) -> str:
    """Returns the select list that reads a file of `stored` business columns in the form of the statement.

    A column that the file lacks is null. `retracted` and `commit_no` follow.
    """
    parts = [KEY]
    for at, column in enumerate(columns):
        parts.append(f'"{column.name}"' if at < stored else f'CAST(NULL AS {column.sql}) AS "{column.name}"')
    parts += [f"epoch_us({name}) AS {name}" if name in TIMES else name for name in META]
    return ", ".join([*parts, "retracted", "commit_no"])


def in_file(columns: Sequence[Column], tenant: str, system: str, commit: str) -> str:
    """Returns the select list that writes rows of the statement. `commit` is the SQL of commit_no."""
    written = {
        "is_current": "effective_to IS NULL AND NOT retracted AS is_current",
        "commit_no": f"CAST({commit} AS BIGINT) AS commit_no",
        "schema_version": "CAST(schema_version AS BIGINT) AS schema_version",
        **{name: f"make_timestamp({name}) AS {name}" for name in TIMES},
    }
    first = [f"{quoted(tenant)} AS tenant_id", f"{quoted(system)} AS source_system", KEY]
    return ", ".join(
        [*first, *(f'"{column.name}"' for column in columns), *(written.get(name, name) for name in AFTER)]
    )


def quoted(text: str) -> str:
    """Returns the text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
