"""Writes rows as JSON lines and as CSV. Texts of other systems cannot move a cursor or become a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reconciler.report.visible import escaped, utc_text

if TYPE_CHECKING:
    from reconciler.pipelines.rows import RowBatch

# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_lines(batches: Iterable[RowBatch]) -> Iterator[str]:
    """Yields the rows of each batch as lines of JSON. Numbers are exact, and times end in Z."""
    for batch in batches:
        names = [json.dumps(name) for name in batch.columns]
        lines = []
        for row in batch.rows:
            members = ", ".join(f"{name}: {_json(value)}" for name, value in zip(names, row, strict=True))
            lines.append(escaped(f"{{{members}}}"))
        yield "\n".join(lines) + "\n"


def csv_lines(batches: Iterable[RowBatch]) -> Iterator[str]:
    """Yields the rows of each batch as CSV, the first with a header. A null is an empty cell."""
    has_header = False
    for batch in batches:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not has_header:
            writer.writerow(batch.columns)
        has_header = True
        writer.writerows([[_cell(value) for value in row] for row in batch.rows])
        yield text.getvalue()


def _json(value: Any) -> str:
    return str(_plain(value)) if isinstance(value, Decimal) else json.dumps(_plain(value), ensure_ascii=False)


def _cell(value: Any) -> str:
    """Returns the text of a cell. Only texts can be a formula: a number may begin with a minus."""
    plain = _plain(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if not isinstance(value, str):
        return "" if plain is None else str(plain)
    text = "\n".join(escaped(line) for line in value.split("\n"))
    return f"'{text}" if value.startswith(FORMULA) else text


def _plain(value: Any) -> Any:
    """Returns a value that JSON has, or the digits of an exact number."""
    if isinstance(value, Decimal):
        digits = format(value, "f")
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    if isinstance(value, datetime):
        return utc_text(value, "auto")
    return value.isoformat() if isinstance(value, date) else value
