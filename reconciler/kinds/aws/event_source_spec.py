"""The spec of a mapping of an event source, and its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.aws.lambda_parts import Arn
from reconciler.kinds.words import Tagged
from reconciler.model import REFERENCE, AwsName, Clearable, JsonDocument, LocalOnly, Problem, RefTo, Spec, Unordered
from reconciler.model.spec import meanings

_OF_STREAMS = "Only for streams."
_OF_QUEUES = "Only for queues."
# The members that AWS takes for one sort of source alone (API reference, CreateEventSourceMapping).
STREAMS_ONLY = (
    *("startingPosition", "parallelizationFactor", "maximumRecordAgeInSeconds", "bisectBatchOnFunctionError"),
    *("maximumRetryAttempts", "tumblingWindowInSeconds", "destinationConfig"),
)
QUEUES_ONLY = ("scalingConfig", "provisionedPollerConfig")
_TAIL = re.compile(r"(?:table/|stream/|cluster/|broker:|cluster:)?(?P<name>[^/:]+)")


class Filter(Spec):
    """One pattern. A record that fits none of them is not sent to the function."""

    pattern: JsonDocument = Field(description="The pattern: a map, or a text.", examples=[{"body": {"kind": ["call"]}}])


class FilterCriteria(Spec):
    """The patterns of the records that the function gets."""

    filters: Unordered[Filter] = Field(min_length=1, max_length=10, description="The patterns; one that fits suffices.")


class OnFailure(Spec):
    """The resource that gets a record of each batch that failed for good."""

    destination: Arn = Field(
        description="The ARN of an SQS queue, an SNS topic or a bucket.",
        examples=["arn:aws:sqs:ca-central-1:111122223333:dead-letters"],
    )


class FailureConfig(Spec):
    """The destination of failed batches."""

    on_failure: OnFailure


class ScalingConfig(Spec):
    """The concurrency of the mapping."""

    maximum_concurrency: int = Field(ge=2, le=1000, description="The most calls at once, from 2 to 1000.", examples=[5])


class MetricsConfig(Spec):
    """The metrics of the mapping. Each is billed."""

    metrics: Unordered[Literal["EventCount", "ErrorCount", "KafkaMetrics"]] = Field(
        min_length=1, max_length=3, description="The groups of metrics.", examples=[["EventCount"]]
    )


class ProvisionedPollerConfig(Spec):
    """Pollers that are ready. They are billed by the hour."""

    minimum_pollers: int | None = Field(None, ge=1, le=200, description="The fewest pollers.", examples=[2])
    maximum_pollers: int | None = Field(None, ge=1, le=10_000, description="The most pollers.", examples=[10])
    poller_group_name: str | None = Field(
        None, min_length=1, max_length=128, description="The group that shares pollers.", examples=["calls"]
    )


class EventSourceMapping(Tagged):
    """A source of events for a function: an SQS queue, or a stream of DynamoDB or Kinesis."""

    name: Annotated[str, LocalOnly()] = Field(
        description="A name of your choice. AWS has no names of mappings; a tag of the mapping keeps it.",
        examples=["calls"],
    )
    event_source_arn: Arn = Field(
        description="The ARN of the queue or the stream, as in ${DynamoDBTable/NAME.stream}. Another one replaces the "
        "mapping.",
        examples=["arn:aws:sqs:ca-central-1:111122223333:calls"],
    )
    function_name: Annotated[str, RefTo("LambdaFunction", by="Arn"), AwsName("FunctionName", read="FunctionArn")] = (
        Field(description="The name of the function, or the ARN of its alias or version.", examples=["contact-calls"])
    )
    enabled: Annotated[bool, AwsName("Enabled", read="State")] = Field(
        True, description="False: AWS reads no records, and keeps its place."
    )
    batch_size: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="The most records of one call. By default 10 of a queue, 100 of a stream.",
    )
    maximum_batching_window_in_seconds: int | None = Field(
        None, ge=0, le=300, description="The seconds that AWS collects records.", examples=[5]
    )
    filter_criteria: Annotated[FilterCriteria | None, Clearable()] = Field(
        None, description="The records that the function gets; null removes the filters."
    )
    function_response_types: Unordered[Literal["ReportBatchItemFailures"]] = Field(
        (), max_length=1, description="ReportBatchItemFailures: the answer names the records that failed."
    )
    kms_key_arn: Annotated[str | None, AwsName("KMSKeyArn"), Clearable()] = Field(
        None,
        description="The ARN of the KMS key that encrypts the filters; null returns to AWS's key.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
    )
    metrics_config: Annotated[MetricsConfig | None, Clearable()] = None
    scaling_config: Annotated[ScalingConfig | None, Clearable()] = Field(
        None, description=f"The concurrency of the mapping; null removes the limit. {_OF_QUEUES}"
    )
    provisioned_poller_config: Annotated[ProvisionedPollerConfig | None, Clearable()] = Field(
        None, description=f"Pollers that are ready; null removes them. {_OF_QUEUES}"
    )
    starting_position: Literal["TRIM_HORIZON", "LATEST"] | None = Field(
        None,
        description=f"Where a new mapping begins. Another one replaces the mapping. {_OF_STREAMS}",
        json_schema_extra=meanings(TRIM_HORIZON="At the oldest record.", LATEST="At the next record."),
    )
    parallelization_factor: int | None = Field(
        None, ge=1, le=10, description=f"The batches of a shard that run at once. {_OF_STREAMS}", examples=[2]
    )
    maximum_record_age_in_seconds: int | None = Field(
        None, ge=-1, le=604_800, description=f"The age of dropped records; -1: none. {_OF_STREAMS}", examples=[3600]
    )
    bisect_batch_on_function_error: bool | None = Field(
        None, description=f"True: AWS splits a batch that failed. {_OF_STREAMS}"
    )
    maximum_retry_attempts: int | None = Field(
        None, ge=-1, le=10_000, description=f"The repetitions of a failed batch; -1: no limit. {_OF_STREAMS}"
    )
    tumbling_window_in_seconds: int | None = Field(
        None, ge=0, le=900, description=f"The seconds of a window of state. {_OF_STREAMS}", examples=[60]
    )
    destination_config: Annotated[FailureConfig | None, Clearable()] = Field(
        None, description=f"The destination of failed batches; null removes it. {_OF_STREAMS}"
    )


def source_of(arn: str) -> str:
    """Returns service and name of a source, from its ARN or a reference to it."""
    if match := REFERENCE.search(arn):
        return f"{_SERVICES.get(match['kind'], match['kind'])}/{match['name']}"
    parts = arn.split(":", 5)
    tail = _TAIL.match(parts[-1])
    return f"{parts[2]}/{tail['name']}" if len(parts) == 6 and tail else arn


_SERVICES = {"SqsQueue": "sqs", "DynamoDBTable": "dynamodb"}


def mapping_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields fields that the source does not take. Skips a source of unknown sort."""
    source = declared.get("eventSourceArn")
    service = source_of(source).partition("/")[0] if isinstance(source, str) else ""
    is_stream, is_queue = service in ("dynamodb", "kinesis"), service == "sqs"
    for field in STREAMS_ONLY if is_queue else QUEUES_ONLY if is_stream else ():
        if declared.get(field) is not None:
            other = "streams" if is_queue else "queues"
            yield Problem("error", (field,), f"{field} is only for {other}; delete it")
    if is_stream and declared.get("startingPosition") is None:
        yield Problem("error", (), "a stream needs startingPosition; write TRIM_HORIZON or LATEST")
