"""Change files of all tenants become rows of one table, in one transaction; a repeated load changes nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from reconciler.lambdas.connectwise_load.failures import LoadFailed
from tests.lambdas.connectwise_load.lakes import HARBOR, NORTH, RUN, Lake, version

pytestmark = pytest.mark.slow
NOTHING = {"staged": 0, "inserted": 0, "removed": 0, "files": 0, "tenants": 0}


def day(number: int) -> str:
    return f"2025-06-{number + 1:02d}"


def test_versions_of_all_tenants_are_loaded_in_one_transaction(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0), version(2, 0))
    lake.commit(NORTH, version(1, 3))
    lake.redshift.front.statements.clear()

    answer = lake.load()

    assert answer["tables"]["tickets"] == {"staged": 3, "inserted": 3, "removed": 0, "files": 2, "tenants": 2}
    assert answer["failed"] == []
    assert lake.rows() == [[HARBOR, "1", day(0), None], [HARBOR, "2", day(0), None], [NORTH, "1", day(3), None]]
    assert lake.watermarks() == {HARBOR: 1, NORTH: 1}
    assert len([text for text in lake.redshift.front.statements if text.startswith("copy stage")]) == 1


def test_newer_commits_replace_and_retract_versions(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0, 4), version(1, 4), version(2, 0))
    lake.load()
    # A late version splits the first interval, and the second one moves its start.
    lake.commit(HARBOR, version(1, 0, 2), version(1, 2, 5), version(1, 4, retracted=True), version(1, 5))

    answer = lake.load()

    assert answer["tables"]["tickets"] == {"staged": 4, "inserted": 3, "removed": 2, "files": 1, "tenants": 1}
    assert lake.rows() == [
        [HARBOR, "1", day(0), day(2)],
        [HARBOR, "1", day(2), day(5)],
        [HARBOR, "1", day(5), None],
        [HARBOR, "2", day(0), None],
    ]


def test_the_newest_commit_of_a_start_wins_within_one_load(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0, summary="old"))
    lake.commit(HARBOR, version(1, 0, 1, summary="new"), version(1, 1, summary="newer"))

    lake.load()

    assert lake.rows("effective_from::date, summary, commit_no") == [[day(0), "new", "2"], [day(1), "newer", "2"]]


def test_a_repeated_load_and_old_files_change_nothing(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0))
    lake.load()
    before = lake.rows("*")

    again = [lake.load(), lake.load("20260105T121500Z")]

    assert [answer["tables"]["tickets"] for answer in again] == [NOTHING] * 2
    assert (lake.rows("*"), lake.watermarks()) == (before, {HARBOR: 1})


def test_a_compacted_file_gives_only_what_is_above_the_watermark(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0))
    lake.load()
    lake.commit(HARBOR, version(1, 0, 1), version(1, 1), version(9, 0, commit_no=1), first=1)
    lake.manifests[HARBOR, "tickets"]["files"].pop(0)

    lake.load()

    assert [row[1] for row in lake.rows()] == ["1", "1"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "statement",
    ["lock canonical", "copy stage", "create temp table superseded", "delete from canonical.tickets", "commit"],
)
def test_a_connection_that_is_cut_anywhere_loads_all_or_nothing_and_then_once(
    lake: Lake, statement: str, when: str
) -> None:
    """The reply of a commit may be lost too: the load is recognized by its id and its watermark."""
    lake.commit(HARBOR, version(1, 0))
    lake.commit(HARBOR, version(2, 0))
    lake.commit(NORTH, version(1, 0))
    # Other commits are those of the statement time-out, and there are two connections before.
    lake.redshift.cut(statement, when, number=4 if statement == "commit" else 1)

    answer = lake.load()

    assert lake.redshift.front.cuts == []
    assert (answer["failed"], len(lake.rows()), lake.watermarks()) == ([], 3, {HARBOR: 2, NORTH: 1})
    assert lake.redshift.sql("select count(*) from canonical.loads") == [["1"]]


def test_a_database_that_dies_in_the_middle_of_a_load_has_it_once(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0))
    front, heard = lake.redshift.front, lake.redshift.front.heard

    def kill_at_insert(sql: str) -> Any:
        if sql.startswith("insert into canonical.tickets"):
            front.heard = heard  # type: ignore[method-assign]
            lake.redshift.kill()
        return heard(sql)

    front.heard = kill_at_insert  # type: ignore[method-assign]

    answer = lake.load()

    assert (answer["failed"], len(lake.rows()), lake.watermarks()) == ([], 1, {HARBOR: 1})


def test_two_loaders_at_once_load_once(lake: Lake) -> None:
    for number in range(40):
        lake.commit(HARBOR, *(version(number * 10 + at, 0) for at in range(10)))
    answers: list[dict[str, Any]] = []
    runs = (RUN, "20260105T121500Z", "20260105T123000Z")
    threads = [threading.Thread(target=lambda run=run: answers.append(lake.load(run))) for run in runs]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer["tables"]["tickets"]["inserted"] for answer in answers) == [0, 0, 400]
    assert len(lake.rows()) == 400


def test_a_broken_file_is_left_out_with_its_tenant_and_the_others_are_loaded(lake: Lake, clients: Any) -> None:
    """A COPY that fails is halved by tenants until the bad one is alone."""
    tenants = [f"tenant-{number}" for number in range(5)]
    for tenant in tenants:
        lake.put_tenant(tenant)
        key = lake.commit(tenant, version(1, 0))
    lake.commit(HARBOR, version(1, 0), bytes=1)

    answer = lake.load()

    assert [(one["tenant_id"], one["canonical_table"]) for one in answer["failed"]] == [(HARBOR, "tickets")]
    assert answer["failed"][0]["error"].startswith("COPY: ProgrammingError")
    assert sorted(lake.watermarks()) == tenants
    assert answer["tables"]["tickets"]["inserted"] == 5
    assert key


def test_a_planted_second_open_row_is_refused_and_leaves_nothing(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0, 3), version(1, 3))
    lake.load()
    lake.commit(HARBOR, version(1, 5))
    lake.commit(NORTH, version(7, 0))
    before = lake.rows()

    answer = lake.load()

    message = "INVARIANT: one open row: 1 versions break it"
    assert answer["failed"] == [{"tenant_id": HARBOR, "canonical_table": "tickets", "error": message}]
    assert lake.rows() == [*before, [NORTH, "7", day(0), None]]
    assert lake.watermarks() == {HARBOR: 1, NORTH: 1}
    line = lake.logged()[-1]
    assert (line["InvariantsBroken"], line["TenantsFailed"], line["level"]) == (1, 1, "ERROR")
    assert line["LoadLag"] > 0


def test_a_gap_in_the_history_is_refused(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0, 2), version(1, 3))

    answer = lake.load()

    assert answer["failed"][0]["error"] == "INVARIANT: no gap and no overlap: 1 versions break it"
    assert lake.rows() == []


def test_rows_of_another_tenant_are_refused(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0, tenant_id=NORTH))

    answer = lake.load()

    assert answer["failed"][0]["error"] == "FOREIGN: a file has rows of another tenant"
    assert (lake.rows(), lake.watermarks()) == ([], {})


def test_rows_of_another_tenant_of_the_same_load_are_refused_and_that_tenant_is_loaded(lake: Lake) -> None:
    """Both tenants are known to the load, so the counts of their rows show whose file it is."""
    lake.commit(HARBOR, version(1, 0), version(2, 0, tenant_id=NORTH))
    lake.commit(NORTH, version(7, 0))

    answer = lake.load()

    message = "FOREIGN: a file has rows of another tenant"
    assert answer["failed"] == [{"tenant_id": HARBOR, "canonical_table": "tickets", "error": message}]
    assert lake.rows() == [[NORTH, "7", day(0), None]]
    assert lake.watermarks() == {NORTH: 1}
    assert lake.logged()[-1]["InvariantsBroken"] == 1


def test_a_file_with_fewer_rows_than_its_manifest_says_is_refused(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0), rows=2)
    lake.commit(NORTH, version(7, 0))

    answer = lake.load()

    assert answer["failed"][0]["error"] == "ROWS: the files have 1 of 2 rows"
    assert lake.watermarks() == {NORTH: 1}


def test_files_with_fewer_columns_are_copied_by_their_own_positions(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0))
    lake.columns = [*lake.columns, {"name": "board", "type": "text"}]
    lake.put_lock({"tickets": lake.columns})
    lake.commit(HARBOR, version(2, 0, board="Help desk"))

    with pytest.raises(LoadFailed, match=r"it lacks tickets\.board: send"):
        lake.load()
    assert lake.invoke({"migrate": True})["applied"] == ["tickets.board", "tickets_current", "tickets_history"]
    lake.load()

    assert lake.rows("source_id, summary, board, commit_no") == [
        ["1", "ticket 1", None, "1"],
        ["2", "ticket 2", "Help desk", "2"],
    ]


def test_a_tombstone_is_the_open_row_of_a_deleted_record(lake: Lake) -> None:
    gone = version(1, 4, summary=None, hours=None, is_deleted=True, change_type="DELETE")
    lake.commit(HARBOR, version(1, 0, 4), gone, version(2, 0))

    lake.load()

    assert len(lake.rows()) == 3
    assert lake.redshift.sql("select source_id from canonical.tickets_current") == [["2"]]
    assert lake.redshift.sql("select count(distinct version_id) from canonical.tickets_history") == [["3"]]


def test_a_load_of_one_tenant_leaves_the_others_for_later(lake: Lake) -> None:
    lake.commit(HARBOR, version(1, 0))
    lake.commit(NORTH, version(1, 0))

    answer = lake.invoke({"tenant_id": NORTH, "table_name": "tickets"})

    assert answer["run"].startswith("20260105T120000Z-")
    assert lake.watermarks() == {NORTH: 1}


def test_what_is_loaded_is_noted_in_the_ledger_and_in_the_bucket(lake: Lake, clients: Any) -> None:
    lake.commit(HARBOR, version(1, 0))

    answer = lake.load()

    key = {"tenant_id": {"S": HARBOR}, "table_name": {"S": "canonical/tickets"}}
    assert clients["dynamodb"].get_item(TableName="last-updated", Key=key)["Item"]["loaded_commit"] == {"N": "1"}
    stored = clients["s3"].get_object(Bucket="lake-111122223333", Key=f"loads/{RUN}/result.json")["Body"].read()
    assert answer["run"].encode() in stored
    line = lake.logged()[-1]
    assert (line["RowsStaged"], line["RowsInserted"], line["RowsRemoved"], line["LoadLag"]) == (1, 1, 0, 0)
