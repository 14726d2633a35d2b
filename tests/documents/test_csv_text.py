"""Reads and writes CSV text."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.documents.csv_text import CsvTable, header_of, read_csv, read_sheet, write_csv
from reconciler.documents.files import FileText, read_text


def table(text: str) -> CsvTable:
    found = read_csv(text, "x.csv")
    assert found.mistakes == ()
    assert found.table
    return found.table


def rows(text: str) -> list[tuple[str | None, ...]]:
    return [row.cells for row in table(text).rows]


def mistakes(text: str) -> list[str]:
    return [str(mistake) for mistake in read_csv(text, "x.csv").mistakes]


def test_an_empty_cell_is_absent_and_a_quoted_one_empty() -> None:
    assert rows('a,b,c\n,"",x\n') == [(None, "", "x")]


def test_empty_cells_at_the_end_of_lines_are_absent() -> None:
    assert rows("a,b\n1,\n2,") == [("1", None), ("2", None)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_end_is_accepted_also_a_missing_last_one(end: str, last: bool) -> None:
    assert rows(end.join(["a,b", "1,2", '"3",4']) + end * last) == [("1", "2"), ("3", "4")]


def test_quoted_cells_may_contain_quotes_commas_and_line_ends() -> None:
    assert rows('a,b\n"x, y","say ""so""\r\nthen\ngo"\n') == [("x, y", 'say "so"\r\nthen\ngo')]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_sheet_may_have_another_separator(separator: str) -> None:
    others = "".join({",", ";", "\t"} - {separator})
    text = f'a{separator}b\n1{others}2{separator}"x{separator}\ny"\n'

    read = read_sheet(text, "x.csv", separator)

    assert read.table
    assert [row.cells for row in read.table.rows] == [(f"1{others}2", f"x{separator}\ny")]
    assert str(read.table.place(read.table.rows[0], 1)) == "x.csv:2:6"


def test_a_damaged_header_is_none() -> None:
    assert header_of('"a,b\n', ",") is None
    assert header_of("\n\na;b\n", ";") == (("a", "b"), 3, 2)


def test_spaces_in_cells_are_kept() -> None:
    assert rows("a,b\n x , \n") == [(" x ", " ")]


def test_blank_lines_are_skipped() -> None:
    assert rows("a,b\n\n1,2\n\r\n\n") == [("1", "2")]


def test_rows_have_their_physical_line() -> None:
    assert [row.line for row in table('a,b\n1,"x\ny"\n\n2,z\n').rows] == [2, 5]


def test_cells_have_positions_also_after_a_quoted_line_end() -> None:
    found = table('a,b,c\n"x\r\ny",22,3\n4,5,6\n')

    assert [found.place(found.rows[0], column)[1:] for column in range(3)] == [(2, 1), (3, 4), (3, 7)]
    assert found.place(found.rows[1], 2)[1:] == (4, 5)
    assert found.place(found.header_row, 1)[1:] == (1, 3)


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", ":1:1", "is empty; write the names of the attributes"),
        ("\n\n", ":1:1", "is empty; write the names of the attributes"),
        ("a,b\n1\n", ":2:1", "1 cell, the header 2; write a comma for each absent cell"),
        ("a,b\n1,2,3\n", ":2:5", "3 cells, the header 2; put a text with a comma in quotes"),
        ("a,b,a\n", ":1:5", "repeated"),
        ("a,,b\n", ":1:3", "column 2 has no name"),
        ('a,"",b\n', ":1:3", "column 2 has no name"),
        ("a, b\n", ":1:3", "spaces around it"),
        ('a,b\n1,x"y\n', ":2:3", "a quote inside a cell"),
        ('a,b\n1, "y"\n', ":2:3", "a quote inside a cell"),
        ('a,b\n1,"x"y\n', ":2:3", "after a closing quote"),
        ('a,b\n1,"x\n2,3\n', ":2:3", "never closed; close it, or write"),
        ("a,b\n1,2\0\n", ":2:4", "NUL byte, so it is not CSV text; save it"),
        ("a,b\r\n\0\n", ":2:1", "NUL"),
        ("," * 1000, ":1:1", "more than 1000 columns; keep"),
        ("a;b\n1;2\n", ":1:2", "separated by semicolons; save"),
        ("a\tb\n1\t2\n", ":1:2", "separated by tabs"),
        ("\n\nab;c\n", ":3:3", "separated by semicolons"),
    ],
)
def test_damage_has_its_place_and_its_remedy(text: str, at: str, words: str) -> None:
    (mistake,) = mistakes(text)

    assert mistake.startswith(f"x.csv{at}: ")
    assert words in mistake


def test_reading_goes_on_after_a_damaged_line() -> None:
    found = read_csv('a,b\n1,x"y\n2,z\n3\n4,"open\n5,w\n', "x.csv")

    assert [mistake.source.line for mistake in found.mistakes] == [2, 5, 4]
    assert found.table
    assert [row.cells for row in found.table.rows] == [("2", "z"), ("5", "w")]


def test_at_most_a_hundred_mistakes_are_listed() -> None:
    assert len(mistakes("a,b\n" + '1,x"\n' * 5000)) == 101


def test_rows_of_a_wrong_length_are_all_counted() -> None:
    """M7: a report lists them in one line, and its number must be right."""
    assert len(mistakes("a,b\n" + "1\n" * 5000)) == 5000


def test_typographic_quotes_around_a_comma_are_named() -> None:
    """Weak messages: the author believes that the text is in quotes."""
    (mistake,) = mistakes("a,b\n1,“x, y”\n")

    assert mistake == (
        "x.csv:2:6: the row has 3 cells, the header 2; “ ” are not CSV quotes; put a text with a comma in straight "
        'quotes: "a, b"'
    )


def test_a_file_of_too_many_cells_is_not_read() -> None:
    assert mistakes("a\n" + "\n" * 1_000_001) == ["x.csv: has more than 1000000 cells; split the table"]


@pytest.mark.slow
def test_many_unclosed_quotes_are_read_quickly() -> None:
    assert len(mistakes('a,b\n"x""\n' + '"""\n' * 200_000)) > 0


_CELLS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_NAMES = st.text("abcdefghij,\"'\n ", min_size=1, max_size=6).filter(lambda name: name == name.strip())


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str | None]]]:
    header = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    return header, draw(st.lists(st.lists(_CELLS, min_size=len(header), max_size=len(header)), max_size=5))


@given(tables())
@example((["a"], [[""], ["x"]]))
@example((["a", "b"], [[None, None]]))
@example((["a", "b"], [["\r", "\n"], ["\r\n", ""]]))
def test_written_csv_is_read_back(written: tuple[list[str], list[list[str | None]]]) -> None:
    header, body = written

    found = table(write_csv(header, body))

    assert found.header == tuple(header)
    assert [list(row.cells) for row in found.rows] == [row for row in body if row != [None]]


@given(tables())
def test_python_reads_the_same_texts(written: tuple[list[str], list[list[str | None]]]) -> None:
    text = write_csv(*written)

    expected = [row for row in csv.reader(io.StringIO(text, newline="")) if row]

    assert expected[1:] == [[cell or "" for cell in row.cells] for row in table(text).rows]


def test_only_special_cells_are_quoted() -> None:
    assert write_csv(["a", "b"], [["x y", "1,5"], [None, ""], ['"', "z"]]) == 'a,b\nx y,"1,5"\n,""\n"""",z\n'


@given(st.text('ab,"\n\r;\t ', max_size=60))
def test_every_text_gives_rows_or_mistakes(text: str) -> None:
    found = read_csv(text, "x.csv")

    assert found.table or found.mistakes


def test_a_byte_order_mark_is_removed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\n")

    assert read_text(path, "x.csv") == FileText("a,b\n", bom=True)


@pytest.mark.parametrize(
    ("content", "at", "words"),
    [
        ("a\nä".encode("latin-1"), ":2:1", "byte 0xE4 (number 3 of the file) is not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbfa\xff", ":1:2", "byte 0xFF (number 5 of the file)"),
        ("a,b".encode("utf-16"), ":1:1", "is UTF-16; save it as UTF-8"),
        (b"x" * 1001, "", "is larger than"),
    ],
)
def test_bytes_that_are_not_text_are_a_mistake(tmp_path, content: bytes, at: str, words: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "x.csv"
    path.write_bytes(content)

    found = str(read_text(path, "x.csv", limit=1000))

    assert words in found
    assert f"line={at.split(':')[1] if at else 0}" in repr(read_text(path, "x.csv", limit=1000))
