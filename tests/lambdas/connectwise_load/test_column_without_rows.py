"""A mapping gets a column, and transform commits it before a row has it: the commit has a manifest and no file."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.lambdas.connectwise_load import preparing
from reconciler.lambdas.connectwise_load.failures import LoadFailed
from tests.lambdas.connectwise_load.lakes import HARBOR, NORTH, Lake, version

pytestmark = pytest.mark.slow
SECOND, THIRD = "20260105T121500Z", "20260105T123000Z"
BOARD = {"name": "board", "type": "text"}


def widen(lake: Lake, tenant: str) -> None:
    """Commits the new column for a tenant, without a row."""
    _, manifest = lake.write(tenant)
    manifest["files"].pop()
    lake.point_to(tenant, "tickets", {**manifest, "columns": lake.columns})


@pytest.fixture
def widened(lake: Lake) -> Lake:
    """Both tenants have a row, of which only the one of the first tenant is loaded. Both get the column."""
    lake.commit(HARBOR, version(1, 0))
    lake.load()
    lake.commit(NORTH, version(7, 0))
    lake.columns = [*lake.columns, BOARD]
    lake.put_lock({"tickets": lake.columns})
    for tenant in (HARBOR, NORTH):
        widen(lake, tenant)
    return lake


def loaded_commit(lake: Lake, tenant: str) -> Any:
    key = {"tenant_id": {"S": tenant}, "table_name": {"S": "canonical/tickets"}}
    return lake.clients["dynamodb"].get_item(TableName="last-updated", Key=key)["Item"]["loaded_commit"]["N"]


def test_a_load_before_the_migration_says_which_column_is_missing(widened: Lake) -> None:
    with pytest.raises(LoadFailed, match=r"it lacks tickets\.board: send"):
        widened.load(SECOND)

    assert widened.watermarks() == {HARBOR: 1}


def test_a_commit_without_a_file_is_loaded_and_the_column_is_null(widened: Lake) -> None:
    widened.invoke({"migrate": True})

    answer = widened.load(SECOND)

    counts = {"staged": 1, "inserted": 1, "removed": 0, "files": 1, "tenants": 2}
    assert (answer["failed"], answer["tables"]["tickets"]) == ([], counts)
    assert widened.watermarks() == {HARBOR: 2, NORTH: 2}
    assert (loaded_commit(widened, HARBOR), loaded_commit(widened, NORTH)) == ("2", "2")
    assert widened.rows("source_id, summary, board") == [["1", "ticket 1", None], ["7", "ticket 7", None]]
    assert widened.logged()[-1]["LoadLag"] == 0


def test_rows_that_arrive_later_have_the_column(widened: Lake) -> None:
    widened.invoke({"migrate": True})
    widened.load(SECOND)
    widened.commit(HARBOR, version(1, 0, 4), version(1, 4, board="Help desk"))
    widened.commit(NORTH, version(8, 0, board="Field"))

    answer = widened.load(THIRD)

    assert answer["failed"] == []
    assert widened.rows("source_id, effective_to is null, board") == [
        ["1", "f", None],
        ["1", "t", "Help desk"],
        ["7", "t", None],
        ["8", "t", "Field"],
    ]
    assert widened.watermarks() == {HARBOR: 3, NORTH: 3}


def test_a_load_of_nothing_but_such_a_commit_moves_the_watermark(widened: Lake) -> None:
    widened.invoke({"migrate": True})

    answer = widened.invoke({"tenant_id": HARBOR, "table_name": "tickets"})

    counts = {"staged": 0, "inserted": 0, "removed": 0, "files": 0, "tenants": 1}
    assert (answer["failed"], answer["tables"]["tickets"]) == ([], counts)
    assert widened.watermarks() == {HARBOR: 2}


def test_merged_files_have_the_column_that_none_of_them_has(widened: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "MOST_FILES", 0)
    widened.invoke({"migrate": True})

    answer = widened.load(SECOND)

    assert (answer["failed"], answer["tables"]["tickets"]["inserted"]) == ([], 1)
    assert widened.rows("source_id, summary, board") == [["1", "ticket 1", None], ["7", "ticket 7", None]]
