"""Rows, the default record and moves, from CSV files and inline."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import Source
from reconciler.model import Finding, Records, Ref
from tests.builders.folders import BASE, TIERS, messages, reading

TABLE = """\
kind: DataTable
metadata: {name: T}
spec:
  timeZone: UTC
  attributes:
    - {name: K, valueType: TEXT, primary: true}
    - {name: N, valueType: NUMBER}
    - {name: B, valueType: BOOLEAN}
    - {name: L, valueType: TEXT_LIST}
    - {name: M, valueType: NUMBER_LIST}
    - {name: Seen, valueType: TEXT, ownership: observed}
"""


def inline(root: Path, text: str) -> tuple[Records, list[str]]:
    read = reading(root, {"manifests/base/t.yaml": TABLE + text})
    found = read.desired.manifests[Ref("DataTable", "T")].records if read.desired else Records()
    return found, messages(read)


def sheet(root: Path, text: str | bytes, spec: str = TABLE) -> tuple[Records, list[str], tuple[Finding, ...]]:
    files = {"manifests/base/t.yaml": f"{spec}  values: {{file: t.csv}}\n", "manifests/base/t.csv": text}
    read = reading(root, files)
    found = read.desired.manifests[Ref("DataTable", "T")].records if read.desired else Records()
    return found, messages(read), read.findings


def cells(root: Path, row: str) -> object:
    records, mistakes = inline(root, f"  values: {{rows: [{{K: a, {row}}}]}}\n")
    assert mistakes == []
    return records.rows[0].cells


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("N: 2.0", {"N": "2.0"}),
        ("N: 1e3", {"N": "1e3"}),
        ("N: '5'", {"N": "5"}),
        ("B: TRUE", {"B": "true"}),
        ("B: 'False'", {"B": "false"}),
        ("N: ~", {"N": None}),
        ("L: [a, 'b, c', 2.0, true]", {"L": '["a", "b, c", "2.0", "true"]'}),
        ("L: a, ", {"L": '["a"]'}),
        ("L: []", {"L": "[]"}),
        ("L: 'a, b'", {"L": '["a", "b"]'}),
        ("M: [1, 2.50]", {"M": "[1, 2.50]"}),
    ],
)
def test_inline_cells_keep_their_source_text(tmp_path: Path, written: str, sent: object) -> None:
    assert cells(tmp_path, written) == sent


def test_a_missing_key_of_a_row_is_left_alone(tmp_path: Path) -> None:
    records, _ = inline(tmp_path, "  values: {rows: [{K: a, N: 1}, {K: b}]}\n")

    assert [row.cells for row in records.rows] == [{"N": "1"}, {}]


def test_an_empty_csv_cell_is_absent_and_a_quoted_one_empty(tmp_path: Path) -> None:
    records, mistakes, _ = sheet(tmp_path, 'K,N,L\na,,""\n')

    assert mistakes == []
    assert records.rows[0].cells == {"N": None, "L": "[]"}


def test_a_missing_column_is_left_alone_with_a_finding(tmp_path: Path) -> None:
    records, _, findings = sheet(tmp_path, "K,B,L,M\na,true,x,1\n")

    assert "N" not in records.rows[0].cells
    assert ["N" in finding.message and finding.severity == "info" for finding in findings] == [True]


def test_the_column_of_an_observed_attribute_is_a_finding(tmp_path: Path) -> None:
    records, _, findings = sheet(tmp_path, "K,N,B,L,M,Seen\na,,,,,x\n")

    assert "Seen" not in records.rows[0].cells
    assert ["Seen" in finding.message and finding.severity == "info" for finding in findings] == [True]


def test_the_default_record_and_prune_are_read(tmp_path: Path) -> None:
    records, mistakes = inline(
        tmp_path, "  values:\n    rows: [{K: a}]\n    default: {N: 1.0, L: [x]}\n    prune: true\n"
    )

    assert mistakes == []
    assert records.default
    assert (records.default.key, records.default.cells) == ({}, {"N": "1.0", "L": '["x"]'})
    assert records.prune


def test_moves_are_read(tmp_path: Path) -> None:
    records, mistakes = inline(tmp_path, "  values: {rows: [{K: b}]}\n  moved: [{from: {K: 007}, to: {K: b}}]\n")

    assert mistakes == []
    assert [(move.before, move.after) for move in records.moved] == [({"K": "007"}, {"K": "b"})]


def test_a_file_path_is_relative_to_its_manifest(tmp_path: Path) -> None:
    files = {
        "manifests/base/x/t.yaml": f"{TABLE}  values: {{file: ../csv/t.csv}}\n",
        "manifests/base/csv/t.csv": "K,N,B,L,M\na,1,,,\n",
    }

    read = reading(tmp_path, files)

    assert read.desired
    (row,) = read.desired.manifests[Ref("DataTable", "T")].records.rows
    assert row.source == Source("manifests/base/csv/t.csv", 2, 1)


@pytest.mark.parametrize(
    "file", ["../../../t.csv", "/etc/passwd", "../../reconcile.yaml", "link.csv", "loop.csv", "gone.csv", "x" * 300]
)
def test_a_file_that_is_outside_or_missing_is_not_read(tmp_path: Path, file: str) -> None:
    (tmp_path / "manifests/base").mkdir(parents=True)
    (tmp_path / "t.csv").write_text("K\na\n")
    (tmp_path / "manifests/base/link.csv").symlink_to(tmp_path / "t.csv")
    (tmp_path / "manifests/base/loop.csv").symlink_to(tmp_path / "manifests/base/loop.csv")

    (mistake,) = inline(tmp_path, f"  values: {{file: {file}}}\n")[1]

    assert mistake.startswith("manifests/base/t.yaml:12:18: values.file")


def test_a_file_name_with_a_nul_is_not_read(tmp_path: Path) -> None:
    assert "control character" in inline(tmp_path, '  values: {file: "a\\0.csv"}\n')[1][0]


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("K,n,B,L,M\na,1,,,\n", "t.csv:1:3", 'the column "n" is not an attribute of the table; did you mean "N"?'),
        ("N,B,L,M\n1,,,\n", "t.csv:1:1", 'the primary attribute "K" has no column'),
        ("K,N,N,B,L,M\na,1,2,,,\n", "t.csv:1:5", "repeated"),
        ("K,N,B,L,M\na,x,,,\n", "t.csv:2:3", "NUMBER"),
        ("K,N,B,L,M\na,1,maybe,,\n", "t.csv:2:5", "BOOLEAN"),
        ('K,N,B,L,M\n"a\nb",x,,,\n', "t.csv:3:4", "NUMBER"),
        ("K,N,B,L,M\na,1\n", "t.csv:2:1", "2 cells, the header 5"),
        ("K;N\na;1\n", "t.csv:1:2", "semicolons"),
        ("", "t.csv:1:1", "is empty"),
        (b"K,N,B,L,M\n\xff,1,,,\n", "t.csv:2:1", "is not UTF-8"),
        (b"K\0", "t.csv:1:2", "NUL"),
        ("K,N,B,L,M\n${var:NONE},1,,,\n", "t.csv:2:1", "RECONCILE_VAR_NONE"),
        ("K,N,B,L,M\na,${var:NONE},,,\n", "t.csv:2:3", "RECONCILE_VAR_NONE"),
    ],
)
def test_a_mistake_in_a_csv_file_has_its_place(tmp_path: Path, text: str | bytes, at: str, words: str) -> None:
    _, (mistake,), _ = sheet(tmp_path, text)

    assert mistake.startswith(f"manifests/base/{at}: ")
    assert words in mistake


def test_a_column_without_attribute_is_reported_once(tmp_path: Path) -> None:
    _, mistakes, _ = sheet(tmp_path, "K,N,B,L,M,X\n" + "".join(f"k{n},1,,,,x\n" for n in range(20)))

    assert len(mistakes) == 1


def test_a_missing_key_column_is_reported_once(tmp_path: Path) -> None:
    _, mistakes, _ = sheet(tmp_path, "N,B,L,M\n" + "1,,,\n" * 20)

    assert len(mistakes) == 1


def test_columns_without_rows_are_checked_too(tmp_path: Path) -> None:
    assert len(sheet(tmp_path, "K,X\n")[1]) == 1


def test_a_byte_order_mark_is_a_finding(tmp_path: Path) -> None:
    records, mistakes, findings = sheet(tmp_path, b"\xef\xbb\xbfK,N,B,L,M\na,1,,,\n")

    assert mistakes == []
    assert records.rows[0].key == {"K": "a"}
    assert [(each.severity, each.address, each.source) for each in findings] == [
        ("info", "DataTable/T", Source("manifests/base/t.csv", 1, 1))
    ]


@pytest.mark.parametrize(
    ("values", "at", "words"),
    [
        ("values: {rows: {K: a}}", "12:18", "must be a list of maps"),
        ("values: {rows: [a]}", "12:19", "a row must be a map"),
        ("values: {rows: [{K: {a: b}}]}", "12:23", "must be a text, a number, true, false, or a list"),
        ("values: {rows: [{K: a, L: [[b]]}]}", "12:29", "must be a text, a number, true, false, or a list"),
        ("values: {rows: [{K: a, L: [~]}]}", "12:29", "must be a text, a number, true, false, or a list"),
        ("values: {default: [a]}", "12:21", "values.default must be a map"),
        ("values: {rows: [{K: a, n: 1}]}", "12:29", 'did you mean "N"?'),
        ("values: {rows: [{K: a, N: x}]}", "12:29", "NUMBER"),
        ("values: {rows: [{N: 1}]}", "12:19", "has no K"),
        ("values: {rows: [{K: a}, {K: a}]}", "12:27", "twice"),
        ("values: [a]", "12:11", "must be a map"),
        ("values: {rows: [], prune: no}", "12:29", "true or false"),
        ("moved: {from: {K: a}}", "12:10", "must be a list"),
        ("moved: [a]", "12:11", "a move must be a map"),
        ("moved: [{from: {K: a}}]", "12:11", "the move has no 'to'"),
        ("moved: [{from: a, to: {K: b}}]", "12:18", "a key must be a map"),
        ("moved: [{from: {K: a}, to: {K: b}, why: x}]", "12:38", 'unknown key "why"'),
        ("moved: [{from: {K: a}, to: {N: b}}]", "12:30", "K"),
    ],
)
def test_a_mistake_in_inline_rows_has_its_place(tmp_path: Path, values: str, at: str, words: str) -> None:
    mistakes = inline(tmp_path, f"  {values}\n")[1]

    assert mistakes[0].startswith(f"manifests/base/t.yaml:{at}: ")
    assert words in mistakes[0]


def test_values_are_either_inline_or_in_a_file(tmp_path: Path) -> None:
    text = TIERS.replace("file: Tiers.csv", "file: Tiers.csv\n    rows: [{Customer: a}]")

    (mistake,) = messages(reading(tmp_path, {**BASE, "manifests/base/Tiers.yaml": text}))

    assert "values.file and values.rows" in mistake
