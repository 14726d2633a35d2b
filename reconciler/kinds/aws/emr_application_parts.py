"""The structures of an application of Amazon EMR Serverless."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from reconciler.model import Spec, Unordered
from reconciler.model.spec import expecting

Structure = Annotated[
    dict[str, Any],
    Field(title="Structure", description="The structure as the API reference has it, with the same names."),
]
Gigabytes = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]*(\s)?(GB|gb|gB|Gb)?$",
        examples=["16 GB"],
        json_schema_extra=expecting("a size such as 16 GB"),
    ),
]


class AutoStart(Spec):
    """The start of the application by a job."""

    enabled: bool = Field(description="True: a job starts the application.")


class AutoStop(Spec):
    """The stop of the application by itself."""

    enabled: bool = Field(description="True: the application stops when it is idle.")
    idle_timeout_minutes: int = Field(15, ge=1, le=10_080, description="The idle minutes before it stops.")


class MaximumCapacity(Spec):
    """The most that the application may use, over all jobs. It caps the bill."""

    cpu: str = Field(
        pattern=r"^[1-9][0-9]*(\s)?(vCPU|vcpu|VCPU)?$",
        description="The processors.",
        examples=["16 vCPU"],
        json_schema_extra=expecting("a number of processors such as 16 vCPU"),
    )
    memory: Gigabytes = Field(description="The memory.")
    disk: Gigabytes | None = Field(None, description="The disk.")


class ApplicationNetwork(Spec):
    """The network of the workers, if they need a VPC."""

    subnet_ids: Unordered[str] = Field((), max_length=16, description="The subnets.", examples=[["subnet-0a"]])
    security_group_ids: Unordered[str] = Field(
        (), max_length=5, description="The security groups.", examples=[["sg-0a"]]
    )


class ImageConfiguration(Spec):
    """The image of the workers."""

    image_uri: str = Field(
        min_length=1,
        max_length=1024,
        description="The address in Amazon ECR.",
        examples=["111122223333.dkr.ecr.ca-central-1.amazonaws.com/calls:1"],
    )
    application_level_digest_resolution: bool = Field(
        False, description="True: AWS resolves the image once for the application, not for each job."
    )


class DiskEncryptionConfiguration(Spec):
    """The key that encrypts the disks of the workers."""

    encryption_key_arn: str | None = Field(
        None,
        min_length=20,
        max_length=2048,
        description="The ARN of the KMS key.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
    )
    encryption_context: dict[str, str] = Field({}, description="The context of the encryption.")


class InteractiveConfiguration(Spec):
    """The ways in for people and notebooks."""

    studio_enabled: bool = Field(False, description="True: EMR Studio may use the application.")
    livy_endpoint_enabled: bool = Field(False, description="True: it has an endpoint of Apache Livy.")
    session_enabled: bool = Field(False, description="True: it has interactive sessions.")


class SchedulerConfiguration(Spec):
    """The queue of jobs."""

    queue_timeout_minutes: int = Field(360, ge=15, le=720, description="The minutes that a job may wait.")
    max_concurrent_runs: int = Field(15, ge=1, le=1000, description="The most jobs at the same time.")


class IdentityCenterConfiguration(Spec):
    """The instance of IAM Identity Center whose users run jobs."""

    identity_center_instance_arn: str = Field(
        min_length=10,
        max_length=1024,
        description="The ARN of the instance.",
        examples=["arn:aws:sso:::instance/ssoins-0000000000000000"],
    )
    user_background_sessions_enabled: bool = Field(
        False, description="True: sessions go on after their user has signed out."
    )


class JobLevelCostAllocation(Spec):
    """The cost of each job on the bill."""

    enabled: bool = Field(False, description="True: the bill has the cost of each job.")
