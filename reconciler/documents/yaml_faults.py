"""Translates a YAML parser's complaint into the author's fault, its position, and the text to write instead.

libyaml and PyYAML word the same fault differently. Both report where they noticed it, often lines below the cause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

_TEMPLATE = re.compile(r"\{\{|\{%")
_KEY = re.compile(r"(\s*(?:- +)*)(\"[^\"]*\"|'[^']*'|[^\s#:][^:]*):(\s|$)")
_OPENED = re.compile(r":\s+([\"'])|-\s+([\"'])")
NO_TEMPLATES = "templates with {{ … }} are not supported; write ${var:NAME}, or put a text that contains {{ in quotes"


class Position(NamedTuple):
    """Line and column, from 0."""

    line: int
    column: int


class YamlFault(NamedTuple):
    at: Position
    message: str


class _Complaint(NamedTuple):
    """`where`: the construct that the parser was reading; `begun`: the position where it begins."""

    problem: str
    at: Position
    where: str
    begun: Position
    lines: Sequence[str]

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def above(self) -> int:
        """Returns the nearest line above that is not blank and not a comment; -1 if there is none."""
        numbers = range(self.at.line - 1, -1, -1)
        return next((number for number in numbers if self.line(number).split("#")[0].strip()), -1)


def explained(problem: str, at: Position, where: str, begun: Position, text: str) -> YamlFault:
    """Returns the fault in an author's words, or in the parser's words if the fault is unknown."""
    complaint = _Complaint(problem, at, where, begun, text.split("\n"))
    if any(_TEMPLATE.search(complaint.line(number)) for number in {at.line, begun.line}):
        number = at.line if _TEMPLATE.search(complaint.line(at.line)) else begun.line
        template = _TEMPLATE.search(complaint.line(number))
        return YamlFault(Position(number, template.start() if template else 0), NO_TEMPLATES)
    for pattern, explain in _EXPLAINED:
        if re.search(pattern, f"{problem} {where}") and (fault := explain(complaint)):
            return fault
    return YamlFault(at, f"{problem}{f' {where}' if where else ''}")


def _second_colon(complaint: _Complaint) -> YamlFault | None:
    """Explains `a: b: c`, or a line that is indented too far and so continues the line above."""
    key = _KEY.match(complaint.line(complaint.at.line))
    if not key or key.end(2) < complaint.at.column:
        return YamlFault(complaint.at, 'put a text with ": " in quotes, as in description: "Sales: the team"')
    above = complaint.above()
    if _KEY.match(complaint.line(above)):
        column = _indent(complaint.line(above)) + 1
        message = f"the line is indented more than line {above + 1}, which has a value; begin it in column {column}"
        return YamlFault(Position(complaint.at.line, key.end(1)), message)
    return _no_key(Position(above, _indent(complaint.line(above))), complaint.line(above).strip())


def _no_colon(complaint: _Complaint) -> YamlFault | None:
    return _no_key(complaint.begun, complaint.line(complaint.begun.line).strip())


def _no_key(at: Position, line: str) -> YamlFault:
    if re.match(r"[\w-]+:\S", line):
        return YamlFault(at, f"`{line[:40]}` needs a space after its colon")
    return YamlFault(at, f"`{line[:40]}` is not a key with a value; write a colon and a space after the key")


def _odd_key(complaint: _Complaint) -> YamlFault | None:
    """Explains a quote that ends too early or too late, an extra bracket, or a wrong indentation."""
    line, column = complaint.line(complaint.at.line), complaint.at.column
    if line[column : column + 1] in tuple("]}"):
        return YamlFault(complaint.at, f"nothing opens this {line[column]}; delete it, or put the text in quotes")
    for number in range(complaint.at.line - 1, complaint.begun.line - 1, -1):
        opened = _OPENED.search(complaint.line(number))
        if opened and _is_open(complaint.line(number)[opened.end() :], opened[1] or opened[2]):
            closed = f"the quote opened here is closed only in line {complaint.at.line + 1}"
            return YamlFault(Position(number, opened.end() - 1), f"{closed}; close it in its own line")
        if opened:
            break
    if _OPENED.search(line[:column]):
        remedy = r"""write a quote inside "…" as \", and one inside '…' as ''"""
        return YamlFault(complaint.at, f"text follows the closing quote; {remedy}")
    return _indentation(complaint)


def _is_open(rest: str, quote: str) -> bool:
    return not re.search(r"(?<!\\)\"" if quote == '"' else r"(?<!')'(?!')", rest.replace("''", ""))


def _indentation(complaint: _Complaint) -> YamlFault | None:
    """Explains an indentation by the columns of the lines around it: only those may begin a line here."""
    begins = _indent(complaint.line(complaint.at.line))
    if complaint.at.column != begins:
        return None
    columns: list[int] = []
    for number in range(complaint.at.line - 1, complaint.begun.line - 1, -1):
        line = complaint.line(number)
        if line.strip() and not line.strip().startswith("#") and _indent(line) < min(columns, default=1000):
            columns.append(_indent(line))
    among = " or ".join(str(column + 1) for column in sorted(columns))
    message = f"the line begins in column {begins + 1}, but the lines above begin in column {among}"
    return YamlFault(complaint.at, f"{message}; indent it like one of them")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _quote_never_closed(complaint: _Complaint) -> YamlFault | None:
    return YamlFault(complaint.begun, "the quote opened here is never closed; close it")


def _bracket_never_closed(complaint: _Complaint) -> YamlFault | None:
    bracket = complaint.line(complaint.begun.line)[complaint.begun.column : complaint.begun.column + 1]
    noticed = f"line {complaint.at.line + 1}, column {complaint.at.column + 1}"
    message = f"the {bracket} opened here is not closed, or a comma is missing before {noticed}"
    return YamlFault(complaint.begun, message)


def _odd_start(complaint: _Complaint) -> YamlFault | None:
    letter = complaint.line(complaint.at.line)[complaint.at.column : complaint.at.column + 1]
    if letter == "\t":
        return YamlFault(complaint.at, "a tab; indent with spaces, not tabs")
    return YamlFault(complaint.at, f"put a text that begins with {letter} in quotes")


def _odd_name(complaint: _Complaint) -> YamlFault | None:
    letter = complaint.line(complaint.begun.line)[complaint.begun.column : complaint.begun.column + 1]
    return YamlFault(complaint.begun, f"put a text that begins with {letter} in quotes")


def _dash(complaint: _Complaint) -> YamlFault | None:
    return YamlFault(complaint.at, "begin the list in a line of its own, or write it as [a, b]")


def _new_document(complaint: _Complaint) -> YamlFault | None:
    return YamlFault(complaint.at, "the line does not belong to the document above; write --- before a new document")


def _escape(complaint: _Complaint) -> YamlFault | None:
    return YamlFault(
        complaint.at, r"a backslash between double quotes begins an escape; write \\, or use single quotes"
    )


def _beside_items(complaint: _Complaint) -> YamlFault | None:
    begun = complaint.begun
    return YamlFault(
        complaint.at,
        f"the line is neither inside nor outside the list that begins in line {begun.line + 1}; indent it more, "
        "begin it with -, or begin it in the column of the list's key",
    )


def _of_quotes(complaint: _Complaint) -> YamlFault | None:
    return _escape(complaint) if "escape" in complaint.problem else _quote_never_closed(complaint)


_EXPLAINED: Sequence[tuple[str, Callable[[_Complaint], YamlFault | None]]] = (
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
