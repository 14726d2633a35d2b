"""A report has every pair of the run, whatever became of it; messages are sent once, and none is lost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from boto3.dynamodb.types import TypeSerializer

from reconciler.lambdas.connectwise.failures import WrongEvent
from reconciler.lambdas.connectwise.keys import report_key, result_key
from reconciler.lambdas.connectwise_report.pairs import CUT_OFF
from reconciler.lambdas.connectwise_report.sources import ReportFailed
from reconciler.packaging.source import LAMBDAS
from tests.lambdas.connectwise.places import TENANTS, row
from tests.lambdas.connectwise_report.reports import HARBOR, NOON, NORTH, RUN, TICKETS, Reports


def test_every_pair_of_the_run_is_in_the_report_and_the_totals_add_up(reports: Reports) -> None:
    reports.plan(RUN, HARBOR, NORTH, "third", "fourth", "fifth")
    reports.end(RUN, HARBOR, "done", rows=7)
    reports.end(RUN, NORTH, "failed", error="AUTH: 401")
    reports.end(RUN, "third", "quiet")
    reports.end(RUN, "fourth", "behind")

    totals = reports.report({"run": RUN})

    assert totals == {"run": RUN, "due": 5, "done": 1, "quiet": 1, "behind": 1, "failed": 2}
    report = reports.get(report_key(RUN))
    assert {pair["tenant_id"]: pair["status"] for pair in report["pairs"]} == {
        **{HARBOR: "done", NORTH: "failed"},
        **{"third": "quiet", "fourth": "behind", "fifth": "failed"},
    }
    assert report["pairs"][0]["rows"] == 7
    assert "DIED" in report["pairs"][4]["error"]
    line = json.loads(reports.lines[-1])
    assert (line["PairsFailed"], line["PairsBehind"], line["RunDuration"], line["level"]) == (2, 1, 0, "ERROR")


def test_a_pair_whose_transform_was_ended_has_failed_until_a_run_that_ends(reports: Reports) -> None:
    """Ingest left its result and moved the watermark; transform was ended before it added its part."""
    ingested = {"tenant_id": HARBOR, "table_name": TICKETS, "mode": "incremental", "status": "done", "rows": 3}
    reports.plan(RUN, HARBOR)
    reports.put(result_key(HARBOR, RUN, TICKETS), ingested)
    reports.item(HARBOR, TICKETS, last_updated="2026-01-05T11:59:00Z", updated_at="2026-01-05T12:00:05Z")

    cut = reports.report({"run": RUN})
    sent = reports.messages()
    later = f"{NOON + timedelta(minutes=15):%Y%m%dT%H%M%SZ}"
    reports.plan(later, HARBOR)
    reports.end(later, HARBOR, "done", rows=0)
    healed = reports.report({"run": later})

    assert (cut["failed"], cut["done"], sent) == (1, 0, [(f"connectwise FAILED {HARBOR} {TICKETS}", CUT_OFF)])
    (pair,) = reports.get(report_key(RUN))["pairs"]
    assert (pair["status"], pair["error"], pair["rows"]) == ("failed", CUT_OFF, 3)
    assert (healed["failed"], reports.messages()) == (0, [(f"connectwise HEALED {HARBOR} {TICKETS}", "")])


def test_what_was_not_loaded_fails_its_pair(reports: Reports) -> None:
    reports.plan(RUN, HARBOR)
    reports.end(RUN, HARBOR, "quiet")
    reports.item(HARBOR, "canonical/tickets", consumed={TICKETS: 3}, commit=4, loaded_commit=2)
    failed = [{"tenant_id": HARBOR, "canonical_table": "tickets", "error": "COPY: ProgrammingError XX000"}]
    reports.put(f"loads/{RUN}/result.json", {"tables": {"tickets": {"inserted": 0}}, "failed": failed})

    assert reports.report({"run": RUN})["failed"] == 1

    report = reports.get(report_key(RUN))
    assert report["pairs"][0]["error"] == "LOAD: COPY: ProgrammingError XX000"
    assert report["pairs"][0]["canonical"] == [{"canonical_table": "tickets", "commit": 4, "loaded": 2}]
    assert report["load"] == {"tables": {"tickets": {"inserted": 0}}, "failed": failed, "cut": []}


def test_messages_come_when_a_failure_begins_changes_lasts_and_ends(reports: Reports) -> None:
    def run(hours: int, status: str, error: str = "") -> list[tuple[str, str]]:
        name = f"{NOON + timedelta(hours=hours):%Y%m%dT%H%M%SZ}"
        reports.plan(name, HARBOR)
        reports.end(name, HARBOR, status, **({"error": error} if error else {}))
        reports.report({"run": name})
        return reports.messages()

    failed, healed = (f"connectwise {kind} {HARBOR} {TICKETS}" for kind in ("FAILED", "HEALED"))
    assert run(0, "failed", "AUTH: 401") == [(failed, "AUTH: 401")]
    assert run(1, "failed", "AUTH: 401") == []
    assert json.loads(reports.lines[-1])["OldestWatermarkAge"] == 3600
    assert run(2, "failed", "FORBIDDEN: 403") == [(failed, "FORBIDDEN: 403")]
    assert run(25, "failed", "FORBIDDEN: 403") == []
    assert run(26, "failed", "FORBIDDEN: 403") == [(failed, "FORBIDDEN: 403")]
    assert run(27, "done") == [(healed, "")]
    assert run(28, "done") == []
    assert reports.items() == []


def test_a_message_that_cannot_be_sent_is_sent_by_the_next_run(reports: Reports) -> None:
    reports.plan(RUN, HARBOR)
    reports.end(RUN, HARBOR, "failed", error="AUTH: 401")
    denied = {"every": 1, "code": "AuthorizationErrorException", "operations": ["sns:Publish"]}
    reports.sandbox.set_faults({"error": denied})

    assert reports.report({"run": RUN})["failed"] == 1
    reports.sandbox.set_faults(None)
    reports.report({"run": RUN})

    assert len(reports.messages()) == 1


def test_without_a_topic_no_message_is_sent_and_the_report_is_the_same(reports: Reports) -> None:
    reports.plan(RUN, HARBOR)
    reports.end(RUN, HARBOR, "failed", error="AUTH: 401")

    reports.report({"run": RUN}, ALERT_TOPIC_ARN="")

    assert (reports.messages(), reports.get(report_key(RUN))["totals"]["failed"]) == ([], 1)


def test_a_report_by_hand_tells_from_the_ledger(reports: Reports) -> None:
    for tenant in (HARBOR, NORTH):
        typed = {name: TypeSerializer().serialize(value) for name, value in row(tenant).items()}
        reports.clients["dynamodb"].put_item(TableName=TENANTS, Item=typed)
    reports.item(HARBOR, TICKETS, updated_at="2026-01-05T11:00:00Z", last_updated="2026-01-05T10:00:00Z")
    reports.item(NORTH, TICKETS, error="AUTH: 401", updated_at="2026-01-05T11:50:00Z")

    answered = reports.report({"tenant_id": HARBOR})
    whole = reports.report({})

    assert (answered["due"], answered["quiet"]) == (1, 1)
    assert (whole["due"], whole["quiet"], whole["failed"]) == (2, 1, 1)
    assert reports.get(report_key(whole["run"]))["pairs"][0]["watermark"] == "2026-01-05T10:00:00Z"


def test_a_run_that_does_not_exist_and_a_wrong_event_are_errors(reports: Reports) -> None:
    with pytest.raises(ReportFailed, match=f"there is no run {RUN}"):
        reports.report({"run": RUN})
    for event in ({"run": "today"}, {"run": RUN, "tenant_id": HARBOR}, {"tenant": HARBOR}):
        with pytest.raises(WrongEvent):
            reports.report(event)


def test_the_declared_metrics_are_those_that_are_logged(reports: Reports) -> None:
    reports.plan(RUN, HARBOR)
    reports.report({"run": RUN})

    operations = json.loads((LAMBDAS / "connectwise_report" / "operations.json").read_text())
    logged = json.loads(reports.lines[-1])["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    assert {each["Name"]: each["Unit"] for each in logged} == {
        name: one["unit"] for name, one in operations["metrics"].items()
    }
    assert all(alarm["metric"] in operations["metrics"] for alarm in operations["alarms"].values())
