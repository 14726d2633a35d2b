"""Orders all steps of a plan: which must be done before which. Apply runs the graph, the estimate adds it up.

A step waits for the steps it needs, and for the creation of the resources that it refers to. The deletion of a part
also waits for all other steps of its resource. Steps of one lane run one at a time, in the order their buckets allow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import named_in, references
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Does, Ref, Resource, Step


class Node(NamedTuple):
    """One step of one change, by their positions in the plan."""

    change: int
    step: int


class Lane(NamedTuple):
    """Steps that must never be in flight together: of one change, or of all changes of a list and its owner."""

    change: int | None
    name: str


@dataclass(frozen=True)
class Graph:
    changes: Sequence[Change]
    needs: Mapping[Node, frozenset[Node]]

    def step(self, node: Node) -> Step:
        return self.changes[node.change].steps[node.step]

    def lane(self, node: Node) -> Lane | None:
        if name := self.step(node).lane:
            return Lane(node.change, name)
        change = self.changes[node.change]
        owner = _list_owner(change, self.step(node))
        return Lane(None, str(owner)) if owner else None

    def circular(self) -> frozenset[int]:
        """Returns the changes with a step that could never begin: it waits for itself, or for one that does."""
        later, waiting = self.followers(), {node: len(needs) for node, needs in self.needs.items()}
        free = [node for node, count in waiting.items() if not count]
        for node in free:
            for follower in later.get(node, ()):
                waiting[follower] -= 1
                if not waiting[follower]:
                    free.append(follower)
        return frozenset(node.change for node, count in waiting.items() if count)

    def followers(self) -> dict[Node, list[Node]]:
        """Maps each node to the nodes that wait for it."""
        later: dict[Node, list[Node]] = defaultdict(list)
        for node, needed in self.needs.items():
            for need in needed:
                later[need].append(node)
        return later


class Progress:
    """Decides which nodes may begin as others finish, for both a run and its simulation."""

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
        """Yields the nodes that may begin now, as choices. The caller must `begin` exactly one node of each choice."""
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
    index = _Index(changes)
    nodes = (Node(at, number) for at, change in enumerate(changes) for number in range(len(change.steps)))
    return Graph(changes, {node: frozenset(index.needs(node)) for node in nodes})


class _Index:
    """Nodes of a plan by everything that another step may wait for."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        self._at = {change.ref: at for at, change in enumerate(changes)}
        self._creators: dict[Ref, Node] = {}
        self._releasing: dict[Ref, set[Node]] = defaultdict(set)  # By the resource that is no longer referred to.
        self._writing: dict[str, set[Node]] = defaultdict(set)  # Creates and updates, by kind.
        self._deleting: dict[str, set[Node]] = defaultdict(set)  # By each kind that the deleted resource's kind needs.
        self._freeing: dict[tuple[str, str], set[Node]] = defaultdict(set)  # By the name that becomes free.
        self._leading: dict[Ref, set[Node]] = defaultdict(set)  # Writes of fields that other resources follow.
        self._followed: dict[Ref, set[Ref]] = defaultdict(set)  # By each resource, the ones that it follows.
        for at, change in enumerate(changes):
            nodes = {Node(at, number) for number in range(len(change.steps))}
            for ref in change.let_go:
                self._releasing[ref] |= {node for node in nodes if _is_releasing(change, node)}
            for node in nodes:
                self._enter(change, node)

    def _enter(self, change: Change, node: Node) -> None:
        does, kind = change.steps[node.step].does, change.ref.kind
        if name := frees(change, change.steps[node.step]):
            self._freeing[name].add(node)
        if does in (Does.CREATE, Does.MOVE):
            self._creators[change.ref] = node
        if follows(change, change.steps[node.step]):
            self._leading[change.ref].add(node)
            self._followed[change.ref] |= _followed_by(change, change.steps[node.step])
        if does is not Does.DELETE:
            self._writing[kind].add(node)
        for other in KINDS[kind].ordering.needs if does is Does.DELETE else ():
            self._deleting[other].add(node)

    def needs(self, node: Node) -> set[Node]:
        change = self._changes[node.change]
        step = change.steps[node.step]
        nodes = {Node(node.change, need) for need in step.needs}
        nodes |= {self._creators[ref] for ref in _references(change, step) if ref in self._creators}
        nodes |= self._deleting[change.ref.kind]
        nodes |= {self._creators[ref] for ref in _awaited(change, step) if self._is_before(ref, change.ref)}
        if follows(change, step):
            for ref in _followed_by(change, step):
                nodes |= self._leading[ref] if ref in self._leading and not self._leads_back(ref, change.ref) else set()
        if name := takes(change, step):
            nodes |= {other for other in self._freeing.get(name, ()) if other.change != node.change}
        if step.does is Does.DELETE:
            # AWS does not delete a resource in use.
            nodes |= {other for other in self._releasing[change.ref] if other.change != node.change}
        else:
            nodes |= {other for kind in KINDS[change.ref.kind].ordering.needs for other in self._writing[kind]}
        if change.part_of in self._at and change.action is Action.DELETE:
            # A part is deleted last: values that move to another attribute have been written by then.
            owner = self._at[change.part_of]
            nodes |= {Node(owner, number) for number in range(len(self._changes[owner].steps))}
        # A create may refer to its own resource, and does not wait for itself.
        return nodes - {self._creators.get(change.ref, node)} | {Node(node.change, need) for need in step.needs}

    def _is_before(self, ref: Ref, moved: Ref) -> bool:
        """Returns whether a step creates the resource, and does not wait for the moved one itself."""
        if ref not in self._creators:
            return False
        node = self._creators[ref]
        return moved not in _references(self._changes[node.change], self._changes[node.change].steps[node.step])

    def _leads_back(self, start: Ref, end: Ref) -> bool:
        """Returns whether a resource follows the other one, directly or through others."""
        reached = [start]
        for ref in reached:
            if ref == end:
                return True
            reached += self._followed.get(ref, set()) - set(reached)
        return False


def _list_owner(change: Change, step: Step) -> Ref | None:
    """Returns the resource whose list the step changes, or that it changes itself; `None` if no kind is such a list."""
    kind = KINDS[change.ref.kind]
    if kind.writing.membership:
        return kind.container_of(change.ref.name)
    return change.ref if change.ref.kind in _list_owners() and step.does is not Does.TAG else None


@cache
def _list_owners() -> frozenset[str]:
    return frozenset(kind.reading.container[0] for kind in KINDS.values() if kind.writing.membership)


def follows(change: Change, step: Step) -> bool:
    """Returns whether the step writes a field that follows other resources (`Ordering.follows`)."""
    fields = KINDS[change.ref.kind].ordering.follows
    if step.does is Does.CREATE:
        return bool(fields)
    return step.does is Does.UPDATE and step.replaces is not None and not fields.isdisjoint(step.replaces.fields)


def _followed_by(change: Change, step: Step) -> set[Ref]:
    """Returns the resources that the step follows."""
    kinds = KINDS[change.ref.kind].ordering.followed
    return {ref for ref in _references(change, step) if not kinds or ref.kind in kinds}


def takes(change: Change, step: Step) -> tuple[str, str] | None:
    """Returns the kind and the name that the resource gets by the step, or `None` if its name stays."""
    return _renamed(change, step)[1]


def frees(change: Change, step: Step) -> tuple[str, str] | None:
    """Returns the kind and the name that are free after the step, or `None` if it frees none."""
    return _renamed(change, step)[0]


def _renamed(change: Change, step: Step) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """Returns the names before and after the step if they differ by more than case, which AWS may ignore."""
    planned, kind = step.replaces, KINDS[change.ref.kind]
    whole = planned if planned and not planned.part else None
    before = whole.before if whole and step.does in (Does.DELETE, Does.UPDATE) else None
    after = whole.after if whole and step.does is Does.UPDATE else step.makes
    if whole and step.does is Does.UPDATE and kind.identity.key not in whole.fields:
        return None, None
    old, new = (name_of(kind, spec) if isinstance(spec, Resource) else None for spec in (before, after))
    return (old, new) if old != new else (None, None)


def name_of(kind: Kind[Any], spec: Resource) -> tuple[str, str] | None:
    """Returns the kind and name that AWS requires to be unique, or `None` for a resource without a name."""
    key = kind.key_of(spec)
    return (kind.name, key.casefold()) if key else None


def _is_releasing(change: Change, node: Node) -> bool:
    """Returns whether the step releases the references of the change.

    A replacement releases its references at its delete step. Its create step may then wait for the same targets.
    """
    return change.action is not Action.REPLACE or change.steps[node.step].does is Does.DELETE


def _awaited(change: Change, step: Step) -> Iterator[Ref]:
    """Yields what a moved resource will refer to: it must be there before the move, which interrupts its work."""
    if step.does is Does.MOVE and step.replaces:
        yield from named_in(step.replaces.after)


def _references(change: Change, step: Step) -> Iterator[Ref]:
    yield from references(step.call.params)
    for at in step.cells:
        yield from references(change.table.cells[at].after)
