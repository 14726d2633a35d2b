"""The Spark job of a connectwise pipeline: application, role, log group, code, and its state in the machine."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from reconciler.kinds.composite import Child
from reconciler.kinds.pipelines import policies
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.connectwise_stores import LEDGER, TENANTS
from reconciler.kinds.pipelines.parts import PipelineBucket
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.kinds.pipelines.spark_parts import SparkSettings
from reconciler.model import Linked

KEY = "jobs/transform.py"
ROOMS = ("shared", "connectwise", "connectwise_transform", "connectwise_spark")
# A rule of EventBridge by which Step Functions hears of the end of a job [Step Functions developer guide].
RULE = "StepFunctionsGetEventsForEMRServerlessJobRule"
CAPACITY = {"cpu": "64 vCPU", "memory": "256 GB", "disk": "2000 GB"}
# A worker of 4 processors may have 8 to 30 GB [EMR Serverless user guide]. Python is beside the heap.
WORKERS = {
    "spark.driver.cores": "4",
    "spark.driver.memory": "12g",
    "spark.driver.memoryOverhead": "12g",
    "spark.emr-serverless.driver.disk": "200g",
    "spark.executor.cores": "4",
    "spark.executor.memory": "16g",
    "spark.executor.memoryOverhead": "8g",
    "spark.emr-serverless.executor.disk": "200g",
}
COMMIT = {"COMMIT_FILES": "1000", "COMMIT_ROWS": "100000000", "DATABASE_THREADS": "4"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WIDTH = 100
_ENTRY = '''"""The Spark job of a connectwise pipeline. Made by reconcile: a change by hand is drift."""
import base64
import pathlib
import sys
import tempfile

CODE = """
{code}
"""
archive = pathlib.Path(tempfile.mkdtemp()) / "reconcile-job.zip"
archive.write_bytes(base64.b64decode(CODE))
sys.path.insert(0, str(archive))

from reconciler.lambdas.connectwise_spark.job import main  # noqa: E402

main(sys.argv[1:], archive)
'''


def variables(spark: SparkSettings) -> dict[str, str]:
    """Returns the variables by which transform knows what is large."""
    above = spark.above
    return {
        "SPARK_OPEN_ROWS": str(above.open_rows),
        "SPARK_NEW_ROWS": str(above.new_rows),
        "SPARK_REBUILT_ROWS": str(above.rebuilt_rows),
    }


def resources(parts: PipelineParts, spark: SparkSettings, bucket: PipelineBucket) -> Iterator[Child]:
    """Yields the log group, the application, the role of the job, and its code."""
    yield parts.child("LogGroup", log_group(parts), {"retentionInDays": 90}, "spark")
    if not spark.application:
        fields = {
            "type": "SPARK",
            "releaseLabel": spark.release_label,
            "imageConfiguration": {"imageUri": spark.image},
            "maximumCapacity": CAPACITY,
        }
        yield parts.child("EmrServerlessApplication", _application(parts, spark), fields, "spark")
    yield _role(parts, spark, bucket)
    code = {"content": {"text": entry_point()}, "contentType": "text/x-python"}
    yield Child("S3Object", {"name": f"{bucket.name}/{KEY}", **code}, ("spark",))


def log_group(parts: PipelineParts) -> str:
    return f"/aws/emr-serverless/{parts.name}"


def state(parts: PipelineParts, spark: SparkSettings, bucket: str, following: str) -> Mapping[str, Any]:
    """Returns the state that runs the job and waits for its end. `following` is the next state, whatever comes of it.

    Transform has left a failure as the result of each pair, which the job replaces: a job that ends in any other way
    needs no further state.
    """
    log = {"CloudWatchLoggingConfiguration": {"Enabled": True, "LogGroupName": log_group(parts)}}
    submit = {
        "EntryPoint": f"s3://{bucket}/{KEY}",
        "EntryPointArguments.$": "States.Array(States.JsonToString($.spark))",
        "SparkSubmitParameters": _submit_parameters(parts, spark, bucket),
    }
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::emr-serverless:startJobRun.sync",
        "Parameters": {
            "ApplicationId": linked("EmrServerlessApplication", _application(parts, spark), "id"),
            "ExecutionRoleArn": linked("IamRole", parts.named("spark")),
            "ExecutionTimeoutMinutes": spark.timeout_minutes,
            "JobDriver": {"SparkSubmit": submit},
            "ConfigurationOverrides": {"MonitoringConfiguration": log},
        },
        "ResultPath": None,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.job", "Next": following}],
        "Next": following,
    }


def machine_statements(parts: PipelineParts, spark: SparkSettings) -> Iterator[Mapping[str, Any]]:
    """Yields what the machine's role may do to run a job and to wait for it."""
    scope, application = parts.scope, linked("EmrServerlessApplication", _application(parts, spark))
    passed = policies.allow(["iam:PassRole"], [linked("IamRole", parts.named("spark"))])
    yield policies.allow(["emr-serverless:StartJobRun"], [application])
    yield policies.allow(
        ["emr-serverless:CancelJobRun", "emr-serverless:GetJobRun"], [Linked(f"{application}/jobruns/*")]
    )
    yield {**passed, "Condition": {"StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}}}
    rule = f"arn:{scope.partition}:events:{scope.region}:{scope.account}:rule/{RULE}"
    yield policies.allow(["events:DescribeRule", "events:PutRule", "events:PutTargets"], [rule])


@cache
def entry_point() -> str:
    """Returns the program of the job, with the code that it needs. Equal code gives equal text on every machine."""
    package, body = files("reconciler"), BytesIO()
    sources = {"reconciler/__init__.py": package / "__init__.py"}
    lambdas = package / "lambdas"
    sources["reconciler/lambdas/__init__.py"] = lambdas / "__init__.py"
    for room in ROOMS:
        sources |= dict(_sources(f"reconciler/lambdas/{room}", lambdas / room))
    with ZipFile(body, "w", ZIP_STORED) as archive:
        for name, source in sorted(sources.items()):
            archive.writestr(ZipInfo(name, _EPOCH), source.read_bytes())
    code = b64encode(body.getvalue()).decode()
    return _ENTRY.format(code="\n".join(code[at : at + _WIDTH] for at in range(0, len(code), _WIDTH)))


def _sources(name: str, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for file in folder.iterdir():
        if file.name.endswith(".py"):
            yield f"{name}/{file.name}", file


def _application(parts: PipelineParts, spark: SparkSettings) -> str:
    return spark.application or parts.named("spark")


def _submit_parameters(parts: PipelineParts, spark: SparkSettings, bucket: str) -> Linked:
    """Returns the options of spark-submit: workers, Python, and the variables of transform."""
    environment = {
        "BUCKET_NAME": bucket,
        "TENANT_SERVICES_TABLE": parts.named(TENANTS),
        "LAST_UPDATED_TABLE": parts.named(LEDGER),
        "TENANT_ROLE_ARN": linked("IamRole", parts.named("tenant")),
        "ENVIRONMENT": parts.scope.environment,
        "TRANSFORM_FUNCTION_NAME": parts.named("transform"),
        "AWS_REGION": parts.scope.region,
        **COMMIT,
        "PYSPARK_DRIVER_PYTHON": spark.python,
        "PYSPARK_PYTHON": spark.python,
    }
    settings = {**WORKERS, **{f"spark.emr-serverless.driverEnv.{name}": value for name, value in environment.items()}}
    settings["spark.executorEnv.PYSPARK_PYTHON"] = spark.python
    return Linked(" ".join(f"--conf {name}={value}" for name, value in settings.items()))


def _role(parts: PipelineParts, spark: SparkSettings, bucket: PipelineBucket) -> Child:
    """Returns the role of the job. It reaches the data of tenants through the tenant role alone, as transform does."""
    scope, own = parts.scope, linked("S3Bucket", bucket.name)
    tenant = linked("IamRole", parts.named("tenant"))
    listed = policies.allow(["s3:ListBucket"], [own])
    namespace = {"cloudwatch:namespace": shipped("connectwise_transform").operations["namespace"]}
    group = f"arn:{scope.partition}:logs:{scope.region}:{scope.account}:log-group:{log_group(parts)}"
    policy = policies.document(
        policies.allow(["sts:AssumeRole", "sts:TagSession"], [tenant]),
        policies.allow(
            ["s3:GetObject"],
            [Linked(f"{own}/{KEY}"), Linked(f"{own}/mappings/*"), Linked(f"{own}/*/mappings/*")],
        ),
        {**listed, "Condition": {"StringLike": {"s3:prefix": ["mappings/", "*/mappings/"]}}},
        policies.allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [f"{group}:*"]),
        # AWS checks the name of the log group before a job [EMR Serverless user guide, storing logs].
        policies.allow(["logs:DescribeLogGroups"], ["*"]),
        # The action has no resources; its condition is the namespace [service authorization reference].
        {**policies.allow(["cloudwatch:PutMetricData"], ["*"]), "Condition": {"StringEquals": namespace}},
    )
    application = linked("EmrServerlessApplication", _application(parts, spark))
    only = {"StringEquals": {"aws:SourceAccount": scope.account}, "ArnEquals": {"aws:SourceArn": application}}
    about = f"Pipeline {parts.spec.name}: the Spark job of large tenants"
    return parts.role("spark", policies.trust("emr-serverless", only), policy, about)
