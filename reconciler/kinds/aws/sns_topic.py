"""Topics of Amazon SNS. Their subscriptions are resources of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.aws.sns_attributes import one_attribute
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import SNS
from reconciler.kinds.translation import ATTRIBUTES
from reconciler.kinds.verbs import Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.messages import counted
from reconciler.model import (
    Call,
    Clearable,
    JsonDocument,
    Linked,
    MapAttribute,
    PolicyDocument,
    Ref,
    Scope,
    reference_to,
)
from reconciler.model.spec import expecting, meanings


class SnsTopic(Tagged):
    """A standard topic of Amazon SNS, such as the one that alarms notify. FIFO topics are not supported."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,256}$",
        description="The name, in up to 256 letters, digits, and the characters - _. AWS cannot change it.",
        examples=["contact-centre-prod-alerts"],
        json_schema_extra=expecting("a name of a standard topic"),
    )
    display_name: Annotated[str, MapAttribute()] = Field(
        "", max_length=100, description="The sender's name in messages and e-mails.", examples=["Contact centre alerts"]
    )
    policy: Annotated[PolicyDocument | None, MapAttribute(), Clearable()] = Field(
        None, description="The resource policy: who else may publish and subscribe. With null, only the account may."
    )
    delivery_policy: Annotated[JsonDocument | None, MapAttribute(), Clearable(by="")] = Field(
        None, description="How AWS repeats failed deliveries to HTTP endpoints. Null removes it."
    )
    kms_master_key_id: Annotated[str | None, MapAttribute(), Clearable(by="")] = Field(
        None,
        pattern=r"^[^\s]+$",
        max_length=2048,
        description="The KMS key that encrypts the messages: its id, its ARN, or its alias. Null removes it.",
        examples=["alias/aws/sns"],
        json_schema_extra=expecting("a KMS key"),
    )
    signature_version: Annotated[Literal["1", "2"], MapAttribute()] = Field(
        "1",
        description="How AWS signs messages to HTTP endpoints and confirmations.",
        json_schema_extra=meanings(**{"1": "With SHA-1.", "2": "With SHA-256."}),
    )
    tracing_config: Annotated[Literal["PassThrough", "Active"], MapAttribute()] = Field(
        "PassThrough",
        description="The traces of AWS X-Ray.",
        json_schema_extra=meanings(PassThrough="Those of the publisher.", Active="AWS adds its own."),
    )


DEFAULT_POLICY = "__default_policy_ID"  # the id of the policy that AWS gives a new topic
OF_OWNERS = (
    *("AddPermission", "DeleteTopic", "GetTopicAttributes", "ListSubscriptionsByTopic", "Publish", "RemovePermission"),
    *("SetTopicAttributes", "Subscribe"),
)
UNMANAGED = MappingProxyType({"DataProtectionPolicy": "AWS no longer offers it to new customers"})
_ATTRIBUTES = tuple(field for field in SnsTopic.model_fields if field not in ("name", "tags"))


class SnsTopicKind(Kind[SnsTopic]):
    spec = SnsTopic
    service = SNS
    identity = Identity("TopicArn", arn="arn:{partition}:sns:{region}:{account}:{id}")  # The ARN is the id.
    reading = Reading(
        search=Listing("ListTopics", "Topics"), describe=("GetTopicAttributes", ATTRIBUTES), by_name=True, index="sns"
    )
    writing = Writing(
        create="CreateTopic",
        delete="DeleteTopic",
        updates=tuple(Update("SetTopicAttributes", (field,)) for field in _ATTRIBUTES),
        # A policy may name its own topic.
        deferred=frozenset({"policy"}),
        # CreateTopic answers with an existing topic (service model).
        overwrites=True,
    )
    deletion = Deletion(irreversible="its subscriptions, which people and programs must confirm again")
    unmanaged = UNMANAGED

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        return {"TopicArn": self.arn_of(name, scope)}

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        arn = str(members.get("TopicArn") or members.get("Arn") or members.get("Id") or "")
        return arn, arn

    def arn_of(self, id: str, scope: Scope) -> str:
        return id if id.startswith("arn:") else super().arn_of(id, scope)

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (self.id_and_arn(members)[0].rpartition(":")[2],)

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> SnsTopic:
        """Returns the spec. AWS's own policy of a new topic counts as none."""
        is_default = _is_default(PolicyDocument.of(answer.get("Policy") or {}).value)
        own = {"Name": self.keys_of(answer)[0], **({"Policy": None} if is_default else {})}
        return super().from_aws({**answer, **own}, names, name)

    def holds(self, members: Mapping[str, Any]) -> str:
        count = int(members.get("SubscriptionsConfirmed") or 0) + int(members.get("SubscriptionsPending") or 0)
        return counted(count, "subscription") if count else ""

    def replace_call(self, ref: Ref, update: Update, spec: SnsTopic) -> Call:
        call = super().replace_call(ref, update, spec)
        if update.fields == ("policy",) and spec.policy is None:
            call = self.call(call.operation, {**call.params, ATTRIBUTES: {"Policy": _default_policy(ref)}})
        return one_attribute(call)


def _default_policy(ref: Ref) -> str:
    """Returns a policy that allows what AWS's own does for a new topic: every use by the account alone.

    AWS's own names the account by its number, in the older condition key `AWS:SourceOwner`.
    """
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in OF_OWNERS],
        "Resource": Linked(reference_to(ref, "arn")),
        "Condition": {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    }
    return PolicyDocument.of({"Version": "2012-10-17", "Id": DEFAULT_POLICY, "Statement": [statement]}).text


def _is_default(policy: Any) -> bool:
    """Returns whether a policy is that of a new topic. AddPermission adds statements and leaves the id as it is."""
    if not isinstance(policy, dict) or policy.get("Id") != DEFAULT_POLICY:
        return False
    statements = policy.get("Statement") or []
    only = statements[0] if isinstance(statements, list) and len(statements) == 1 else {}
    owner = (only.get("Condition") or {}).get("StringEquals") or {}
    return bool({"AWS:SourceOwner", "aws:PrincipalAccount"} & owner.keys()) and only.get("Effect") == "Allow"
