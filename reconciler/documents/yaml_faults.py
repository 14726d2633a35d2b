"""The parser's complaint about a YAML text → what its author did, where, and what to write instead.

libyaml and its port to Python use other words for the same faults, and both name the place where they noticed it,
which is often lines below the cause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

_TEMPLATE = re.compile(r"\{\{|\{%")
_KEY = re.compile(r"(\s*(?:- +)*)(\"[^\"]*\"|'[^']*'|[^\s#:][^:]*):(\s|$)")
_OPENED = re.compile(r":\s+([\"'])|-\s+([\"'])")
NO_TEMPLATES = "templates with {{ … }} are not filled in; write ${var:NAME}, and put a text that holds {{ in quotes"


class Mark(NamedTuple):
    """Line and column, from 0."""

    line: int
    column: int


class Fault(NamedTuple):
    at: Mark
    message: str


class _Complaint(NamedTuple):
    """`where`: what the parser was reading, and where that began."""

    problem: str
    at: Mark
    where: str
    begun: Mark
    lines: Sequence[str]

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def above(self) -> int:
        """The nearest line above that is not blank and not a comment; -1 where there is none."""
        numbers = range(self.at.line - 1, -1, -1)
        return next((number for number in numbers if self.line(number).split("#")[0].strip()), -1)


def explained(problem: str, at: Mark, where: str, begun: Mark, text: str) -> Fault:
    """Returns the fault in an author's words, or in the parser's if the fault is unknown."""
    complaint = _Complaint(problem, at, where, begun, text.split("\n"))
    if any(_TEMPLATE.search(complaint.line(number)) for number in {at.line, begun.line}):
        number = at.line if _TEMPLATE.search(complaint.line(at.line)) else begun.line
        found = _TEMPLATE.search(complaint.line(number))
        return Fault(Mark(number, found.start() if found else 0), NO_TEMPLATES)
    for pattern, explain in _EXPLAINED:
        if re.search(pattern, f"{problem} {where}") and (fault := explain(complaint)):
            return fault
    return Fault(at, f"{problem}{f' {where}' if where else ''}")


def _second_colon(complaint: _Complaint) -> Fault | None:
    """`a: b: c`; or a line that is taken for the rest of the one above, because it is indented further."""
    key = _KEY.match(complaint.line(complaint.at.line))
    if not key or key.end(2) < complaint.at.column:
        return Fault(complaint.at, 'a text with ": " in it must be in quotes, as in description: "Sales: the team"')
    above = complaint.above()
    said = complaint.line(above).strip()
    if _KEY.match(complaint.line(above)):
        column = _indent(complaint.line(above)) + 1
        message = f"the line is indented further than line {above + 1}, which has a value; begin it in column {column}"
        return Fault(Mark(complaint.at.line, key.end(1)), message)
    return _no_key(Mark(above, _indent(complaint.line(above))), said)


def _no_colon(complaint: _Complaint) -> Fault | None:
    return _no_key(complaint.begun, complaint.line(complaint.begun.line).strip())


def _no_key(at: Mark, said: str) -> Fault:
    if re.match(r"[\w-]+:\S", said):
        return Fault(at, f"`{said[:40]}` needs a space after its colon")
    return Fault(at, f"`{said[:40]}` is not a key with a value; write a colon and a space after the key")


def _odd_key(complaint: _Complaint) -> Fault | None:
    """A quote that ends too early or too late, a bracket too many, or an indentation that fits nothing."""
    line, column = complaint.line(complaint.at.line), complaint.at.column
    if line[column : column + 1] in tuple("]}"):
        return Fault(complaint.at, f"nothing opens this {line[column]}; delete it, or put the text in quotes")
    for number in range(complaint.at.line - 1, complaint.begun.line - 1, -1):
        opened = _OPENED.search(complaint.line(number))
        if opened and _is_open(complaint.line(number)[opened.end() :], opened[1] or opened[2]):
            closed = f"the quote that opens here is closed only in line {complaint.at.line + 1}"
            return Fault(Mark(number, opened.end() - 1), f"{closed}; close it in its own line")
        if opened:
            break
    if _OPENED.search(line[:column]):
        remedy = r"""write a quote inside "…" as \", and one inside '…' as ''"""
        return Fault(complaint.at, f"the text goes on after its closing quote; {remedy}")
    return _indentation(complaint)


def _is_open(rest: str, quote: str) -> bool:
    return not re.search(r"(?<!\\)\"" if quote == '"' else r"(?<!')'(?!')", rest.replace("''", ""))


def _indentation(complaint: _Complaint) -> Fault | None:
    """The columns in which a line may begin here are those of the lines around it."""
    begins = _indent(complaint.line(complaint.at.line))
    if complaint.at.column != begins:
        return None
    columns: list[int] = []
    for number in range(complaint.at.line - 1, complaint.begun.line - 1, -1):
        line = complaint.line(number)
        if line.strip() and not line.strip().startswith("#") and _indent(line) < min(columns, default=1000):
            columns.append(_indent(line))
    among = " or ".join(str(column + 1) for column in sorted(columns))
    message = f"the line begins in column {begins + 1}, and the lines above in column {among}"
    return Fault(complaint.at, f"{message}; indent it like one of them")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _quote_never_closed(complaint: _Complaint) -> Fault | None:
    return Fault(complaint.begun, "the quote that opens here is never closed; close it")


def _bracket_never_closed(complaint: _Complaint) -> Fault | None:
    bracket = complaint.line(complaint.begun.line)[complaint.begun.column : complaint.begun.column + 1]
    noticed = f"line {complaint.at.line + 1}, column {complaint.at.column + 1}"
    message = f"the {bracket} that opens here is not closed, or a comma is missing before {noticed}"
    return Fault(complaint.begun, message)


def _odd_start(complaint: _Complaint) -> Fault | None:
    letter = complaint.line(complaint.at.line)[complaint.at.column : complaint.at.column + 1]
    if letter == "\t":
        return Fault(complaint.at, "a tab; indent with spaces, not tabs")
    return Fault(complaint.at, f"a text that begins with {letter} must be in quotes")


def _odd_name(complaint: _Complaint) -> Fault | None:
    letter = complaint.line(complaint.begun.line)[complaint.begun.column : complaint.begun.column + 1]
    return Fault(complaint.begun, f"a text that begins with {letter} must be in quotes")


def _dash(complaint: _Complaint) -> Fault | None:
    return Fault(complaint.at, "a list begins in a line of its own; write it there, or as [a, b]")


def _new_document(complaint: _Complaint) -> Fault | None:
    return Fault(complaint.at, "the line is not part of what is above; write --- before a new document")


def _escape(complaint: _Complaint) -> Fault | None:
    return Fault(complaint.at, r"a backslash between double quotes begins an escape; write \\, or use single quotes")


def _beside_items(complaint: _Complaint) -> Fault | None:
    begun = complaint.begun
    return Fault(
        complaint.at,
        f"the line is neither an item of the list that begins in line {begun.line + 1} nor outside of it; indent it "
        "further, or begin it with -, or in the column of the list's key",
    )


def _of_quotes(complaint: _Complaint) -> Fault | None:
    return _escape(complaint) if "escape" in complaint.problem else _quote_never_closed(complaint)


_EXPLAINED: Sequence[tuple[str, Callable[[_Complaint], Fault | None]]] = (
    (r"<?document start>?", _new_document),
    (r"^mapping values are not allowed", _second_colon),
    (r"^could not find expected ':'", _no_colon),
    (r"quoted scalar$|double-quoted|single-quoted", _of_quotes),
    (r"flow (mapping|sequence)$", _bracket_never_closed),
    (r"cannot start any token", _odd_start),
    (r"scanning an (alias|anchor)$", _odd_name),
    (r"sequence entries are not allowed", _dash),
    (r"block (collection|sequence)$", _beside_items),
    (r"block mapping$", _odd_key),
)
