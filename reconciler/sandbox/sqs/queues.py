"""Queues: their names, attributes and deletions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.sqs.models import Queue, SQSBackend

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.newness import is_hidden, note_new
from reconciler.sandbox.sqs.attributes import check
from reconciler.sandbox.sqs.store import SqsStore
from reconciler.sandbox.world import World

Params = dict[str, Any]
Proceed = Callable[[], Any]
TAGS = 50  # "a maximum of 50 tags" [developer guide, quotas]
TAKEN_FOR = 60.0  # "you must wait at least 60 seconds before creating a queue with the same name" [service model]


class QueueRules:
    def __init__(self, world: World, backend: SQSBackend, store: SqsStore) -> None:
        self.world, self.backend, self.store = world, backend, store

    def queue(self, params: Params) -> Queue:
        """Returns the queue of a request. A new one may not be known yet [service model, CreateQueue]: a fault."""
        name = params.get("QueueName") or str(params["QueueUrl"]).rpartition("/")[2]
        queue = self.backend.queues.get(name)
        if queue is None or is_hidden(self.world, queue):
            raise Refused("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
        return queue

    def create_queue(self, params: Params, proceed: Proceed) -> Any:
        """Creates a queue, or answers with an existing one whose named attributes are equal [service model]."""
        name, attributes = params["QueueName"], params.get("Attributes") or {}
        is_new = name not in self.backend.queues
        if name.endswith(".fifo") != (attributes.get("FifoQueue") == "true"):
            raise Refused("InvalidParameterValue", "The name of a FIFO queue can only end with .fifo, and must.")
        check(name, attributes, {})
        if is_new and self.world.clock() - self.store.deleted.get(name, -TAKEN_FOR) < TAKEN_FOR:
            message = (
                "You must wait 60 seconds after deleting a queue before you can create another with the same name."
            )
            raise Refused("AWS.SimpleQueueService.QueueDeletedRecently", message)
        _refuse_tags(params.get("tags") or {})
        allowed = attributes.pop("RedriveAllowPolicy", "")
        _without_blanks(attributes)
        if attributes.get("KmsMasterKeyId"):
            attributes["SqsManagedSseEnabled"] = "false"
        answer = proceed()
        if is_new and (queue := self.backend.queues.get(name)):
            queue.policy = attributes.get("Policy")
            self.store.allowed[name] = allowed
            note_new(self.world, queue)
        return answer

    def get_queue_url(self, params: Params, proceed: Proceed) -> Any:
        self.queue(params)
        return proceed()

    def get_queue_attributes(self, params: Params, proceed: Proceed) -> Any:
        """Answers moto's attributes and the redrive allow policy, which moto does not show."""
        queue = self.queue(params)
        wanted = params.get("AttributeNames") or []
        others = [name for name in wanted if name != "RedriveAllowPolicy"]
        known = self.backend.get_queue_attributes(queue.name, others)
        attributes = {name: str(value) for name, value in known.items() if value is not None}
        if (allowed := self.store.allowed.get(queue.name)) and {"All", "RedriveAllowPolicy"} & {*wanted}:
            attributes["RedriveAllowPolicy"] = allowed
        return ActionResult({"Attributes": attributes} if attributes else {})

    def set_queue_attributes(self, params: Params, proceed: Proceed) -> Any:
        """Changes the attributes of the request and keeps the others [service model]. An empty text clears one."""
        queue, attributes = self.queue(params), params["Attributes"]
        if "FifoQueue" in attributes and attributes["FifoQueue"] != str(queue.fifo_queue).lower():
            raise Refused("InvalidAttributeValue", "Modifying queue type is not supported.")
        check(queue.name, attributes, {name: str(value) for name, value in queue.attributes.items()})
        if "RedriveAllowPolicy" in attributes:
            self.store.allowed[queue.name] = attributes.pop("RedriveAllowPolicy")
        self._replace_key(queue, attributes)
        policy = attributes.pop("Policy", queue.policy) or None
        if attributes.get("RedrivePolicy") == "":
            queue.redrive_policy = queue.dead_letter_queue = None
        _without_blanks(attributes)
        answer = proceed()
        queue.policy = policy  # moto loses it if a request has none.
        return answer

    def _replace_key(self, queue: Queue, attributes: Params) -> None:
        """Switches the other sort of encryption off. A switch says whether the request itself must do that."""
        has_kms, has_own = (
            bool(queue.attributes.get("KmsMasterKeyId")),
            queue.attributes["SqsManagedSseEnabled"] == "true",
        )
        wants_kms, wants_own = attributes.get("KmsMasterKeyId"), attributes.get("SqsManagedSseEnabled") == "true"
        both = (wants_kms and has_own and "SqsManagedSseEnabled" not in attributes) or (
            wants_own and has_kms and "KmsMasterKeyId" not in attributes
        )
        if both and self.world.switches.queue_encryption == "refused":
            raise Refused("InvalidAttributeValue", "You can use one type of server-side encryption (SSE) at one time.")
        if wants_kms:
            attributes["SqsManagedSseEnabled"] = "false"
        elif wants_own:
            attributes["KmsMasterKeyId"] = None

    def delete_queue(self, params: Params, proceed: Proceed) -> Any:
        """Deletes a queue at once; AWS takes up to 60 seconds, in which calls may still succeed [service model]."""
        queue = self.queue(params)
        answer = proceed()
        self.store.deleted[queue.name] = self.world.clock()
        self.store.allowed.pop(queue.name, None)
        return answer

    def tag_queue(self, params: Params, proceed: Proceed) -> Any:
        _refuse_tags({**self.queue(params).tags, **params["Tags"]})
        return proceed()


def _without_blanks(attributes: Params) -> None:
    """Turns an empty key into none, and leaves out an empty document, which moto would read as JSON."""
    for name in ("Policy", "RedrivePolicy"):
        if attributes.get(name) == "":
            del attributes[name]
    if attributes.get("KmsMasterKeyId") == "":
        attributes["KmsMasterKeyId"] = None


def _refuse_tags(tags: dict[str, str]) -> None:
    if any(key.lower().startswith("aws:") for key in tags):  # Reserved [tagging guide]; the code is inferred.
        raise Refused("InvalidParameterValue", "Tag keys that begin with aws: are reserved.")
    if len(tags) > TAGS:
        raise Refused("InvalidParameterValue", f"Too many tags: a queue has at most {TAGS}.")
