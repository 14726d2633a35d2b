"""Topics and their attributes [service model, if a rule has no other source]."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.newness import note_new
from reconciler.sandbox.sns.room import Params, Proceed, SnsRoom, invalid, is_pending

WORDS = {"SignatureVersion": ("1", "2"), "TracingConfig": ("PassThrough", "Active")}
DOCUMENTS = ("Policy", "DeliveryPolicy")
LONGEST_NAME = 100  # "up to 100 characters" [developer guide, display names]
KNOWN_BY_MOTO = ("Policy", "DeliveryPolicy", "DisplayName", "KmsMasterKeyId")
TAGS = 50  # [tagging guide]


class Topics(SnsRoom):
    def create_topic(self, params: Params, proceed: Proceed) -> Any:
        """Creates a topic, or answers with an existing one. Other attributes are refused [seen: InvalidParameter]."""
        arn = f"arn:aws:sns:{self.backend.region_name}:{self.backend.account_id}:{params['Name']}"
        attributes = params.get("Attributes") or {}
        for name, value in attributes.items():
            _check(name, value)
        _refuse_tags({tag["Key"]: tag["Value"] for tag in params.get("Tags") or ()})
        known = self.backend.topics.get(arn)
        if known is not None:
            present = self._attributes(arn)
            tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags") or ()}
            if any(present.get(name, "") != value for name, value in attributes.items()):
                raise invalid("Attributes Reason: Topic already exists with different attributes")
            if tags and tags != known._tags:
                raise invalid("Tags Reason: Topic already exists with different tags")
        more = {name: attributes.pop(name) for name in [*attributes] if name not in KNOWN_BY_MOTO}
        answer = proceed()
        if known is None and (topic := self.backend.topics.get(arn)):
            self.more(topic).update(more)
            note_new(self.world, topic)
        return answer

    def get_topic_attributes(self, params: Params, proceed: Proceed) -> ActionResult:
        self.topic(params["TopicArn"])
        return ActionResult({"Attributes": self._attributes(params["TopicArn"])})

    def set_topic_attributes(self, params: Params, proceed: Proceed) -> Any:
        """Sets one attribute. An empty text clears one [seen: terraform-provider-aws]."""
        topic, name, value = self.topic(params["TopicArn"]), params["AttributeName"], params.get("AttributeValue") or ""
        _check(name, value)
        if name in KNOWN_BY_MOTO:
            params["AttributeValue"] = value
            return proceed()
        self.more(topic)[name] = value
        return ActionResult({})

    def delete_topic(self, params: Params, proceed: Proceed) -> Any:
        """Deletes a topic with its subscriptions. "Deleting a topic that doesn't exist does not result in an error"."""
        return proceed()

    def tag_resource(self, params: Params, proceed: Proceed) -> Any:
        topic = self.backend.topics.get(params["ResourceArn"])
        new = {tag["Key"]: tag["Value"] for tag in params["Tags"]}
        _refuse_tags({**(topic._tags if topic else {}), **new})
        return proceed()

    def _attributes(self, arn: str) -> dict[str, str]:
        """Returns the attributes as texts. AWS leaves out what was never set."""
        topic = self.backend.topics[arn]
        subscriptions = [it for it in self.backend.subscriptions.values() if it.topic.arn == arn]
        pending = [it for it in subscriptions if is_pending(it)]
        present = {
            "TopicArn": arn,
            "Owner": topic.account_id,
            "Policy": topic.policy,
            "DisplayName": topic.display_name,
            "EffectiveDeliveryPolicy": topic.effective_delivery_policy,
            "SubscriptionsConfirmed": str(len(subscriptions) - len(pending)),
            "SubscriptionsPending": str(len(pending)),
            "SubscriptionsDeleted": "0",
        }
        set_before = {"DeliveryPolicy": topic.delivery_policy, "KmsMasterKeyId": topic.kms_master_key_id}
        return present | {name: value for name, value in set_before.items() if value} | self.more(topic)


def _check(name: str, value: str) -> None:
    if name not in (*KNOWN_BY_MOTO, *WORDS):
        raise invalid("AttributeName")
    if name in WORDS and value not in WORDS[name]:
        raise invalid(f"{name} must be one of {', '.join(WORDS[name])}")
    if name == "DisplayName" and len(value) > LONGEST_NAME:
        raise invalid("Display name must be at most 100 characters")
    if name in DOCUMENTS and (value or name == "Policy"):
        try:
            document: Any = json.loads(value)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise invalid(f"{name}: not a JSON object")


def _refuse_tags(tags: Mapping[str, str]) -> None:
    if any(key.lower().startswith("aws:") for key in tags):  # Reserved [tagging guide]; the code is inferred.
        raise invalid("Tag keys that begin with aws: are reserved")
    if len(tags) > TAGS:
        raise Refused("TagLimitExceeded", f"A topic has at most {TAGS} tags.")
