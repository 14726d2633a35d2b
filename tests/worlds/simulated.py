"""Runs in simulated time: every call takes its latency and every wait its seconds, without real waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from heapq import heappop, heappush
from typing import Any

from reconciler.apply import Ports, Run, apply
from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.live import read_contents
from reconciler.model import Item, Result
from reconciler.model.events import Event
from reconciler.pacing import Rates
from reconciler.port import Answer, AwsPort, Params
from reconciler.reconcile import Preview
from reconciler.sandbox import INSTANCE_ID
from reconciler.steps.order import Node
from tests.worlds.world import World, session

LATENCY = 0.05


class Time:
    """`now` is the time of the current worker. Workers are ordered by the ends of their calls."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Workers:
    """Each piece of work is done at once, and its end is kept until time has come to it."""

    def __init__(self, time: Time) -> None:
        self._time, self._reached = time, time.now
        self._ends: list[tuple[float, Node]] = []

    def submit(self, operation: str, node: Node, work: Callable[[], None]) -> None:
        self._time.now = self._reached
        work()
        heappush(self._ends, (self._time.now, node))

    def finished(self) -> Node:
        self._reached, node = heappop(self._ends)
        self._time.now = self._reached
        return node

    def close(self) -> None:
        self._time.now = self._reached


class Slow:
    """A port whose every call takes the latency."""

    def __init__(self, aws: Aws, time: Time) -> None:
        self._aws, self._time = aws, time

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        found = self._aws.read(service, operation, params)
        self._time.sleep(LATENCY)
        return found

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        for page in self._aws.pages(service, operation, items, params):
            self._time.sleep(LATENCY)
            yield page

    def write(self, service: str, operation: str, params: Params) -> Answer:
        try:
            return self._aws.write(service, operation, params)
        finally:
            self._time.sleep(LATENCY)

    def delay(self, call: str) -> float:
        return self._aws.delay(call)

    def counts(self) -> Mapping[str, int]:
        return self._aws.counts()


class _NoLedger:
    def note(self, operation: str, request_id: str, results: Mapping[Item, Result]) -> None:
        """No test asks."""


def timed(
    world: World,
    seen: Preview,
    rates: Rates,
    time: Time | None = None,
    tell: Callable[[Event], None] = lambda event: None,
    *,
    around: Callable[[AwsPort], AwsPort] = lambda aws: aws,
) -> tuple[Run, float]:
    """The run of a plan that has been made, and the seconds that it takes. `around` may put a port before AWS."""
    time = time or Time()
    started = time.now
    aws = around(Slow(Aws(session(), INSTANCE_ID, Pacer(rates, time.clock, time.sleep)), time))
    ports = Ports(
        aws,
        seen.world.directory,
        partial(read_contents, aws, directory=seen.world.directory),
        _NoLedger(),
        tell,
        workers=partial(Workers, time),
        clock=time.clock,
        pause=time.sleep,
    )
    run = apply(seen.plan, world.environment, seen.world.live, ports)
    return run, time.now - started
