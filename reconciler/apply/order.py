"""The graph of all steps, and the workers that go through it.

A step waits for the steps it needs, for what its references need to exist, and, where it takes something away, for all
that its resource does besides. Each operation has workers of its own, because each has a bucket of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from reconciler.apply.cells import Tables, write_batch
from reconciler.apply.dependencies import carried, stopped
from reconciler.apply.phases import Phases
from reconciler.apply.run import Ports, Run
from reconciler.apply.structure import perform
from reconciler.environment import Environment
from reconciler.kinds.fields import references
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Item, Live, Plan, Ref, Result, Status, Step, items

WORKERS = 4  # per operation: enough to keep a bucket of 2 a second busy across a round trip of 2 seconds


class Node(NamedTuple):
    """One step of one change, by their positions in the plan."""

    change: int
    step: int


@dataclass(frozen=True)
class Graph:
    needs: Mapping[Node, frozenset[Node]]

    def after(self) -> dict[Node, list[Node]]:
        later: dict[Node, list[Node]] = defaultdict(list)
        for node, needed in self.needs.items():
            for each in needed:
                later[each].append(node)
        return later


def apply(
    plan: Plan,
    environment: Environment,
    live: Mapping[Ref, Live],
    ports: Ports,
    decided: Mapping[Item, Result] = MappingProxyType({}),
) -> Run:
    """Make every call of the plan that can be made. Never raises for what AWS says: each item has its result.

    `decided`: items that are settled before the first call (conflicts with what was reviewed).
    """
    run = Run(plan, environment, ports, decided)
    for item in items(plan):
        if item.part == "change":
            run.settle({item: Result(Status.SKIPPED, plan.changes[item.change].reason, "Blocked")})
    phases, tables = Phases(run), Tables(live)
    graph = make_graph(plan)
    later, waiting = graph.after(), {node: len(needs) for node, needs in graph.needs.items()}
    ready = [node for node in graph.needs if not waiting[node]]
    pools: dict[str, ThreadPoolExecutor] = {}
    flying: dict[Future[None], Node] = {}
    try:
        while ready or flying:
            for node in ready:
                step = plan.changes[node.change].steps[node.step]
                pool = pools.setdefault(step.call.operation, ThreadPoolExecutor(WORKERS))
                flying[pool.submit(_perform, run, graph, node, tables, phases)] = node
            ready = []
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
                for node in later[flying.pop(future)]:
                    waiting[node] -= 1
                    if not waiting[node]:
                        ready.append(node)
    finally:
        for pool in pools.values():
            pool.shutdown()
    return run


def _perform(run: Run, graph: Graph, node: Node, tables: Tables, phases: Phases) -> None:
    change = run.plan.changes[node.change]
    step = change.steps[node.step]
    phases.begin(node.change, step)
    run.settle(_skipped(run, graph, node, step))
    left = run.open(carried(node.change, step))
    if step.cells:
        if left:
            write_batch(run, node.change, step, tables)
    elif len(left) == len(carried(node.change, step)):
        perform(run, node.change, step, tables)
    else:
        # One call carries them all: what is decided for one of them holds for the others.
        told = next(run.results[item] for item in carried(node.change, step) if item in run.results)
        run.settle(dict.fromkeys(left, told))
    phases.end(node.change, step, carried(node.change, step))


def _skipped(run: Run, graph: Graph, node: Node, step: Step) -> dict[Item, Result]:
    items = run.open(carried(node.change, step))
    if run.ports.stop.is_set():
        return dict.fromkeys(items, Result(Status.SKIPPED, "the run was interrupted", "Interrupted"))
    waits = stopped(run, node.change, step)
    for need in graph.needs[node]:
        other = run.plan.changes[need.change].steps[need.step]
        if need.change != node.change and run.lacks(carried(need.change, other)):
            told = f"{other.call.operation} of {run.plan.changes[need.change].ref}"
            waits |= dict.fromkeys(items, told)
    return {
        item: Result(Status.SKIPPED, f"waits for {waits[item]}, which was not done", "Dependency")
        for item in items
        if item in waits
    }


def make_graph(plan: Plan) -> Graph:
    creators = {
        change.ref: Node(at, number)
        for at, change in enumerate(plan.changes)
        for number, step in enumerate(change.steps)
        if step.call.operation == KINDS[change.ref.kind].create
    }
    positions = {change.ref: at for at, change in enumerate(plan.changes)}
    needs: dict[Node, frozenset[Node]] = {}
    for at, change in enumerate(plan.changes):
        for number, step in enumerate(change.steps):
            found = {Node(at, need) for need in step.needs}
            found |= {creators[ref] for ref in _references(change, step) if ref in creators and ref != change.ref}
            if change.action is Action.DELETE and (parent := positions.get(_parent(change.ref))) is not None:
                # A part goes last: what moves elsewhere has been written by then.
                found |= {Node(parent, each) for each in range(len(plan.changes[parent].steps))}
            needs[Node(at, number)] = frozenset(found)
    return Graph(needs)


def _references(change: Change, step: Step) -> Iterator[Ref]:
    yield from references(step.call.params)
    for at in step.cells:
        yield from references(change.cells[at].after)


def _parent(ref: Ref) -> Ref:
    return Ref(ref.kind, ref.name.partition("/")[0]) if "/" in ref.name else Ref("", "")
