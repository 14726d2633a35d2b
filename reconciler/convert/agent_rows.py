"""Reads the header and the rows of the console's agent CSV. Every mistake has its row, its column and its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.convert.agent_columns import PATHS, read_cell
from reconciler.convert.tables import mapping
from reconciler.convert.writable import UNWRITABLE
from reconciler.desired.checked import Checked
from reconciler.desired.layers import Draft, ManifestFolders
from reconciler.desired.manifests import Surroundings, read_manifest
from reconciler.desired.texts import Texts
from reconciler.documents.csv_text import CsvRow, CsvTable
from reconciler.documents.hints import brief, did_you_mean
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar
from reconciler.errors import Alike, Mistake, Source
from reconciler.kinds.registry import KINDS
from reconciler.lambdas.agents.agent import SOFT_PHONE
from reconciler.lambdas.agents.headers import (
    AGENT_HIERARCHY,
    COLUMNS,
    LOGIN,
    PASSWORD,
    PHONE_NUMBER,
    PHONE_TYPE,
    USER_HIERARCHY,
    Column,
    column_of,
)
from reconciler.messages import counted, plural
from reconciler.model import Finding
from reconciler.model.environment import UNLIMITED

_LINE_END = re.compile(r"\r\n|\n|\r")
# `validate` checks the account's own quotas. A CSV has no variables and no files beside it.
_AROUND = Surroundings(ManifestFolders(Path(), Path()), Texts("", {}, ""), UNLIMITED)


class Agent(NamedTuple):
    """One user. `spec` is the manifest's spec."""

    name: str
    spec: MapNode


class AgentHeader(NamedTuple):
    """The columns of a file, with the index of each."""

    columns: Mapping[Column, int]
    mistakes: tuple[Mistake, ...]

    @property
    def has_passwords(self) -> bool:
        return PASSWORD in self.columns


def header_of_agents(table: CsvTable) -> AgentHeader:
    """Returns the known columns. Others, repeated ones and missing ones are mistakes."""
    columns: dict[Column, int] = {}
    mistakes: list[Mistake] = []
    for at, text in enumerate(table.header):
        name, column = " ".join(text.split()), column_of(text)
        place = table.place(table.header_row, at)
        if column and column not in columns:
            columns[column] = at
        elif column:
            mistakes.append(Mistake(place, f"the column {brief(name)} is repeated; delete one of them"))
        elif name:
            hint = did_you_mean(name, [known.name for known in COLUMNS]) or "; delete the column"
            mistakes.append(Mistake(place, f"unknown column {brief(name)}{hint}"))
        elif any((row.cells[at] or "").strip() for row in table.rows):
            mistakes.append(Mistake(place, f"column {at + 1} has no name; name it, or delete the column"))
    for column in COLUMNS:
        if column.is_required and column not in columns:
            place = Source(table.file, table.header_row.line, 1)
            mistakes.append(Mistake(place, f"the column {brief(column.name)} is missing; add it"))
    return AgentHeader(columns, tuple(mistakes))


class _AgentRow(NamedTuple):
    """A row. `texts` are its cells without spaces around them; passwords are left out."""

    row: CsvRow
    number: int
    texts: Mapping[Column, str]


class AgentReader:
    """Reads row after row, and collects mistakes and findings."""

    def __init__(self, table: CsvTable, header: AgentHeader) -> None:
        self.mistakes: list[Mistake] = []
        self._table, self._header = table, header
        self._rows_of_logins: dict[str, int] = {}
        self._passwords = 0
        self._unused_numbers: list[Source] = []

    def agents(self) -> Iterator[Agent]:
        for row in self._rows():
            if (agent := self._agent(row)) is not None:
                yield agent

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Returns what the manifests do not hold, after the rows have been read."""
        findings: list[Finding] = []
        if self._header.has_passwords:
            place = self._table.place(self._table.header_row, self._header.columns[PASSWORD])
            rows = f"{counted(self._passwords, 'row')} {plural(self._passwords, 'has', 'have')} a password"
            message = f"{rows}; passwords are never converted, so keep this file out of Git"
            findings.append(Finding("warning", "", message, place))
        if self._unused_numbers:
            count = len(self._unused_numbers)
            rows = f"{counted(count, 'row')} with a soft phone {plural(count, 'has', 'have')} a phone number"
            message = f"{rows}, which only a desk phone has; {plural(count, 'it is', 'they are')} not converted"
            findings.append(Finding("warning", "", message, self._unused_numbers[0]))
        return tuple(findings)

    def _rows(self) -> Iterator[_AgentRow]:
        """Yields the rows that have a text. The header is row 1, as in a spreadsheet, and blank lines count."""
        breaks = _breaks(self._table.header_row)
        for row in self._table.rows:
            texts = {column: (row.cells[at] or "").strip() for column, at in self._header.columns.items()}
            if any(texts.values()):
                self._passwords += bool(texts.pop(PASSWORD, ""))
                yield _AgentRow(row, row.line - breaks, texts)
            breaks += _breaks(row)

    def _agent(self, row: _AgentRow) -> Agent | None:
        already = len(self.mistakes)
        values = {column: self._value(row, column) for column in COLUMNS if column in row.texts}
        values = {column: value for column, value in values.items() if value is not None}
        values = self._with_one_group(row, self._with_phone(row, values))
        self._check_login(row, values.get(LOGIN))
        spec = self._spec(row, values)
        self._check_manifest(row, values, spec, already)
        return Agent(values[LOGIN], spec) if len(self.mistakes) == already and LOGIN in values else None

    def _value(self, row: _AgentRow, column: Column) -> Any:
        """Returns the value of a cell, or `None` if it is empty or wrong."""
        text = row.texts[column]
        if not text:
            if column.is_filled:
                self._wrong(row, column, "is empty")
            return None
        if column is PHONE_NUMBER and _is_soft(row):
            return None
        if UNWRITABLE.search(text):
            return self._wrong(row, column, "has a control character", "type it again")
        try:
            return read_cell(column, text)
        except ValueError:
            return self._wrong(row, column, f"is not {column.what}")

    def _with_phone(self, row: _AgentRow, values: Mapping[Column, Any]) -> dict[Column, Any]:
        """Returns the values without the number of a soft phone. A number needs a type, and a desk phone a number."""
        kind, number = values.get(PHONE_TYPE), row.texts.get(PHONE_NUMBER)
        if kind == SOFT_PHONE and number:
            self._unused_numbers.append(self._place(row, PHONE_NUMBER))
            return {column: value for column, value in values.items() if column is not PHONE_NUMBER}
        if kind == "DESK_PHONE" and not number:
            column = PHONE_NUMBER if PHONE_NUMBER in row.texts else PHONE_TYPE
            fault = "is empty, but a desk phone needs one" if column is PHONE_NUMBER else "is desk, without a number"
            self._wrong(row, column, fault, PHONE_NUMBER.remedy)
        elif number and not row.texts.get(PHONE_TYPE):
            column = PHONE_TYPE if PHONE_TYPE in row.texts else PHONE_NUMBER
            fault = "is empty, but there is a number" if column is PHONE_TYPE else "is the number of no phone type"
            self._wrong(row, column, fault, f"write soft or desk in {PHONE_TYPE.name}")
        return dict(values)

    def _with_one_group(self, row: _AgentRow, values: dict[Column, Any]) -> dict[Column, Any]:
        """Returns the values with one of the two hierarchy columns. A user has one group."""
        first, second = values.get(AGENT_HIERARCHY), values.get(USER_HIERARCHY)
        if first and second and first != second:
            remedy = "write the same path in both columns, or in one of them"
            self._wrong(row, USER_HIERARCHY, f"is not the group of {AGENT_HIERARCHY.name}", remedy)
        return {column: value for column, value in values.items() if column is not USER_HIERARCHY or not first}

    def _check_login(self, row: _AgentRow, login: str | None) -> None:
        if login and (first := self._rows_of_logins.setdefault(login, row.number)) != row.number:
            self._wrong(row, LOGIN, f"is also in row {first}", "delete one of the rows, or change a user name")

    def _spec(self, row: _AgentRow, values: Mapping[Column, Any]) -> MapNode:
        """Returns the spec of a manifest, whose values have the places of their cells."""
        around = Source(self._table.file, row.row.line)
        fields: dict[str, Node] = {}
        inner: dict[str, dict[str, Node]] = {}
        for column, value in values.items():
            node = _node(value, self._place(row, column))
            path = PATHS[column.field]
            if len(path) > 1:
                inner.setdefault(path[0], {})[path[1]] = node
                fields[path[0]] = mapping(inner[path[0]], around)
            elif column is not LOGIN:
                fields[path[0]] = node
        return mapping(fields, around)

    def _check_manifest(self, row: _AgentRow, values: Mapping[Column, Any], spec: MapNode, already: int) -> None:
        """Checks a user by the rules of users, and reports each fault at its cell, without the cell's text."""
        login = str(values.get(LOGIN, "agent"))
        named = _node(login, self._place(row, LOGIN) if LOGIN in values else spec.source)
        document = {"kind": _node("User", spec.source), "metadata": mapping({"name": named}, spec.source), "spec": spec}
        read = read_manifest(Checked(Draft("User", login, mapping(document, spec.source))), KINDS["User"], _AROUND)
        columns = {self._place(row, column): column for column in values}
        wrong = {mistake.source for mistake in self.mistakes[already:]}
        for mistake in read.mistakes:
            column = columns.get(mistake.source)
            if column and mistake.source not in wrong:
                wrong.add(mistake.source)
                self._wrong(row, column, f"is not {column.what}")
            elif not column and not wrong and not self._header.mistakes:
                self.mistakes.append(Mistake(mistake.source, f"row {row.number}: {mistake.message}"))

    def _place(self, row: _AgentRow, column: Column) -> Source:
        return self._table.place(row.row, self._header.columns[column])

    def _wrong(self, row: _AgentRow, column: Column, fault: str, remedy: str = "") -> None:
        """Adds a mistake about a cell."""
        remedy = remedy or column.remedy
        message = f"row {row.number}, {column.name}: {fault}; {remedy}"
        many = fault.replace("is ", "are ", 1).replace("has ", "have ", 1)
        self.mistakes.append(
            Mistake(self._place(row, column), message, Alike(f"cells {many}", column.name, "", remedy))
        )


def _is_soft(row: _AgentRow) -> bool:
    try:
        return bool(PHONE_TYPE.read(row.texts.get(PHONE_TYPE, "")) == SOFT_PHONE)
    except ValueError:
        return False


def _breaks(row: CsvRow) -> int:
    """Returns the number of line ends inside the cells of a row."""
    return sum(len(_LINE_END.findall(cell)) for cell in row.cells if cell)


def _node(value: Any, source: Source) -> Node:
    if isinstance(value, dict):
        return MapNode({key: Entry(source, _node(item, source)) for key, item in value.items()}, source)
    if isinstance(value, list):
        return ListNode(tuple(_node(item, source) for item in value), source)
    return Scalar(value, str(value), source)
