"""Subscriptions: those that a person or a program must confirm are pending [service model, Subscribe]."""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.sns.models import Subscription

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.sns.room import Params, Proceed, SnsRoom, invalid, is_pending

PENDING = "PendingConfirmation"  # what a list shows in place of the ARN
CONFIRMED = ("email", "email-json", "http", "https")  # the endpoints that must confirm
PROTOCOLS = (*CONFIRMED, "application", "firehose", "lambda", "sms", "sqs")
ATTRIBUTES = ("DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy")
DOCUMENTS = ("DeliveryPolicy", "FilterPolicy", "RedrivePolicy")


class Subscriptions(SnsRoom):
    def subscribe(self, params: Params, proceed: Proceed) -> Any:
        """Subscribes an endpoint. A known one keeps its ARN; other attributes are refused [seen: InvalidParameter]."""
        arn, protocol, endpoint = params["TopicArn"], params["Protocol"], params.get("Endpoint")
        self.topic(arn)
        if protocol not in PROTOCOLS or not endpoint:
            raise invalid("Protocol or Endpoint")
        attributes = dict(params.get("Attributes") or {})
        for name, value in attributes.items():
            _check(name, value, protocol)
        known = next((it for it in self._of_topic(arn) if (it.protocol, it.endpoint) == (protocol, endpoint)), None)
        if known and any(_shown(known).get(name) != value for name, value in attributes.items()):
            raise invalid("Attributes Reason: Subscription already exists with different attributes")
        answer = proceed()
        new = next((it for it in self._of_topic(arn) if (it.protocol, it.endpoint) == (protocol, endpoint)), None)
        if new and not known:
            new.attributes["PendingConfirmation"] = protocol in CONFIRMED
        if new and is_pending(new) and not params.get("ReturnSubscriptionArn"):
            return ActionResult({"SubscriptionArn": "pending confirmation"})
        return answer

    def confirm_subscription(self, params: Params, proceed: Proceed) -> ActionResult:
        """Confirms a subscription. The token is the end of its ARN [simplified]: the sandbox sends no e-mail."""
        arn = f"{params['TopicArn']}:{params['Token']}"
        if arn not in self.backend.subscriptions:
            raise invalid("Token")
        self.backend.subscriptions[arn].attributes["PendingConfirmation"] = False
        return ActionResult({"SubscriptionArn": arn})

    def list_subscriptions_by_topic(self, params: Params, proceed: Proceed) -> ActionResult:
        self.topic(params["TopicArn"])
        return ActionResult({"Subscriptions": [_listed(it) for it in self._of_topic(params["TopicArn"])]})

    def list_subscriptions(self, params: Params, proceed: Proceed) -> ActionResult:
        return ActionResult({"Subscriptions": [_listed(it) for it in self.backend.subscriptions.values()]})

    def get_subscription_attributes(self, params: Params, proceed: Proceed) -> ActionResult:
        return ActionResult({"Attributes": _shown(self._subscription(params))})

    def set_subscription_attributes(self, params: Params, proceed: Proceed) -> ActionResult:
        """Sets one attribute. An empty text clears a document [seen: terraform-provider-aws]."""
        subscription = self._subscription(params)
        name, value = params["AttributeName"], params.get("AttributeValue") or ""
        _check(name, value, subscription.protocol)
        written: Any = value == "true" if name == "RawMessageDelivery" else value
        self.backend.set_subscription_attributes(subscription.arn, name, written)
        return ActionResult({})

    def unsubscribe(self, params: Params, proceed: Proceed) -> Any:
        """Ends a subscription; "a pending one cannot be deleted" [seen: terraform-provider-aws, issue 36494]."""
        if is_pending(self._subscription(params)):
            raise invalid("SubscriptionArn Reason: This operation is not valid for a pending subscription")
        return proceed()

    def publish(self, params: Params, proceed: Proceed) -> Any:
        """Publishes to the confirmed subscriptions. moto would send the message to every address."""
        return self._without_pending(proceed)

    def publish_batch(self, params: Params, proceed: Proceed) -> Any:
        return self._without_pending(proceed)

    def _without_pending(self, proceed: Proceed) -> Any:
        every = self.backend.subscriptions
        # A confirmed address of the web is left out too: the sandbox calls no other machine.
        pending = {arn: it for arn, it in every.items() if is_pending(it) or it.protocol in ("http", "https")}
        for arn in pending:
            del every[arn]
        try:
            return proceed()
        finally:
            every.update(pending)

    def _subscription(self, params: Params) -> Subscription:
        arn = params["SubscriptionArn"]
        if not arn.startswith("arn:"):
            raise invalid("SubscriptionArn Reason: An ARN must have at least 6 elements, not 1")
        if (subscription := self.backend.subscriptions.get(arn)) is None:
            raise Refused("NotFound", "Subscription does not exist")
        return subscription

    def _of_topic(self, arn: str) -> list[Subscription]:
        return [it for it in self.backend.subscriptions.values() if it.topic.arn == arn]


def _listed(subscription: Subscription) -> dict[str, str]:
    return {
        "SubscriptionArn": PENDING if is_pending(subscription) else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }


def _shown(subscription: Subscription) -> dict[str, str]:
    """Returns the attributes as texts. AWS leaves out what was never set."""
    members = {**subscription.attributes, **_listed(subscription), "SubscriptionArn": subscription.arn}
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in members.items()}
    defaults = {"RawMessageDelivery": "false"}
    return {name: value for name, value in {**defaults, **texts}.items() if value != ""}


def _check(name: str, value: str, protocol: str) -> None:
    if name not in (*ATTRIBUTES, "SubscriptionRoleArn"):
        raise invalid("AttributeName")
    if name == "RawMessageDelivery" and value == "true" and protocol not in ("sqs", "http", "https", "firehose"):
        raise invalid("Attributes Reason: RawMessageDelivery is not supported for this protocol")
    if name == "FilterPolicyScope" and value not in ("MessageAttributes", "MessageBody"):
        raise invalid("FilterPolicyScope")
    if name in DOCUMENTS and value:
        try:
            document: Any = json.loads(value)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise invalid(f"{name}: not a JSON object")
