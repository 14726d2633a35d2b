"""Finds texts that differ in form from the others in their column: one finding for each column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from reconciler.kinds.connect.data_table.header import Header
from reconciler.kinds.wording import quoted
from reconciler.model import Problem, Written

# Forms of dates, by an example.
_FORMS: Mapping[str, re.Pattern[str]] = {
    "2026-12-25": re.compile(r"\d{4}-\d\d-\d\d"),
    "25/12/2026": re.compile(r"\d{1,2}/\d{1,2}/(\d{4}|\d\d)"),
    "25.12.2026": re.compile(r"\d{1,2}\.\d{1,2}\.(\d{4}|\d\d)"),
    "25-Dec-26": re.compile(r"\d{1,2}-[A-Z][a-z]{2}-(\d{4}|\d\d)"),
}
_SEPARATED = re.compile(r"[^,\[|;]+([|;])[^,\[]+")


def findings(header: Header, rows: Iterable[Written]) -> Iterator[Problem]:
    texts = [name for name, one in header.known.items() if one.value_type == "TEXT"]
    lists = [name for name, one in header.known.items() if one.value_type == "TEXT_LIST"]
    every = list(rows)
    for name in texts:
        yield from _mixed_dates(name, every)
    for name in lists:
        yield from _one_item(name, every)


def _mixed_dates(name: str, rows: Iterable[Written]) -> Iterator[Problem]:
    """Yields a warning for a column with several forms of dates. A spreadsheet rewrites only dates that it reads."""
    first: dict[str, Written] = {}
    counts: dict[str, int] = {}
    for row in rows:
        text = row.texts.get(name)
        if isinstance(text, str) and 6 <= len(text) <= 11 and text[0].isdigit() and (form := _form(text)):
            first.setdefault(form, row)
            counts[form] = counts.get(form, 0) + 1
    if len(first) > 1:
        usual, *others = sorted(counts, key=lambda form: -counts[form])
        odd = first[others[0]]
        message = (
            f"{name}: {quoted(odd.texts[name])} is a date in another form than {quoted(first[usual].texts[name])} "
            f"({counts[others[0]]:,} and {counts[usual]:,} in this column); has a spreadsheet rewritten some? Write "
            "all in one form, and format the column as Text"
        )
        yield Problem("warning", ("values",), message, odd.place(name))


def _form(text: str) -> str:
    return next((form for form, pattern in _FORMS.items() if pattern.fullmatch(text)), "")


def _one_item(name: str, rows: Iterable[Written]) -> Iterator[Problem]:
    odd: list[tuple[Written, str]] = []
    for row in rows:
        text = row.texts.get(name)
        if isinstance(text, str) and _SEPARATED.fullmatch(text.strip()):
            odd.append((row, text))
    if odd:
        row, text = odd[0]
        more = f" (and {len(odd) - 1:,} more in this column)" if len(odd) > 1 else ""
        wanted = ", ".join(part.strip() for part in re.split(r"[|;]", text))
        message = f"{name}: {quoted(text)} is a list of one item{more}; separate items with commas: {quoted(wanted)}"
        yield Problem("warning", ("values",), message, row.place(name))
