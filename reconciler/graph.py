"""All steps of a plan, and which must be done before which. Apply goes through it, the estimate adds it up.

A step waits for the steps it needs, for what its references need to exist, and, where it takes a part away, for all
that its resource does besides. Steps of one lane go one at a time, in whatever order their buckets allow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reconciler.kinds.fields import references
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Ref, Step


class Node(NamedTuple):
    """One step of one change, by their positions in the plan."""

    change: int
    step: int


class Lane(NamedTuple):
    """A change's steps that must never be in flight together."""

    change: int
    name: str


@dataclass(frozen=True)
class Graph:
    changes: Sequence[Change]
    needs: Mapping[Node, frozenset[Node]]

    def step(self, node: Node) -> Step:
        return self.changes[node.change].steps[node.step]

    def lane(self, node: Node) -> Lane | None:
        name = self.step(node).lane
        return Lane(node.change, name) if name else None

    def followers(self) -> dict[Node, list[Node]]:
        """Who waits for a node."""
        later: dict[Node, list[Node]] = defaultdict(list)
        for node, needed in self.needs.items():
            for each in needed:
                later[each].append(node)
        return later


class Progress:
    """Which nodes may begin, as others are done: the one bookkeeping of a run and of its simulation."""

    def __init__(self, graph: Graph) -> None:
        self._graph, self._later = graph, graph.followers()
        self._waiting = {node: len(needs) for node, needs in graph.needs.items()}
        self._free = [node for node, count in self._waiting.items() if not count]
        self._queues: dict[Lane, list[Node]] = defaultdict(list)
        self._busy: set[Lane] = set()

    def done(self, node: Node) -> None:
        if lane := self._graph.lane(node):
            self._busy.discard(lane)
        for later in self._later[node]:
            self._waiting[later] -= 1
            if not self._waiting[later]:
                self._free.append(later)

    def ready(self) -> Iterator[Sequence[Node]]:
        """What may begin now: each a choice of nodes, of which the caller must `begin` exactly one."""
        free, self._free = self._free, []
        for node in free:
            if lane := self._graph.lane(node):
                self._queues[lane].append(node)
            else:
                yield (node,)
        for lane, queue in self._queues.items():
            if queue and lane not in self._busy:
                yield tuple(queue)

    def stuck(self) -> list[Node]:
        """What waits for itself: its references go round in a circle."""
        return [node for node, count in self._waiting.items() if count]

    def begin(self, node: Node) -> None:
        if lane := self._graph.lane(node):
            self._busy.add(lane)
            self._queues[lane].remove(node)


def make_graph(changes: Sequence[Change]) -> Graph:
    creators = {
        change.ref: Node(at, number)
        for at, change in enumerate(changes)
        for number, step in enumerate(change.steps)
        if step.call.operation == KINDS[change.ref.kind].create
    }
    positions = {change.ref: at for at, change in enumerate(changes)}
    needs: dict[Node, frozenset[Node]] = {}
    for at, change in enumerate(changes):
        for number, step in enumerate(change.steps):
            found = {Node(at, need) for need in step.needs}
            found |= {creators[ref] for ref in _references(change, step) if ref in creators and ref != change.ref}
            if change.action is Action.DELETE and (parent := positions.get(_parent(change.ref))) is not None:
                # A part goes last: what moves elsewhere has been written by then.
                found |= {Node(parent, each) for each in range(len(changes[parent].steps))}
            needs[Node(at, number)] = frozenset(found)
    return Graph(changes, needs)


def _references(change: Change, step: Step) -> Iterator[Ref]:
    yield from references(step.call.params)
    for at in step.cells:
        yield from references(change.cells[at].after)


def _parent(ref: Ref) -> Ref:
    return Ref(ref.kind, ref.name.partition("/")[0]) if "/" in ref.name else Ref("", "")
