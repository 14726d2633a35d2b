"""Subscriptions to topics of Amazon SNS. A person or a program must confirm some of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.aws.sns_attributes import one_attribute
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import SNS
from reconciler.kinds.translation import ATTRIBUTES
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.model import (
    REFERENCE,
    Call,
    Clearable,
    IdOf,
    JsonDocument,
    LocalOnly,
    MapAttribute,
    Ownership,
    Problem,
    Ref,
    Resource,
    WrittenRecords,
)
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

TOPIC, TOPIC_ARN = "SnsTopic", "TopicArn"
PENDING, DELETED = "PendingConfirmation", "Deleted"  # what AWS lists in place of an ARN
_RAW = ("sqs", "http", "https", "firehose")


class DeadLetters(JsonDocument):
    """The dead-letter queue of a subscription."""

    title = "Redrive policy"
    example: ClassVar[dict[str, Any]] = {"deadLetterTargetArn": "arn:aws:sqs:ca-central-1:111122223333:alerts-dead"}


class SnsSubscription(Resource):
    """A subscription to a topic. It has no tags, so the stack manages it while a manifest declares it."""

    name: Annotated[str, LocalOnly()] = Field(
        pattern=r"^[A-Za-z0-9_-]{1,256}/[a-z-]+:.+$",
        max_length=2400,
        description="The topic, the protocol and the endpoint, TOPIC/PROTOCOL:ENDPOINT. Only the last name of an ARN.",
        examples=["contact-centre-prod-alerts/email:ops@example.com"],
        json_schema_extra=expecting("a subscription: write TOPIC/PROTOCOL:ENDPOINT"),
    )
    protocol: Literal["email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"] = Field(
        description="How AWS delivers messages. AWS cannot change it.",
        json_schema_extra=meanings(
            **{"email": "As an e-mail, after a person confirms.", "email-json": "As an e-mail with JSON, likewise."},
            firehose="To a stream of Amazon Data Firehose.",
            http="To a program, after it confirms.",
            https="To a program, after it confirms.",
            **{"lambda": "To a function."},
            sms="As a text message.",
            sqs="To a queue of Amazon SQS.",
        ),
    )
    endpoint: str = Field(
        min_length=1,
        max_length=2048,
        description="The address, phone number or ARN that gets the messages. AWS cannot change it.",
        examples=["ops@example.com"],
    )
    raw_message_delivery: Annotated[bool, MapAttribute()] = Field(
        False, description="True: queues and programs get the message alone, without the envelope of SNS."
    )
    filter_policy_scope: Annotated[Literal["MessageAttributes", "MessageBody"], MapAttribute()] = Field(
        "MessageAttributes",
        description="The part of a message that filterPolicy is about.",
        json_schema_extra=meanings(MessageAttributes="The attributes of a message.", MessageBody="Its JSON body."),
    )
    filter_policy: Annotated[JsonDocument | None, MapAttribute(), Clearable(by="")] = Field(
        None, description="Which messages are delivered. Null removes it, and all are."
    )
    redrive_policy: Annotated[DeadLetters | None, MapAttribute(), Clearable(by="")] = Field(
        None, description="The dead-letter queue, deadLetterTargetArn. Null removes it."
    )
    delivery_policy: Annotated[JsonDocument | None, MapAttribute(), Clearable(by="")] = Field(
        None, description="How AWS repeats failed deliveries to HTTP endpoints. Null removes it."
    )
    subscription_role_arn: Annotated[str | None, MapAttribute()] = Field(
        None,
        min_length=1,
        description="The role that writes to the Firehose stream; firehose needs it.",
        examples=["arn:aws:iam::111122223333:role/reconcile/alerts"],
    )


# A wider scope comes before a policy that needs it (Terraform's provider).
_CHANGED = (
    *("raw_message_delivery", "filter_policy_scope", "filter_policy", "redrive_policy", "delivery_policy"),
    "subscription_role_arn",
)


class SnsSubscriptionKind(Kind[SnsSubscription]):
    spec = SnsSubscription
    service = SNS
    ownership = Ownership.DECLARED
    identity = Identity("SubscriptionArn", key="endpoint", is_named_by_key=True)
    reading = Reading(
        search=Listing("ListSubscriptionsByTopic", "Subscriptions"),
        describe=("GetSubscriptionAttributes", ATTRIBUTES),
        details=(Detail(_CHANGED),),
        undescribed=frozenset({"InvalidParameter"}),  # A pending subscription has no ARN yet.
        container=(TOPIC, TOPIC_ARN),
    )
    writing = Writing(
        create="Subscribe",
        delete="Unsubscribe",
        updates=tuple(Update("SetSubscriptionAttributes", (field,)) for field in _CHANGED),
        constants={"ReturnSubscriptionArn": True},
        # Subscribe answers with an existing subscription (service model).
        overwrites=True,
    )
    deletion = Deletion(breaks="until it is confirmed again, the endpoint gets no messages")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        arn = str(members.get("SubscriptionArn") or members.get("Arn") or members.get("Id") or "")
        return arn, arn if arn.startswith("arn:") else ""

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return {"SubscriptionArn": self.id_and_arn(members)[0]}

    def container(self, spec: SnsSubscription) -> Ref:
        return self.container_of(spec.name)

    def container_of(self, name: str) -> Ref:
        return Ref(TOPIC, name.partition("/")[0])

    def key_of(self, spec: SnsSubscription) -> str:
        return spec.name

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        topic = str(members.get(TOPIC_ARN, "")).rpartition(":")[2]
        return (_name(topic, str(members.get("Protocol", "")), str(members.get("Endpoint", ""))),)

    def is_one(self, members: Mapping[str, Any]) -> bool:
        return members.get("SubscriptionArn") != DELETED

    def waiting(self, members: Mapping[str, Any]) -> str:
        if not self._is_pending(members):
            return ""
        return "waits for its confirmation: the endpoint has a message with the link, which is valid for two days"

    def lasting(self, members: Mapping[str, Any]) -> str:
        if not self._is_pending(members):
            return ""
        return "AWS cannot end a subscription that waits for its confirmation, and deletes it by itself after some days"

    def _is_pending(self, members: Mapping[str, Any]) -> bool:
        return members.get("SubscriptionArn") == PENDING or members.get("PendingConfirmation") == "true"

    def create_call(self, ref: Ref, spec: SnsSubscription, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        created = super().create_call(ref, spec, tags, held)
        return self.call(created.operation, {TOPIC_ARN: IdOf(self.container(spec)), **created.params})

    def replace_call(self, ref: Ref, update: Update, spec: SnsSubscription) -> Call:
        return one_attribute(super().replace_call(ref, update, spec))

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return _subscription_problems(declared)


def _subscription_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what is wrong in several fields of a subscription."""
    protocol, endpoint, name = (declared.get(key) for key in ("protocol", "endpoint", "name"))
    is_readable = isinstance(name, str) and isinstance(protocol, str) and isinstance(endpoint, str)
    if is_readable and name != (right := _name(str(name).partition("/")[0], str(protocol), str(endpoint))):
        message = f"a subscription is called by its topic, protocol and endpoint; call this one {right}"
        yield Problem("error", ("name",), message)
    if declared.get("rawMessageDelivery") and protocol not in _RAW:
        message = f"only {', '.join(_RAW)} have raw messages; delete this line"
        yield Problem("error", ("rawMessageDelivery",), message)
    if (protocol == "firehose") != bool(declared.get("subscriptionRoleArn")):
        message = "subscriptionRoleArn belongs to protocol firehose, and firehose needs it; write both or neither"
        yield Problem("error", ("protocol",), message)
    redrive = declared.get("redrivePolicy")
    if isinstance(redrive, dict) and not redrive.get("deadLetterTargetArn"):
        message = "deadLetterTargetArn is missing; write the ARN of the dead-letter queue"
        yield Problem("error", ("redrivePolicy",), message)


def _name(topic: str, protocol: str, endpoint: str) -> str:
    """Returns the name of a subscription. It has only the last name of an ARN, or of a reference to one."""
    reference = REFERENCE.fullmatch(endpoint)
    last = (
        reference["name"] if reference else re.split("[:/]", endpoint)[-1] if endpoint.startswith("arn:") else endpoint
    )
    return f"{topic}/{protocol}:{last}"
