"""Files are merged if they are too many for COPY, and texts are cut to what the warehouse takes."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from reconciler.lambdas.connectwise.keys import LAYER_TAG
from reconciler.lambdas.connectwise_load import preparing
from tests.lambdas.connectwise_load.lakes import BUCKET, HARBOR, NORTH, Lake, version

LIMIT = 65_535


def cut(text: str | None) -> Any:
    connection = duckdb.connect()
    connection.execute("create table t as select cast(? as varchar) as c", [text])
    row = connection.execute(f"select {preparing.cut_text('c')} from t").fetchone()  # noqa: S608
    connection.close()
    return row and row[0]


@pytest.mark.parametrize("character", ["a", "é", "€", "😀"])
@pytest.mark.parametrize("before", range(4))
def test_a_long_text_is_cut_at_the_edge_of_a_character(character: str, before: int) -> None:
    """Characters have 1 to 4 bytes, and the limit may lie within any of them."""
    text = "x" * before + character * (LIMIT + 1)

    kept = cut(text)

    assert kept.endswith("…")
    assert text.startswith(kept[:-1])
    assert LIMIT - len(character.encode()) < len(kept.encode()) <= LIMIT


@pytest.mark.parametrize("text", [None, "", "short", "é" * 32_767 + "x"])
def test_a_text_of_the_allowed_length_stays(text: str | None) -> None:
    assert cut(text) == text


@pytest.mark.slow
def test_a_text_that_is_too_long_is_cut_counted_and_reported(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0, summary="é" * 40_000), version(2, 0))
    lake.commit(NORTH, version(1, 0))

    answer = lake.load()

    assert (answer["failed"], answer["tables"]["tickets"]["inserted"]) == ([], 3)
    assert answer["cut"] == [{"tenant_id": HARBOR, "canonical_table": "tickets", "columns": {"summary": 1}}]
    query = "select octet_length(summary), summary like '%é…' from canonical.tickets order by 1"
    assert lake.redshift.sql(query) == [["8", "f"], ["8", "f"], ["65535", "t"]]
    line = lake.logged()[-1]
    assert (line["TextsCut"], line["level"]) == (1, "WARNING")


@pytest.mark.slow
def test_a_text_that_was_cut_by_an_earlier_load_is_not_counted_again(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0, summary="x" * 70_000))
    lake.load()
    # A compacted file has the old row too.
    old = version(1, 0, summary="x" * 70_000, commit_no=1)
    lake.commit(HARBOR, old, version(2, 0, summary="y" * 70_000), first=1)
    lake.manifests[HARBOR, "tickets"]["files"].pop(0)

    answer = lake.load("20260105T121500Z")

    assert answer["cut"][0]["columns"] == {"summary": 1}


@pytest.mark.slow
def test_a_file_of_a_release_that_did_not_count_is_read(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0, summary="x" * 70_000), longest=None)

    answer = lake.load()

    assert (answer["failed"], answer["cut"][0]["columns"]) == ([], {"summary": 1})


@pytest.mark.slow
def test_too_many_files_are_merged_before_the_copy(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files with fewer columns too, because a merged file has all columns of the table."""
    monkeypatch.setattr(preparing, "MOST_FILES", 9)
    monkeypatch.setattr(preparing, "MERGED_FILES", 3)
    for number in range(5):
        lake.commit(HARBOR, version(number, 0))
    lake.columns = [*lake.columns, {"name": "board", "type": "text"}]
    lake.put_lock({"tickets": lake.columns})
    lake.invoke({"migrate": True})
    for number in range(5):
        lake.commit(NORTH, version(number, 0, board="Help desk"))

    answer = lake.load()

    assert answer["tables"]["tickets"] == {"staged": 10, "inserted": 10, "removed": 0, "files": 10, "tenants": 2}
    assert lake.rows("tenant_id, source_id, board") == sorted(
        [[HARBOR, str(number), None] for number in range(5)]
        + [[NORTH, str(number), "Help desk"] for number in range(5)]
    )
    merged = merged_keys(lake)
    assert len(merged) == 3
    tags = lake.clients["s3"].get_object_tagging(Bucket=BUCKET, Key=merged[0])["TagSet"]
    assert tags == [{"Key": LAYER_TAG, "Value": "superseded"}]


@pytest.mark.slow
def test_501_files_are_merged_into_32(lake: Lake) -> None:
    """With the numbers of the function, as a first load of many commits has them."""
    for number in range(501):
        _, manifest = lake.write(HARBOR, version(number, 0))
    lake.point_to(HARBOR, "tickets", manifest)

    answer = lake.load()

    counts = {"staged": 501, "inserted": 501, "removed": 0, "files": 501, "tenants": 1}
    assert (preparing.MOST_FILES, answer["tables"]["tickets"]) == (500, counts)
    assert len(merged_keys(lake)) <= 32
    assert lake.redshift.sql("select count(distinct source_id) from canonical.tickets") == [["501"]]


def merged_keys(lake: Lake) -> list[str]:
    listed = lake.clients["s3"].list_objects_v2(Bucket=BUCKET, Prefix="loads/").get("Contents", ())
    return [it["Key"] for it in listed if it["Key"].endswith(".parquet")]


@pytest.mark.slow
@pytest.mark.parametrize(("breakage", "error"), [("broken", "MERGE: "), ("gone", "FILE: ")])
def test_a_file_that_cannot_be_merged_is_left_out_with_its_tenant(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, breakage: str, error: str
) -> None:
    monkeypatch.setattr(preparing, "MOST_FILES", 1)
    lake.commit(HARBOR, version(1, 0))
    key = lake.commit(HARBOR, version(2, 0))
    for number in range(2):
        lake.commit(NORTH, version(number, 0))
    if breakage == "gone":
        lake.clients["s3"].delete_object(Bucket=BUCKET, Key=key)
    else:
        lake.clients["s3"].put_object(Bucket=BUCKET, Key=key, Body=b"not a file of Parquet")

    answer = lake.load()

    assert [one["tenant_id"] for one in answer["failed"]] == [HARBOR]
    assert answer["failed"][0]["error"].startswith(error)
    assert lake.watermarks() == {NORTH: 2}
