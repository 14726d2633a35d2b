"""The SQL for Redshift. Values are always parameters. COPY takes none, so its names are checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from reconciler.lambdas.contact_calls.columns import NAMES, OF_THE_LOAD

# The driver's protocol counts parameters in 16 bits.
MOST_PARAMETERS = 32767
STAGED = (*OF_THE_LOAD, *NAMES)
LOADED = ("staged", "inserted", "updated", "unchanged", "late")
SEEN = f"select {', '.join(LOADED)} from connect.f_calls_loads where load_id = %s"  # noqa: S608 - constant names
# Each load takes this lock first: two loads at a time would not see each other's contacts. LOCK keeps readers out, too
# [Redshift: "causes reads and writes on the table to wait"], so it takes a table that no report reads.
ALONE = "lock connect.load_lock"
MERGE = "call connect.insert_new_f_calls(%s, %s, %s, %s, %s, %s)"
MERGE_DIMENSIONS = "call connect.merge_dimensions(%s)"
MERGE_WAITING = "call connect.insert_new_f_calls()"
# The table of the shipped files that were applied.
FIRST = (
    "create schema if not exists connect",
    "create table if not exists connect.schema_migrations (name varchar(128) not null, applied_at timestamp not null)"
    " diststyle all",
)
APPLIED = "select name from connect.schema_migrations order by applied_at"
FORGET_APPLIED = "delete from connect.schema_migrations where name = %s"
NOTE_APPLIED = "insert into connect.schema_migrations (name, applied_at) values (%s, %s)"
DIMENSION = ("load_id", "dimension", "id", "name", "last_modified")
SAFE_URI, SAFE_ROLE = re.compile(r"s3://[\w./=-]+"), re.compile(r"arn:[\w:+=,.@/-]+")


def copy(uri: str, role: str) -> str:
    """Returns a COPY statement. Raises ValueError for characters that are not safe in a literal."""
    if not SAFE_URI.fullmatch(uri) or not SAFE_ROLE.fullmatch(role):
        raise ValueError("the address or the role cannot stand in a COPY")
    return f"copy connect.f_calls_staging from '{uri}' iam_role '{role}' format as parquet manifest"


def inserts(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Yields as few INSERT statements as the limit of parameters allows, each with its parameters."""
    size = MOST_PARAMETERS // len(columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        text = f"insert into {table} ({', '.join(columns)}) values {', '.join([one] * len(block))}"  # noqa: S608
        yield text, [value for row in block for value in row]


@dataclass(frozen=True)
class SqlFile:
    """A shipped file. A file that only replaces procedures, functions and views is applied whenever it changes.

    Other files change tables. They are applied once, so one that has shipped is never edited.
    """

    name: str
    texts: tuple[str, ...]

    @property
    def is_replacing(self) -> bool:
        return all(text.startswith("create or replace ") for text in self.texts)

    @property
    def version(self) -> str:
        """Returns the text that notes this file as applied."""
        content = "\n".join(self.texts).encode()
        return f"{self.name} {hashlib.sha256(content).hexdigest()[:16]}" if self.is_replacing else self.name


def shipped() -> list[SqlFile]:
    """Returns the shipped .sql files: those that change tables in their order, then the others."""
    folder = files("reconciler.lambdas.contact_calls") / "sql"
    texts = sorted(
        (file.name, file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name[-4:] == ".sql"
    )
    listed = [SqlFile(name.removesuffix(".sql"), tuple(split(text))) for name, text in texts]
    return sorted(listed, key=lambda file: file.is_replacing)


def split(text: str) -> list[str]:
    """Returns the statements of a file, without semicolons and comments.

    Text between two $$ is part of one statement.
    """
    statements, kept = [], ""
    for place, part in enumerate(re.split(r"(\$\$)", re.sub(r"--[^\n]*", "", text))):
        if place % 4:
            kept += part
            continue
        *whole, rest = part.split(";")
        for text in whole:
            statements.append((kept + text).strip())
            kept = ""
        kept += rest
    return [text for text in (*statements, kept.strip()) if text]
