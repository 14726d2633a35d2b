"""Turns the records of a file into agents, or into problems with their column and remedy.

No problem shows a cell: a shifted row may have its password in any column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from reconciler.lambdas.agents import cells as reading
from reconciler.lambdas.agents.agent import DESK_PHONE, DIRECTORY, MANAGED, SAML, SOFT_PHONE, Agent
from reconciler.lambdas.agents.headers import (
    AGENT_HIERARCHY,
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    LOGIN,
    PASSWORD,
    PHONE_NUMBER,
    PHONE_TYPE,
    USER_HIERARCHY,
    Column,
    Header,
    read_header,
)
from reconciler.lambdas.agents.table import Record, Table

LONGEST_SAML_NAME = 64  # source: service model, CreateUser
MOST_ROWS = 5000  # of one upload: one function takes them within its time; the console takes 1,000
# An empty cell of these means that the agent has none. An empty cell of another column states nothing.
REMOVABLE = frozenset({"email", "secondary_email", "mobile", "hierarchy_group"})
WAYS = {SAML: "SAML", DIRECTORY: "a directory"}


class Problem(NamedTuple):
    """Why a row is refused. `column` is empty if the whole row is meant."""

    column: str
    fault: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.column}: " if self.column else ""
        return f"{place}{self.fault}; {self.remedy}"


@dataclass(frozen=True)
class Row:
    """One row: an agent, or problems. `login` and `password` are the cells, and nothing prints them."""

    number: int
    agent: Agent | None = None
    problems: tuple[Problem, ...] = ()
    login: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def username(self) -> str:
        """The user name for people; empty if a refused row has a cell there that could be its password."""
        if self.agent:
            return self.agent.username
        try:
            return "" if reading.is_password(self.login) else reading.username(self.login)
        except ValueError:
            return ""

    def refused(self, *problems: Problem) -> Row:
        return replace(self, agent=None, password="", problems=(*self.problems, *problems))


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, and its header. If the header has problems, every row is refused with them."""

    header: Header
    rows: tuple[Row, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks about the whole file."""
        notes = [f"{column} is ignored: no agent has such a value" for column in self.header.ignored]
        return tuple(notes if self.rows else [*notes, "the file has no agents; write a row for each below the header"])


def read_sheet(table: Table, identity_type: str) -> Sheet:
    """Reads every row by the rules of an instance with this way to sign in; an empty one means that it is not known."""
    header = read_header(table.names)
    records = [record for record in table.records if record.damage or any(map(str.strip, record.cells))]
    if header.problems:
        problems = tuple(Problem("", "the header has a mistake", problem) for problem in header.problems)
        return Sheet(header, tuple(Row(record.row, problems=problems) for record in records))
    read = _RowReader(header, identity_type).row
    return Sheet(header, tuple(_without_repeated([read(record) for record in records])))


def too_many(rows: Sequence[Row]) -> list[Row]:
    """Returns the rows of a file that is too large, each refused with the reason; others are returned as they are."""
    if len(rows) <= MOST_ROWS:
        return list(rows)
    fault = f"the file has {len(rows):,} rows, and one upload takes {MOST_ROWS:,}"
    return [row.refused(Problem("", fault, "split the file, and upload each part")) for row in rows]


def creation_problems(row: Row, identity_type: str, *, may_generate: bool) -> list[Problem]:
    """Returns why AWS would refuse a new user of this row: it needs names, and a password where AWS keeps them."""
    if row.agent is None or identity_type == DIRECTORY:
        return []
    named = ((FIRST_NAME, row.agent.first_name), (LAST_NAME, row.agent.last_name))
    problems = [
        Problem(column.name, "is missing, and a new user needs it", "add it") for column, name in named if not name
    ]
    if identity_type == MANAGED and not row.password and not may_generate:
        remedy = "write one, or let the function generate passwords (GENERATE_PASSWORDS)"
        problems.append(Problem(PASSWORD.name, "is empty, and a new user needs one", remedy))
    return problems


class _RowReader:
    """Reads one record after the other. Columns are prepared once, because a file has thousands of rows."""

    def __init__(self, header: Header, identity_type: str) -> None:
        self._identity_type, self._width, self._index = identity_type, header.width, header.columns
        named_by_directory = (FIRST_NAME, LAST_NAME) if identity_type == DIRECTORY else ()
        self._columns = [
            (column, at, column.is_filled and column not in named_by_directory)
            for column, at in header.columns.items()
            if column is not PASSWORD
        ]

    def row(self, record: Record) -> Row:
        if record.damage:
            fault, _, remedy = record.damage.partition("; ")
            return Row(record.row, problems=(Problem("", fault, remedy),))
        if (shape := self._shape_problem(record.cells)) is not None:
            return Row(record.row, problems=(shape,))
        cells = [cell.strip() for cell in record.cells]
        if len(cells) < self._width:
            cells += [""] * (self._width - len(cells))
        login, password = cells[self._index[LOGIN]], self._password(cells)
        problems = list(self._unreadable(cells))
        values: dict[str, Any] = {}
        if not problems:
            problems += self._read(self._without_unused(cells), values)
            problems += self._phone_problems(cells, values)
            problems += self._identity_problems(values, password)
        if problems:
            return Row(record.row, problems=tuple(problems), login=login)
        return Row(record.row, Agent(**values), login=login, password=password)

    def _shape_problem(self, cells: Sequence[str]) -> Problem | None:
        """Returns the problem of a row whose cells cannot be those of the header's columns."""
        number, width = len(cells), self._width
        if number == width or (number > width and not any(map(str.strip, cells[width:]))):
            return None
        remedy = "put a text with a separator in quotes" if number > width else "write a separator for each absent cell"
        return Problem("", f"has {number} cells, and the header has {width}", remedy)

    def _without_unused(self, cells: list[str]) -> list[str]:
        """Returns the cells without the number of a soft phone: only a desk phone has one."""
        at_type, at_number = self._index.get(PHONE_TYPE), self._index.get(PHONE_NUMBER)
        if at_type is not None and at_number is not None and cells[at_number] and cells[at_type]:
            try:
                is_unused = PHONE_TYPE.read(cells[at_type]) == SOFT_PHONE
            except ValueError:
                is_unused = False
            if is_unused:
                cells[at_number] = ""
        return cells

    def _password(self, cells: Sequence[str]) -> str:
        at = self._index.get(PASSWORD)
        return "" if at is None else cells[at]

    def _unreadable(self, cells: Sequence[str]) -> Iterator[Problem]:
        whole = "".join(cells)
        if whole.isascii() and whole.isprintable():
            return
        for column, at in self._index.items():
            if reading.UNREADABLE.search(cells[at]):
                yield Problem(column.name, "has bytes that are not UTF-8", "save the file as CSV UTF-8")
            elif reading.CONTROL.search(cells[at]):
                yield Problem(column.name, "has a control character", "type it again")

    def _read(self, cells: Sequence[str], values: dict[str, Any]) -> Iterator[Problem]:
        """Reads the cells into `values`, and yields what cannot be read."""
        for column, at, is_filled in self._columns:
            cell = cells[at]
            field = column.field
            if not cell:
                if is_filled:
                    yield Problem(column.name, "is empty", column.remedy)
                elif field in REMOVABLE:
                    values.setdefault(field, "")
                continue
            try:
                value = column.read(cell)
            except ValueError:
                yield _wrong(column)
                continue
            if values.get(field) not in (None, "", value):  # two columns have the hierarchy
                remedy = "write the same path in both columns, or in one of them"
                yield Problem(USER_HIERARCHY.name, f"is not the group of {AGENT_HIERARCHY.name}", remedy)
            values[field] = value

    def _phone_problems(self, cells: Sequence[str], values: Mapping[str, Any]) -> Iterator[Problem]:
        """Yields a desk phone without a number, and a number without a type."""
        at_type, at_number = self._index.get(PHONE_TYPE), self._index.get(PHONE_NUMBER)
        number = cells[at_number] if at_number is not None else ""
        kind = values.get("phone_type")
        if kind == DESK_PHONE and not number:
            column = PHONE_NUMBER if at_number is not None else PHONE_TYPE
            fault = "is empty, but a desk phone needs one" if at_number is not None else "is desk, without a number"
            yield Problem(column.name, fault, PHONE_NUMBER.remedy)
        elif number and kind is None and not (at_type is not None and cells[at_type]):
            column = PHONE_TYPE if at_type is not None else PHONE_NUMBER
            fault = "is empty, but there is a number" if at_type is not None else "is the number of no phone type"
            yield Problem(column.name, fault, f"write soft or desk in {PHONE_TYPE.name}")

    def _identity_problems(self, values: dict[str, Any], password: str) -> Iterator[Problem]:
        """Yields values that the instance's way to sign in refuses (service model, CreateUser)."""
        way = self._identity_type
        if password and way in WAYS:
            fault = f"is filled, but users of this instance sign in with {WAYS[way]}"
            yield Problem(PASSWORD.name, fault, "empty the cell")
        elif password and not reading.is_password(password):
            yield _wrong(PASSWORD)
        if way != SAML:
            return
        if values.pop("email", ""):
            fault = "is filled, but AWS takes none of users who sign in with SAML"
            yield Problem(EMAIL.name, fault, "empty the cell")
        if len(values.get("username", "")) > LONGEST_SAML_NAME:
            fault = f"has more than {LONGEST_SAML_NAME} characters, the most for SAML"
            yield Problem(LOGIN.name, fault, "shorten it")


def _wrong(column: Column) -> Problem:
    return Problem(column.name, f"is not {column.what}", column.remedy)


def _without_repeated(rows: Sequence[Row]) -> Iterator[Row]:
    """Yields the rows. Rows of one user name are all refused: nothing says which one is right."""
    numbers: Mapping[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.login:
            numbers[row.login].append(row.number)
    for row in rows:
        others = [number for number in numbers.get(row.login, ()) if number != row.number]
        if not others:
            yield row
            continue
        listed = f"row {others[0]}" if len(others) == 1 else f"rows {', '.join(map(str, others[:5]))}"
        remedy = "delete one of the rows, or change a user name"
        yield row.refused(Problem(LOGIN.name, f"is also in {listed}", remedy))
