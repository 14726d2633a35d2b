"""A file of agents is recognised by its header, in every variant, and read as RFC 4180 has it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.agents.headers import read_header
from reconciler.lambdas.agents.rows import Sheet, read_sheet
from reconciler.lambdas.agents.table import Table, decoded, read_table
from tests.builders.agent_files import ADA, HEADERS, MANAGED, MARY, NEWEST, SAML, agent_csv


def table(content: bytes | str) -> Table:
    text = decoded(content if isinstance(content, bytes) else content.encode())
    assert text is not None
    read = read_table(text)
    assert read is not None
    return read


def sheet(content: bytes | str) -> Sheet:
    return read_sheet(table(content), "")


def usernames(content: bytes | str) -> list[str]:
    return [row.username for row in sheet(content).rows if row.agent]


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_every_header_of_the_console_is_one_of_agents(header: tuple[str, ...]) -> None:
    """S4-28: managed, SAML, with secondary address and mobile, with hierarchy, with tags."""
    assert usernames(agent_csv(header)) == ["ada", "mary"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_line_ends_and_encodings_do_not_matter(separator: str, newline: str, encoding: str) -> None:
    """S4-28."""
    text = agent_csv(separator=separator, newline=newline)

    assert [row.agent for row in sheet(text.encode(encoding)).rows] == [row.agent for row in sheet(agent_csv()).rows]


def test_the_order_of_columns_does_not_matter() -> None:
    """S4-28."""
    backwards = sheet(agent_csv(tuple(reversed(NEWEST))))

    assert [row.agent for row in backwards.rows] == [row.agent for row in sheet(agent_csv(NEWEST)).rows]


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("user login", "Username"),
        ("user login", "LOGIN_NAME"),
        ("first name", "Given Name"),
        ("last name", "surname"),
        ("routing profile name", "RoutingProfile"),
        ("security_profile_name_1|security_profile_name_2", "security profiles"),
        ("phone type (soft/desk)", '"phone type\n(soft/desk)"'),
        ("ACW timeout (seconds)", "After-call work timeout"),
        ("soft phone auto accept (yes/no)", "auto accept"),
        ("phone number", "Desk phone number"),
    ],
)
def test_synonyms_case_and_punctuation_of_a_header_do_not_matter(column: str, name: str) -> None:
    """S4-28."""
    changed = sheet(agent_csv().replace(column, name, 1))

    assert changed.header.problems == ()
    assert [row.agent for row in changed.rows] == [row.agent for row in sheet(agent_csv()).rows]


def test_a_header_on_three_lines_is_one_header() -> None:
    """S4-28: a public exporter writes it so. Rows count as in a spreadsheet."""
    names = [*MANAGED]
    lines = [",".join(names[:4]) + ",", ",".join(names[4:8]) + ",", ",".join(names[8:])]
    body = agent_csv(MANAGED).partition("\n")[2]

    read = sheet("\n".join([*lines, body]))

    assert [row.username for row in read.rows] == ["ada", "mary"]
    assert [row.number for row in read.rows] == [4, 5]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "K,Tier\na,Gold\n",
        "first name,last name,email address,phone number\nAda,Byron,ada@example.com,+15550100123\n",
        "username,first name,last name\nada,Ada,Byron\n",
        agent_csv(MANAGED, [ADA]).partition("\n")[2],
        '"user login,routing profile name\nada,b\n',
    ],
)
def test_other_files_are_not_files_of_agents(text: str) -> None:
    """S4-28: a list of customers has names and numbers, too."""
    assert read_table(text) is None


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0", b"PK\x03\x04\0", b"\0"])
def test_a_binary_file_has_no_text(content: bytes) -> None:
    assert decoded(content) is None


def test_blank_lines_before_the_header_and_between_rows_count() -> None:
    header, ada, mary = agent_csv().splitlines()

    read = sheet("\n".join(["", "", header, "", ada, ",,,,,,,,", mary]))

    assert [row.number for row in read.rows] == [5, 7]


@pytest.mark.parametrize(("most", "has_more"), [(0, True), (1, True), (2, False), (None, False)])
def test_a_file_is_read_up_to_a_number_of_records(most: int | None, has_more: bool) -> None:
    read = read_table(agent_csv(rows=(ADA, MARY)), most)

    assert read is not None
    assert (len(read.records), read.has_more) == (2 if most is None else most, has_more)


def test_line_ends_inside_a_cell_are_one_row() -> None:
    text = agent_csv(rows=[{**ADA, "first name": "Ada\r\nAugusta"}, MARY])

    assert [(row.number, row.username) for row in sheet(text).rows] == [(2, "ada"), (3, "mary")]


def test_a_quote_that_is_never_closed_hides_no_other_row() -> None:
    header, ada, mary = agent_csv().splitlines()

    read = sheet("\n".join([header, '"Eve' + ada[3:], ada, mary]))

    assert [row.username for row in read.rows] == ["", "ada", "mary"]
    assert str(read.rows[0].problems[0]) == "a quote is never closed; close it, or write a literal quote twice"


def test_text_after_a_quote_damages_its_row_alone() -> None:
    header, ada, mary = agent_csv().splitlines()

    read = sheet("\n".join([header, '"Eve"x' + ada[3:], mary]))

    assert [(row.number, row.username) for row in read.rows] == [(2, ""), (3, "mary")]
    assert "text follows a closing quote" in str(read.rows[0].problems[0])


def test_bytes_of_another_encoding_damage_their_row_alone() -> None:
    content = agent_csv(rows=[{**ADA, "last name": "Zoë"}, MARY]).encode("cp1252")

    rows = sheet(content).rows

    assert [row.agent is None for row in rows] == [True, False]
    assert str(rows[0].problems[0]) == "last name: has bytes that are not UTF-8; save the file as CSV UTF-8"


def test_a_nearly_known_column_is_a_mistake_because_its_cells_would_be_lost() -> None:
    header = read_header([*SAML, "e-mail adress", "shoe size", ""])

    assert header.problems == ('column 10 is unknown; rename it to "email address", or delete it',)
    assert header.ignored == ("column 11",)


def test_missing_and_repeated_columns_refuse_every_row_with_the_reason() -> None:
    names = tuple(name for name in SAML if name != "routing profile name")
    read = sheet(agent_csv((*names, "First Name")))

    assert [str(problem) for problem in read.rows[0].problems] == [
        'the header has a mistake; the column "first name" is repeated; delete one of them',
        'the header has a mistake; the column "routing profile name" is missing; add it',
    ]
    assert all(row.agent is None for row in read.rows)


def test_a_file_without_rows_has_a_note() -> None:
    assert sheet(agent_csv(rows=[])).notes == ("the file has no agents; write a row for each below the header",)


cells = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\r\t"), max_size=6)


@given(st.lists(st.tuples(cells, cells), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str]], separator: str) -> None:
    """S4-28: RFC 4180, with quotes, separators and line ends inside cells."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(["user login", "routing profile name", "security profile name", "x", "y"])
    writer.writerows(("ada", "b", "c", *row) for row in rows)

    assert [tuple(record.cells[3:]) for record in table(text.getvalue()).records] == rows
