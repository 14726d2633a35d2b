"""SQS queues as event sources: batches, visibility time-outs and partial responses."""

from __future__ import annotations

import json
import time
from typing import Any

from moto.awslambda.models import EventSourceMapping
from moto.sqs.models import Message, Queue, sqs_backends

from reconciler.sandbox.events.sources.results import Record, failed_records, is_wanted
from reconciler.sandbox.events.sources.source import EventSource, Invoke
from reconciler.sandbox.world import world


class QueueSource(EventSource):
    """Messages of a failed batch come back after the queue's visibility time-out; its redrive policy counts them."""

    def __init__(self, mapping: EventSourceMapping, invoke: Invoke) -> None:
        super().__init__(mapping, invoke)
        self._first_seen: float | None = None

    def next_due(self) -> float | None:
        """Returns when the next batch is complete, or its window ends, or a hidden message comes back."""
        queue = self._queue()
        if queue is None:
            return None
        with world.lock:
            messages = list(queue._messages)
        now, machine = world.clock(), time.time() * 1000
        hidden = [max(one.visible_at, one.delayed_until) for one in messages]
        ready = sum(moment <= machine for moment in hidden)
        if not ready:
            self._first_seen = None
            return min((now + (moment - machine) / 1000 for moment in hidden), default=None)
        self._first_seen = self._first_seen or now
        window = float(self.mapping.max_batch_window or 0)
        return now if ready >= self.mapping.batch_size else self._first_seen + window

    def poll(self) -> None:
        messages = self._receive()
        if not messages:
            return
        records = {str(message.id): self._record(message) for message in messages}
        wanted = {id: record for id, record in records.items() if is_wanted(self.mapping, record)}
        failed: frozenset[str] = frozenset()
        if wanted:
            answer = self.invoke(json.dumps({"Records": list(wanted.values())}).encode())
            failed = frozenset(wanted) if answer is None else failed_records(self.mapping, answer, list(wanted))
        self._settle(messages, failed)

    def _receive(self) -> list[Message]:
        """Takes a batch. moto moves what was received too often to the dead-letter queue on the way."""
        queue = self._queue()
        if queue is None:
            return []
        hidden_for = int(queue.visibility_timeout)  # type: ignore[attr-defined]
        self._first_seen = None
        with world.lock:
            backend = sqs_backends[queue.account_id][queue.region]
            return backend.receive_message(queue.name, self.mapping.batch_size, 0, hidden_for, ["All"])

    def _settle(self, messages: list[Message], failed: frozenset[str]) -> None:
        queue = self._queue()
        if queue is None:
            return
        backend = sqs_backends[queue.account_id][queue.region]
        with world.lock:
            for message in messages:
                if message.id not in failed:
                    backend.delete_message(queue.name, str(message.receipt_handle))
                elif world.switches.failed_batches == "at_once":
                    backend.change_message_visibility(queue.name, str(message.receipt_handle), 0)

    def _queue(self) -> Queue | None:
        _, _, _, region, account, name = self.mapping.event_source_arn.split(":")
        queue: Queue | None = sqs_backends[account][region].queues.get(name)
        return queue

    def _record(self, message: Message) -> Record:
        attributes: dict[str, Any] = {
            "ApproximateReceiveCount": message.approximate_receive_count,
            "SentTimestamp": message.sent_timestamp,
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": message.approximate_first_receive_timestamp,
            "SequenceNumber": message.sequence_number,
            "MessageGroupId": message.group_id,
            "MessageDeduplicationId": message.deduplication_id if message.group_id else None,
        }
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {name: str(value) for name, value in attributes.items() if value is not None},
            "messageAttributes": {name: _shown(value) for name, value in message.message_attributes.items()},
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": self.mapping.event_source_arn,
            "awsRegion": self.mapping.region,
        }


def hasten_messages(seconds: float) -> None:
    """Lets hidden and delayed messages come back sooner, since the clock was moved: moto's clock is the machine's."""
    with world.lock:
        for regions in list(sqs_backends.values()):
            for backend in list(regions.values()):
                for queue in backend.queues.values():
                    for message in queue._messages:
                        message.visible_at -= seconds * 1000
                        message.delayed_until -= seconds * 1000


def _shown(value: dict[str, Any]) -> dict[str, Any]:
    binary = value.get("BinaryValue")
    return {
        **({"stringValue": value["StringValue"]} if value.get("StringValue") is not None else {}),
        **({"binaryValue": binary.decode() if isinstance(binary, bytes) else binary} if binary is not None else {}),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value.get("DataType"),
    }
