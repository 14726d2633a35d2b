"""Runs a deployed pipeline whose work is large: python scripts/spark_run.py PYTHON, where PYTHON has pyspark

The local AWS runs the machine, and the machine runs the job under Spark. Jobs are killed, and later jobs repair what
they left. Then the function transform does the same work alone. Both histories must be equal. Exits with 1 if they
differ, or if a killed job left anything else than it may. `make spark-tests` runs this.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

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


class Death(NamedTuple):
    """The end of a job at one of some calls: whether AWS carries it out, and how many change files are there."""

    calls: str
    when: str
    words: str
    files: int


PIN, CHANGES = "POST DynamoDB_20120810.UpdateItem", f"PUT /{BUCKET}/{TENANT}/canonical/{TABLE}/2*.parquet"
# In one slot after another. The second and the third job go on with the work that the first one pinned.
DEATHS = (
    Death(PIN, "after", "when it had pinned its work", 1),
    Death(CHANGES, "before", "before it wrote the change file", 1),
    Death(CHANGES, "after", "after it wrote the change file, before the commit", 2),
)
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
        lanes = _an_hour(stack, vendor, 0)
        faults = list[str]()
        for hour, death in enumerate(DEATHS, 1):
            faults += _killed(stack, vendor, hour, death)
        lanes += _an_hour(stack, vendor, len(DEATHS) + 1)
        faults += _left(stack, Path(folder))
        jobs = _jobs(stack)
        by_job, counted = history(stack, Path(folder)), _versions_counted(stack)
        _forget_history(stack)
        for lane in lanes:
            stack.invoke(f"{OWN}-transform", lane)
        by_function = history(stack, Path(folder))
    print(f"metrics: {counted} versions inserted")
    print("\n".join(faults) or "Later jobs repaired what the killed jobs left: one history, no pin and no lease.")
    return _judge(jobs, by_job, by_function) if counted == by_job[0] and not faults else 1


def _judge(jobs: list[tuple[str, str]], by_job: tuple[int, str], by_function: tuple[int, str]) -> int:
    """Prints what there was, and returns the exit code."""
    for state, details in jobs:
        print(f"job: {state}, {details}")
    print(f"history by Spark: {by_job[0]} rows, {by_job[1]}; by transform: {by_function[0]} rows, {by_function[1]}")
    expected = ["FAILED"] * len(DEATHS) + ["SUCCESS"] * 2
    is_right = by_job == by_function and by_job[0] > 0 and sorted(state for state, _ in jobs) == expected
    print("The job and the function agree." if is_right else "The job and the function differ, or another job failed.")
    return 0 if is_right else 1


def _an_hour(stack: Stack, vendor: StandIn, hour: int) -> list[dict[str, Any]]:
    """Lets a slot pass, with records that are new or changed, and returns its lane."""
    company = vendor.company("harbor")
    for number in range(20):
        company.put("service/tickets", {"id": number + 10 * hour, "summary": f"ticket {number}, hour {hour}"})
    vendor.clock.advance(3600)
    ask(stack.local, "POST", "clock", {"advance": "1h"})
    return _lanes(stack)[-1:]


def _killed(stack: Stack, vendor: StandIn, hour: int, death: Death) -> Iterator[str]:
    """Kills the job of a slot, and prints what it left. Yields what it must not leave."""
    before = _item(stack)
    count = 2 if death.calls == PIN else 1  # the first one takes the lease
    order = {"function": "*-spark", "afterCalls": count, "when": death.when, "calls": death.calls}
    ask(stack.local, "POST", "functions", {"kill": order})
    _an_hour(stack, vendor, hour)
    item, files = _item(stack), len(_files(stack))
    many = "1 change file" if files == 1 else f"{files} change files"
    left = f"{many}, commit {item['commit']['N']}, {'a' if 'inflight' in item else 'no'} pin"
    print(f"The job was killed {death.words}, and left: {left}.", flush=True)
    if ask(stack.local, "GET", "functions")["kill"]:
        yield f"no job was killed {death.words}"
    if (item["commit"], "inflight" in item, files) != (before["commit"], True, death.files):
        yield f"the job that was killed {death.words} left {left}"


def _left(stack: Stack, folder: Path) -> Iterator[str]:
    """Yields what later jobs did not repair."""
    item = _item(stack)
    stuck = sorted({"inflight", "lease_owner", "lease_until"} & set(item))
    if stuck:
        yield f"the ledger still has {', '.join(stuck)}"
    if _read(stack, folder, _files(stack)) != history(stack, folder):
        yield "a listing of all files gives another history than the manifest"


def _lanes(stack: Stack) -> list[dict[str, Any]]:
    """Returns the lanes of all runs, the oldest first. Waits for the ends of runs."""
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
    return [lane for key in listed for lane in json.loads(_body(stack, key))]


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
    manifest = json.loads(_body(stack, _item(stack)["manifest"]["S"]))
    return _read(stack, folder, [file["key"] for file in manifest["files"]])


def _read(stack: Stack, folder: Path, keys: Sequence[str]) -> tuple[int, str]:
    paths = []
    for number, key in enumerate(keys):
        paths.append(str(folder / f"read-{number}.parquet"))
        Path(paths[-1]).write_bytes(_body(stack, key))
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


def _item(stack: Stack) -> dict[str, Any]:
    """Returns the item of the table's history in the ledger."""
    item: dict[str, Any] = stack.client("dynamodb").get_item(TableName=LEDGER, Key=_key())["Item"]
    return item


def _files(stack: Stack) -> list[str]:
    """Returns the keys of all change files."""
    listed = stack.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"{TENANT}/canonical/{TABLE}/", Delimiter="/")
    return [it["Key"] for it in listed.get("Contents", ())]


def _key() -> dict[str, Any]:
    return {"tenant_id": {"S": TENANT}, "table_name": {"S": f"canonical/{TABLE}"}}


def _body(stack: Stack, key: str) -> bytes:
    body: bytes = stack.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return body


if __name__ == "__main__":
    sys.exit(main())
