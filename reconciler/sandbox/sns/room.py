"""The common parts of the rules of SNS: topics, their attributes, and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from moto.sns.models import SNSBackend, Subscription, Topic

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.facts import facts
from reconciler.sandbox.newness import is_hidden
from reconciler.sandbox.world import World

Params = dict[str, Any]
Proceed = Callable[[], Any]

# The attributes of a topic that moto does not keep, as texts.
_more: WeakKeyDictionary[Topic, dict[str, str]] = facts("sns.attributes")


class SnsRoom:
    def __init__(self, world: World, backend: SNSBackend) -> None:
        self.world, self.backend = world, backend

    def topic(self, arn: str) -> Topic:
        """Returns a topic. A new one may not be known yet [inferred]: the fault `consistency`."""
        topic = self.backend.topics.get(arn)
        if topic is None or is_hidden(self.world, topic):
            raise Refused("NotFound", "Topic does not exist")
        return topic

    def more(self, topic: Topic) -> dict[str, str]:
        return _more.setdefault(topic, {})


def invalid(message: str) -> Refused:
    return Refused("InvalidParameter", f"Invalid parameter: {message}")


def is_pending(subscription: Subscription) -> bool:
    """Returns whether a subscription waits for its confirmation."""
    return bool(subscription.attributes.get("PendingConfirmation"))
