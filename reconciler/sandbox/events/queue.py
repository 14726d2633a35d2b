"""Lambda's queue of asynchronous events: tries, ages, and where an event goes that succeeded or was given up.

Source: the developer guide's pages on asynchronous invocation, error handling and destinations. Waiting times are those
of the sandbox's clock, so `POST /_sandbox/clock` makes retries due.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Condition, Thread
from typing import Any
from uuid import uuid4

from moto.awslambda.models import LambdaFunction

from reconciler.sandbox.events import destinations
from reconciler.sandbox.functions.archives import BadArchive
from reconciler.sandbox.functions.containers import Answer
from reconciler.sandbox.functions.members import dead_letter_arn
from reconciler.sandbox.functions.pool import Pool, Throttled
from reconciler.sandbox.functions.store import function_stores
from reconciler.sandbox.world import world

WORKERS = 8
LOOK = 0.2  # seconds between two looks at a clock that others move
RETRY_AFTER = (60.0, 120.0)  # "waits one minute before the second attempt, and two minutes before the third"
LONGEST_PAUSE = 300.0  # of throttled events: "from 1 second after the first attempt to a maximum of 5 minutes"
Config = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """An event that waits. `queued` and `due`: seconds of the sandbox's clock. `attempt`: its next try, from 1.

    `qualifier`: the alias or the version that was called; empty for the newest code.
    """

    function: LambdaFunction
    payload: bytes
    queued: float
    due: float
    qualifier: str = ""
    attempt: int = 1
    pauses: int = 0
    request_id: str = field(default_factory=lambda: str(uuid4()))


class EventQueue:
    """Workers start with the first event. `pool`: gives the containers."""

    def __init__(self, pool: Callable[[], Pool]) -> None:
        self._pool = pool
        self._changed = Condition()
        self._waiting: list[Event] = []
        self._running = 0
        self._is_open = True
        self._workers: list[Thread] = []

    @property
    def is_busy(self) -> bool:
        """Returns whether an event runs or is due."""
        with self._changed:
            return bool(self._running) or any(event.due <= world.clock() for event in self._waiting)

    def next_due(self) -> float | None:
        """Returns when the next waiting event is due."""
        with self._changed:
            return min((event.due for event in self._waiting), default=None)

    def put(self, function: LambdaFunction, payload: bytes, qualifier: str = "") -> None:
        now = world.clock()
        self._add(Event(function, payload, now, now, qualifier))

    def waiting(self) -> list[Event]:
        """Returns the events that wait, such as for their next try."""
        with self._changed:
            return list(self._waiting)

    def resume(self, events: list[Event]) -> None:
        for event in events:
            self._add(event)

    def close(self) -> None:
        """Forgets what waits. Events that run come to nothing."""
        with self._changed:
            self._is_open = False
            self._waiting.clear()
            self._changed.notify_all()

    def _add(self, event: Event) -> None:
        with self._changed:
            if not self._is_open:
                return
            self._waiting.append(event)
            if len(self._workers) < WORKERS and self._running + len(self._waiting) > len(self._workers):
                worker = Thread(target=self._work, daemon=True)
                self._workers.append(worker)
                worker.start()
            self._changed.notify()

    def _work(self) -> None:
        while (event := self._take()) is not None:
            try:
                self._try(event)
            except Exception:  # The sandbox's own mistake must not end the worker.
                traceback.print_exc(file=sys.stderr)
            finally:
                with self._changed:
                    self._running -= 1

    def _take(self) -> Event | None:
        """Waits for an event that is due. Returns None when the queue is closed."""
        with self._changed:
            while self._is_open:
                due = [event for event in self._waiting if event.due <= world.clock()]
                if due:
                    event = min(due, key=lambda event: event.due)
                    self._waiting.remove(event)
                    self._running += 1
                    return event
                self._changed.wait(LOOK if self._waiting else None)
            return None

    def _try(self, event: Event) -> None:
        config = _config(event)
        now = world.clock()
        if now - event.queued > float(config.get("MaximumEventAgeInSeconds", 21_600)):
            self._give_up(event, config, "EventAgeExceeded", None)
            return
        try:
            answer = self._pool().invoke(event.function, event.payload).answer
        except Throttled:
            # Without concurrency, events are not retried: "Lambda sends all queued events to" the queue [user guide].
            if event.function.reserved_concurrency is not None and int(event.function.reserved_concurrency) == 0:
                self._give_up(event, config, "RetriesExhausted", None)
                return
            pause = min(2.0**event.pauses, LONGEST_PAUSE)
            self._add(replace(event, due=now + pause, pauses=event.pauses + 1))
            return
        except BadArchive as wrong:
            answer = Answer(json.dumps({"errorMessage": str(wrong)}).encode(), is_error=True, seconds=0.0, log="")
        if not self._is_open:
            return
        if not answer.is_error:
            self._deliver(event, config, "OnSuccess", "Success", answer)
        elif event.attempt <= int(config.get("MaximumRetryAttempts", 2)):
            pause = RETRY_AFTER[event.attempt - 1] if world.switches.async_retries == "after_minutes" else 0.0
            self._add(replace(event, due=world.clock() + pause, attempt=event.attempt + 1, pauses=0))
        else:
            self._give_up(event, config, "RetriesExhausted", answer)

    def _give_up(self, event: Event, config: Config, condition: str, answer: Answer | None) -> None:
        self._deliver(event, config, "OnFailure", condition, answer)
        if arn := dead_letter_arn(event.function):
            attributes = {"RequestID": event.request_id, "ErrorCode": "200"}
            if answer is not None:
                attributes["ErrorMessage"] = str(_json(answer.body).get("errorMessage", ""))[:1024]
            destinations.send(arn, event.payload.decode(), attributes)

    def _deliver(self, event: Event, config: Config, end: str, condition: str, answer: Answer | None) -> None:
        arn = config.get("DestinationConfig", {}).get(end, {}).get("Destination")
        if not arn:
            return
        record: Config = {
            "version": "1.0",
            "timestamp": _iso(world.now()),
            "requestContext": {
                "requestId": event.request_id,
                "functionArn": _qualified(event.function),
                "condition": condition,
                "approximateInvokeCount": event.attempt if answer is not None else event.attempt - 1,
            },
            "requestPayload": json.loads(event.payload),
        }
        if answer is not None:
            error = {"functionError": "Unhandled"} if answer.is_error else {}
            record["responseContext"] = {"statusCode": 200, "executedVersion": str(event.function.version), **error}
            record["responsePayload"] = _parsed(answer.body)
        destinations.deliver(arn, record, f"Lambda Function Invocation Result - {end.removeprefix('On')}")


def _config(event: Event) -> Config:
    """Returns the settings of asynchronous events of what was called. moto appends what replaces them."""
    function = event.function
    if event.qualifier and event.qualifier != "$LATEST":
        store = function_stores[function.account_id][function.region]
        return store.asynchronous.get((str(function.function_name), event.qualifier), {})
    return dict(function.event_invoke_config[-1].config) if function.event_invoke_config else {}


def _qualified(function: LambdaFunction) -> str:
    arn = str(function.function_arn)
    return arn if arn.count(":") > 6 else f"{arn}:{function.version}"


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body or b"null")
    except ValueError:
        return body.decode(errors="replace")


def _json(body: bytes) -> Config:
    parsed = _parsed(body)
    return parsed if isinstance(parsed, dict) else {}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
