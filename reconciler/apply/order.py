"""Through the graph of all steps: each begins as soon as what it waits for is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from types import MappingProxyType

from reconciler.apply.cells import look, write_batch
from reconciler.apply.dependencies import carried, stopped
from reconciler.apply.phases import Phases
from reconciler.apply.run import Ports, Run
from reconciler.apply.structure import perform
from reconciler.apply.tables import Tables
from reconciler.environment import Environment
from reconciler.graph import Graph, Node, Progress, make_graph
from reconciler.model import Does, Item, Live, Plan, Ref, Result, Status, Step, items
from reconciler.model.events import StepBegan, StepEnded


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
    phases, tables, graph = Phases(run), Tables(live), make_graph(plan.changes)
    circular = _refuse_circles(run, graph)
    progress, flying = Progress(graph), 0
    workers = ports.workers()
    try:
        while True:
            for choice in progress.ready():
                # Of batches that must not be in flight together the one goes whose bucket has a token soonest.
                node = min(choice, key=lambda each: (ports.aws.delay(graph.step(each).call.operation), each))
                progress.begin(node)
                work = partial(_perform, run, graph, node, tables, phases, circular)
                workers.submit(graph.step(node).call.operation, node, work)
                flying += 1
            if not flying:
                break
            progress.done(workers.finished())
            flying -= 1
    finally:
        workers.close()
    _say_what_is_gone(run)
    return run


def _refuse_circles(run: Run, graph: Graph) -> frozenset[int]:
    """Nothing is begun of a change that could not be finished: what it deletes would not be made anew."""
    told = Result(Status.FAILED, "it waits for itself: references go round in a circle", "Circle")
    circular = graph.circular()
    for at in sorted(circular):
        for step in graph.changes[at].steps:
            run.settle(dict.fromkeys(run.open(carried(at, step)), told))
    return circular


def _say_what_is_gone(run: Run) -> None:
    for at, change in enumerate(run.plan.changes):
        if change.ref not in run.gone:
            continue
        for step in change.steps:
            lacking = {item: run.results[item] for item in carried(at, step) if run.lacks([item])}
            told = {item: f"deleted, and not made anew: {result.message}" for item, result in lacking.items()}
            run.settle({item: lacking[item]._replace(message=message) for item, message in told.items()})


def _perform(run: Run, graph: Graph, node: Node, tables: Tables, phases: Phases, circular: Collection[int]) -> None:
    change = run.plan.changes[node.change]
    step = change.steps[node.step]
    phases.begin(node.change, step)
    run.ports.tell(StepBegan(change.ref, *node))
    run.settle(_skipped(run, graph, node, step))
    left = run.open(carried(node.change, step))
    if node.change in circular:
        pass
    elif step.does is Does.LOOK:
        look(run, node.change, tables)
    elif step.cells:
        if left:
            write_batch(run, node.change, step, tables)
    elif len(left) == len(carried(node.change, step)):
        perform(run, node.change, step, tables)
    else:
        # One call carries them all: what is decided for one of them holds for the others.
        told = next(run.results[item] for item in carried(node.change, step) if item in run.results)
        run.settle(dict.fromkeys(left, told))
    run.ports.tell(StepEnded(change.ref, *node))
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
