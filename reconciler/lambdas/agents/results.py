"""The result of an upload: one line for each row, as CSV for a spreadsheet and as JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from reconciler.lambdas.agents.rows import Row

CREATED, CHANGED, UNCHANGED, REFUSED, FAILED, PENDING = (
    *("created", "changed", "unchanged"),
    *("refused", "failed", "pending"),
)
RESULTS = (CREATED, CHANGED, UNCHANGED, REFUSED, FAILED, PENDING)
HEADER = ("row", "user login", "result", "column", "reason")
LONGEST_REASON = 1000  # characters
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ResultRow:
    """The result of one row. `column` and `reason` are empty if there is nothing to explain."""

    row: int
    username: str
    result: str
    column: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Upload:
    """The upload that a result answers. `notes` are about the whole file."""

    key: str
    sequencer: str
    received_at: str
    notes: tuple[str, ...] = ()


def refused(row: Row) -> ResultRow:
    """Returns the result of a refused row, with all of its problems."""
    columns = dict.fromkeys(problem.column for problem in row.problems if problem.column)
    reason = ". ".join(_sentence(str(problem)) for problem in row.problems)
    return ResultRow(row.number, row.username, REFUSED, ", ".join(columns), reason[:LONGEST_REASON])


def counts(rows: Iterable[ResultRow]) -> dict[str, int]:
    """Returns how many rows have each result; their sum is the number of rows."""
    counted = Counter(row.result for row in rows)
    return {result: counted[result] for result in RESULTS}


def as_csv(rows: Sequence[ResultRow]) -> bytes:
    """Returns the table with a byte order mark, by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow((row.row, *map(_harmless, (row.username, row.result, row.column, row.reason))))
    return text.getvalue().encode("utf-8-sig", "replace")


def as_json(upload: Upload, rows: Sequence[ResultRow]) -> bytes:
    """Returns the same as JSON; equal results give equal bytes."""
    content = {**asdict(upload), "counts": {"rows": len(rows), **counts(rows)}, "rows": [asdict(row) for row in rows]}
    return (json.dumps(content, indent=1) + "\n").encode()


def read_json(content: bytes) -> tuple[Upload, list[ResultRow]]:
    """Reverses `as_json`. Raises `ValueError` if it is something else."""
    try:
        read: dict[str, Any] = json.loads(content)
        upload = Upload(read["key"], read["sequencer"], read["received_at"], tuple(read["notes"]))
        return upload, [ResultRow(**row) for row in read["rows"]]
    except (KeyError, TypeError) as wrong:
        raise ValueError("is not the result of an upload") from wrong


def merged(rows: Iterable[ResultRow], settled: Mapping[int, ResultRow]) -> list[ResultRow]:
    """Returns the rows with the results that are known by now. The note of a row stays with the user it created."""
    known = []
    for row in rows:
        result = settled.get(row.row, row)
        if result.result == CREATED and not result.reason:
            result = replace(result, column=row.column, reason=row.reason)
        known.append(result)
    return known


def result_key(prefix: str, uploads: str, key: str, sequencer: str, suffix: str) -> str:
    """Returns the key of a result: `results/agents.csv-0055….csv` for `uploads/agents.csv`."""
    return f"{prefix}{key.removeprefix(uploads)}-{sequencer.rstrip('0') or '0'}.{suffix}"


def _sentence(text: str) -> str:
    return text.rstrip(".")


def _harmless(cell: str) -> str:
    """Returns a cell that no spreadsheet computes."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
