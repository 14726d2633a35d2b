"""The procedure on a database: type 1 by contact, the newest wins, nulls do not erase, and twice is once."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.lambdas.contact_calls import files
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.statements import shipped
from reconciler.lambdas.contact_calls.warehouse import Load, Loaded
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.redshift import Login
from tests.lambdas.contact_calls.loads import HOUR, T, load, row, warehouse
from tests.lambdas.contact_calls.pipeline import BUCKET, Pipeline
from tests.worlds.warehouse import ROLE

pytestmark = pytest.mark.slow


def result(pipeline: Pipeline, *columns: str) -> list[list[str | None]]:
    return [list(each.values()) for each in pipeline.rows(*columns)]


def test_a_repeated_load_changes_nothing_and_reports_it(pipeline: Pipeline) -> None:
    """S3-13, S3-15: the identical rows under another id, and the same id once more."""
    first = load(pipeline, row("a"), row("b"), id="one")

    again = load(pipeline, row("a"), row("b"), id="two")
    same = load(pipeline, row("a", 9, channel="CHAT"), row("b"), id="one")

    assert first == same == Loaded(staged=2, inserted=2, updated=0, unchanged=0, late=0)
    assert again == Loaded(staged=2, inserted=0, updated=0, unchanged=2, late=0)
    assert result(pipeline, "contact_id", "channel", "load_id") == [["a", None, "one"], ["b", None, "one"]]
    assert pipeline.count("f_calls_staging") == 0
    assert pipeline.count("f_calls_loads") == 2


def test_the_newer_version_wins_and_the_older_one_is_ignored(pipeline: Pipeline) -> None:
    """S3-13, S3-22."""
    load(pipeline, row("a", 5, disconn_reason="first"))

    newer = load(pipeline, row("a", 6, disconn_reason="second"))
    older = load(pipeline, row("a", 4, disconn_reason="third"))

    assert (newer.updated, older.updated, older.unchanged) == (1, 0, 1)
    assert result(pipeline, "disconn_reason") == [["second"]]


def test_what_a_newer_version_does_not_tell_stays(pipeline: Pipeline) -> None:
    """S3-22: nulls do not erase."""
    load(pipeline, row("a", 1, agent_holds=3, queue_id="q"))

    load(pipeline, row("a", 2, agent_holds=None, queue_id="r"))

    assert result(pipeline, "agent_holds", "queue_id") == [["3", "r"]]


def test_of_two_versions_as_new_the_later_load_counts_and_erases_nothing(pipeline: Pipeline) -> None:
    """S3-22: what changes without moving last_update_time arrives, too."""
    load(pipeline, row("a", 1, disconn_reason="first", queue_id="q"))

    done = load(pipeline, row("a", 1, disconn_reason="second"))
    again = load(pipeline, row("a", 1, disconn_reason="second"))

    assert (done.updated, again.updated, again.unchanged) == (1, 0, 1)
    assert result(pipeline, "disconn_reason", "queue_id") == [["second", "q"]]


def test_doubles_within_a_load_are_the_newest_of_them(pipeline: Pipeline) -> None:
    """S3-22."""
    done = load(pipeline, row("a", 1, channel="x"), row("a", 3, channel="z"), row("a", 2, channel="y"), row("b"))

    assert done == Loaded(staged=4, inserted=2, updated=0, unchanged=0, late=0)
    assert result(pipeline, "contact_id", "channel") == [["a", "z"], ["b", None]]


def test_a_contact_record_of_the_stream_wins_over_the_api(pipeline: Pipeline) -> None:
    """S3-3, S3-6: in either order there is one row, and it keeps the stream's values."""
    load(pipeline, row("a", 5, disconn_reason="API", queue_id="q"), row("b", 5, disconn_reason="API"))
    load(pipeline, row("a", 4, disconn_reason="STREAM"), source="STREAM")

    load(pipeline, row("a", 5, disconn_reason="API"), row("b", 5, disconn_reason="API"))
    redelivered = load(pipeline, row("a", 4, disconn_reason="STREAM"), source="STREAM")

    columns = ("contact_id", "disconn_reason", "queue_id", "source")
    assert result(pipeline, *columns) == [["a", "STREAM", "q", "STREAM"], ["b", "API", None, "API"]]
    assert redelivered.updated == 0


def test_what_the_api_learns_later_than_the_stream_is_taken(pipeline: Pipeline) -> None:
    load(pipeline, row("a", 5, disconn_reason="old", agent_holds=2), source="STREAM")

    load(pipeline, row("a", 6, disconn_reason="new"))

    assert result(pipeline, "disconn_reason", "agent_holds", "source") == [["new", "2", "STREAM"]]


def test_rows_that_were_never_described_do_not_stand_in_the_way_of_others(pipeline: Pipeline) -> None:
    """S3-11: a half-empty row once blocked every better one."""
    load(pipeline, row("a", last_update_time=None))

    load(pipeline, row("a", 1, disconn_reason="known"))
    load(pipeline, row("a", last_update_time=None))

    assert result(pipeline, "disconn_reason") == [["known"]]


FOLLOWING = {
    "first": row("first"),
    "named": row("first", next_contact_id="11"),
    "11": row("11", prev_contact_id="first", init_time=T),
    "12": row("12", prev_contact_id="first", init_time=T + HOUR),
}


@pytest.mark.parametrize(("telling", "expected"), [("first", "11"), ("named", "11")])
@pytest.mark.parametrize("order", [*permutations(["first", "11", "12"])], ids="-".join)
def test_the_next_contact_is_the_earliest_in_any_order_of_loads(
    pipeline: Pipeline, order: tuple[str, ...], telling: str, expected: str
) -> None:
    """S3-18: also once more, which changes nothing."""
    names = [telling if name == "first" else name for name in order]
    for name in names:
        load(pipeline, FOLLOWING[name])

    again = [load(pipeline, FOLLOWING[name]) for name in names]

    assert [each.updated for each in again] == [0, 0, 0]
    found = pipeline.rows("contact_id", "next_contact_id", where="contact_id = 'first'")
    assert found == [{"contact_id": "first", "next_contact_id": expected}]


@pytest.mark.parametrize("order", [("named", "12"), ("12", "named"), ("first", "12", "named")], ids="-".join)
def test_a_next_contact_that_the_api_names_is_kept_until_it_is_loaded(
    pipeline: Pipeline, order: tuple[str, ...]
) -> None:
    """It may be a chat, which is never loaded; a later one that is loaded does not take its place."""
    for name in (*order, *order):
        load(pipeline, FOLLOWING[name])

    assert pipeline.rows("next_contact_id", where="contact_id = 'first'") == [{"next_contact_id": "11"}]


def test_readers_of_what_changed_see_a_next_contact_that_arrived_later(pipeline: Pipeline) -> None:
    load(pipeline, row("first"), id="one")
    before = pipeline.rows("updated_at", "inserted_at")

    load(pipeline, row("next", prev_contact_id="first", init_time=T), id="two")

    (first,) = pipeline.rows("load_id", "updated_at", "inserted_at", where="contact_id = 'first'")
    assert first["load_id"] == "two"
    assert str(first["updated_at"]) > str(before[0]["updated_at"])
    assert first["inserted_at"] == before[0]["inserted_at"]


def test_a_load_compares_only_with_the_contacts_that_it_brings(pipeline: Pipeline) -> None:
    """The facts may be millions of rows. No result shows it, only the plan: so the statement itself is looked at."""
    assert pipeline.redshift is not None
    load(pipeline, *(row(f"c{number}") for number in range(300)))
    procedure = next(file for file in shipped() if file.name == "0002_insert_new_f_calls").texts[0]

    compared = procedure[procedure.index("    except\n") : procedure.index("delete from connect.f_calls using")]

    assert "where contact_id in (select contact_id from newest_calls)" in compared
    assert load(pipeline, row("c1")).unchanged == 1


def test_names_come_from_the_dimensions_before_and_after(pipeline: Pipeline) -> None:
    """S3-18."""
    house = warehouse(pipeline)
    load(pipeline, row("early", agent_id="u1", queue_id="q1"))
    house.load_dimensions("d1", [("user", "u1", "ada", T), ("queue", "q1", "Billing", None)])
    load(pipeline, row("later", agent_id="u1", queue_id="q1"))
    house.load_dimensions("d2", [("user", "u1", "ada.l", T), ("user", "u2", "bob", T)])

    names = result(pipeline, "contact_id", "agent_username", "queue_name")
    assert names == [["early", "ada", "Billing"], ["later", "ada", "Billing"]]
    assert {each["username"] for each in pipeline.rows("username", table="dim_users")} == {"ada.l", "bob"}
    assert pipeline.count("dimensions_staging") == 0


def test_contacts_that_ended_before_the_window_count_as_delayed(pipeline: Pipeline) -> None:
    done = load(pipeline, row("a"), row("b", disconn_time=T - 2 * HOUR))
    again = load(pipeline, row("b", disconn_time=T - 2 * HOUR))

    assert (done.late, again.late) == (1, 0)


def test_a_load_writes_down_what_it_did(pipeline: Pipeline) -> None:
    """S3-12: the rows that were staged are those that were described."""
    load(pipeline, row("a"), row("a"), row("b"), id="one")

    columns = (
        "load_id",
        "window_start",
        "window_end",
        "found",
        "described",
        "staged",
        "inserted",
        "updated",
        "unchanged",
    )
    (audit,) = pipeline.rows(*columns, table="f_calls_loads")
    assert list(audit.values()) == ["one", "2026-01-05 11:00:00", "2026-01-05 12:00:00", "3", "3", "3", "2", "0", "0"]


def test_an_error_leaves_both_tables_as_they_were(pipeline: Pipeline) -> None:
    """S3-15: the very last statement of the procedure fails."""
    assert pipeline.redshift is not None
    load(pipeline, row("a"))
    pipeline.redshift.sql("alter table connect.f_calls_loads add check (staged < 2)")

    with pytest.raises(LoadFailed, match="Redshift: ProgrammingError 23514"):
        load(pipeline, row("a", 3, channel="x"), row("b"))

    assert result(pipeline, "contact_id", "channel") == [["a", None]]
    assert (pipeline.count("f_calls_staging"), pipeline.count("f_calls_loads")) == (0, 1)


def test_a_doubled_contact_becomes_one_again(pipeline: Pipeline) -> None:
    assert pipeline.redshift is not None
    load(pipeline, row("a"))
    pipeline.redshift.sql("insert into connect.f_calls select * from connect.f_calls")

    load(pipeline, row("a", 3, channel="x"))

    assert result(pipeline, "contact_id", "channel") == [["a", "x"]]


def test_a_text_that_is_too_long_for_its_column_fails_with_its_code_alone(pipeline: Pipeline) -> None:
    with pytest.raises(LoadFailed) as wrong:
        load(pipeline, row("a", channel="+15550100" * 20))

    assert str(wrong.value) == "Redshift: ProgrammingError 22001"


def test_values_are_never_part_of_the_sql(pipeline: Pipeline) -> None:
    assert pipeline.redshift is not None
    nasty = "'); drop table connect.f_calls; --"
    pipeline.redshift.front.statements.clear()

    load(pipeline, row(nasty, disconn_reason=nasty))

    assert result(pipeline, "contact_id", "disconn_reason") == [[nasty, nasty]]
    assert [text for text in pipeline.redshift.front.statements if "drop table connect" in text] == []


VERSIONS = st.tuples(
    st.sampled_from("ab"), st.integers(0, 3), st.sampled_from([None, 1, 2]), st.sampled_from([None, "q"])
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(VERSIONS, min_size=1, max_size=4), min_size=1, max_size=3))
def test_any_loads_end_as_the_rule_says(pipeline: Pipeline, loads: list[list[tuple[Any, ...]]]) -> None:
    """S3-22: per contact and column, the newest version with a value wins."""
    assert pipeline.redshift is not None
    pipeline.redshift.sql("delete from connect.f_calls; delete from connect.f_calls_loads")
    expected: dict[str, tuple[int, Any, Any]] = {}
    for number, versions in enumerate(loads):
        # Two versions of a contact with one time would be a toss-up.
        unique = {(id, version): (holds, queue) for id, version, holds, queue in versions}
        rows = [row(id, at, agent_holds=holds, queue_id=queue) for (id, at), (holds, queue) in unique.items()]
        load(pipeline, *rows, id=f"l{number}")
        for id in {id for id, _ in unique}:
            at = max(version for other, version in unique if other == id)
            before, holds, queue = expected.get(id, (-1, None, None))
            if at >= before:
                new = unique[id, at]
                expected[id] = (at, new[0] or holds, new[1] or queue)

    found = {each["contact_id"]: each for each in pipeline.rows("contact_id", "agent_holds", "queue_id")}
    assert {id: (each["agent_holds"], each["queue_id"]) for id, each in found.items()} == {
        id: (str(holds) if holds else None, queue) for id, (_, holds, queue) in expected.items()
    }


def test_rows_that_did_not_all_arrive_are_no_load(pipeline: Pipeline) -> None:
    """A file of another load, say: what is counted is what is staged, and nothing of it stays."""
    s3, at = pipeline.client("s3"), T
    content = files.parquet([row("a")], "one", "API", at)
    s3.put_object(Bucket=BUCKET, Key="one.parquet", Body=content)
    s3.put_object(Bucket=BUCKET, Key="one", Body=files.manifest(f"s3://{BUCKET}/one.parquet", len(content)))
    made = Load("one", T - HOUR, T, 2, 2, 2, at, f"s3://{BUCKET}/one", ROLE)

    with pytest.raises(LoadFailed, match="2 rows were sent and 1 staged"):
        warehouse(pipeline).load(made, [row("a"), row("b")])

    assert [pipeline.count(table) for table in ("f_calls", "f_calls_staging", "f_calls_loads")] == [0, 0, 0]


@pytest.mark.parametrize(("breaks", "is_done"), [(3, True), (4, False)])
def test_a_line_that_breaks_before_the_driver_has_it_is_tried_four_times(
    pipeline: Pipeline, breaks: int, is_done: bool
) -> None:
    house, left = warehouse(pipeline), [ConnectionResetError()] * breaks

    def login() -> Login:
        if left:
            raise left.pop()
        return house.login()

    broken = replace(house, login=login)
    if not is_done:
        with pytest.raises(LoadFailed, match="Redshift: ConnectionResetError"):
            broken.load_dimensions("d", [("queue", "q", "Billing", None)])
    else:
        broken.load_dimensions("d", [("queue", "q", "Billing", None)])

    assert pipeline.count("dim_queues") == int(is_done)


def test_without_time_for_a_try_none_is_made(pipeline: Pipeline) -> None:
    house = replace(warehouse(pipeline), deadline=Deadline.within(4.9, pipeline.clock))

    with pytest.raises(LoadFailed, match="no time left for Redshift"):
        house.load_dimensions("d", [("queue", "q", "Billing", None)])
