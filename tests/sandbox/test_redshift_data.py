"""The Data API runs SQL on the database of a workgroup, as the caller's user."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox import REGION, Control, in_process
from tests.worlds.warehouse import DATABASE, WORKGROUP, open_warehouse

from .calls import refused
from .roles import ONCE

pytestmark = pytest.mark.slow
WRONG, MISSING = ("ValidationException", 400), ("ResourceNotFoundException", 400)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Control]:
    with in_process() as control:
        yield control


@pytest.fixture(scope="module")
def data(sandbox: Control, session: Any) -> Any:
    open_warehouse(lambda service: session.create_client(service, region_name=REGION))
    client = session.create_client("redshift-data", region_name=REGION, config=ONCE)
    run(client, "create schema a", "create table a.t (n bigint, x varchar(3), d numeric(18, 4), b boolean, f float8)")
    return client


@pytest.fixture(autouse=True)
def empty(data: Any) -> None:
    run(data, "delete from a.t")


def begin(data: Any, *texts: str, **more: Any) -> str:
    where = {"WorkgroupName": WORKGROUP, "Database": DATABASE, **more}
    if len(texts) > 1:
        return str(data.batch_execute_statement(Sqls=list(texts), **where)["Id"])
    return str(data.execute_statement(Sql=texts[0], **where)["Id"])


def run(data: Any, *texts: str, **more: Any) -> dict[str, Any]:
    """Returns the description of a statement that has ended."""
    id = begin(data, *texts, **more)
    while (found := dict(data.describe_statement(Id=id)))["Status"] == "STARTED":
        time.sleep(0.005)
    return found


def rows(data: Any, sql: str, **values: str) -> list[list[Any]]:
    given = [{"name": name, "value": value} for name, value in values.items()]
    done = run(data, sql, **({"Parameters": given} if given else {}))
    assert done["Status"] == "FINISHED", done
    records = data.get_statement_result(Id=done["Id"])["Records"]
    return [[next(iter(field.values())) for field in row] for row in records]


def test_results_have_types_and_names(data: Any) -> None:
    run(data, "insert into a.t values (7, 'abc', 1.5, true, 0.5), (null, null, null, null, null)")

    done = run(data, "select * from a.t order by n")
    answer = data.get_statement_result(Id=done["Id"])

    assert answer["Records"][0] == [
        *({"longValue": 7}, {"stringValue": "abc"}, {"stringValue": "1.5000"}, {"booleanValue": True}),
        {"doubleValue": 0.5},
    ]
    assert answer["Records"][1] == [{"isNull": True}] * 5
    kinds = [(column["name"], column["typeName"], column["length"]) for column in answer["ColumnMetadata"]]
    assert kinds[:3] == [("n", "int8", 0), ("x", "varchar", 3), ("d", "numeric", 0)]
    assert (answer["ColumnMetadata"][2]["precision"], answer["ColumnMetadata"][2]["scale"]) == (18, 4)
    assert (done["ResultRows"], done["HasResultSet"], answer["TotalNumRows"]) == (2, True, 2)


def test_parameters_are_values_and_never_sql(data: Any) -> None:
    run(data, "insert into a.t (n, x) values (1, 'a')")

    assert rows(data, "select ':n', n::int from a.t where x = :x", x="a") == [[":n", 1]]
    assert rows(data, "select count(*) from a.t where x = :x", x="a' or 'a' = 'a") == [[0]]
    unused = [{"name": "y", "value": "1"}]
    assert refused(lambda: begin(data, "select 1", Parameters=unused)) == WRONG


def test_a_batch_is_one_transaction(data: Any) -> None:
    done = run(data, "insert into a.t (n) values (1)", "insert into a.t (x) values ('abcd')", "select 1")

    assert (done["Status"], [part["Status"] for part in done["SubStatements"]]) == (
        "FAILED",
        ["FINISHED", "FAILED", "ABORTED"],
    )
    assert done["Error"].startswith("ERROR: value too long")
    assert rows(data, "select count(*) from a.t") == [[0]]


def test_each_statement_of_a_batch_has_its_result(data: Any) -> None:
    done = run(data, "insert into a.t (n) values (1), (2)", "select n from a.t order by n")
    first, second = (part["Id"] for part in done["SubStatements"])

    assert [part["ResultRows"] for part in done["SubStatements"]] == [2, 2]
    assert data.get_statement_result(Id=second)["Records"] == [[{"longValue": 1}], [{"longValue": 2}]]
    assert refused(lambda: data.get_statement_result(Id=first)) == MISSING


def test_results_are_cut_into_pages_in_the_order_of_the_query(data: Any) -> None:
    run(data, "insert into a.t (n) select row_number() over () from pg_class a cross join pg_class b limit 2500")
    done = run(data, "select n from a.t order by n desc")

    pages = data.get_paginator("get_statement_result").paginate(Id=done["Id"])

    found = [row[0]["longValue"] for page in pages for row in page["Records"]]
    assert found == list(range(2500, 0, -1))


def test_csv_is_read_by_the_second_form_alone(data: Any) -> None:
    done = run(data, "select 'a,b' as x, null as y", ResultFormat="CSV")

    answer = data.get_statement_result_v2(Id=done["Id"])

    assert answer["Records"] == [{"CSVRecords": '"a,b",'}]
    assert refused(lambda: data.get_statement_result(Id=done["Id"])) == WRONG


def test_a_statement_takes_as_many_calls_as_the_fault_says(data: Any, sandbox: Control) -> None:
    sandbox.set_faults({"statements": {"calls": 3}})
    try:
        id = begin(data, "select 1")
        time.sleep(0.2)
        states = [data.describe_statement(Id=id)["Status"] for _ in range(4)]
    finally:
        sandbox.set_faults(None)

    assert states == ["STARTED", "STARTED", "STARTED", "FINISHED"]


def test_a_running_statement_can_be_cancelled_and_a_finished_one_cannot(data: Any) -> None:
    id = begin(data, "select pg_sleep(60)", "insert into a.t (n) values (9)")
    while "SubStatements" not in (found := data.describe_statement(Id=id)) or (
        found["SubStatements"][0]["Status"] != "STARTED"
    ):
        time.sleep(0.005)
    time.sleep(0.1)

    assert data.cancel_statement(Id=id)["Status"] is True
    while (found := data.describe_statement(Id=id))["Status"] == "STARTED":
        time.sleep(0.005)

    assert found["Status"] == "ABORTED"
    assert refused(lambda: data.cancel_statement(Id=id)) == WRONG


def test_lists_and_missing_things(data: Any) -> None:
    done = run(data, "select 1", StatementName="nightly")

    listed = data.list_statements(StatementName="night")["Statements"]

    assert [(it["Id"], it["Status"], it["QueryString"]) for it in listed] == [(done["Id"], "FINISHED", "select 1")]
    assert refused(lambda: data.describe_statement(Id="00000000-0000-4000-8000-000000000009")) == MISSING
    assert refused(lambda: begin(data, "select 1", WorkgroupName="nowhere")) == WRONG
    assert refused(lambda: data.execute_statement(Sql="select 1", WorkgroupName=WORKGROUP)) == WRONG


def test_a_token_that_comes_again_runs_nothing_again(data: Any) -> None:
    ids = {begin(data, "insert into a.t (n) values (1)", ClientToken="same") for _ in range(2)}
    run(data, "select 1")

    assert len(ids) == 1
    assert rows(data, "select count(*) from a.t") == [[1]]


def test_what_redshift_refuses_fails_here_too(data: Any) -> None:
    done = run(data, "select distinct on (n) n from a.t")

    assert (done["Status"], done["Error"]) == ("FAILED", "ERROR: Redshift has no DISTINCT ON")
