"""Rows are those of the reading rule, whatever files they are in, and in a safe form."""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.pipelines.rows_text import csv_lines, json_lines
from reconciler.errors import UsageError
from reconciler.pipelines.connectwise import Stores
from reconciler.pipelines.reading import PipelineError
from reconciler.pipelines.rows import CanonicalTable, DuckDbMissingError, RowBatch, find_table, read_rows
from tests.worlds.scripted_aws import ScriptedAws, refusal
from tests.worlds.world import World

from .connectwise_world import BUCKET, LEDGER, TENANTS, Lake, client

STORES = Stores(BUCKET, TENANTS, LEDGER)
JANUARY = datetime(2026, 1, 1)
Row = dict[str, Any]


@pytest.fixture
def lake(world: World) -> Lake:
    lake = Lake.created()
    lake.add_tenant("harbor-dental")
    return lake


def version(id: int, day: int, commit: int, *, ends: int | None = None, **more: Any) -> Row:
    """Returns a version of a record that begins on a day of January and ends on another."""
    start, end = JANUARY + timedelta(days=day), None if ends is None else JANUARY + timedelta(days=ends)
    state = {"is_current": end is None, "is_deleted": False, "change_type": "UPDATE", "retracted": False}
    return {"source_id": id, "effective_from": start, "effective_to": end, "commit_no": commit, **state, **more}


def read(world: World, *, has_history: bool = True) -> list[Row]:
    table = find_table(world.aws, STORES, "harbor-dental", "tickets")
    batches = read_rows(world.aws, BUCKET, table, has_history=has_history)
    return [dict(zip(batch.columns, row, strict=True)) for batch in batches for row in batch.rows]


def starts(rows: list[Row]) -> list[tuple[int, int]]:
    return [(row["source_id"], (row["effective_from"] - JANUARY).days) for row in rows]


def test_the_newest_commit_of_a_version_counts_and_a_retracted_one_does_not(world: World, lake: Lake) -> None:
    """S2-19."""
    lake.put_rows("harbor-dental", "tickets", JANUARY, [version(1, 1, 1), version(2, 1, 1)])
    closed = version(1, 1, 2, ends=5)
    lake.put_rows("harbor-dental", "tickets", JANUARY + timedelta(days=9), [closed, version(1, 5, 2)])
    retracted = version(2, 1, 3, retracted=True)
    lake.put_rows("harbor-dental", "tickets", JANUARY + timedelta(days=10), [retracted])

    assert starts(read(world)) == [(1, 1), (1, 5)]
    assert read(world)[0]["effective_to"] == JANUARY + timedelta(days=5)
    assert starts(read(world, has_history=False)) == [(1, 5)]


def test_a_deleted_record_has_no_current_row_and_keeps_its_history(world: World, lake: Lake) -> None:
    lake.put_rows("harbor-dental", "tickets", JANUARY, [version(1, 1, 1, ends=2), version(1, 2, 1, is_deleted=True)])

    assert starts(read(world, has_history=False)) == []
    assert starts(read(world)) == [(1, 1), (1, 2)]


def test_a_compacted_file_beside_its_inputs_changes_nothing(world: World, lake: Lake) -> None:
    rows = [version(number, 1, number) for number in range(1, 4)]
    for number, row in enumerate(rows):
        lake.put_rows("harbor-dental", "tickets", JANUARY + timedelta(days=number), [row])
    before = read(world)

    lake.put_rows("harbor-dental", "tickets", JANUARY + timedelta(days=20), rows)

    assert read(world) == before


def test_state_files_and_other_tables_and_tenants_are_not_read(world: World, lake: Lake) -> None:
    key = lake.put_rows("harbor-dental", "tickets", JANUARY, [version(1, 1, 1)])
    lake.put_rows("harbor-dental", "tickets_archive", JANUARY, [version(2, 1, 1)])
    lake.put_rows("harbor", "tickets", JANUARY, [version(3, 1, 1)])
    folder = key.rpartition("/")[0]
    client("s3").put_object(Bucket=BUCKET, Key=f"{folder}/_state/base-1.parquet", Body=b"no Parquet")

    assert starts(read(world)) == [(1, 1)]


def test_a_file_of_an_older_mapping_has_nulls_in_the_new_columns(world: World, lake: Lake) -> None:
    lake.put_rows("harbor-dental", "tickets", JANUARY, [version(1, 1, 1, summary="a")], summary=pa.string())
    newer = {"summary": pa.string(), "board": pa.string()}
    lake.put_rows("harbor-dental", "tickets", JANUARY + timedelta(days=9), [version(2, 1, 2, board="b")], **newer)
    # A compacted file of the old mapping is the newest one.
    last = JANUARY + timedelta(days=20)
    lake.put_rows("harbor-dental", "tickets", last, [version(1, 1, 1, summary="a")], summary=pa.string())

    rows = read(world)

    assert [*rows[0]][:6] == ["tenant_id", "source_system", "source_id", "summary", "board", "effective_from"]
    assert [(row["summary"], row["board"]) for row in rows] == [("a", None), (None, "b")]
    assert "retracted" not in rows[0]


def test_a_new_column_appears_with_the_first_file_that_has_it(world: World, lake: Lake) -> None:
    """A commit of a new mapping may write no row. Then its manifest has the column, and no file has it."""
    key = lake.put_rows("harbor-dental", "tickets", JANUARY, [version(1, 1, 1, summary="a")], summary=pa.string())
    columns = [{"name": "summary", "type": "text"}, {"name": "board", "type": "text"}]
    state = f"{key.rpartition('/')[0]}/_state/2.json"
    client("s3").put_object(Bucket=BUCKET, Key=state, Body=json.dumps({"commit": 2, "columns": columns}))
    before = read(world)

    newer = {"summary": pa.string(), "board": pa.string()}
    lake.put_rows("harbor-dental", "tickets", JANUARY + timedelta(days=9), [version(2, 1, 3, board="b")], **newer)

    assert (starts(before), "board" in before[0]) == ([(1, 1)], False)
    assert [(row["summary"], row["board"]) for row in read(world)] == [("a", None), (None, "b")]


@pytest.mark.slow
def test_fifteen_hundred_files_are_one_table(world: World, lake: Lake) -> None:
    """S2-37: every page of the listing counts."""
    body = lake.put_rows("harbor-dental", "tickets", JANUARY, [version(1, 1, 1)])
    content = client("s3").get_object(Bucket=BUCKET, Key=body)["Body"].read()
    folder = body.rpartition("/")[0]
    for number in range(1499):
        client("s3").put_object(Bucket=BUCKET, Key=f"{folder}/2026-02-01T000000.{number:06}Z.parquet", Body=content)

    assert len(find_table(world.aws, STORES, "harbor-dental", "tickets").keys) == 1500
    assert starts(read(world)) == [(1, 1)]


def test_an_unknown_table_is_an_error_with_the_nearest_one(world: World, lake: Lake) -> None:
    lake.put_rows("harbor-dental", "tickets", JANUARY, [version(1, 1, 1)])

    with pytest.raises(UsageError, match='no canonical table "ticket"; did you mean "tickets"'):
        find_table(world.aws, STORES, "harbor-dental", "ticket")


def test_an_unknown_tenant_is_an_error_with_the_nearest_one(world: World, lake: Lake) -> None:
    with pytest.raises(UsageError, match='no tenant "harbor"; did you mean "harbor-dental"'):
        find_table(world.aws, STORES, "harbor", "tickets")


def test_a_table_without_rows_yet_is_empty(world: World, lake: Lake) -> None:
    assert read(world) == []


def test_a_file_that_goes_while_it_is_read_is_an_error(world: World) -> None:
    aws = ScriptedAws({"s3:GetObject": refusal("s3:GetObject", "NoSuchKey")})
    table = CanonicalTable("harbor-dental", "tickets", ("a/2026-01-01T000000.000000Z.parquet",))

    with pytest.raises(PipelineError, match="has gone since it was listed; run the command again"):
        list(read_rows(aws, BUCKET, table, has_history=True))


def test_without_duckdb_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)

    with pytest.raises(DuckDbMissingError, match=r"pip install '\.\[rows\]'"):
        list(read_rows(ScriptedAws({}), BUCKET, CanonicalTable("t", "tickets", ()), has_history=True))


def identity(row: Row) -> tuple[int, datetime, int]:
    return row["source_id"], row["effective_from"], row["commit_no"]


def by_the_rule(rows: list[Row], *, has_history: bool) -> list[tuple[int, int, int]]:
    """Returns what the reading rule says, in plain Python."""
    newest: dict[tuple[int, datetime], Row] = {}
    for row in rows:
        key = row["source_id"], row["effective_from"]
        if key not in newest or row["commit_no"] > newest[key]["commit_no"]:
            newest[key] = row
    kept = [row for row in newest.values() if not row["retracted"]]
    if not has_history:
        kept = [row for row in kept if row["effective_to"] is None and not row["is_deleted"]]
    return sorted((row["source_id"], (row["effective_from"] - JANUARY).days, row["commit_no"]) for row in kept)


VERSIONS = st.builds(
    version,
    st.integers(0, 3),
    st.integers(0, 4),
    st.integers(1, 9),
    ends=st.none() | st.integers(5, 9),
    retracted=st.booleans(),
    is_deleted=st.booleans(),
)


@pytest.mark.slow
@given(st.lists(VERSIONS, min_size=1, max_size=20, unique_by=identity), st.integers(0, 99))
def test_any_spread_of_rows_over_files_gives_the_rows_of_the_rule(rows: list[Row], seed: int) -> None:
    aws, lake_of = Files(), Lake()
    files: dict[int, list[Row]] = {}
    for row in rows:
        files.setdefault(random.Random(seed + row["commit_no"]).randrange(3), []).append(row)  # noqa: S311
    keys = [aws.add(lake_of, part) for part in files.values()]

    for has_history in (True, False):
        batches = read_rows(aws, BUCKET, CanonicalTable("t", "tickets", tuple(keys)), has_history=has_history)
        found = [dict(zip(batch.columns, row, strict=True)) for batch in batches for row in batch.rows]
        expected = by_the_rule(rows, has_history=has_history)
        assert [(*start, row["commit_no"]) for start, row in zip(starts(found), found, strict=True)] == expected


class Files(ScriptedAws):
    """A port with files in memory."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        super().__init__({"s3:GetObject": lambda params: {"Body": self.bodies[params["Key"]]}})

    def add(self, lake: Lake, rows: list[Row]) -> str:
        key = f"t/canonical/tickets/2026-01-01T000000.{len(self.bodies):06}Z.parquet"
        self.bodies[key] = lake.parquet("t", rows)
        return key


# The texts.

NAMES = ("id", "summary", "amount", "at", "open")
AT = datetime(2026, 1, 5, 12, 0, 0, 1)


def batch(*values: Any) -> Iterator[RowBatch]:
    return iter([RowBatch(NAMES, [values])])


def test_json_lines_have_exact_numbers_and_times_in_utc() -> None:
    (text,) = json_lines(batch(1, "a", Decimal("12345678901234.5600"), AT, None))

    assert text == (
        '{"id": 1, "summary": "a", "amount": 12345678901234.56, "at": "2026-01-05T12:00:00.000001Z", "open": null}\n'
    )


def test_csv_has_a_header_once_and_empty_cells_for_nulls() -> None:
    one = RowBatch(NAMES, [(1, "a,b\nc", Decimal("-3.0000"), AT, True)])

    text = "".join(csv_lines(iter([one, one])))

    assert [*csv.reader(text.splitlines(keepends=True))] == [
        [*NAMES],
        *([["1", "a,b\nc", "-3", "2026-01-05T12:00:00.000001Z", "true"]] * 2),
    ]
    nulls = "".join(csv_lines(batch(1, None, None, None, False)))
    assert nulls.splitlines()[1] == "1,,,,false"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\ta", "\ra"])
def test_a_text_that_a_spreadsheet_would_execute_gets_an_apostrophe(text: str) -> None:
    _, row = [*csv.reader("".join(csv_lines(batch(1, text, Decimal(-1), None, None))).splitlines())]

    assert row[NAMES.index("summary")].startswith("'")
    assert row[NAMES.index("amount")] == "-1"


@given(st.text())
def test_no_text_can_move_a_cursor_and_json_keeps_every_letter(text: str) -> None:
    (line,) = json_lines(batch(1, text, None, None, None))
    (table,) = csv_lines(batch(1, text, None, None, None))

    assert json.loads(line)["summary"] == text
    assert all(char.isprintable() or char == "\n" for char in line + table)
    assert line.count("\n") == 1
