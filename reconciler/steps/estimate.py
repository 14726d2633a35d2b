"""Estimates the cost of an apply: calls per operation, and the seconds that the rates require."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import chain
from types import MappingProxyType
from typing import Any

from reconciler.kinds.passwords import CREATE, READ
from reconciler.model import Change, Estimate, SecretText, Step
from reconciler.model.content import PublishedVersion
from reconciler.model.lists import ListChange
from reconciler.pacing import Bucket, Rates, full, take
from reconciler.steps.order import Graph, Node, Progress, make_graph

ROUND_TRIP = 0.05  # seconds, until a run has been measured


def estimate(changes: Sequence[Change], rates: Rates, *, round_trip: float = ROUND_TRIP) -> Estimate:
    """Runs the steps as apply does, in simulated time, and counts the calls and seconds.

    A step begins when the steps that it waits for are done and its operation's bucket has a token. `round_trip` is in
    seconds.
    """
    counts = Counter(call for change in changes for step in change.steps for call in calls_of(step))
    return Estimate(_simulate(make_graph(changes), _Buckets(rates), 0.0, round_trip), dict(sorted(counts.items())))


def calls_of(step: Step) -> tuple[str, ...]:
    """Returns all calls of a step as `service:Operation`.

    A full replace first reads the resource that it replaces. A batch that rechecks first lists the values. A deletion
    may have to empty the resource.
    """
    reads = step.replaces.reads if step.replaces else (step.rechecks,) if step.rechecks else ()
    texts = tuple(chain.from_iterable(map(_calls_of_text, step.call.params.values())))
    published = {it.operation for it in step.call.params.values() if isinstance(it, PublishedVersion)}
    versions = (f"{step.call.service}:{operation}" for operation in sorted(published))
    first = (*(read.name for read in reads), *(call.name for call in step.first))
    return (*first, *texts, *versions, *_read_lists(step), step.call.name)


def _read_lists(step: Step) -> Iterator[str]:
    """Yields the reads of a list before it is replaced. Waiting for AWS to finish the change may take some more."""
    for param in step.call.params.values():
        if isinstance(param, ListChange):
            yield f"{step.call.service}:{param.read}"


def _calls_of_text(param: Any) -> tuple[str, ...]:
    """Returns the calls that read a secret text, or look for a generated one and store it."""
    if not isinstance(param, SecretText):
        return ()
    return (READ, CREATE) if param.is_generated else (READ,)


class Forecast:
    """Estimates the rest of a run by the same simulation, from the steps that have begun or are done.

    `now` is seconds of any monotonic clock, always the same one.
    """

    def __init__(self, changes: Sequence[Change], rates: Rates, *, round_trip: float = ROUND_TRIP) -> None:
        self._graph, self._round_trip = make_graph(changes), round_trip
        self._buckets = _Buckets(rates)
        self._done: set[Node] = set()
        self._flying: dict[Node, float] = {}

    def begun(self, node: Node, now: float) -> None:
        self._flying[node] = _ends(self._graph.step(node), self._buckets, now, self._round_trip)

    def ended(self, node: Node) -> None:
        self._flying.pop(node, None)
        self._done.add(node)

    def remaining(self, now: float) -> float:
        """Returns the seconds until the last step is done, if no call needs a retry."""
        flying = {node: max(ends, now) for node, ends in self._flying.items()}
        return _simulate(self._graph, self._buckets.copy(), now, self._round_trip, done=self._done, flying=flying) - now


def _simulate(
    graph: Graph,
    buckets: _Buckets,
    now: float,
    round_trip: float,
    *,
    done: Collection[Node] = (),
    flying: Mapping[Node, float] = MappingProxyType({}),
) -> float:
    """Returns the time at which the last step is done."""
    progress, ends = Progress(graph), [(at, node) for node, at in flying.items()]
    heapify(ends)
    while True:
        settled = False
        for choice in progress.ready():
            node = _next(graph, buckets, now, choice, begun=(*done, *flying) if done or flying else ())
            progress.begin(node)
            if node in done:
                progress.done(node)
                settled = True
            elif node not in flying:
                heappush(ends, (_ends(graph.step(node), buckets, now, round_trip), node))
        if settled:
            continue
        if not ends:
            return now
        now, node = heappop(ends)
        progress.done(node)


def _next(graph: Graph, buckets: _Buckets, now: float, choice: Sequence[Node], begun: Collection[Node]) -> Node:
    """Returns a step that has begun, or else the one whose bucket has a token soonest."""
    return next(
        (node for node in choice if node in begun),
        min(choice, key=lambda it: (buckets.delay(graph.step(it).call.name, now), it)),
    )


def _ends(step: Step, buckets: _Buckets, now: float, round_trip: float) -> float:
    for call in calls_of(step):
        now += buckets.wait(call, now) + round_trip
    return now


class _Buckets:
    """Token buckets by `service:Operation`, in simulated time."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._buckets: dict[str, Bucket] = {}

    def copy(self) -> _Buckets:
        other = _Buckets(self._rates)
        other._buckets = dict(self._buckets)
        return other

    def wait(self, call: str, now: float) -> float:
        if not (rate := self._rates.of(call)):
            return 0.0
        self._buckets[call], seconds = take(rate, self._buckets.get(call, full(rate, now)), now)
        return seconds

    def delay(self, call: str, now: float) -> float:
        rate = self._rates.of(call)
        return take(rate, self._buckets.get(call, full(rate, now)), now)[1] if rate else 0.0
