"""Queues of Amazon SQS. Amazon Connect has queues of its own, so this kind has the name of the service too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import SQS
from reconciler.kinds.translation import ATTRIBUTES
from reconciler.kinds.verbs import Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.messages import counted
from reconciler.model import (
    AwsName,
    Call,
    Clearable,
    JsonDocument,
    MapAttribute,
    PolicyDocument,
    Problem,
    Ref,
    Scope,
    WrittenRecords,
)
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

FIFO = ".fifo"
DEAD = "arn:aws:sqs:ca-central-1:111122223333:calls-dead"
_ONLY_FIFO = ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit")


class RedrivePolicy(JsonDocument):
    """The dead-letter queue of a queue. AWS takes the count as a number or as a text."""

    title = "Redrive policy"
    example: ClassVar[dict[str, Any]] = {"deadLetterTargetArn": DEAD, "maxReceiveCount": 5}

    @classmethod
    def read(cls, value: Any) -> Any:
        count = value.get("maxReceiveCount") if isinstance(value, dict) else None
        return {**value, "maxReceiveCount": int(count)} if isinstance(count, str) and count.isdecimal() else value


class RedriveAllowPolicy(JsonDocument):
    """The queues that may use a queue as their dead-letter queue."""

    title = "Redrive allow policy"
    example: ClassVar[dict[str, Any]] = {"redrivePermission": "denyAll"}


class SqsQueue(Tagged):
    """A queue of Amazon SQS, such as a dead-letter queue. It is a FIFO queue if its name ends with .fifo."""

    name: Annotated[str, AwsName("QueueName")] = Field(
        pattern=r"^([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$",
        description="The name, in up to 80 letters, digits, and the characters - _. AWS cannot change it. The name of "
        "a FIFO queue ends with .fifo, and no other name may.",
        examples=["contact-centre-prod-dead-letters"],
        json_schema_extra=expecting("a name of a queue"),
    )
    visibility_timeout: Annotated[int, MapAttribute()] = Field(
        30,
        ge=0,
        le=43_200,
        description="The seconds, up to 12 hours, that a received message is hidden.",
        examples=[90],
    )
    message_retention_period: Annotated[int, MapAttribute()] = Field(
        345_600,
        ge=60,
        le=1_209_600,
        description="The seconds, from 1 minute to 14 days, that AWS keeps a message. A shorter one may delete some.",
        examples=[1_209_600],
    )
    delay_seconds: Annotated[int, MapAttribute()] = Field(
        0, ge=0, le=900, description="The seconds, up to 15 minutes, that a new message is hidden.", examples=[5]
    )
    maximum_message_size: Annotated[int, MapAttribute()] = Field(
        1_048_576, ge=1024, le=1_048_576, description="The most bytes of a message, up to 1 MiB.", examples=[262_144]
    )
    receive_message_wait_time_seconds: Annotated[int, MapAttribute()] = Field(
        0, ge=0, le=20, description="The seconds that a receiver waits for a message.", examples=[20]
    )
    policy: Annotated[PolicyDocument | None, MapAttribute(), Clearable(by="")] = Field(
        None, description="The resource policy: who else may use the queue. Null removes it."
    )
    redrive_policy: Annotated[RedrivePolicy | None, MapAttribute(), Clearable(by="")] = Field(
        None,
        description="The dead-letter queue, deadLetterTargetArn, and the receives after which a message moves there, "
        "maxReceiveCount. Null removes it.",
    )
    redrive_allow_policy: Annotated[RedriveAllowPolicy | None, MapAttribute(), Clearable(by="")] = Field(
        None,
        description="The queues that may use this one as their dead-letter queue: redrivePermission is allowAll, "
        "denyAll or byQueue, the last with sourceQueueArns. Null removes it, and all queues of the account may.",
    )
    sqs_managed_sse_enabled: Annotated[bool, MapAttribute()] = Field(
        True, description="True: a key of SQS encrypts the messages, unless kmsMasterKeyId names another."
    )
    kms_master_key_id: Annotated[str | None, MapAttribute(), Clearable(by="")] = Field(
        None,
        pattern=r"^[^\s]+$",
        max_length=2048,
        description="The KMS key that encrypts the messages: its id, its ARN, or its alias. Null removes it, and "
        "sqsManagedSseEnabled decides.",
        examples=["alias/aws/sqs"],
        json_schema_extra=expecting("a KMS key"),
    )
    kms_data_key_reuse_period_seconds: Annotated[int, MapAttribute()] = Field(
        300,
        ge=60,
        le=86_400,
        description="The seconds, from 1 minute to 24 hours, before SQS asks KMS again.",
        examples=[900],
    )
    content_based_deduplication: Annotated[bool, MapAttribute()] = Field(
        False, description="True: messages of equal content are duplicates. Only for FIFO queues."
    )
    deduplication_scope: Annotated[Literal["queue", "messageGroup"], MapAttribute()] = Field(
        "queue",
        description="Where duplicates are looked for. Only for FIFO queues.",
        json_schema_extra=meanings(queue="In the whole queue.", messageGroup="In each message group."),
    )
    fifo_throughput_limit: Annotated[Literal["perQueue", "perMessageGroupId"], MapAttribute()] = Field(
        "perQueue",
        description="The scope of the limit. Only for FIFO queues.",
        json_schema_extra=meanings(
            perQueue="The messages of the whole queue.",
            perMessageGroupId="Those of each message group; deduplicationScope must be messageGroup.",
        ),
    )


_COUNTED = "a number that AWS counts"
_ABOUT_QUEUE = "AWS's own, and no setting"
UNMANAGED = MappingProxyType(
    {
        "All": "a word for all attributes, which only reads take",
        "ApproximateNumberOfMessages": _COUNTED,
        "ApproximateNumberOfMessagesDelayed": _COUNTED,
        "ApproximateNumberOfMessagesNotVisible": _COUNTED,
        "CreatedTimestamp": _ABOUT_QUEUE,
        "LastModifiedTimestamp": _ABOUT_QUEUE,
        "QueueArn": _ABOUT_QUEUE,
    }
)


class SqsQueueKind(Kind[SqsQueue]):
    spec = SqsQueue
    service = SQS
    # "Don't build the queue URL from its separate components" (developer guide), so AWS is asked for it.
    identity = Identity("QueueUrl", arn="arn:{partition}:sqs:{region}:{account}:{id}")
    reading = Reading(
        search=Listing("ListQueues", "QueueUrls", {"MaxResults": 1000}),
        locate=("GetQueueUrl", ""),
        describe=("GetQueueAttributes", ATTRIBUTES),
        described_by={"AttributeNames": ["All"]},
        by_name=True,
        index="sqs",
    )
    writing = Writing(
        create="CreateQueue",
        delete="DeleteQueue",
        updates=(
            Update(
                "SetQueueAttributes", tuple(f for f in SqsQueue.model_fields if f not in ("name", "tags")), patch=True
            ),
        ),
        # Two queues may name each other, and a policy its own queue.
        deferred=frozenset({"policy", "redrive_policy", "redrive_allow_policy"}),
        # CreateQueue answers with an existing queue of equal attributes (service model).
        overwrites=True,
    )
    deletion = Deletion(irreversible="its messages")
    unmanaged = UNMANAGED

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        return {"QueueName": name}

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        arn = members.get("QueueArn") or members.get("Arn") or ""
        return str(members.get("QueueUrl") or members.get("Id") or ""), str(arn)

    def arn_of(self, id: str, scope: Scope) -> str:
        return super().arn_of(id.rpartition("/")[2], scope)

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the name. The attributes of a queue have it only in the ARN, and a list of queues in the URL."""
        arn, url = str(members.get("QueueArn") or ""), str(members.get("QueueUrl") or "")
        return (arn.rpartition(":")[2] or url.rpartition("/")[2] or str(members.get("QueueName") or ""),)

    def holds(self, members: Mapping[str, Any]) -> str:
        words = ("", "Delayed", "NotVisible")
        count = sum(int(members.get(f"ApproximateNumberOfMessages{word}") or 0) for word in words)
        return f"about {counted(count, 'message')}" if count else ""

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> SqsQueue:
        """Returns the spec. With a key of KMS, AWS answers that SQS encrypts nothing; that does not differ."""
        encryption = {"SqsManagedSseEnabled": "true"} if answer.get("KmsMasterKeyId") else {}
        return super().from_aws({**answer, **encryption, "QueueName": self.keys_of(answer)[0]}, names, name)

    def unreachable(self, declared: SqsQueue, live: SqsQueue) -> str:
        is_bare = "sqs_managed_sse_enabled" in declared.model_fields_set and not declared.sqs_managed_sse_enabled
        if not is_bare or "kms_master_key_id" in declared.model_fields_set or not live.kms_master_key_id:
            return ""
        return "sqsManagedSseEnabled: false has no effect on a queue with a KMS key; declare kmsMasterKeyId: null too"

    def create_call(self, ref: Ref, spec: SqsQueue, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        created = super().create_call(ref, spec, tags, held)
        if not spec.name.endswith(FIFO):
            return created
        attributes = {"FifoQueue": "true", **created.params.get(ATTRIBUTES, {})}
        return self.call(created.operation, {**created.params, ATTRIBUTES: attributes})

    def replace_call(self, ref: Ref, update: Update, spec: SqsQueue) -> Call:
        """Returns the call. A queue has one sort of encryption, so the call switches the other one off."""
        call = super().replace_call(ref, update, spec)
        sent = call.params[ATTRIBUTES]
        if sent.keys().isdisjoint({"KmsMasterKeyId", "SqsManagedSseEnabled"}):
            return call
        has_own = spec.sqs_managed_sse_enabled and not spec.kms_master_key_id
        both = {"KmsMasterKeyId": spec.kms_master_key_id or "", "SqsManagedSseEnabled": str(has_own).lower()}
        return self.call(call.operation, {**call.params, ATTRIBUTES: {**sent, **both}})

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return _queue_problems(declared)


def _queue_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what is wrong in several fields of a queue."""
    if not str(declared.get("name", "")).endswith(FIFO):
        for key in _ONLY_FIFO:
            if key in declared:
                yield Problem("error", (key,), "only a FIFO queue has it; delete the line, or end the name with .fifo")
    is_by_group = declared.get("fifoThroughputLimit") == "perMessageGroupId"
    if is_by_group and declared.get("deduplicationScope") != "messageGroup":
        message = "perMessageGroupId needs deduplicationScope: messageGroup; write both"
        yield Problem("error", ("fifoThroughputLimit",), message)
    if declared.get("sqsManagedSseEnabled") is False and declared.get("kmsMasterKeyId"):
        message = "kmsMasterKeyId decides the encryption; delete this line"
        yield Problem("error", ("sqsManagedSseEnabled",), message)
    if "kmsDataKeyReusePeriodSeconds" in declared and not declared.get("kmsMasterKeyId"):
        message = "it belongs to a KMS key; declare kmsMasterKeyId too, or delete this line"
        yield Problem("error", ("kmsDataKeyReusePeriodSeconds",), message)
    yield from _redrive_problems(declared)


def _redrive_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what is wrong in the two documents about dead letters, as far as their shape is right."""
    redrive = _value(RedrivePolicy, declared.get("redrivePolicy"))
    allow = _value(RedriveAllowPolicy, declared.get("redriveAllowPolicy"))
    if redrive is not None:
        count = redrive.get("maxReceiveCount")
        if not redrive.get("deadLetterTargetArn"):
            message = "deadLetterTargetArn is missing; write the ARN of the dead-letter queue"
            yield Problem("error", ("redrivePolicy",), message)
        if not isinstance(count, int) or not 1 <= count <= 1000:
            yield Problem("error", ("redrivePolicy",), "maxReceiveCount must be a number from 1 to 1000")
    if allow is not None:
        permission, sources = allow.get("redrivePermission"), allow.get("sourceQueueArns")
        if permission not in ("allowAll", "denyAll", "byQueue"):
            message = "redrivePermission must be allowAll, denyAll or byQueue"
            yield Problem("error", ("redriveAllowPolicy",), message)
        elif (permission == "byQueue") != bool(sources):
            message = "sourceQueueArns belongs to redrivePermission byQueue, and only to that; write both or neither"
            yield Problem("error", ("redriveAllowPolicy",), message)
        elif sources and len(sources) > 10:
            message = f"sourceQueueArns has {len(sources)} ARNs, and AWS takes 10; write redrivePermission: allowAll"
            yield Problem("error", ("redriveAllowPolicy",), message)


def _value(document: type[JsonDocument], written: Any) -> dict[str, Any] | None:
    value = document.of(written).value if isinstance(written, str | dict) else None
    return value if isinstance(value, dict) else None
