"""When a plan must be refused: checked before the first write of an apply, never while planning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from reconciler.environment import Environment, Policy, Threshold
from reconciler.model import Action, Change, Live, Plan, Ref

FROM_DELETES = 10  # live items; with fewer a share says little
FROM_UPDATES = 20
_REMEDY = "raise it in reconcile.yaml in a reviewed change"
_IN_PARTS = f"{_REMEDY}, or apply in parts with --target"


def refusals(plan: Plan, environment: Environment, live: Mapping[Ref, Live]) -> tuple[str, ...]:
    """Why nothing of the plan may be applied, a line each; empty where it may."""
    if environment.frozen and plan.actionable:
        return (f'environment "{environment.name}" is frozen: {environment.frozen}',)
    by_change = (reason for change in plan.actionable for reason in _of_table(change, environment.policy))
    return (*_of_kinds(plan, environment, live), *by_change)


def _of_kinds(plan: Plan, environment: Environment, live: Mapping[Ref, Live]) -> Iterator[str]:
    gone = Counter(
        change.ref.kind
        for change in plan.actionable
        # A tombstone is a reviewed line for this very resource; it is no accident.
        if change.action in (Action.DELETE, Action.REPLACE) and change.part_of is None and not _reviewed(change)
    )
    have = Counter(ref.kind for ref in live)
    for kind, count in sorted(gone.items()):
        what = f"delete {kind} resources"
        yield from _past(environment.policy.max_delete, count, have[kind], FROM_DELETES, what, _IN_PARTS)


def _reviewed(change: Change) -> bool:
    return change.action is Action.DELETE and change.source is not None


def _of_table(change: Change, policy: Policy) -> Iterator[str]:
    by_attribute = Counter(cell.attribute for cell in change.cells if cell.action is Action.DELETE)
    gone, rows = change.size.gone, change.size.rows
    yield from _past(policy.max_delete, gone, rows, FROM_DELETES, f"delete rows of {change.ref}")
    for attribute, count in sorted(by_attribute.items()):
        stored = change.size.cells.get(attribute, 0)
        what = f"delete cells of {change.ref}/{attribute}"
        yield from _past(policy.max_delete, count, stored, FROM_DELETES, what)
    updates = sum(1 for cell in change.cells if cell.action is Action.UPDATE)
    stored = sum(change.size.cells.values())
    yield from _past(policy.max_update, updates, stored, FROM_UPDATES, f"update cells of {change.ref}")


def _past(limit: Threshold, changed: int, total: int, at_least: int, what: str, remedy: str = _REMEDY) -> Iterator[str]:
    # A share of few things says little; a plain number says what it says.
    if changed and (total >= at_least or limit.number is not None) and not limit.allows(changed, total):
        name = "maxUpdate" if what.startswith("update") else "maxDelete"
        yield f"would {what}: {changed} of {total}; policy.{name} is {limit}; {remedy}"
