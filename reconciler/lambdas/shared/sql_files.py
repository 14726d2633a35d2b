"""The shipped .sql files of a function, split into statements, and the SQL of COPY and INSERT."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# The driver's protocol counts parameters in 16 bits.
MOST_PARAMETERS = 32767
SAFE_URI, SAFE_ROLE = re.compile(r"s3://[\w./=-]+"), re.compile(r"arn:[\w:+=,.@/-]+")


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


@cache
def shipped(package: str) -> tuple[SqlFile, ...]:
    """Returns the .sql files of a package's folder `sql`: those that change tables in their order, then the others."""
    folder = files(package) / "sql"
    texts = sorted(
        (file.name, file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name[-4:] == ".sql"
    )
    listed = [SqlFile(name.removesuffix(".sql"), tuple(split(text))) for name, text in texts]
    return tuple(sorted(listed, key=lambda file: file.is_replacing))


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


def copy(table: str, uri: str, role: str) -> str:
    """Returns a COPY statement. Raises ValueError for characters that are not safe in a literal."""
    if not SAFE_URI.fullmatch(uri) or not SAFE_ROLE.fullmatch(role):
        raise ValueError("the address or the role cannot stand in a COPY")
    return f"copy {table} from '{uri}' iam_role '{role}' format as parquet manifest"


def inserts(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Yields as few INSERT statements as the limit of parameters allows, each with its parameters."""
    size = MOST_PARAMETERS // len(columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        text = f"insert into {table} ({', '.join(columns)}) values {', '.join([one] * len(block))}"  # noqa: S608
        yield text, [value for row in block for value in row]


def missing(cursor: Any, listed: Sequence[SqlFile], applied: str) -> list[SqlFile]:
    """Returns the files that are not applied. `applied` selects the names of the applied ones, the oldest first."""
    cursor.execute(applied)
    # The last one counts: an older version of this function may have replaced a procedure since.
    known = {str(name).partition(" ")[0]: str(name) for (name,) in cursor.fetchall()}
    return [file for file in listed if known.get(file.name) != file.version]
