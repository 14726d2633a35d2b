"""Spark jobs of Amazon EMR Serverless: programs that run on this machine with the session of their role."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control
from reconciler.sandbox.functions.killing import Order, killing

from .calls import refused
from .deployed import Deployment, wait_until

pytestmark = pytest.mark.slow

ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"
WRONG, MISSING = ("ValidationException", 400), ("ResourceNotFoundException", 404)
PRINT = (
    "import os, sys\nprint(sys.argv[1], os.environ['BUCKET_NAME'], 'spark.x' in os.environ['PYSPARK_SUBMIT_ARGS'])\n"
)
CONF = "--conf spark.emr-serverless.driverEnv.BUCKET_NAME=lake --conf spark.executor.memory=16g --conf spark.x=1"
LOG = {"cloudWatchLoggingConfiguration": {"enabled": True, "logGroupName": "jobs"}}


class Jobs:
    """An application and a role, a bucket with the program, and a log group."""

    def __init__(self, aws: Deployment) -> None:
        self.aws, self.emr = aws, aws("emr-serverless")
        made = self.emr.create_application(name="etl", type="SPARK", releaseLabel="emr-7.9.0")
        self.application = str(made["applicationId"])
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "emr-serverless.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        only = {"Condition": {"ArnEquals": {"aws:SourceArn": made["arn"]}}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [{**trust, **only}]})
        aws("iam").create_role(RoleName="job", AssumeRolePolicyDocument=document)
        self.allow("s3:GetObject", "logs:*")
        aws("s3").create_bucket(Bucket="lake")
        aws("logs").create_log_group(logGroupName="jobs")

    def allow(self, *actions: str) -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.aws("iam").put_role_policy(RoleName="job", PolicyName="work", PolicyDocument=document)

    def start(self, program: str, **more: Any) -> str:
        self.aws("s3").put_object(Bucket="lake", Key="jobs/job.py", Body=program)
        submit = {"entryPoint": "s3://lake/jobs/job.py", "entryPointArguments": ["a b"], "sparkSubmitParameters": CONF}
        asked = {"applicationId": self.application, "executionRoleArn": ROLE, "jobDriver": {"sparkSubmit": submit}}
        logged = {"configurationOverrides": {"monitoringConfiguration": LOG}}
        return str(self.emr.start_job_run(**{**asked, **logged, **more})["jobRunId"])

    def job(self, id: str) -> dict[str, Any]:
        return dict(self.emr.get_job_run(applicationId=self.application, jobRunId=id)["jobRun"])

    def ended(self, id: str) -> dict[str, Any]:
        wait_until(lambda: self.job(id)["state"] in ("SUCCESS", "FAILED", "CANCELLED"))
        return self.job(id)


@pytest.fixture
def jobs(sandbox: Control, session: Any, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """A job of these tests needs no Spark: any Python runs its program."""
    monkeypatch.setenv("RECONCILE_SPARK", sys.executable)
    return Jobs(Deployment(session))


def test_a_job_runs_its_entry_point_and_leaves_a_log(jobs: Jobs) -> None:
    """The settings of workers do not reach this machine's Spark."""
    id = jobs.start(PRINT)

    job = jobs.ended(id)

    assert (job["state"], job["executionTimeoutMinutes"], job["releaseLabel"]) == ("SUCCESS", 720, "emr-7.9.0")
    assert job["arn"] == f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/{jobs.application}/jobruns/{id}"
    logs = jobs.aws("logs")
    (stream,) = logs.describe_log_streams(logGroupName="jobs")["logStreams"]
    assert stream["logStreamName"].startswith(f"applications/{jobs.application}/jobs/{id}/SPARK_DRIVER/")
    (event,) = logs.get_log_events(logGroupName="jobs", logStreamName=stream["logStreamName"])["events"]
    assert event["message"] == "a b lake True"
    listed = jobs.emr.list_job_runs(applicationId=jobs.application, states=["SUCCESS"])["jobRuns"]
    assert [it["id"] for it in listed] == [id]


def test_a_job_whose_program_fails_has_failed(jobs: Jobs) -> None:
    job = jobs.ended(jobs.start("raise SystemExit('no such table')"))

    assert (job["state"], job["stateDetails"]) == ("FAILED", "Job failed, its exit code is 1. no such table")


def test_a_job_reads_its_entry_point_as_its_role(jobs: Jobs) -> None:
    jobs.allow("logs:*")

    job = jobs.ended(jobs.start(PRINT))

    assert (job["state"], "AccessDenied" in job["stateDetails"]) == ("FAILED", True)


def test_a_running_job_is_cancelled(jobs: Jobs) -> None:
    id = jobs.start("import time\ntime.sleep(600)")
    wait_until(lambda: jobs.job(id)["state"] == "RUNNING")

    jobs.emr.cancel_job_run(applicationId=jobs.application, jobRunId=id)

    assert jobs.ended(id)["state"] == "CANCELLED"
    assert refused(lambda: jobs.emr.cancel_job_run(applicationId=jobs.application, jobRunId=id)) == WRONG


@pytest.mark.parametrize(("when", "is_there"), [("before", False), ("after", True)])
def test_a_job_is_killed_at_one_of_its_calls(jobs: Jobs, when: str, is_there: bool) -> None:
    """By the name of its application, and once: the same job then runs to its end."""
    program = """import boto3
logs = boto3.client("logs")
boto3.client("sts").get_caller_identity()
for name in ("one", "two", "three"):
    logs.create_log_group(logGroupName=name)
"""
    killing.set_order(Order("etl", 2, when, "POST *.CreateLogGroup"))

    killed = jobs.ended(jobs.start(program))

    groups = {group["logGroupName"] for group in jobs.aws("logs").describe_log_groups()["logGroups"]}
    assert (killed["state"], killing.order_as_json()) == ("FAILED", None)
    assert groups == {"jobs", "one"} | ({"two"} if is_there else set())
    assert jobs.ended(jobs.start(program.replace("one", "four").replace("two", "five")))["state"] == "SUCCESS"


def test_a_job_needs_an_application_and_a_role_that_trusts_it(jobs: Jobs) -> None:
    assert refused(lambda: jobs.start(PRINT, applicationId="00none")) == MISSING
    assert refused(lambda: jobs.start(PRINT, executionRoleArn=f"{ROLE}-other")) == WRONG
    assert refused(lambda: jobs.start(PRINT, jobDriver={"hive": {"query": "show tables"}})) == WRONG
    assert refused(lambda: jobs.job("00none")) == MISSING


def test_without_spark_a_job_is_refused_with_the_remedy(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECONCILE_SPARK")

    with pytest.raises(jobs.emr.exceptions.ValidationException, match="pip install pyspark"):
        jobs.start(PRINT)


@pytest.mark.parametrize(
    ("program", "status", "output"),
    [("print('done')", "SUCCEEDED", "SUCCESS"), ("raise SystemExit(3)", "FAILED", "States.TaskFailed")],
)
def test_a_task_waits_for_the_end_of_its_job(jobs: Jobs, program: str, status: str, output: str) -> None:
    """A job that fails fails its task, which a machine can catch."""
    jobs.aws("s3").put_object(Bucket="lake", Key="jobs/job.py", Body=program)
    submit = {"EntryPoint": "s3://lake/jobs/job.py", "EntryPointArguments.$": "States.Array(States.JsonToString($))"}
    parameters = {"ApplicationId": jobs.application, "ExecutionRoleArn": ROLE, "JobDriver": {"SparkSubmit": submit}}
    task = {"Type": "Task", "Resource": "arn:aws:states:::emr-serverless:startJobRun.sync", "Parameters": parameters}
    states = jobs.aws("stepfunctions")
    definition = json.dumps({"StartAt": "Job", "States": {"Job": {**task, "End": True}}})
    worker = f"arn:aws:iam::{ACCOUNT}:role/worker"
    arn = states.create_state_machine(name="m", definition=definition, roleArn=worker)["stateMachineArn"]
    begun = states.start_execution(stateMachineArn=arn, input='{"pairs": [1]}')["executionArn"]

    wait_until(lambda: states.describe_execution(executionArn=begun)["status"] != "RUNNING")

    done = states.describe_execution(executionArn=begun)
    assert done["status"] == status
    assert (json.loads(done["output"])["State"] if status == "SUCCEEDED" else done["error"]) == output
    (job,) = jobs.emr.list_job_runs(applicationId=jobs.application)["jobRuns"]
    arguments = jobs.job(job["id"])["jobDriver"]["sparkSubmit"]["entryPointArguments"]
    assert [json.loads(argument) for argument in arguments] == [{"pairs": [1]}]


def test_a_task_whose_job_is_refused_fails_with_the_code_of_the_service(jobs: Jobs) -> None:
    parameters = {
        "ApplicationId": "00none",
        "ExecutionRoleArn": ROLE,
        "JobDriver": {"SparkSubmit": {"EntryPoint": "s3://a/b"}},
    }
    task = {"Type": "Task", "Resource": "arn:aws:states:::emr-serverless:startJobRun.sync", "Parameters": parameters}
    caught = {**task, "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.job", "Next": "Done"}], "End": True}
    states = jobs.aws("stepfunctions")
    definition = json.dumps({"StartAt": "Job", "States": {"Job": caught, "Done": {"Type": "Pass", "End": True}}})
    worker = f"arn:aws:iam::{ACCOUNT}:role/worker"
    arn = states.create_state_machine(name="m", definition=definition, roleArn=worker)["stateMachineArn"]
    begun = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]

    wait_until(lambda: states.describe_execution(executionArn=begun)["status"] != "RUNNING")

    output = json.loads(states.describe_execution(executionArn=begun)["output"])
    assert output["job"]["Error"] == "EmrServerless.ResourceNotFoundException"
