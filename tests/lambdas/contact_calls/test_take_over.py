"""A database with the replaced program's tables: refused with the reason, or moved as a whole, never half done."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.shared.sql_files import split
from tests.lambdas.contact_calls import replaced
from tests.lambdas.contact_calls.loads import load, row
from tests.lambdas.contact_calls.pipeline import Pipeline
from tests.lambdas.contact_calls.replaced import COLUMNS, collected, insert, set_up

pytestmark = pytest.mark.slow
UTC = {"TIME_ZONE": "UTC"}
TAKE_OVER = {"migrate": {"takeOver": True}}


def sql(pipeline: Pipeline, text: str) -> list[list[str | None]]:
    assert pipeline.redshift is not None
    return pipeline.redshift.sql(text)


def tables(pipeline: Pipeline) -> list[list[str | None]]:
    return sql(
        pipeline,
        "select table_name, column_name from information_schema.columns where table_schema = 'connect' order by 1, 2",
    )


def test_tables_of_another_program_are_named_and_nothing_is_changed(pipeline: Pipeline) -> None:
    """S3-14: the answer was `done` once, and every run failed."""
    set_up(pipeline)
    collected(pipeline, "a", "2026-01-05 05:00:00", "2026-01-05 05:10:00")
    before = tables(pipeline)

    with pytest.raises(LoadFailed, match=r"connect\.f_calls, .*dim_users: of another program.*takeOver"):
        pipeline.invoke({"migrate": True})

    assert tables(pipeline) == before
    assert sql(pipeline, "select contact_id, init_time from connect.f_calls") == [["a", "2026-01-05 05:00:00"]]


CLOCKS = {
    "winter": ("2026-01-05 05:00:00", "2026-01-05 05:10:00", "2026-01-05 10:00:00", "2026-01-05 10:10:00"),
    "summer": ("2026-07-05 05:00:00", "2026-07-05 05:10:00", "2026-07-05 09:00:00", "2026-07-05 09:10:00"),
    # The hour that occurs twice: the first one, but where the call would end before it began.
    "twice": ("2026-11-01 01:20:00", "2026-11-01 01:50:00", "2026-11-01 05:20:00", "2026-11-01 05:50:00"),
    "across": ("2026-11-01 01:50:00", "2026-11-01 01:10:00", "2026-11-01 05:50:00", "2026-11-01 06:10:00"),
    "after": ("2026-11-01 01:50:00", "2026-11-01 02:10:00", "2026-11-01 05:50:00", "2026-11-01 07:10:00"),
    # Clocks leap over this hour.
    "never": ("2026-03-08 01:50:00", "2026-03-08 03:10:00", "2026-03-08 06:50:00", "2026-03-08 07:10:00"),
}


def test_rows_are_moved_with_their_wall_clocks_as_utc_and_a_view_shows_them_as_before(pipeline: Pipeline) -> None:
    set_up(pipeline)
    for id, (start, end, *_) in CLOCKS.items():
        collected(pipeline, id, start, end, agent_conn=start, in_queue_time=start, conn_to_sys=start)
    shown = [name for name in COLUMNS if name not in ("agent_holds", "queue_duration", "customer_hold_duration")]
    before = sql(pipeline, f"select {', '.join(shown)} from connect.f_calls order by contact_id")  # noqa: S608

    answer = pipeline.invoke(TAKE_OVER)

    assert answer["status"] == "done"
    moved = {"f_calls": 6, "f_calls_staging": 0, "dim_queues": 0, "dim_users": 0, "contacts": 6}
    assert answer["moved"] == moved
    times = pipeline.rows("contact_id", "init_time", "disconn_time", "agent_conn")
    assert {str(each["contact_id"]): list(each.values())[1:] for each in times} == {
        id: [start, end, start] for id, (_, _, start, end) in CLOCKS.items()
    }
    assert sql(pipeline, f"select {', '.join(shown)} from connect.f_calls_new_york order by contact_id") == before  # noqa: S608
    columns = "select column_name from information_schema.columns where table_name = 'f_calls_new_york' order by"
    assert [name for (name,) in sql(pipeline, f"{columns} ordinal_position")] == list(COLUMNS)
    assert sql(pipeline, "select count(*) from connect.f_calls_replaced") == [["6"]]


def test_columns_that_meant_something_else_are_null_but_in_records_of_the_stream(pipeline: Pipeline) -> None:
    """Pauses are not holds. A row with a column that the collector never filled is a contact record."""
    set_up(pipeline)
    collected(pipeline, "a", "2026-01-05 05:00:00", "2026-01-05 05:10:00")
    collected(pipeline, "b", "2026-01-05 05:00:00", "2026-01-05 05:10:00", disconn_reason="AGENT_DISCONNECT")

    pipeline.invoke(TAKE_OVER)

    columns = ("contact_id", "source", "agent_holds", "queue_duration", "customer_hold_duration", "time_zone")
    assert [list(each.values()) for each in pipeline.rows(*columns)] == [
        ["a", "COLLECTOR", None, None, None, "America/New_York"],
        ["b", "STREAM", "3", "0", "77", "America/New_York"],
    ]


def test_doubled_rows_become_one_and_waiting_rows_and_names_come_along(pipeline: Pipeline) -> None:
    set_up(pipeline)
    collected(pipeline, "a", "2026-01-05 05:00:00", "2026-01-05 05:10:00")
    later = {"contact_id": "a", "last_update_time": "2026-01-05 06:00:00", "queue_id": "q", "agent_id": "u"}
    sql(pipeline, insert("f_calls", **later))
    sql(pipeline, insert("f_calls_staging", contact_id="waiting", init_time="2026-01-05 05:00:00"))
    for email in ("ada@example.com", "a.byron@example.com"):
        sql(pipeline, insert("dim_users", user_id="u", user_name="Ada", user_lastname="Byron", user_email=email))
    sql(pipeline, insert("dim_queues", queue_id="q", queue_name="Billing"))

    answer = pipeline.invoke(TAKE_OVER)

    assert answer["moved"] == {
        "f_calls": 2,
        "f_calls_staging": 1,
        "dim_queues": 1,
        "dim_users": 2,
        "contacts": 2,
    }
    rows = pipeline.rows("contact_id", "last_update_time", "queue_name")
    assert [list(each.values()) for each in rows] == [
        ["a", "2026-01-05 11:00:00", "Billing"],
        ["waiting", None, None],
    ]
    assert pipeline.rows("user_id", "username", "user_name", table="dim_users") == [
        {"user_id": "u", "username": None, "user_name": "Ada"}
    ]


def test_after_a_take_over_runs_load_and_the_api_replaces_what_the_collector_wrote(pipeline: Pipeline) -> None:
    set_up(pipeline)
    collected(pipeline, "a", "2026-01-05 05:00:00", "2026-01-05 06:00:00", last_update_time="2026-01-05 07:00:00")
    pipeline.invoke(TAKE_OVER)
    pipeline.seed("a", "11:00", DisconnectReason="AGENT_DISCONNECT")
    pipeline.seed("b", "11:30")

    done = pipeline.run("12:40", **UTC)

    assert (done["status"], done["inserted"], done["updated"]) == ("done", 1, 1)
    (found,) = pipeline.rows("source", "disconn_reason", where="contact_id = 'a'")
    assert found == {"source": "API", "disconn_reason": "AGENT_DISCONNECT"}
    assert pipeline.invoke({"migrate": True}) == {"status": "done", "applied": []}


def test_a_database_that_an_earlier_release_called_done_is_taken_over_too(pipeline: Pipeline) -> None:
    """It noted three files as applied, over tables that were not its own."""
    set_up(pipeline)
    collected(pipeline, "a", "2026-01-05 05:00:00", "2026-01-05 06:00:00")
    sql(pipeline, "create table connect.schema_migrations (name varchar(128), applied_at timestamp)")
    for name in ("0001_tables", "0002_insert_new_f_calls", "0003_merge_dimensions"):
        sql(pipeline, insert("schema_migrations", name=name, applied_at="2026-01-01 00:00:00"))

    pipeline.invoke(TAKE_OVER)

    pipeline.seed("b", "11:30")
    assert pipeline.run("12:40", **UTC)["inserted"] == 1
    assert pipeline.count() == 2


def test_dimensions_alone_of_another_program_are_moved_and_the_facts_stay(pipeline: Pipeline) -> None:
    load(pipeline, row("a", agent_id="u"))
    sql(pipeline, "drop table connect.dim_users; create table connect.dim_users (user_id varchar(100), user_name text)")
    sql(pipeline, insert("dim_users", user_id="u", user_name="Ada"))
    sql(pipeline, "alter table connect.dim_users add column last_modified timestamp")
    with pytest.raises(LoadFailed, match=r"^connect\.dim_users: of another program"):
        pipeline.invoke({"migrate": True})

    assert pipeline.invoke(TAKE_OVER)["moved"] == {"dim_users": 1}

    agent = pipeline.sandbox.seed("User", {"Username": "ada"})
    pipeline.invoke({"dimensions": True})
    assert {str(each["user_id"]) for each in pipeline.rows("user_id", table="dim_users")} == {"u", agent}


def test_a_take_over_whose_last_reply_is_lost_is_counted_all_the_same(pipeline: Pipeline) -> None:
    assert pipeline.redshift is not None
    set_up(pipeline)
    collected(pipeline, "a", "2026-01-05 05:00:00", "2026-01-05 06:00:00")
    pipeline.redshift.cut("commit", "after", number=2)  # the first one is that of the statement time-out

    answer = pipeline.invoke(TAKE_OVER)

    assert pipeline.redshift.front.cuts == []
    assert answer["moved"] == {"f_calls": 1, "f_calls_staging": 0, "dim_queues": 0, "dim_users": 0, "contacts": 1}
    assert pipeline.count() == 1


@pytest.mark.parametrize(
    ("types", "values", "code"),
    [
        ({"channel": "varchar(500)"}, {"channel": "x" * 60}, "22001"),
        ({"init_time": "varchar(50)"}, {}, "42804"),
    ],
)
def test_rows_that_cannot_be_moved_leave_everything_as_it_was(
    pipeline: Pipeline, types: dict[str, str], values: dict[str, Any], code: str
) -> None:
    set_up(pipeline, **types)
    collected(pipeline, "a", "2026-01-05 05:00:00", "2026-01-05 06:00:00", **values)
    before = tables(pipeline)

    with pytest.raises(LoadFailed, match=code):
        pipeline.invoke(TAKE_OVER)

    assert tables(pipeline) == before
    assert sql(pipeline, "select count(*) from connect.f_calls") == [["1"]]


def test_the_place_of_the_old_tables_must_be_free(pipeline: Pipeline) -> None:
    set_up(pipeline)
    sql(pipeline, "create table connect.f_calls_replaced (contact_id varchar(100))")

    with pytest.raises(LoadFailed, match=r"connect\.f_calls_replaced: in the way"):
        pipeline.invoke(TAKE_OVER)


def test_an_installed_release_is_brought_up_to_date_with_its_rows(pipeline: Pipeline) -> None:
    """The first release noted three files by name: their tables stay, their procedures are replaced."""
    redshift = pipeline.redshift
    assert redshift is not None
    load(pipeline, row("a"), id="one")
    sql(pipeline, "delete from connect.schema_migrations; drop table connect.load_lock")
    sql(pipeline, "alter table connect.f_calls_staging alter column load_id set not null")
    sql(pipeline, "alter table connect.dim_users drop column user_email, drop column user_name")
    sql(pipeline, "alter table connect.dim_users drop column user_lastname")
    sql(pipeline, "drop procedure connect.insert_new_f_calls()")
    for name in ("0001_tables", "0002_insert_new_f_calls", "0003_merge_dimensions"):
        sql(pipeline, insert("schema_migrations", name=name, applied_at="2026-01-01 00:00:00"))
    sql(pipeline, insert("f_calls_staging", load_id="open", source="API", ingested_at="2026-01-01", contact_id="b"))

    applied = pipeline.invoke({"migrate": True})["applied"]

    assert applied[:3] == ["0004_load_lock", "0005_staging", "0006_dim_users"]
    assert set(applied[3:]) >= {"0002_insert_new_f_calls", "0003_merge_dimensions", "0009_insert_waiting_calls"}
    assert pipeline.invoke({"migrate": True})["applied"] == []
    assert [pipeline.count(name) for name in ("f_calls", "f_calls_staging")] == [1, 1]
    assert load(pipeline, row("c")).inserted == 1


def test_a_procedure_that_another_release_replaced_is_replaced_again(pipeline: Pipeline) -> None:
    """After a rollback and an upgrade: the last version that was noted counts."""
    older = "0002_insert_new_f_calls 0000000000000000"
    sql(pipeline, insert("schema_migrations", name=older, applied_at="2026-02-01 00:00:00"))

    assert pipeline.invoke({"migrate": True})["applied"] == ["0002_insert_new_f_calls"]


def test_the_collector_may_go_on_writing(pipeline: Pipeline) -> None:
    """S3-13: its INSERT of 31 columns and its CALL without arguments; the values of the API are better, and stay."""
    set_up(pipeline)
    pipeline.invoke(TAKE_OVER)
    pipeline.seed("a", "11:00", DisconnectReason="AGENT_DISCONNECT")
    pipeline.run("12:40", **UTC)

    for id in ("a", "b"):
        collected(pipeline, id, "2026-01-05 05:58:30", "2026-01-05 06:00:00", last_update_time="2026-01-05 05:00:00")
    sql(pipeline, "call connect.insert_new_f_calls()")

    columns = ("contact_id", "source", "disconn_time", "disconn_reason", "customer_hold_duration")
    assert [list(each.values()) for each in pipeline.rows(*columns)] == [
        ["a", "API", "2026-01-05 11:00:00", "AGENT_DISCONNECT", None],
        ["b", "COLLECTOR", "2026-01-05 11:00:00", None, None],
    ]
    assert pipeline.count("f_calls_staging") == 0


def test_writers_of_the_old_dimension_may_go_on_and_their_values_stay(pipeline: Pipeline) -> None:
    agent = pipeline.sandbox.seed("User", {"Username": "ada"})
    for _ in range(2):
        sql(pipeline, insert("dim_users", user_id=agent, user_name="Ada", user_email="ada@example.com"))
    load(pipeline, row("a", agent_id=agent))

    pipeline.invoke({"dimensions": True})

    assert pipeline.rows("username", "user_name", "user_email", table="dim_users") == [
        {"username": "ada", "user_name": "Ada", "user_email": "ada@example.com"}
    ]
    assert pipeline.rows("contact_id", "agent_username") == [{"contact_id": "a", "agent_username": "ada"}]


def test_its_tables_are_those_of_the_facts() -> None:
    """The seed's DDL: 31 columns and the time of insertion, four tables, one procedure."""
    creates = [text for text in split(replaced.tables()) if text.startswith("create table")]

    assert len(creates) == 4
    assert len(COLUMNS) == 31
