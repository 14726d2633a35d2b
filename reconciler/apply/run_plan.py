"""Runs the graph of all steps: each step begins as soon as the steps that it waits for are done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from types import MappingProxyType

from reconciler.apply.cells.batch import look, write_batch
from reconciler.apply.cells.tables import Tables
from reconciler.apply.phases import Phases
from reconciler.apply.run import Ports, Run
from reconciler.apply.skipping import carried, decided_by, is_undone, stopped
from reconciler.apply.structure import perform
from reconciler.model import Does, Item, Live, Plan, Ref, Result, Status, Step, items
from reconciler.model.environment import Environment
from reconciler.model.events import StepBegan, StepEnded
from reconciler.steps.order import Graph, Node, Progress, make_graph


def apply(
    plan: Plan,
    environment: Environment,
    live: Mapping[Ref, Live],
    ports: Ports,
    decided: Mapping[Item, Result] = MappingProxyType({}),
) -> Run:
    """Makes every call of the plan that can be made. Errors of AWS never raise: each item gets a result.

    `decided`: results known before the first call, such as conflicts with the reviewed plan.
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
                # Batches of one lane run one at a time: first the one whose bucket has a token soonest.
                node = min(choice, key=lambda it: (ports.aws.delay(graph.step(it).call.name), it))
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
    _report_unfinished_replacements(run)
    return run


def _refuse_circles(run: Run, graph: Graph) -> frozenset[int]:
    """Fails every change whose steps wait for each other in a circle, before it begins.

    A replacement in a circle would otherwise delete its resource and never recreate it.
    """
    message = "it waits for itself, because references form a circle; remove one of the references"
    result = Result(Status.FAILED, message, "Circle")
    circular = graph.circular()
    for at in sorted(circular):
        for step in graph.changes[at].steps:
            run.settle(dict.fromkeys(run.open(carried(at, step)), result))
    return circular


def _report_unfinished_replacements(run: Run) -> None:
    """Adds to the results of a replacement that its resource is deleted and was not recreated."""
    for at, change in enumerate(run.plan.changes):
        if change.ref not in run.gone:
            continue
        for step in change.steps:
            lacking = {item: run.results[item] for item in carried(at, step) if run.lacks([item])}
            messages = {item: f"deleted, and not recreated: {result.message}" for item, result in lacking.items()}
            run.settle({item: lacking[item]._replace(message=message) for item, message in messages.items()})


def _perform(run: Run, graph: Graph, node: Node, tables: Tables, phases: Phases, circular: Collection[int]) -> None:
    change = run.plan.changes[node.change]
    step = change.steps[node.step]
    phases.begin(node.change, step)
    run.ports.tell(StepBegan(change.ref, *node))
    run.settle(_skipped(run, graph, node, step))
    decides = decided_by(node.change, change, step)
    left = run.open(decides)
    if node.change in circular:
        pass
    elif step.does is Does.LOOK:
        look(run, node.change, tables)
    elif step.cells:
        if left:
            write_batch(run, node.change, step, tables)
    elif len(left) == len(decides):
        perform(run, node.change, step, tables)
    else:
        # One call carries all items: a result that one of them has already holds for the others.
        result = next(run.results[item] for item in decides if item in run.results)
        run.settle(dict.fromkeys(left, result))
    run.ports.tell(StepEnded(change.ref, *node))
    phases.end(node.change, step, carried(node.change, step))


def _skipped(run: Run, graph: Graph, node: Node, step: Step) -> dict[Item, Result]:
    items = run.open(decided_by(node.change, run.plan.changes[node.change], step))
    if run.ports.stop.is_set():
        return dict.fromkeys(items, Result(Status.SKIPPED, "the run was interrupted", "Interrupted"))
    waits = stopped(run, node.change, step)
    for need in graph.needs[node]:
        other = run.plan.changes[need.change].steps[need.step]
        if need.change != node.change and is_undone(run, need.change, other):
            waits |= dict.fromkeys(items, f"{other.call.operation} of {run.plan.changes[need.change].ref}")
    return {
        item: Result(Status.SKIPPED, f"waits for {waits[item]}, which was not done", "Dependency")
        for item in items
        if item in waits
    }
