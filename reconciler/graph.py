"""All steps of a plan, and which must be done before which. Apply goes through it, the estimate adds it up.

A step waits for the steps it needs, for what its references need to exist, and, where it takes a part away, for all
that its resource does besides. Steps of one lane go one at a time, in whatever order their buckets allow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import references
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Does, Ref, Resource, Step


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

    def circular(self) -> frozenset[int]:
        """The changes of which a step would never begin: it waits for itself, or for one that does."""
        later, waiting = self.followers(), {node: len(needs) for node, needs in self.needs.items()}
        free = [node for node, count in waiting.items() if not count]
        for node in free:
            for each in later.get(node, ()):
                waiting[each] -= 1
                if not waiting[each]:
                    free.append(each)
        return frozenset(node.change for node, count in waiting.items() if count)

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

    def begin(self, node: Node) -> None:
        if lane := self._graph.lane(node):
            self._busy.add(lane)
            self._queues[lane].remove(node)


def make_graph(changes: Sequence[Change]) -> Graph:
    known = _Known(changes)
    nodes = (Node(at, number) for at, change in enumerate(changes) for number in range(len(change.steps)))
    return Graph(changes, {node: frozenset(known.needs(node)) for node in nodes})


class _Known:
    """What each step of a plan may have to wait for."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        self._at = {change.ref: at for at, change in enumerate(changes)}
        self._creators: dict[Ref, Node] = {}
        self._letting_go: dict[Ref, set[Node]] = defaultdict(set)
        self._making: dict[str, set[Node]] = defaultdict(set)  # by kind
        self._deleting: dict[str, set[Node]] = defaultdict(set)  # by a kind that the deleted one's kind needs
        self._freeing: dict[tuple[str, str], set[Node]] = defaultdict(set)  # by the name that is free afterwards
        for at, change in enumerate(changes):
            nodes = {Node(at, number) for number in range(len(change.steps))}
            for ref in change.let_go:
                self._letting_go[ref] |= {node for node in nodes if _lets_go(change, node)}
            for node in nodes:
                self._enter(change, node)

    def _enter(self, change: Change, node: Node) -> None:
        does, kind = change.steps[node.step].does, change.ref.kind
        if name := frees(change, change.steps[node.step]):
            self._freeing[name].add(node)
        if does is Does.CREATE:
            self._creators[change.ref] = node
        if does is not Does.DELETE:
            self._making[kind].add(node)
        for other in KINDS[kind].needs if does is Does.DELETE else ():
            self._deleting[other].add(node)

    def needs(self, node: Node) -> set[Node]:
        change = self._changes[node.change]
        step = change.steps[node.step]
        found = {Node(node.change, need) for need in step.needs}
        found |= {self._creators[ref] for ref in _references(change, step) if ref in self._creators}
        found |= self._deleting[change.ref.kind]
        if name := takes(change, step):
            found |= {each for each in self._freeing.get(name, ()) if each.change != node.change}
        if step.does is Does.DELETE:
            # AWS deletes nothing that is in use.
            found |= {each for each in self._letting_go[change.ref] if each.change != node.change}
        else:
            found |= {each for kind in KINDS[change.ref.kind].needs for each in self._making[kind]}
        if change.part_of in self._at and change.action is Action.DELETE:
            # A part goes last: what moves elsewhere has been written by then.
            owner = self._at[change.part_of]
            found |= {Node(owner, each) for each in range(len(self._changes[owner].steps))}
        # A call that makes a thing may name it: it is the call's own.
        return found - {self._creators.get(change.ref, node)} | {Node(node.change, need) for need in step.needs}


def takes(change: Change, step: Step) -> tuple[str, str] | None:
    """The kind and the name that the resource bears once the step is done, where it has not borne it before."""
    return _renamed(change, step)[1]


def frees(change: Change, step: Step) -> tuple[str, str] | None:
    """The kind and the name that nothing bears any more once the step is done."""
    return _renamed(change, step)[0]


def _renamed(change: Change, step: Step) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """The name before the step and after it, where they differ. AWS may hold two for one that differ in case alone."""
    planned, kind = step.replaces, KINDS[change.ref.kind]
    whole = planned if planned and not planned.part else None
    before = whole.before if whole and step.does in (Does.DELETE, Does.UPDATE) else None
    after = whole.after if whole and step.does is Does.UPDATE else step.makes
    if whole and step.does is Does.UPDATE and kind.key not in whole.fields:
        return None, None
    old, new = (name_of(kind, spec) if isinstance(spec, Resource) else None for spec in (before, after))
    return (old, new) if old != new else (None, None)


def name_of(kind: Kind[Any], spec: Resource) -> tuple[str, str] | None:
    """What AWS allows but once; `None` for what has no name."""
    key = kind.key_of(spec)
    return (kind.name, key.casefold()) if key else None


def _lets_go(change: Change, node: Node) -> bool:
    """Of what is made anew the old one lets go when it is deleted: the new one may wait for what it named."""
    return change.action is not Action.REPLACE or change.steps[node.step].does is Does.DELETE


def _references(change: Change, step: Step) -> Iterator[Ref]:
    yield from references(step.call.params)
    for at in step.cells:
        yield from references(change.cells[at].after)
