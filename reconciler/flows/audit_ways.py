"""Audits of the ways through a flow: blocks without a way in or out, circles, and what is set before it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from reconciler.flows.audit_notes import Audited, FlowNote, Severity, is_silent
from reconciler.flows.audit_values import LONGEST_LAMBDA, lambda_seconds
from reconciler.flows.catalogue import action_type
from reconciler.flows.parsing import ON_ERROR, THEN, Flow, FlowAction

_HOLDS = ("AGENT_HOLD", "CUSTOMER_HOLD")
# A contact leaves the flow here, or waits until another event ends it.
_LEAVES = frozenset(
    {"TransferToFlow", "TransferContactToQueue", "DequeueContactAndTransferToQueue", "MessageParticipantIteratively"}
)
_NEEDS_QUEUE: Mapping[str, tuple[str, ...]] = {
    "TransferContactToQueue": (),
    "CheckMetricData": ("QueueId", "AgentId"),
    "GetMetricData": ("QueueId", "AgentId"),
    "CheckHoursOfOperation": ("HoursOfOperationId",),
}
_SAME_TARGET = frozenset(
    {
        "InvokeLambdaFunction",
        "UpdateContactTargetQueue",
        "GetCustomerProfile",
        "GetCustomerProfileObject",
        "CreateCustomerProfile",
        "UpdateCustomerProfile",
    }
)


def unreachable(audited: Audited) -> Iterator[FlowNote]:
    for action in audited.flow.unreachable:
        yield audited.note("info", "unreachable", action, "no way leads from the start to this block")


def without_end(audited: Audited) -> Iterator[FlowNote]:
    """Yields the first block from which a contact cannot reach an end. Hold flows loop by design."""
    if audited.flow_type in _HOLDS:
        return
    leaving = _reaching_an_end(audited.flow)
    stuck = [action for action in audited.flow.reachable if action.identifier not in leaving]
    if stuck:
        others = f" ({len(stuck) - 1} more like it)" if len(stuck) > 1 else ""
        yield audited.note("warning", "no-end", stuck[0], f"no way leads from this block to an end{others}")


def silent_circles(audited: Audited) -> Iterator[FlowNote]:
    """Yields a circle in which nothing makes a contact wait, so that it turns until AWS stops it."""
    silent = {action.identifier: action for action in audited.flow.reachable if is_silent(action)}
    graph = {name: [target for target in _targets(action) if target in silent] for name, action in silent.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib lists a circle against the arrows.
        circle = [str(name) for name in reversed(error.args[1])]
        way = " → ".join(f'"{audited.names[name]}"' for name in circle)
        yield audited.note("warning", "circle", silent[circle[0]], f"a circle without a prompt, input or wait: {way}")


def error_loops(audited: Audited) -> Iterator[FlowNote]:
    for action in audited.flow.actions:
        for branch in action.branches:
            if branch.kind == ON_ERROR and branch.target == action.identifier:
                severity: Severity = "info" if audited.flow_type in ("CUSTOMER_QUEUE", *_HOLDS) else "warning"
                message = f"the error {branch.word} leads to the block itself"
                yield audited.note(severity, "error-loop", action, message, at=branch.steps[2:])


def working_queue(audited: Audited) -> Iterator[FlowNote]:
    """Yields blocks that use the contact's queue on a way that sets none. An earlier flow may have set it."""
    if audited.flow_type != "CONTACT_FLOW":
        return
    for action in _before_queue(audited.flow):
        needed = _NEEDS_QUEUE.get(action.type) if isinstance(action.type, str) else None
        given = action.parameters if isinstance(action.parameters, dict) else {}
        if needed is not None and not any(name in given for name in needed):
            message = "uses the contact's queue, and on some way no block of this flow sets it"
            yield audited.note("info", "no-queue", action, message)


def equal_ways(audited: Audited) -> Iterator[FlowNote]:
    for action in audited.flow.actions:
        then = next((branch.target for branch in action.branches if branch.kind == THEN), None)
        errors = {branch.target for branch in action.branches if branch.kind == ON_ERROR}
        if isinstance(action.type, str) and action.type in _SAME_TARGET and then in errors:
            yield audited.note("info", "same-target", action, "an error leads to the same block as success")


def silence(audited: Audited) -> Iterator[FlowNote]:
    """Yields chains of Lambda functions during which a caller may hear nothing for more than 8 seconds."""
    for action in audited.flow.reachable:
        chain = _silent_chain(audited.flow, action)
        seconds = sum(map(lambda_seconds, chain))
        if lambda_seconds(action) and len(chain) > 1 and seconds > LONGEST_LAMBDA:
            message = f"a caller may hear nothing for {seconds:g} s: no prompt is between {len(chain)} Lambda functions"
            yield audited.note("info", "silence", action, message)


WAY_RULES = (unreachable, without_end, silent_circles, error_loops, working_queue, equal_ways, silence)


def _targets(action: FlowAction) -> list[str]:
    return [branch.target for branch in action.branches]


def _reaching_an_end(flow: Flow) -> set[str]:
    """Returns the actions from which a way leads to an end. An unknown type or a missing target may be one."""
    sources: dict[str, list[str]] = {}
    queue = []
    for action in flow.actions:
        for target in _targets(action):
            sources.setdefault(target, []).append(action.identifier)
        if _is_way_out(action) or any(target not in flow.by_identifier for target in _targets(action)):
            queue.append(action.identifier)
    reaching = set(queue)
    while queue:
        for source in sources.get(queue.pop(), []):
            if source not in reaching:
                reaching.add(source)
                queue.append(source)
    return reaching


def _is_way_out(action: FlowAction) -> bool:
    known = action_type(action.type, action.parameters)
    return known is None or known.is_end or known.name in _LEAVES


def _before_queue(flow: Flow) -> list[FlowAction]:
    """Returns the actions that a contact can reach before a block has set its queue."""
    start = flow.by_identifier.get(flow.start or "")
    reached = {start.identifier: start} if start else {}
    queue = list(reached.values())
    while queue:
        action = queue.pop()
        sets = action.type == "UpdateContactTargetQueue"
        targets = [branch.target for branch in action.branches if branch.kind == ON_ERROR or not sets]
        for target in map(flow.by_identifier.get, targets):
            if target and target.identifier not in reached:
                reached[target.identifier] = target
                queue.append(target)
    return sorted(reached.values(), key=lambda action: action.position)


def _silent_chain(flow: Flow, first: FlowAction) -> list[FlowAction]:
    """Returns the Lambda blocks that follow one another without a block that makes a contact wait or hear."""
    chain, at, visited = list[FlowAction](), first, set[str]()
    while at.identifier not in visited and is_silent(at):
        visited.add(at.identifier)
        if lambda_seconds(at):
            chain.append(at)
        target = next((branch.target for branch in at.branches if branch.kind == THEN), "")
        at = flow.by_identifier.get(target, at)
    return chain
