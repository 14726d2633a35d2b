"""The contract of pipelines for an independent judge: a checkout and a server like ConnectWise on loopback, no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reconciler.sandbox.connectwise import Fault, StandIn, standing_in
from scripts.demo_deployed import Stack, deployed
from scripts.demo_screen import ask
from tests.worlds import awscli
from tests.worlds.archives import built
from tests.worlds.connectwise import CONTACTS, TICKETS, deploy_connectwise

PLANTED = "hunter2-planted"
BUCKET, OWN = "example-judge-lake", "centre-sandbox-connectwise"
MANIFEST = """\
kind: Pipeline
metadata: {name: connectwise, protect: true}
spec:
  type: connectwise
  schedules: {hourly: {expression: "cron(10 * * * ? *)", timeZone: UTC}}
  bucket: {name: example-judge-lake, rawDays: {infrequent: 30, archive: 90, expire: 400}, supersededDays: 7}
  warehouse: {namespace: analytics, secret: connectwise/redshift}
  concurrency: 10
  functions: {transform: {memoryMegabytes: 2048}}
  alerts: {emails: [ops@example.com]}
---
kind: Tenant
metadata: {name: harbor-dental, protect: true}
spec:
  pipeline: connectwise
  companyName: Harbor Dental Group
  url: VENDOR
  tables: [service/tickets, company/contacts]
  rate: {perMinute: 6000}
  backfill: {days: 1, chunkDays: 1}
  privacy: {contact: keep, allow: [], deny: [ticket.budgetHours]}
"""


@pytest.fixture(scope="module")
def vendor() -> Iterator[StandIn]:
    with standing_in() as server:
        yield server


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, vendor: StandIn) -> Iterator[Stack]:
    """Deploys the pipeline, gives it its keys, and lets two hours pass, with a change between."""
    with deployed(tmp_path_factory.mktemp("j"), built()) as stack:
        company = deploy_connectwise(stack, vendor, MANIFEST, "Secret/connectwise-harbor-dental")
        company.put(TICKETS, {"id": 0, "summary": "id 0", "budgetHours": 123456.5, "novelty": {"a": 1}})
        company.put(CONTACTS, {"id": 1, "title": "Owner", "portalPassword": PLANTED, "gender": "planted-gender"})
        _an_hour(stack, vendor)
        company.change(TICKETS, 7, summary="VPN drops hourly")
        vendor.faults.add(Fault("status", 429, retry_after="300", path=TICKETS))
        _an_hour(stack, vendor)
        yield stack


def _an_hour(stack: Stack, vendor: StandIn) -> None:
    vendor.clock.advance(3600)
    ask(stack.local, "POST", "clock", {"advance": "1h"})


def objects(stack: Stack, prefix: str = "") -> dict[str, bytes]:
    s3 = stack.client("s3")
    keys = [it["Key"] for it in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def files(stack: Stack, prefix: str, folder: Path) -> str:
    """Downloads the Parquet files right below a prefix, and returns a pattern of their paths."""
    for key, body in objects(stack, prefix).items():
        name = key.removeprefix(prefix)
        if name.endswith(".parquet") and "/" not in name:
            (folder / name.replace(":", "-")).write_bytes(body)
    return str(folder / "*.parquet")


@pytest.mark.slow
def test_the_lake_has_the_history_by_the_reading_rule(judged: Stack, tmp_path: Path) -> None:
    """S2-18: equal by value; id 0 is an id; one row of each record is open, and intervals have no gap."""
    pattern = files(judged, "harbor-dental/canonical/tickets/", tmp_path)
    rule = f"""SELECT source_id, summary, effective_from, effective_to FROM (FROM read_parquet('{pattern}')
        QUALIFY row_number() OVER (PARTITION BY source_id, effective_from ORDER BY commit_no DESC) = 1)
        WHERE NOT retracted ORDER BY source_id, effective_from"""  # noqa: S608 (a path of this test)

    rows = duckdb.sql(rule).fetchall()

    assert [(int(row[0]), row[1]) for row in rows] == [(0, "id 0"), (7, "VPN drops"), (7, "VPN drops hourly")]
    assert rows[1][3] == rows[2][2]
    assert [row[3] is None for row in rows] == [True, False, True]


@pytest.mark.slow
def test_the_warehouse_has_the_same_history(judged: Stack) -> None:
    """S2-18."""
    query = "select source_id, summary, effective_to is null from canonical.tickets order by source_id, effective_from"

    rows = judged.rows(query)

    assert [(int(row[0]), row[1]) for row in rows] == [(0, "id 0"), (7, "VPN drops"), (7, "VPN drops hourly")]
    assert [row[2] for row in rows] == [True, False, True]
    assert judged.rows("select count(*) from canonical.loads")[0][0] >= 1


@pytest.mark.slow
def test_raw_files_have_every_record_and_what_no_schema_knows(judged: Stack, tmp_path: Path) -> None:
    pattern = files(judged, "harbor-dental/raw/connectwise/service/tickets/", tmp_path)

    rows = duckdb.sql(f"SELECT id, _unknown FROM read_parquet('{pattern}')").fetchall()  # noqa: S608 (as above)

    assert {row[0] for row in rows} == {0, 7}
    assert any("novelty" in str(row[1]) for row in rows)


@pytest.mark.slow
def test_planted_secrets_and_denied_fields_are_nowhere(judged: Stack, tmp_path: Path) -> None:
    """S2-13: in no object, item, log or row."""
    planted = (PLANTED, "planted-gender", "123456.5")
    texts = [body.decode("utf-8", "replace") for body in objects(judged).values()]
    for table in (TICKETS, CONTACTS):
        pattern = files(judged, f"harbor-dental/raw/connectwise/{table}/", tmp_path)
        texts.append(str(duckdb.sql(f"FROM read_parquet('{pattern}', union_by_name=true)").fetchall()))
    for table in judged.client("dynamodb").list_tables()["TableNames"]:
        texts.append(str(judged.client("dynamodb").scan(TableName=table)["Items"]))
    for group in judged.client("logs").describe_log_groups()["logGroups"]:
        events = judged.client("logs").filter_log_events(logGroupName=group["logGroupName"])["events"]
        texts += [event["message"] for event in events]
    texts += [str(judged.rows(f"select * from canonical.{table}")) for table in ("tickets", "contacts")]  # noqa: S608

    assert [word for word in planted if any(word in text for text in texts)] == []


@pytest.mark.slow
def test_a_slot_has_one_run_and_each_run_has_a_report_that_adds_up(judged: Stack) -> None:
    (machine,) = judged.client("stepfunctions").list_state_machines()["stateMachines"]
    listed = judged.client("stepfunctions").list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    runs = [it for it in listed if it["name"].startswith("hourly-")]
    reports = [json.loads(body) for key, body in objects(judged, "runs/").items() if key.endswith("report.json")]

    assert {it["status"] for it in runs} == {"SUCCEEDED"}
    assert len(runs) == len(reports) >= 2
    for report in reports:
        totals = report.get("totals", report)
        assert totals["due"] == totals["done"] + totals["quiet"] + totals["behind"] + totals["failed"] == 2


@pytest.mark.slow
def test_a_run_waits_as_long_as_the_server_wants(judged: Stack, vendor: StandIn) -> None:
    """429 with Retry-After: 300. The machine waits by the clock of the local AWS, and its round 2 has the change."""
    log = judged.log("centre-sandbox-connectwise-ingest")
    pairs = [line for line in log if line.get("table_name") == TICKETS]

    reasons = [line["reason"] for line in pairs if line["status"] == "behind"]
    assert (reasons, vendor.faults.served) == (["BEHIND: the server wants a wait of 300 s"], {"status": 1})
    assert pairs[-1]["status"] == "done"


@pytest.mark.slow
def test_the_aws_command_line_reads_back_what_the_documents_stand_for(judged: Stack) -> None:
    def aws(*words: str) -> Any:
        return awscli.aws(judged.folder, *words)

    key = json.dumps({"tenant_id": {"S": "harbor-dental"}})
    row = aws("dynamodb", "get-item", "--table-name", f"{OWN}-tenant-services", "--key", key)["Item"]
    schedule = aws("scheduler", "get-schedule", "--group-name", OWN, "--name", "hourly")
    machine = aws("stepfunctions", "describe-state-machine", "--state-machine-arn", schedule["Target"]["Arn"])
    secret = aws("secretsmanager", "describe-secret", "--secret-id", row["secret_name"]["S"])
    policy = aws("iam", "get-role-policy", "--role-name", f"{OWN}-tenant", "--policy-name", "main")["PolicyDocument"]
    alarms = aws("cloudwatch", "describe-alarms", "--alarm-name-prefix", OWN)["MetricAlarms"]
    topic = aws("sns", "list-subscriptions-by-topic", "--topic-arn", alarms[0]["AlarmActions"][0])["Subscriptions"]

    assert (row["enabled"], row["pipeline"]) == ({"BOOL": True}, {"S": "connectwise"})
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == ("cron(10 * * * ? *)", "UTC")
    assert json.loads(machine["definition"])["States"]["Pairs"]["MaxConcurrency"] == 10
    assert secret["Name"] == "connectwise/harbor-dental/sandbox"
    assert all("${aws:PrincipalTag/tenant}" in json.dumps(it) for it in policy["Statement"])
    assert len(alarms) == 10
    assert [(it["Protocol"], it["Endpoint"]) for it in topic] == [("email", "ops@example.com")]


@pytest.mark.slow
def test_a_plan_afterwards_has_nothing_to_do(judged: Stack) -> None:
    assert "No changes" in judged.reconcile("plan")
