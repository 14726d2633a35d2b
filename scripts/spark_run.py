"""Runs a deployed pipeline whose work is large: python scripts/spark_run.py PYTHON, where PYTHON has pyspark

The local AWS runs the machine, and the machine runs the job under Spark. Then the function transform does the same work
alone. Both histories must be equal. `make spark-tests` runs this. Exits with 1 if they differ.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from reconciler.sandbox.connectwise import StandIn, standing_in
from scripts.demo_deployed import Stack, deployed
from scripts.demo_screen import ask

BUCKET, TENANT, TABLE = "example-spark-lake", "harbor-dental", "tickets"
OWN = "centre-sandbox-connectwise"
LEDGER = f"{OWN}-last-updated"
MANIFEST = """\
kind: Pipeline
metadata: {{name: connectwise}}
spec:
  type: connectwise
  schedules: {{hourly: {{expression: "cron(10 * * * ? *)", timeZone: UTC}}}}
  bucket: {{name: example-spark-lake}}
  warehouse: {{secret: connectwise/redshift}}
  dashboard: false
  spark:
    image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/reconcile-spark:1
    above: {{newRows: 1}}
---
kind: Tenant
metadata: {{name: harbor-dental}}
spec:
  pipeline: connectwise
  companyName: Harbor Dental Group
  url: {url}
  tables: [service/tickets]
  rate: {{perMinute: 6000}}
  backfill: {{days: 1, chunkDays: 1}}
"""
YEAR = 365 * 86_400  # seconds
# The rule by which readers read the files of a history.
READ = """SELECT * EXCLUDE (commit_no, retracted) FROM (FROM read_parquet({files}, union_by_name = true)
  QUALIFY row_number() OVER (PARTITION BY source_id, effective_from ORDER BY commit_no DESC) = 1)
  WHERE NOT retracted ORDER BY source_id, effective_from"""


def main() -> int:
    os.environ["RECONCILE_SPARK"] = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder, standing_in() as vendor, deployed(Path(folder)) as stack:
        stack.declare("connectwise", MANIFEST.format(url=vendor.url))
        stack.reconcile("apply", "--auto-approve")
        keys = json.dumps({**vendor.credentials("harbor"), "private_key": "private"})
        stack.reconcile("secret", "set", f"Secret/connectwise-{TENANT}", stdin=keys)
        lanes = _two_hours(stack, vendor)
        jobs = _jobs(stack)
        by_job, counted = history(stack, Path(folder)), _versions_counted(stack)
        _forget_history(stack)
        for lane in lanes:
            stack.invoke(f"{OWN}-transform", lane)
        by_function = history(stack, Path(folder))
    print(f"metrics: {counted} versions inserted")
    return _judge(jobs, by_job, by_function) if counted == by_job[0] else 1


def _judge(jobs: list[tuple[str, str]], by_job: tuple[int, str], by_function: tuple[int, str]) -> int:
    """Prints what there was, and returns the exit code."""
    for state, details in jobs:
        print(f"job: {state}, {details}")
    print(f"history by Spark: {by_job[0]} rows, {by_job[1]}; by transform: {by_function[0]} rows, {by_function[1]}")
    is_right = by_job == by_function and by_job[0] > 0 and {state for state, _ in jobs} == {"SUCCESS"}
    print("The job and the function agree." if is_right else "The job and the function differ, or a job failed.")
    return 0 if is_right else 1


def _two_hours(stack: Stack, vendor: StandIn) -> list[dict[str, Any]]:
    """Lets two slots pass, each with records that are new or changed, and returns their lanes."""
    company, lanes = vendor.company("harbor"), list[dict[str, Any]]()
    for hour in range(2):
        for number in range(20):
            company.put("service/tickets", {"id": number + 10 * hour, "summary": f"ticket {number}, hour {hour}"})
        vendor.clock.advance(3600)
        ask(stack.local, "POST", "clock", {"advance": "1h"})
        lanes += _lanes_after(stack, len(lanes))
    return lanes


def _lanes_after(stack: Stack, count: int) -> list[dict[str, Any]]:
    """Returns the lanes of runs, the oldest first, without the first `count`. Waits for the ends of runs."""
    states = stack.client("stepfunctions")
    (machine,) = states.list_state_machines()["stateMachines"]
    while any(
        it["status"] == "RUNNING"
        for it in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    ):
        time.sleep(0.5)
    s3 = stack.client("s3")
    keys = [it["Key"] for it in s3.list_objects_v2(Bucket=BUCKET, Prefix="runs/")["Contents"]]
    listed = sorted(key for key in keys if key.endswith("/lanes.json"))
    return [lane for key in listed[count:] for lane in json.loads(_body(stack, key))]


def _jobs(stack: Stack) -> list[tuple[str, str]]:
    emr = stack.client("emr-serverless")
    (application,) = emr.list_applications()["applications"]
    jobs = emr.list_job_runs(applicationId=application["id"])["jobRuns"]
    return [(job["state"], job["stateDetails"]) for job in jobs]


def _versions_counted(stack: Stack) -> int:
    """Returns the sum of the metric that the jobs sent. Transform itself has made no version yet."""
    answer = stack.client("cloudwatch").get_metric_statistics(
        Namespace="reconcile/connectwise",
        MetricName="VersionsInserted",
        Dimensions=[{"Name": "FunctionName", "Value": f"{OWN}-transform"}],
        StartTime=datetime(2000, 1, 1, tzinfo=UTC),
        EndTime=datetime(2100, 1, 1, tzinfo=UTC),
        Period=YEAR,
        Statistics=["Sum"],
    )
    return int(sum(it["Sum"] for it in answer["Datapoints"]))


def history(stack: Stack, folder: Path) -> tuple[int, str]:
    """Returns the number of versions as readers see them, and 16 hex digits of them.

    The number of a commit is left out: it depends on how many raw files a commit read.
    """
    item = stack.client("dynamodb").get_item(TableName=LEDGER, Key=_key())["Item"]
    paths = []
    for number, file in enumerate(json.loads(_body(stack, item["manifest"]["S"]))["files"]):
        paths.append(str(folder / f"read-{number}.parquet"))
        Path(paths[-1]).write_bytes(_body(stack, file["key"]))
    rows = duckdb.sql(READ.format(files=paths)).fetchall()
    return len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def _forget_history(stack: Stack) -> None:
    """Deletes the history, and lets transform do all work itself."""
    stack.client("dynamodb").delete_item(TableName=LEDGER, Key=_key())
    functions = stack.client("lambda")
    name = f"{OWN}-transform"
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    own = {key: value for key, value in variables.items() if not key.startswith("SPARK_")}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": own})


def _key() -> dict[str, Any]:
    return {"tenant_id": {"S": TENANT}, "table_name": {"S": f"canonical/{TABLE}"}}


def _body(stack: Stack, key: str) -> bytes:
    body: bytes = stack.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return body


if __name__ == "__main__":
    sys.exit(main())
