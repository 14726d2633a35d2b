"""A run as the schedule asks for it, on the sandbox's Connect and a Redshift."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import reconciler.lambdas.contact_calls as package
from reconciler.lambdas.contact_calls.failures import (
    DescribeFailed,
    Failed,
    NoTime,
    SearchFailed,
    WrongEvent,
    WrongSettings,
)
from reconciler.sandbox.connect.contacts_made import make_contacts, updated_later
from tests.lambdas.contact_calls.pipeline import Pipeline

FOLDER = Path(package.__file__).parent
UTC = {"TIME_ZONE": "UTC"}
SPAN = {"from": "2026-01-05T10:00Z", "to": "2026-01-05T12:00Z"}


def test_a_run_loads_what_ended_in_the_last_window_and_a_second_changes_nothing(pipeline: Pipeline) -> None:
    """S3-1, S3-2, S3-4, S3-10, S3-13, S3-17, S3-19, S3-20: 200 calls that are over, 30 open and 20 chats give 200."""
    pipeline.seed_many(200, "10:00", "12:00")
    pipeline.seed_many(30, "10:00", "12:00", seed=2, unfinished=1.0, abandoned=0, agents=["ada"])
    pipeline.seed_many(20, "10:00", "12:00", seed=3, channels={"CHAT": 1.0})

    first = pipeline.run("12:40", **UTC)
    second = pipeline.invoke(SPAN, **UTC)

    assert (first["status"], first["inserted"], first["watermark"]) == ("done", 200, "2026-01-05T12:00:00.000Z")
    assert (second["status"], second["inserted"], second["updated"], second["unchanged"]) == ("done", 0, 0, 200)
    assert pipeline.count() == 200
    assert pipeline.count("f_calls_staging") == 0


slow = pytest.mark.slow


@slow
def test_calls_are_a_search_for_each_hundred_and_a_describe_for_each_contact(pipeline: Pipeline) -> None:
    """S3-11, S3-12, S3-17: and what the audit counts is what was called and what is there."""
    pipeline.seed_many(450, "10:00", "12:00")
    pipeline.seed("monitored", "11:00", InitiationMethod="MONITOR")
    pipeline.sandbox.reset_stats()

    pipeline.run("12:40", CHUNK_CONTACTS="200", **UTC)

    assert (pipeline.calls("connect:SearchContacts"), pipeline.calls("connect:DescribeContact")) == (5, 450)
    sums = ("sum(seen)", "sum(found)", "sum(described)", "sum(staged)", "sum(inserted)")
    assert [list(each.values()) for each in pipeline.rows(*sums, table="f_calls_loads")] == [
        ["451", "450", "450", "450", "450"]
    ]
    assert pipeline.count() == 450


@slow
def test_columns_that_search_tells_need_no_describing(pipeline: Pipeline) -> None:
    pipeline.seed_many(50, "10:00", "12:00", queues=["q"])

    done = pipeline.run("12:40", COLUMNS="contact_id,disconn_time,queue_id", **UTC)

    assert (done["inserted"], pipeline.calls("connect:DescribeContact")) == (50, 0)
    assert {each["queue_id"] for each in pipeline.rows("queue_id")} == {"q"}


@slow
def test_many_rows_go_by_parquet_and_copy_and_are_the_same_as_by_insert(pipeline: Pipeline) -> None:
    """S3-12, S3-19."""
    pipeline.seed_many(120, "10:00", "12:00", queues=["q"], agents=["ada"])
    columns = ("contact_id", "init_time", "disconn_time", "contact_duration", "queue_duration", "customer_phone")
    columns += ("disconn_time_local", "agent_interact_duration", "prev_contact_id", "last_update_time", "conn_to_sys")

    pipeline.run("12:40", INSERT_BELOW="1000", **UTC)
    by_insert = pipeline.rows(*columns)
    assert pipeline.redshift is not None
    pipeline.redshift.sql("delete from connect.f_calls")
    pipeline.invoke(SPAN, INSERT_BELOW="0", **UTC)

    assert pipeline.rows(*columns) == by_insert
    assert sum("copy connect" in text for text in pipeline.redshift.front.statements) == 1
    assert [key[-8:] for key in pipeline.objects("contact-calls/load/2026/01/05/")] == ["manifest", ".parquet"]


@slow
def test_missed_runs_are_caught_up_window_by_window(pipeline: Pipeline) -> None:
    """S3-9, S3-24."""
    pipeline.run("10:40", **UTC)
    for hour in (11, 13, 15):
        pipeline.seed(f"at {hour}", f"{hour}:30")

    done = pipeline.run("16:40", **UTC)

    assert (done["status"], done["inserted"], pipeline.watermark()) == ("done", 3, "2026-01-05T16:00:00.000Z")
    windows = [item["label"]["S"] for item in pipeline.items() if item["item"]["S"].startswith("window#")]
    assert windows == ["08-10", "10-12", "12-14", "14-16"]


@slow
def test_the_same_event_twice_and_an_older_one_do_nothing(pipeline: Pipeline) -> None:
    pipeline.seed("a", "11:00")
    pipeline.run("12:40", **UTC)
    pipeline.sandbox.reset_stats()

    again, older = pipeline.run("12:40", **UTC), pipeline.run("10:40", **UTC)

    assert again["status"] == older["status"] == "nothing to do"
    assert pipeline.calls("connect:SearchContacts") == 0
    assert pipeline.watermark() == "2026-01-05T12:00:00.000Z"


@slow
def test_a_call_that_was_open_is_loaded_when_it_ends_and_what_changes_later_arrives(pipeline: Pipeline) -> None:
    """S3-10, S3-13: the overlap looks back; a newer version overwrites."""
    pipeline.seed("open", None, AgentInfo={"Id": "ada", "ConnectedToAgentTimestamp": pipeline.clock.at - 900})
    pipeline.seed("changed", "11:59", DisconnectReason="OTHER")
    pipeline.run("12:40", **UTC)
    pipeline.seed("open", "13:59")
    later = {"Id": "changed", "DisconnectReason": "AGENT_DISCONNECT", "LastUpdateTimestamp": pipeline.clock.at + 5000}
    pipeline.sandbox.seed("Contact", later)
    pipeline.seed("late", "11:58")

    done = pipeline.run("14:40", **UTC)

    assert (done["inserted"], done["updated"], done["late"]) == (2, 1, 2)
    assert [each["disconn_reason"] for each in pipeline.rows("disconn_reason", where="contact_id = 'changed'")] == [
        "AGENT_DISCONNECT"
    ]


@slow
def test_what_has_not_changed_is_not_touched_by_the_overlap(pipeline: Pipeline) -> None:
    pipeline.seed_many(40, "10:00", "12:00")
    pipeline.run("12:40", **UTC)
    before = pipeline.rows("contact_id", "updated_at", "load_id")

    done = pipeline.run("14:40", **UTC)

    assert (done["unchanged"], done["inserted"], done["updated"], done["late"]) == (40, 0, 0, 0)
    assert pipeline.rows("contact_id", "updated_at", "load_id") == before


@slow
def test_updates_of_many_contacts_arrive_once(pipeline: Pipeline) -> None:
    span = {"start": "2026-01-05T10:00:00+00:00", "end": "2026-01-05T12:00:00+00:00"}
    made = make_contacts(count=120, agents=["ada"], unfinished=0, **span)  # type: ignore[arg-type]
    for contact in made:
        pipeline.sandbox.seed("Contact", contact)
    pipeline.run("12:40", **UTC)
    later = list(updated_later(made, 0.4, 600))
    for contact in later:
        pipeline.sandbox.seed("Contact", contact)

    done = pipeline.run("14:40", **UTC)

    assert (done["updated"], done["inserted"], done["unchanged"]) == (len(later), 0, 120 - len(later))


@slow
def test_a_run_that_is_short_of_time_stops_where_all_before_it_is_loaded(pipeline: Pipeline) -> None:
    """S3-25, S3-27: resumed from there; nothing is lost and nothing done twice but the overlap."""
    pipeline.seed_many(200, "10:00", "12:00")
    rates = {"RATES": "SearchContacts=1000/1000,DescribeContact=1/15", "CHUNK_CONTACTS": "50", "WORKERS": "4"}

    result = []
    for minute in range(40, 60):
        result.append(pipeline.run(f"12:{minute}", seconds=90, OVERLAP_MINUTES="0", **UTC, **rates))
        if result[-1]["status"] == "done":
            break

    assert result[0]["status"] == "behind"
    assert result[0]["lagSeconds"] > 0
    assert [each["status"] for each in result] == ["behind"] * (len(result) - 1) + ["done"]
    assert pipeline.count() == 200
    assert sum(each["inserted"] for each in result) == 200
    assert pipeline.item("window#2026-01-05T10:00:00.000Z")["status"]["S"] == "done"
    assert pipeline.invoke({"gaps": True, "from": "2026-01-05T10:00Z"}, **UTC)["status"] == "none"


@slow
def test_no_time_for_anything_is_a_failure(pipeline: Pipeline) -> None:
    pipeline.seed_many(20, "10:00", "12:00")

    with pytest.raises(NoTime):
        pipeline.run("12:40", seconds=40, **UTC)
    assert pipeline.watermark() == "2026-01-05T10:00:00.000Z"
    noted = pipeline.item("window#2026-01-05T10:00:00.000Z")
    assert (noted["status"]["S"], noted["reason"]["S"][:6]) == ("failed", "NoTime")


@slow
@pytest.mark.parametrize(
    ("operation", "error"), [("SearchContacts", SearchFailed), ("DescribeContact", DescribeFailed)]
)
def test_what_can_not_be_had_fails_the_run_and_leaves_the_watermark(
    pipeline: Pipeline, operation: str, error: type[Failed]
) -> None:
    """S3-10, S3-11, S3-25: loudly, and the next run has it all."""
    pipeline.run("10:40", **UTC)
    pipeline.seed_many(150, "10:00", "12:00")
    pipeline.sandbox.set_faults({"error": {"probability": 1.0, "operations": [operation]}})

    with pytest.raises(error):
        pipeline.run("12:40", **UTC)

    assert pipeline.watermark() == "2026-01-05T10:00:00.000Z"
    noted = pipeline.item("window#2026-01-05T10:00:00.000Z")
    assert (noted["status"]["S"], error.__name__ in noted["reason"]["S"]) == ("failed", True)
    assert pipeline.count() == 0
    pipeline.sandbox.set_faults(None)
    assert pipeline.run("12:45", **UTC)["inserted"] == 150
    assert pipeline.item("window#2026-01-05T10:00:00.000Z")["status"]["S"] == "done"


@slow
def test_missing_windows_are_listed_and_a_replay_fills_them(pipeline: Pipeline) -> None:
    """S3-24: what failed, what never came, and nothing that is done."""
    pipeline.run("06:40", **UTC)
    pipeline.seed("a", "11:00")
    pipeline.sandbox.set_faults({"error": {"probability": 1.0, "operations": ["SearchContacts"]}})
    with pytest.raises(SearchFailed):
        pipeline.run("12:40", **UTC)
    pipeline.sandbox.set_faults(None)
    pipeline.clock.sleep(3600)

    report = pipeline.invoke({"gaps": True}, **UTC)
    assert [(each["label"], each["status"]) for each in report["gaps"]] == [
        ("06-08", "failed"),
        ("08-10", "never"),
        ("10-12", "never"),
    ]
    filled = [pipeline.invoke({"from": each["from"], "to": each["to"]}, **UTC) for each in report["gaps"]]

    assert sum(each["inserted"] for each in filled) == 1
    assert pipeline.watermark() == "2026-01-05T06:00:00.000Z"
    assert pipeline.invoke({"gaps": True}, **UTC) == {"status": "none", "count": 0, "gaps": []}
    old = pipeline.invoke({"gaps": True, "from": "2026-01-05T02:00Z", "to": "2026-01-05T05:00Z"}, **UTC)
    assert [each["label"] for each in old["gaps"]] == ["02-04"]


@slow
def test_half_a_window_replayed_is_not_a_window_done(pipeline: Pipeline) -> None:
    pipeline.invoke({"from": "2026-01-05T11:00Z", "to": "2026-01-05T12:00Z"}, **UTC)

    assert pipeline.item("window#2026-01-05T10:00:00.000Z") == {}


@slow
@pytest.mark.parametrize(
    "event", [{"time": "2026-01-05T14:02Z"}, {"time": "2199-01-01T00:00Z"}, {**SPAN, "to": "2026-01-05T14:00Z"}]
)
def test_a_time_to_come_is_refused_and_moves_nothing(pipeline: Pipeline, event: dict[str, str]) -> None:
    """It would skip all contacts that end before it, for good."""
    pipeline.run("12:40", **UTC)

    with pytest.raises(WrongEvent, match="is in the future"):
        pipeline.invoke(event, DELAY_MINUTES="0", **UTC)

    pipeline.seed("a", "13:00")
    assert pipeline.watermark() == "2026-01-05T12:00:00.000Z"
    assert pipeline.run("14:40", **UTC)["inserted"] == 1


@slow
def test_a_window_that_is_not_over_is_no_gap(pipeline: Pipeline) -> None:
    pipeline.run("12:40", **UTC)

    asked = {"gaps": True, "from": "2026-01-05T10:00Z", "to": "2026-01-06T00:00Z"}
    assert pipeline.invoke(asked, **UTC) == {"status": "none", "count": 0, "gaps": []}


@slow
def test_a_window_that_fails_in_its_second_half_is_the_gap(pipeline: Pipeline) -> None:
    """S3-24: the first half was loaded by a run that ran out of time."""
    pipeline.seed_many(200, "10:00", "12:00")
    rates = {"RATES": "SearchContacts=1000/1000,DescribeContact=1/15", "CHUNK_CONTACTS": "50", "WORKERS": "4"}
    assert pipeline.run("12:40", seconds=90, OVERLAP_MINUTES="0", **UTC, **rates)["status"] == "behind"
    pipeline.sandbox.set_faults({"error": {"probability": 1.0, "operations": ["SearchContacts"]}})

    with pytest.raises(SearchFailed):
        pipeline.run("12:45", OVERLAP_MINUTES="0", **UTC)

    (gap,) = pipeline.invoke({"gaps": True}, **UTC)["gaps"]
    assert (gap["label"], gap["status"], gap["from"]) == ("10-12", "failed", "2026-01-05T10:00:00.000Z")


@slow
def test_it_can_be_switched_off_and_on_without_a_deployment(pipeline: Pipeline) -> None:
    """S3-6: and nothing is lost in between."""
    pipeline.run("10:40", **UTC)
    pipeline.seed("a", "11:00")

    off = pipeline.invoke({"pause": "the stream is back"}, **UTC)
    paused = pipeline.run("12:40", **UTC)
    on = pipeline.invoke({"resume": True}, **UTC)
    done = pipeline.run("14:40", **UTC)

    assert (off["status"], paused["status"], on["status"]) == ("paused", "paused", "resumed")
    assert paused["lagSeconds"] == 7200
    assert (done["status"], done["inserted"]) == ("done", 1)


@slow
def test_names_of_queues_and_users_are_loaded(pipeline: Pipeline) -> None:
    agent = pipeline.sandbox.seed("User", {"Username": "ada"})
    listed = pipeline.client("connect").list_queues(InstanceId=pipeline.sandbox.instance, QueueTypes=["STANDARD"])
    queue = listed["QueueSummaryList"][0]["Id"]
    pipeline.seed_many(5, "10:00", "12:00", agents=[agent], queues=[queue], abandoned=0)

    result = pipeline.invoke({"dimensions": True}, **UTC)
    pipeline.run("12:40", **UTC)

    assert result == {"status": "done", "queues": 1, "users": 1}
    assert {(each["agent_username"], each["queue_name"]) for each in pipeline.rows("agent_username", "queue_name")} == {
        ("ada", "BasicQueue")
    }


@slow
def test_records_are_kept_as_they_came(pipeline: Pipeline) -> None:
    """S3-5: for columns that may be added later."""
    pipeline.seed("a", "11:00", Attributes={"disposition": "sold"}, DisconnectDetails={"PotentialDisconnectIssue": "x"})

    pipeline.run("12:40", **UTC)

    (raw,) = pipeline.objects("contact-calls/raw/").values()
    (record,) = [json.loads(line) for line in gzip.decompress(raw).splitlines()]
    assert record["Attributes"] == {"disposition": "sold"}
    assert record["DisconnectDetails"] == {"PotentialDisconnectIssue": "x"}
    assert record["DisconnectTimestamp"] == "2026-01-05T11:00:00+00:00"


@slow
def test_one_line_tells_of_a_run_with_its_metrics(pipeline: Pipeline) -> None:
    """S3-26."""
    pipeline.seed_many(5, "10:00", "12:00")

    pipeline.run("12:40", **UTC)

    line: dict[str, Any] = pipeline.logged()[-1]
    names = {each["Name"] for each in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert {"Searched", "Described", "Loaded", "Late", "WindowLag"} <= names
    assert (line["Searched"], line["Described"], line["Loaded"], line["Changed"], line["Late"]) == (5, 5, 5, 5, 0)
    assert (line["WindowLag"], line["Failed"], line["FunctionName"]) == (0, 0, "contact-calls")


@slow
def test_migrating_twice_does_nothing_the_second_time(pipeline: Pipeline) -> None:
    """S3-14."""
    assert pipeline.invoke({"migrate": True}) == {"status": "done", "applied": []}
    noted = {str(each["name"]).partition(" ")[0] for each in pipeline.rows("name", table="schema_migrations")}
    assert noted == {path.stem for path in (FOLDER / "sql").glob("*.sql")}


def test_wrong_settings_and_events_fail_before_anything_is_asked(bare: Pipeline) -> None:
    bare.sandbox.reset_stats()

    with pytest.raises(WrongSettings):
        bare.run("12:40", PHONES="sell")
    with pytest.raises(WrongEvent):
        bare.invoke({})

    assert bare.sandbox.stats()["total"] == 0
    assert [line["Failed"] for line in bare.logged()] == [1, 1]
