"""The spec of a Lambda function."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.aws.lambda_parts import (
    Age,
    Attempts,
    Destinations,
    EphemeralStorage,
    FileSystemConfig,
    LoggingConfig,
    Runtime,
    SnapStart,
    TargetConfig,
    TracingConfig,
    VpcConfig,
)
from reconciler.kinds.aws.lambda_permissions import FunctionPermission
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Code, Each, HashInTag, LocalOnly, Partial, RefTo, Unordered, Unshown
from reconciler.model.spec import expecting

CODE_TAG = "reconciler:code"
ASYNCHRONOUS = ("maximum_retry_attempts", "maximum_event_age_in_seconds", "destination_config")


class LambdaFunction(Tagged):
    """A function: its code, its configuration, and who may call it."""

    name: Annotated[str, AwsName("FunctionName")] = Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="The name, in up to 64 letters, digits, - and _. AWS cannot change it.",
        examples=["contact-centre-prod-session-data"],
        json_schema_extra=expecting("a name of a function"),
    )
    code: Annotated[Code | None, HashInTag(CODE_TAG)] = Field(
        None,
        description="The code: a package, a folder or a zip file. A create needs it. Without it, the code stays as it "
        "is. A plan shows its tree, the hash of the source; a tag keeps it, with AWS's hash of the archive.",
    )
    runtime: Runtime = Field(description="The runtime.", examples=["python3.13"])
    handler: str = Field(
        max_length=128,
        pattern=r"^\S+$",
        description="The function in the code, as MODULE.FUNCTION.",
        examples=["reconciler.lambdas.session_data.handler.handler"],
        json_schema_extra=expecting("a handler: it must have no spaces"),
    )
    role: Annotated[str, RefTo("IamRole", by="Arn"), AwsName("Role")] = Field(
        description="The name of the role that the function runs as.", examples=["contact-centre-prod-session-data"]
    )
    description: str = Field("", max_length=256, description="The purpose, in up to 256 characters.", examples=["Data"])
    timeout: int = Field(3, ge=1, le=900, description="The seconds that a call may take, up to 900.", examples=[10])
    memory_size: int = Field(
        128, ge=128, le=10_240, description="The memory in MB, from 128 to 10240. The processor grows with it."
    )
    environment: Annotated[dict[str, str], Unshown()] = Field(
        {},
        description="All environment variables. Plans show declared values, and not the live ones. Put secrets in a "
        "Secret, and its name here.",
        examples=[{"LOG_LEVEL": "INFO"}],
    )
    layers: tuple[str, ...] = Field(
        (),
        max_length=5,
        description="The ARNs of versions of layers. Later ones replace files of earlier ones.",
        examples=[["arn:aws:lambda:ca-central-1:111122223333:layer:fonts:3"]],
    )
    architectures: tuple[Literal["x86_64", "arm64"], ...] = Field(
        ("x86_64",),
        min_length=1,
        max_length=1,
        description="The processor. A change uploads the code again.",
        examples=[["arm64"]],
    )
    vpc_config: Annotated[VpcConfig | None, Clearable()] = Field(None, description="The network; null leaves it.")
    dead_letter_config: Annotated[TargetConfig | None, Clearable()] = Field(
        None, description="The target of failed asynchronous events; null removes it. Prefer destinationConfig."
    )
    tracing_config: TracingConfig = TracingConfig(mode="PassThrough")
    kms_key_arn: Annotated[str | None, AwsName("KMSKeyArn"), Clearable()] = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:kms:.+$",
        description="The ARN of the KMS key that encrypts the environment; null returns to AWS's key.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
        json_schema_extra=expecting("the ARN of a KMS key"),
    )
    file_system_configs: tuple[FileSystemConfig, ...] = Field((), max_length=1, description="The file system.")
    ephemeral_storage: EphemeralStorage = EphemeralStorage(size=512)
    snap_start: SnapStart = SnapStart(apply_on="None")
    logging_config: Annotated[LoggingConfig, Partial()] = LoggingConfig()
    reserved_concurrent_executions: Annotated[int | None, Clearable()] = Field(
        None,
        ge=0,
        description="The calls that may run at once, reserved for the function. 0 stops it; null removes the limit.",
        examples=[1],
    )
    provisioned_concurrency: Annotated[int | None, LocalOnly()] = Field(
        None,
        ge=1,
        description="The calls for which AWS keeps the function ready. The function then has the alias live, a "
        "LambdaAlias NAME/live, which leads to a version of its code and configuration. Let callers call that: "
        "${LambdaAlias/NAME/live.arn}. AWS bills it by the hour.",
        examples=[2],
    )
    maximum_retry_attempts: Attempts = 2
    maximum_event_age_in_seconds: Age = 21_600
    destination_config: Destinations = None
    permissions: Annotated[
        Unordered[FunctionPermission], Each("statement_id"), AwsName("Permissions", read="Policy")
    ] = Field((), description="All statements of this tool in the resource policy. Statements of others stay.")
