"""A deployed pipeline whose work is large: the machine runs the job, and a job that fails costs no other pair.

`make spark-tests` runs the same pipeline with Spark, where the job succeeds. Here no Spark is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox.connectwise import standing_in
from scripts.demo_deployed import Stack, deployed
from scripts.demo_screen import ask
from scripts.spark_run import BUCKET, MANIFEST, OWN, TENANT
from tests.worlds.archives import built

pytestmark = pytest.mark.slow

# Two tables: only the one with more than a row is large.
TABLES = MANIFEST.replace("tables: [service/tickets]", "tables: [service/tickets, company/companies]")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Deploys the pipeline where every job fails, and lets one slot pass."""
    with (
        pytest.MonkeyPatch.context() as patch,
        standing_in() as vendor,
    ):
        patch.setenv("RECONCILE_SPARK", "/bin/false")
        with deployed(tmp_path_factory.mktemp("spark"), built()) as stack:
            stack.declare("connectwise", TABLES.format(url=vendor.url))
            stack.reconcile("apply", "--auto-approve")
            keys = json.dumps({**vendor.credentials("harbor"), "private_key": "private"})
            stack.reconcile("secret", "set", f"Secret/connectwise-{TENANT}", stdin=keys)
            company = vendor.company("harbor")
            for number in range(3):
                company.put("service/tickets", {"id": number, "summary": f"ticket {number}"})
            company.put("company/companies", {"id": 1, "name": "Harbor Dental Group"})
            vendor.clock.advance(3600)
            ask(stack.local, "POST", "clock", {"advance": "1h"})
            yield stack


def report(stack: Stack) -> dict[str, Any]:
    """Returns the pairs of the newest report, by table."""
    s3 = stack.client("s3")
    keys = [it["Key"] for it in s3.list_objects_v2(Bucket=BUCKET, Prefix="runs/")["Contents"]]
    newest = max(key for key in keys if key.endswith("/report.json"))
    content = json.loads(s3.get_object(Bucket=BUCKET, Key=newest)["Body"].read())
    return {pair["table_name"]: pair for pair in content["pairs"]}


def test_the_machine_starts_the_job_with_the_large_pair(large: Stack) -> None:
    emr = large.client("emr-serverless")
    (application,) = emr.list_applications()["applications"]
    (job,) = emr.list_job_runs(applicationId=application["id"])["jobRuns"]

    details = emr.get_job_run(applicationId=application["id"], jobRunId=job["id"])["jobRun"]

    assert (application["name"], application["type"]) == (f"{OWN}-spark", "Spark")
    assert (details["state"], details["executionTimeoutMinutes"]) == ("FAILED", 180)
    (argument,) = details["jobDriver"]["sparkSubmit"]["entryPointArguments"]
    (pair,) = json.loads(argument)["pairs"]
    assert (pair["tenant_id"], pair["table_name"]) == (TENANT, "service/tickets")
    assert pair["spark"] == "tickets has 3 new rows, which is above 1"


def test_a_pair_whose_job_fails_has_failed_and_the_others_are_done(large: Stack) -> None:
    pairs = report(large)

    assert (pairs["service/tickets"]["status"], pairs["company/companies"]["status"]) == ("failed", "done")
    assert pairs["service/tickets"]["error"].startswith("SPARK: ")
    assert pairs["company/companies"]["canonical"][0]["commit"] == 1


def test_transform_says_in_its_log_why_it_leaves_a_pair_to_the_job(large: Stack) -> None:
    reasons = {line["table_name"]: line["reason"] for line in large.log(f"{OWN}-transform") if "table_name" in line}

    assert reasons == {"service/tickets": "tickets has 3 new rows, which is above 1", "company/companies": ""}


def test_a_plan_afterwards_has_nothing_to_do(large: Stack) -> None:
    assert "No changes" in large.reconcile("plan")
