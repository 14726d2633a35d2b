"""DynamoDB streams as event sources: batches in order, retries, bisection, partial responses and what is given up.

Sources: the developer guide's pages on DynamoDB streams. Pauses between retries are inferred: AWS has an exponential
backoff, and does not publish it.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.awslambda.models import EventSourceMapping
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamShard

from reconciler.sandbox.events import destinations
from reconciler.sandbox.events.sources.results import Record, failed_records, is_wanted
from reconciler.sandbox.events.sources.source import EventSource, Invoke
from reconciler.sandbox.functions.containers import Answer
from reconciler.sandbox.world import world

LONGEST_PAUSE = 60.0  # seconds
OLDEST = 86_400.0  # seconds that a stream keeps a record


@dataclass(frozen=True)
class Batch:
    """Records that are tried together. `tries`: how often they failed. `due`: when they are tried again."""

    records: tuple[Record, ...]
    due: float
    tries: int = 0

    @property
    def ids(self) -> list[str]:
        return [record["dynamodb"]["SequenceNumber"] for record in self.records]


class StreamSource(EventSource):
    """The shard stands still while a batch is tried again, and goes on when it is done or given up."""

    def __init__(self, mapping: EventSourceMapping, invoke: Invoke) -> None:
        super().__init__(mapping, invoke)
        self._shard = self._find_shard()
        is_latest = mapping.starting_position == "LATEST"
        self._position = len(self._shard.items) if self._shard and is_latest else 0
        self._first_seen: float | None = None
        self._batches: deque[Batch] = deque()

    def next_due(self) -> float | None:
        if self._batches:
            return self._batches[0].due
        shard = self._current_shard()
        waiting = len(shard.items) - self._position if shard else 0
        if waiting <= 0:
            self._first_seen = None
            return None
        now = world.clock()
        self._first_seen = self._first_seen or now
        is_full = waiting >= self.mapping.batch_size
        return now if is_full else self._first_seen + float(self.mapping.max_batch_window or 0)

    def poll(self) -> None:
        if not self._batches:
            self._take()
        if not self._batches:
            return
        batch = self._batches.popleft()
        answer = self.invoke(json.dumps({"Records": batch.records}).encode())
        if answer is None:
            self._batches.appendleft(replace(batch, due=world.clock() + _pause(1)))
            return
        failed = failed_records(self.mapping, answer, batch.ids)
        if failed:
            self._fail(batch, min(batch.ids.index(id) for id in failed), answer)

    def _take(self) -> None:
        """Reads the next records of the shard, and leaves out those that no filter wants."""
        shard = self._current_shard()
        if shard is None:
            return
        with world.lock:
            items = shard.items[self._position : self._position + self.mapping.batch_size]
        self._position += len(items)
        self._first_seen = None
        records = [self._record(item.to_json()) for item in items]
        wanted = tuple(record for record in records if is_wanted(self.mapping, record))
        if wanted:
            self._batches.append(Batch(wanted, world.clock()))

    def _fail(self, batch: Batch, first: int, answer: Answer) -> None:
        """Keeps what is tried again: the records from the first failed one, in halves if the mapping bisects."""
        left, tries = batch.records[first:], batch.tries + 1 if first == 0 else 1
        now = world.clock()
        age = now - _written(left[0])
        oldest = float(self.mapping.max_record_age or -1)
        if age > (oldest if oldest > 0 else OLDEST):
            self._give_up(left, "RecordAgeExceeded", tries, answer)
            return
        # A partial response has already split the batch; otherwise "splitting … doesn't count toward the retry quota".
        if self.mapping.bisect_on_error and first == 0 and answer.is_error and len(left) > 1:
            half = len(left) // 2
            self._batches.extendleft((Batch(left[half:], now, batch.tries), Batch(left[:half], now, batch.tries)))
            return
        most = self.mapping.max_retry_attempts
        if most is not None and int(most) >= 0 and tries > int(most):
            self._give_up(left, "RetryAttemptsExhausted", tries, answer)
            return
        self._batches.appendleft(Batch(left, now + _pause(tries), tries))

    def _give_up(self, records: Sequence[Record], condition: str, tries: int, answer: Answer) -> None:
        arn = ((self.mapping.destination_config or {}).get("OnFailure") or {}).get("Destination")
        if not arn:
            return
        ids = [record["dynamodb"]["SequenceNumber"] for record in records]
        destinations.deliver(
            arn,
            {
                "requestContext": {
                    "requestId": str(uuid4()),
                    "functionArn": self.mapping.function_arn,
                    "condition": condition,
                    "approximateInvokeCount": tries,
                },
                "responseContext": {
                    "statusCode": 200,
                    "executedVersion": "$LATEST",
                    **({"functionError": "Unhandled"} if answer.is_error else {}),
                },
                "version": "1.0",
                "timestamp": _iso(world.now()),
                "DDBStreamBatchInfo": {
                    "shardId": self._shard.id if self._shard else "",
                    "startSequenceNumber": ids[0],
                    "endSequenceNumber": ids[-1],
                    "approximateArrivalOfFirstRecord": _iso(_written(records[0])),
                    "approximateArrivalOfLastRecord": _iso(_written(records[-1])),
                    "batchSize": len(records),
                    "streamArn": self.mapping.event_source_arn,
                },
            },
        )

    def _find_shard(self) -> StreamShard | None:
        _, _, _, region, account, name = self.mapping.event_source_arn.split(":", 5)
        table = dynamodb_backends[account][region].tables.get(name.split("/")[1])
        shard: StreamShard | None = table.stream_shard if table else None
        return shard

    def _current_shard(self) -> StreamShard | None:
        """Returns the table's shard. A stream that was enabled again has a new one, which is read from its start."""
        shard = self._find_shard()
        if shard is not self._shard:
            self._shard, self._position = shard, 0
        return shard

    def _record(self, record: Record) -> Record:
        """Returns a record as functions get it, with its time on the sandbox's clock; moto's is the machine's."""
        change: dict[str, Any] = dict(record["dynamodb"])
        created = change.get("ApproximateCreationDateTime")
        if isinstance(created, datetime):
            ahead = world.clock() - time.time()
            change["ApproximateCreationDateTime"] = created.replace(tzinfo=UTC).timestamp() + ahead
        arn, region = self.mapping.event_source_arn, self.mapping.region
        return {**record, "awsRegion": region, "dynamodb": change, "eventSourceARN": arn}


def _written(record: Record) -> float:
    return float(record["dynamodb"]["ApproximateCreationDateTime"])


def _pause(tries: int) -> float:
    return min(float(2 ** (tries - 1)), LONGEST_PAUSE) if world.switches.stream_retries == "backoff" else 0.0


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
