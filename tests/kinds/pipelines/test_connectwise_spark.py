"""The Spark job of a connectwise pipeline: what a document with `spark` stands for beside all else."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest

from reconciler.kinds.composite import Child
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.model import Linked
from tests.kinds.pipelines.expanding import CONNECTWISE, expanded, problems

OWN = "centre-prod-connectwise"
PLACE = "ca-central-1:111122223333"


def link(address: str, end: str = "") -> Linked:
    return Linked(f"${{{address}.arn}}{end}")


def statements(children: dict[str, Child], role: str) -> dict[str, list[str]]:
    """Returns the resources of each action of a role."""
    (policy,) = children[f"IamRole/{OWN}-{role}"].spec["inlinePolicies"]
    allowed: dict[str, list[str]] = {}
    for statement in policy["document"]["Statement"]:
        for action in statement["Action"]:
            allowed[action] = [*allowed.get(action, []), *statement["Resource"]]
    return allowed


def function(part: str, **more: Any) -> Any:
    return expanded({**CONNECTWISE, **more})[f"LambdaFunction/{OWN}-{part}"].spec


IMAGE = "111122223333.dkr.ecr.ca-central-1.amazonaws.com/reconcile-spark:1"
SPARK = {**CONNECTWISE, "spark": {"image": IMAGE}}
APPLICATION = f"EmrServerlessApplication/{OWN}-spark"


def lane_states(children: dict[str, Child]) -> dict[str, Any]:
    """Returns the states of the map over lanes."""
    pairs = children[f"StateMachine/{OWN}"].spec["definition"]["States"]["Pairs"]
    states: dict[str, Any] = pairs["ItemProcessor"]["States"]
    return states


def test_without_spark_nothing_of_it_is_there() -> None:
    children = expanded(CONNECTWISE)

    assert not [address for address in children if "spark" in address.lower() or "jobs/" in address]
    assert lane_states(children).keys() == {"Ingest", "Transform", "More", "Wait", "Ended"}
    assert not [name for name in function("transform")["environment"] if name.startswith("SPARK_")]
    assert not [action for action in statements(children, "machine") if action.startswith(("emr", "events", "iam"))]


def test_with_spark_a_pipeline_has_an_application_a_role_a_log_and_the_code_of_the_job() -> None:
    children, plain = expanded(SPARK), expanded(CONNECTWISE)

    assert set(children) - set(plain) == {
        APPLICATION,
        f"IamRole/{OWN}-spark",
        f"LogGroup//aws/emr-serverless/{OWN}",
        "S3Object/example-lake/jobs/transform.py",
    }
    application = children[APPLICATION].spec
    assert (application["type"], application["imageConfiguration"]) == ("SPARK", {"imageUri": IMAGE})
    assert application["maximumCapacity"]["cpu"] == "64 vCPU"
    assert "initialCapacity" not in application


def test_an_application_of_its_own_is_not_created_again() -> None:
    children = expanded({**CONNECTWISE, "spark": {"application": "etl"}})

    assert not [address for address in children if address.startswith("EmrServerlessApplication/")]
    task = lane_states(children)["Spark"]["Parameters"]
    assert task["ApplicationId"] == Linked("${EmrServerlessApplication/etl.id}")


@pytest.mark.parametrize("spark", [{}, {"image": IMAGE, "application": "etl"}])
def test_spark_needs_an_image_or_an_application(spark: dict[str, Any]) -> None:
    (problem,) = problems({**CONNECTWISE, "spark": spark or {"timeoutMinutes": 60}})

    assert "spark needs either image" in problem.message


def test_the_thresholds_of_the_manifest_reach_transform_alone() -> None:
    more = {"spark": {"image": IMAGE, "above": {"openRows": 5, "newRows": 6}}}

    environment = function("transform", **more)["environment"]
    assert [environment[f"SPARK_{name}_ROWS"] for name in ("OPEN", "NEW", "REBUILT")] == ["5", "6", "50000000"]
    assert "SPARK_OPEN_ROWS" not in function("ingest", **more)["environment"]


def test_pairs_that_transform_finds_too_large_become_a_job_that_the_machine_waits_for() -> None:
    states = lane_states(expanded(SPARK))

    assert states["Transform"]["Next"] == "Size"
    assert states["Size"]["Choices"] == [{"Variable": "$.spark", "IsPresent": True, "Next": "Spark"}]
    assert states["Size"]["Default"] == states["Spark"]["Next"] == states["Spark"]["Catch"][0]["Next"] == "More"
    assert states["Spark"]["Resource"] == "arn:aws:states:::emr-serverless:startJobRun.sync"
    assert states["Spark"]["ResultPath"] is None
    parameters = states["Spark"]["Parameters"]
    assert parameters["ApplicationId"] == Linked(f"${{{APPLICATION}.id}}")
    assert parameters["ExecutionRoleArn"] == link(f"IamRole/{OWN}-spark")
    submit = parameters["JobDriver"]["SparkSubmit"]
    assert submit["EntryPoint"] == "s3://example-lake/jobs/transform.py"
    assert submit["EntryPointArguments.$"] == "States.Array(States.JsonToString($.spark))"


def test_the_job_gets_every_variable_that_transform_requires() -> None:
    submit = lane_states(expanded(SPARK))["Spark"]["Parameters"]["JobDriver"]["SparkSubmit"]
    words = submit["SparkSubmitParameters"].split(" ")

    given = dict(word.removeprefix("spark.emr-serverless.driverEnv.").split("=") for word in words[1::2])
    schema = shipped("connectwise_transform").environment
    assert set(schema["required"]) <= given.keys()
    assert set(words[::2]) == {"--conf"}
    assert given["TENANT_ROLE_ARN"] == f"${{IamRole/{OWN}-tenant.arn}}"
    assert given["spark.executorEnv.PYSPARK_PYTHON"] == "/usr/bin/python3.11"


def test_the_role_of_the_job_reaches_tenants_through_the_tenant_role_alone() -> None:
    """S2-9: it reads its own code and the mappings, and no data."""
    children = expanded(SPARK)
    job = statements(children, "spark")
    (trust,) = children[f"IamRole/{OWN}-tenant"].spec["assumeRolePolicyDocument"]["Statement"]
    (own,) = children[f"IamRole/{OWN}-spark"].spec["assumeRolePolicyDocument"]["Statement"]

    lake = "S3Bucket/example-lake"
    assert job["s3:GetObject"] == [link(lake, end) for end in ("/jobs/transform.py", "/mappings/*", "/*/mappings/*")]
    assert job["sts:AssumeRole"] == [link(f"IamRole/{OWN}-tenant")]
    assert not [action for action in job if action.startswith(("dynamodb", "secretsmanager", "s3:Put"))]
    assert (
        f"arn:aws:iam::111122223333:role/reconcile/centre/prod/{OWN}-spark"
        in trust["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    )
    assert own["Principal"] == {"Service": "emr-serverless.amazonaws.com"}
    assert own["Condition"]["ArnEquals"] == {"aws:SourceArn": link(APPLICATION)}


def test_the_job_may_send_metrics_of_its_own_namespace_alone() -> None:
    (policy,) = expanded(SPARK)[f"IamRole/{OWN}-spark"].spec["inlinePolicies"]

    (sending,) = [it for it in policy["document"]["Statement"] if "cloudwatch:PutMetricData" in it["Action"]]
    namespace = shipped("connectwise_transform").operations["namespace"]
    assert sending["Condition"] == {"StringEquals": {"cloudwatch:namespace": namespace}}


def test_the_machine_may_run_the_job_and_wait_for_it_as_aws_documents() -> None:
    children = expanded(SPARK)
    machine = statements(children, "machine")
    (policy,) = children[f"IamRole/{OWN}-machine"].spec["inlinePolicies"]

    assert machine["emr-serverless:StartJobRun"] == [link(APPLICATION)]
    assert (
        machine["emr-serverless:GetJobRun"]
        == machine["emr-serverless:CancelJobRun"]
        == [link(APPLICATION, "/jobruns/*")]
    )
    rule = f"arn:aws:events:{PLACE}:rule/StepFunctionsGetEventsForEMRServerlessJobRule"
    assert machine["events:PutTargets"] == machine["events:PutRule"] == machine["events:DescribeRule"] == [rule]
    (passing,) = [it for it in policy["document"]["Statement"] if "iam:PassRole" in it["Action"]]
    assert passing["Resource"] == [link(f"IamRole/{OWN}-spark")]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}}


def test_the_code_of_the_job_is_one_program_that_is_equal_on_every_machine() -> None:
    """It has the code of transform, so both make the same commits."""
    text = expanded(SPARK)["S3Object/example-lake/jobs/transform.py"].spec["content"]["text"]
    encoded = text.split('CODE = """')[1].split('"""')[0]

    with ZipFile(BytesIO(b64decode(encoded))) as archive:
        names, entries = archive.namelist(), archive.infolist()

    assert names == sorted(names)
    assert {entry.compress_type for entry in entries} == {ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    for module in ("connectwise_spark/job", "connectwise_transform/commit", "connectwise/ledger", "shared/calls"):
        assert f"reconciler/lambdas/{module}.py" in names
    compile(text, "transform.py", "exec")
