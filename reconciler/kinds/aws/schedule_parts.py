"""The structures of a schedule: its times, its target, and what the target gets.

An update of a schedule resets whatever it leaves out, so every member that AWS knows has a field here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.model import AwsName, JsonDocument, RefTo, Spec, Unordered
from reconciler.model.spec import expecting, meanings

Text = Annotated[str, Field(min_length=1)]
Structure = Annotated[
    dict[str, Any],
    Field(title="Structure", description="The structure as the API reference has it, with the same names."),
]
Moment = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        examples=["2027-01-01T00:00:00Z"],
        json_schema_extra=expecting("a time in UTC such as 2027-01-01T00:00:00Z"),
    ),
]
AfterCompletion = Annotated[
    Literal["NONE", "DELETE"],
    Field(
        description="The fate of the schedule after its last call.",
        json_schema_extra=meanings(NONE="It keeps the schedule.", DELETE="It deletes the schedule."),
    ),
]


class FlexibleTimeWindow(Spec):
    """How late AWS may call the target."""

    mode: Literal["OFF", "FLEXIBLE"] = Field(
        description="The mode.",
        json_schema_extra=meanings(OFF="At the time itself.", FLEXIBLE="Within maximumWindowInMinutes."),
    )
    maximum_window_in_minutes: int | None = Field(
        None, ge=1, le=1440, description="The minutes after the time, from 1 to 1440; only for FLEXIBLE."
    )


class DeadLetterConfig(Spec):
    """The queue for events that could not be delivered."""

    arn: str = Field(
        pattern=r"^(\$\{.+\}|arn:aws[a-z-]*:sqs:.+)$",
        description="The ARN of a standard queue.",
        examples=["arn:aws:sqs:ca-central-1:111122223333:dead-letters"],
        json_schema_extra=expecting("the ARN of a queue"),
    )


class RetryPolicy(Spec):
    """How long AWS tries again. By default AWS tries 185 times in 24 hours."""

    maximum_event_age_in_seconds: int = Field(
        86400, ge=60, le=86400, description="The seconds after which AWS gives up.", examples=[7200]
    )
    maximum_retry_attempts: int = Field(185, ge=0, le=185, description="The most repetitions.", examples=[3])


class EventBridgeParameters(Spec):
    """The event that an event bus gets."""

    detail_type: Text = Field(max_length=128, description="The type of the event.", examples=["Nightly report"])
    source: Text = Field(max_length=256, description="The source of the event.", examples=["contact-centre"])


class RawEventParameters(Spec):
    """The metadata of an event that an event bus gets as it is."""

    metadata: dict[str, str] = Field({}, max_length=100, description="The metadata, by name.")


class KinesisParameters(Spec):
    """The record that a data stream gets."""

    partition_key: Text = Field(max_length=256, description="The key that decides the shard.", examples=["schedule"])


class SqsParameters(Spec):
    """The message that a FIFO queue gets."""

    message_group_id: Text = Field(max_length=128, description="The message group.", examples=["nightly"])


class PipelineParameter(Spec):
    """One parameter of a SageMaker pipeline."""

    name: Text = Field(max_length=256, description="The name of the parameter.", examples=["Day"])
    value: Text = Field(max_length=1024, description="The value of the parameter.", examples=["yesterday"])


class SageMakerPipelineParameters(Spec):
    """The parameters of a SageMaker pipeline."""

    pipeline_parameter_list: Unordered[PipelineParameter] = Field((), max_length=200, description="The parameters.")


class AwsvpcConfiguration(Spec):
    """The network of a task."""

    subnets: Unordered[Text] = Field(max_length=16, description="The ids of the subnets.", examples=[["subnet-0a"]])
    security_groups: Unordered[Text] = Field(
        (), max_length=5, description="The ids of the security groups.", examples=[["sg-0a"]]
    )
    assign_public_ip: Literal["ENABLED", "DISABLED"] = Field(
        "DISABLED",
        description="The public address of the task.",
        json_schema_extra=meanings(ENABLED="It gets one.", DISABLED="It gets none."),
    )


class NetworkConfiguration(Spec):
    """The network of a task."""

    awsvpc_configuration: Annotated[AwsvpcConfiguration, AwsName("awsvpcConfiguration")]


class EcsParameters(Spec):
    """The task that a cluster runs."""

    task_definition_arn: Text = Field(
        description="The ARN of the task definition.",
        examples=["arn:aws:ecs:ca-central-1:111122223333:task-definition/report:3"],
    )
    task_count: int = Field(1, ge=1, le=10, description="The number of tasks.")
    launch_type: Literal["EC2", "FARGATE", "EXTERNAL"] | None = Field(
        None,
        description="Where the task runs.",
        json_schema_extra=meanings(EC2="On instances of the account.", FARGATE="On Fargate.", EXTERNAL="Elsewhere."),
    )
    network_configuration: NetworkConfiguration | None = None
    platform_version: Text | None = Field(
        None, max_length=64, description="The version of Fargate.", examples=["LATEST"]
    )
    group: Text | None = Field(None, max_length=255, description="The task group.", examples=["reports"])
    capacity_provider_strategy: tuple[Structure, ...] = Field((), max_length=6, description="The capacity providers.")
    enable_ecs_managed_tags: Annotated[bool, AwsName("EnableECSManagedTags")] = Field(
        False, description="True: Amazon ECS tags the task."
    )
    enable_execute_command: bool = Field(False, description="True: people may run commands in the task.")
    placement_constraints: tuple[Structure, ...] = Field((), max_length=10, description="Where tasks may run.")
    placement_strategy: tuple[Structure, ...] = Field((), max_length=5, description="Where tasks run first.")
    propagate_tags: Literal["TASK_DEFINITION"] | None = Field(
        None, description="TASK_DEFINITION: the task gets the tags of its definition."
    )
    reference_id: str | None = Field(
        None, max_length=1024, description="The reference id of the task.", examples=["r-1"]
    )
    tags: tuple[Structure, ...] = Field((), max_length=50, description="The tags of the task, each with Key and Value.")


class ScheduleTarget(Spec):
    """The target of the schedule, and the role that AWS assumes to call it."""

    arn: str = Field(
        pattern=r"^(.*\$\{.+\}.*|arn:aws[a-z-]*:.+)$",
        description="The ARN of the target, or a universal target such as arn:aws:scheduler:::aws-sdk:sqs:purgeQueue.",
        examples=["arn:aws:lambda:ca-central-1:111122223333:function:contact-calls"],
        json_schema_extra=expecting("an ARN"),
    )
    role: Annotated[str, RefTo("IamRole", by="Arn")] = Field(
        description="The name of the role that AWS assumes to call the target.", examples=["contact-centre-scheduler"]
    )
    input: JsonDocument | None = Field(
        None,
        description="The input of the target: a map, or a text.",
        examples=[{"time": "<aws.scheduler.scheduled-time>"}],
    )
    dead_letter_config: DeadLetterConfig | None = None
    retry_policy: RetryPolicy = RetryPolicy()
    event_bridge_parameters: EventBridgeParameters | None = None
    event_bridge_put_events_v2_parameters: Annotated[
        EventBridgeParameters | None, AwsName("EventBridgePutEventsV2Parameters")
    ] = None
    event_bridge_put_raw_events_parameters: RawEventParameters | None = None
    kinesis_parameters: KinesisParameters | None = None
    sqs_parameters: SqsParameters | None = None
    sage_maker_pipeline_parameters: SageMakerPipelineParameters | None = None
    ecs_parameters: EcsParameters | None = None
