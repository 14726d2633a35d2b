"""The structures of a Lambda function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.model import AwsName, Clearable, Spec, Unordered
from reconciler.model.spec import completing, expecting, meanings

# AWS adds runtimes every year, so editors complete these, and AWS decides about any other.
RUNTIMES = (
    *("python3.11", "python3.12", "python3.13", "python3.14", "nodejs20.x", "nodejs22.x", "nodejs24.x"),
    *("java17", "java21", "java25", "dotnet8", "dotnet10", "ruby3.3", "ruby3.4", "provided.al2023"),
)
Runtime = Annotated[
    str,
    Field(pattern=r"^[a-z0-9.]+$", json_schema_extra={**completing(RUNTIMES), **expecting("a runtime")}),
]
Arn = Annotated[
    str,
    Field(
        min_length=1,
        pattern=r"^(.*\$\{.+\}.*|arn:aws[a-z-]*:.+)$",
        json_schema_extra=expecting("an ARN, or a reference such as ${SqsQueue/dead-letters.arn}"),
    ),
]
Level = Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
LEVELS = "Events below this level are dropped; only for JSON."


class VpcConfig(Spec):
    """The network that the function reaches. AWS puts one network interface into each subnet."""

    subnet_ids: Unordered[str] = Field(
        min_length=1, max_length=16, description="The ids of the subnets.", examples=[["subnet-0a", "subnet-0b"]]
    )
    security_group_ids: Unordered[str] = Field(
        min_length=1, max_length=5, description="The ids of the security groups.", examples=[["sg-0a"]]
    )
    ipv6_allowed_for_dual_stack: Annotated[bool, AwsName("Ipv6AllowedForDualStack")] = Field(
        False, description="True: the function may use IPv6 in subnets that have both."
    )


class TargetConfig(Spec):
    """The queue or the topic for events that an asynchronous call could not process."""

    target_arn: Arn = Field(
        description="The ARN of an SQS queue or an SNS topic.",
        examples=["arn:aws:sqs:ca-central-1:111122223333:dead-letters"],
    )


class TracingConfig(Spec):
    """The traces of AWS X-Ray."""

    mode: Literal["Active", "PassThrough"] = Field(
        description="The mode.",
        json_schema_extra=meanings(
            Active="AWS samples and traces calls.", PassThrough="AWS traces only calls that are traced already."
        ),
    )


class EphemeralStorage(Spec):
    """The folder /tmp."""

    size: int = Field(ge=512, le=10_240, description="The size of /tmp in MB, from 512 to 10240.", examples=[1024])


class SnapStart(Spec):
    """Faster starts: AWS begins published versions from a picture of their memory."""

    apply_on: Literal["PublishedVersions", "None"] = Field(
        description="The versions with faster starts.",
        json_schema_extra=meanings(**{"PublishedVersions": "Those that are published later.", "None": "No version."}),
    )


class LoggingConfig(Spec):
    """The log of the function."""

    log_format: Literal["JSON", "Text"] | None = Field(
        None,
        description="The form of the log. AWS begins with Text.",
        json_schema_extra=meanings(JSON="One structure a line.", Text="Plain text."),
    )
    application_log_level: Level | None = Field(None, description=f"The level of the function. {LEVELS}")
    system_log_level: Literal["DEBUG", "INFO", "WARN"] | None = Field(
        None, description=f"The level of AWS's own lines. {LEVELS}"
    )
    log_group: str | None = Field(
        None,
        min_length=1,
        max_length=512,
        pattern=r"^[A-Za-z0-9_/.#-]+$",
        json_schema_extra=expecting("a name of a log group"),
        description="The name of the log group. Declare that too: it is created first. Without a name, AWS uses "
        "/aws/lambda/NAME, and creates it without a limit of days if the role allows that.",
        examples=["/aws/lambda/session-data"],
    )


class S3FilesConfig(Spec):
    """The reads of a file system that is on Amazon S3."""

    direct_s3_read: Annotated[Literal["ENABLED", "DISABLED", "AUTO"], AwsName("DirectS3Read")] = Field(
        description="The way of large reads.",
        json_schema_extra=meanings(ENABLED="Amazon S3 itself.", DISABLED="The file system.", AUTO="AWS decides."),
    )


class FileSystemConfig(Spec):
    """A file system of Amazon EFS or Amazon S3 Files."""

    arn: str = Field(
        min_length=1,
        description="The ARN of the access point, or of the file system.",
        examples=["arn:aws:elasticfilesystem:ca-central-1:111122223333:access-point/fsap-00000000000000000"],
    )
    local_mount_path: str = Field(
        pattern=r"^/mnt/[a-zA-Z0-9-_.]+$",
        description="The folder that the function sees, below /mnt/.",
        examples=["/mnt/files"],
        json_schema_extra=expecting("a folder below /mnt/"),
    )
    s3_files_config: Annotated[S3FilesConfig | None, AwsName("S3FilesConfig")] = None


class Destination(Spec):
    """The resource that gets a record of each asynchronous call."""

    destination: Arn = Field(
        description="The ARN of an SQS queue, an SNS topic, a function, an event bus or a bucket.",
        examples=["arn:aws:sqs:ca-central-1:111122223333:dead-letters"],
    )


class DestinationConfig(Spec):
    """The destinations of asynchronous calls."""

    on_success: Destination | None = None
    on_failure: Destination | None = None


# The settings of asynchronous calls, which a function has, and each of its aliases.
Attempts = Annotated[
    int,
    Field(ge=0, le=2, description="The repetitions of a failed asynchronous call, up to 2.", examples=[0]),
]
Age = Annotated[
    int,
    Field(ge=60, le=21_600, description="The seconds that an asynchronous event waits at most.", examples=[3600]),
]
Destinations = Annotated[
    DestinationConfig | None,
    Clearable(),
    Field(description="The destinations of asynchronous calls; null removes them."),
]


def kept_destinations(answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns the destinations of an answer, which has empty ones too; `None` if there is none."""
    return {name: to for name, to in answer.items() if to and to.get("Destination")} or None
