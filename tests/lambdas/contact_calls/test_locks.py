"""Loads wait for each other, and for no other session: no reader waits for a load, and no load waits for a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import redshift_connector

from reconciler.lambdas.contact_calls import statements
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.warehouse import Load, Warehouse
from tests.lambdas.contact_calls.loads import T, row, warehouse
from tests.lambdas.contact_calls.pipeline import Pipeline
from tests.worlds.warehouse import DATABASE, PASSWORD, USER

pytestmark = pytest.mark.slow
UTC = {"TIME_ZONE": "UTC"}
READ = "select count(*) from connect.f_calls"


@pytest.fixture
def dashboard(pipeline: Pipeline) -> Iterator[Any]:
    """A session of a report: its transaction stays open, as a pool or an open window leaves it."""
    assert pipeline.redshift is not None
    with closing(
        redshift_connector.connect(
            host="localhost",
            port=pipeline.redshift.port,
            database=DATABASE,
            user=USER,
            password=PASSWORD,
            ssl=True,
            sslmode="verify-full",
        )
    ) as connection:
        yield connection.cursor()


@pytest.mark.parametrize("way", [{"INSERT_BELOW": "0"}, {"INSERT_BELOW": "5000"}])
def test_an_open_transaction_of_a_report_delays_no_load(
    pipeline: Pipeline, dashboard: Any, way: dict[str, str]
) -> None:
    """S3-20: the run has so little time that a statement which waits for the report would end it."""
    pipeline.seed_many(20, "10:00", "12:00")
    for table in ("f_calls", "f_calls_loads", "dim_users", "dim_queues"):
        dashboard.execute(f"select count(*) from connect.{table}")  # noqa: S608

    done = pipeline.run("12:40", seconds=85, **UTC, **way)
    pipeline.invoke({"dimensions": True}, seconds=40, **UTC)

    assert (done["status"], done["inserted"]) == ("done", 20)
    dashboard.execute(READ)
    assert dashboard.fetchone() == [0]  # its transaction is the one from before


@pytest.mark.parametrize("statement", ["f_calls_staging", "call connect", "select staged", "merge_dimensions"])
def test_a_load_delays_no_reader_at_any_of_its_statements(pipeline: Pipeline, statement: str) -> None:
    """A report that begins while a load is open gets its answer: it may not wait for a lock, not even a moment."""
    redshift = pipeline.redshift
    assert redshift is not None
    pipeline.seed_many(20, "10:00", "12:00")
    heard, counts = redshift.front.heard, []

    def read_meanwhile(sql: str) -> Any:
        if statement in sql:
            counts.append(redshift.sql(f"set lock_timeout = '1ms'; {READ}"))
        return heard(sql)

    redshift.front.heard = read_meanwhile  # type: ignore[method-assign]
    try:
        pipeline.run("12:40", **UTC, INSERT_BELOW="5000")
        pipeline.invoke({"dimensions": True}, **UTC)
    finally:
        redshift.front.heard = heard  # type: ignore[method-assign]

    assert counts
    assert pipeline.count() == 20


def load_rows(house: Warehouse) -> None:
    house.load(Load("second", T, T, 1, 1, 1, T), [row("a")])


def load_names(house: Warehouse) -> None:
    house.load_dimensions("second", [("queue", "q", "Billing", None)])


@pytest.mark.parametrize("second", [load_rows, load_names])
def test_two_loads_at_once_go_one_after_the_other(pipeline: Pipeline, second: Callable[[Warehouse], None]) -> None:
    """S3-20: the second waits until its own deadline at most. The server ends the wait, so nothing stays open."""
    redshift = pipeline.redshift
    assert redshift is not None
    impatient = warehouse(pipeline, seconds=5.2)

    with warehouse(pipeline).connections.open() as first:
        first.cursor().execute(statements.ALONE)
        with pytest.raises(LoadFailed, match="Redshift: ProgrammingError 57014"):
            second(impatient)

    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    assert redshift.sql(waiting) == [["0"]]
    second(warehouse(pipeline))


def test_a_database_of_an_older_version_is_named_with_the_remedy(pipeline: Pipeline) -> None:
    assert pipeline.redshift is not None
    pipeline.seed("a", "11:00")
    pipeline.redshift.sql("drop table connect.load_lock")

    with pytest.raises(LoadFailed, match=r'42P01 \(a table, column or procedure is missing: send {"migrate": true}\)'):
        pipeline.run("12:40", **UTC)
