"""The policy: reasons why apply refuses a plan. Plan reports them, and apply checks them before its first write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from reconciler.messages import counted
from reconciler.model import Action, Change, Finding, Live, Plan, Ref
from reconciler.model.environment import Environment, Policy, Threshold

FROM_DELETES = 10  # live items; a percentage of fewer is meaningless
FROM_UPDATES = 20
_REMEDY = "raise it in reconcile.yaml in a reviewed change"
_IN_PARTS = f"{_REMEDY}, or apply in parts with --target"


def refusals(plan: Plan, environment: Environment, live: Mapping[Ref, Live]) -> tuple[str, ...]:
    """Returns why apply refuses the plan, one line per reason; empty if it does not."""
    return tuple(finding.message for finding in findings(plan, environment, live))


def findings(plan: Plan, environment: Environment, live: Mapping[Ref, Live]) -> tuple[Finding, ...]:
    """Returns the same reasons as findings: one per threshold of a table or kind."""
    reasons = []
    if environment.frozen and plan.actionable:
        reasons.append(Finding("error", "", f'environment "{environment.name}" is frozen: {environment.frozen}'))
    for kind, message in _of_kinds(plan, environment, live):
        reasons.append(Finding("error", f"{kind}/*", message))
    for change in plan.actionable:
        messages = _of_table(change, environment.policy)
        reasons += [Finding("error", str(change.ref), message, change.source) for message in messages]
    return tuple(reasons)


def prunes_everything(environment: Environment) -> Finding:
    """Returns the refusal of --prune without any manifest: the manifests are probably lost."""
    message = (
        f"--prune would delete everything that the stack manages: no manifest is for environment {environment.name}; "
        "check the manifests folder, or delete everything with `reconcile destroy`"
    )
    return Finding("error", "", message)


def _of_kinds(plan: Plan, environment: Environment, live: Mapping[Ref, Live]) -> Iterator[tuple[str, str]]:
    gone = Counter(
        change.ref.kind
        for change in plan.actionable
        # A tombstone is a reviewed line for exactly this resource, so the deletion is not an accident.
        if change.action in (Action.DELETE, Action.REPLACE) and change.part_of is None and not _reviewed(change)
    )
    have, limit = Counter(ref.kind for ref in live), environment.policy.max_delete
    past = [
        (kind, message)
        for kind, count in sorted(gone.items())
        for message in _past(limit, count, have[kind], FROM_DELETES, f"delete {kind} resources", _IN_PARTS)
    ]
    yield from past
    if not past and limit.number is None:
        # A few resources of each kind can be most of all resources.
        what = "delete resources of all kinds together"
        for message in _past(limit, gone.total(), have.total(), FROM_DELETES, what, _IN_PARTS):
            yield "*", message


def _reviewed(change: Change) -> bool:
    return change.action is Action.DELETE and change.source is not None


def _of_table(change: Change, policy: Policy) -> Iterator[str]:
    gone, rows = change.table.size.gone, change.table.size.rows
    past = list(_past(policy.max_delete, gone, rows, FROM_DELETES, f"delete rows of {change.ref}"))
    # Deleted rows delete cells of every attribute. That is one cause, so it is one line.
    yield from past or _of_attributes(change, policy)
    updates = sum(1 for cell in change.table.cells if cell.action is Action.UPDATE)
    stored = sum(change.table.size.cells.values())
    yield from _past(policy.max_update, updates, stored, FROM_UPDATES, f"update cells of {change.ref}")


def _of_attributes(change: Change, policy: Policy) -> Iterator[str]:
    by_attribute = Counter(cell.attribute for cell in change.table.cells if cell.action is Action.DELETE)
    past: list[str] = []
    for attribute, count in sorted(by_attribute.items()):
        stored = change.table.size.cells.get(attribute, 0)
        what = f"delete cells of {change.ref}/{attribute}"
        past += _past(policy.max_delete, count, stored, FROM_DELETES, what)
    if past:
        more = f" (and of {counted(len(past) - 1, 'other attribute')})" if past[1:] else ""
        yield past[0] + more


def _past(limit: Threshold, changed: int, total: int, at_least: int, what: str, remedy: str = _REMEDY) -> Iterator[str]:
    # A percentage of a small total is meaningless, so percentages apply from N items up. Absolute numbers always apply.
    if changed and (total >= at_least or limit.number is not None) and not limit.allows(changed, total):
        name = "maxUpdate" if what.startswith("update") else "maxDelete"
        yield f"would {what}: {changed} of {total}; policy.{name} is {limit}; {remedy}"
