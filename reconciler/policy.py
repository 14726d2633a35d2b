"""When a plan must be refused: checked before the first write of an apply, never while planning."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from reconciler.environment import Environment, Policy, Threshold
from reconciler.model import Action, Change, Live, Plan, Ref

FROM_DELETES = 10  # live items; with fewer a share says little
FROM_UPDATES = 20
_REMEDY = "raise it in reconcile.yaml in a reviewed change, or apply in smaller parts with --target"


def refusals(plan: Plan, environment: Environment, live: Mapping[Ref, Live]) -> tuple[str, ...]:
    """Why nothing of the plan may be applied, a line each; empty where it may."""
    if environment.frozen and plan.actionable:
        return (f"environment {environment.name!r} is frozen: {environment.frozen}",)
    by_change = (reason for change in plan.actionable for reason in _of_table(change, environment.policy, live))
    return (*_of_kinds(plan, environment, live), *by_change)


def _of_kinds(plan: Plan, environment: Environment, live: Mapping[Ref, Live]) -> Iterator[str]:
    gone = Counter(
        change.ref.kind
        for change in plan.actionable
        # A tombstone is a reviewed line for this very resource; it is no accident.
        if change.action in (Action.DELETE, Action.REPLACE) and "/" not in change.ref.name and not _reviewed(change)
    )
    have = Counter(ref.kind for ref in live)
    for kind, count in sorted(gone.items()):
        yield from _past(environment.policy.max_delete, count, have[kind], FROM_DELETES, f"delete {kind} resources")


def _reviewed(change: Change) -> bool:
    return change.action is Action.DELETE and change.source is not None


def _of_table(change: Change, policy: Policy, live: Mapping[Ref, Live]) -> Iterator[str]:
    by_attribute = Counter(cell.attribute for cell in change.cells if cell.action is Action.DELETE)
    if by_attribute and (have := live.get(change.ref)):
        rows = _rows_gone(change, have)
        yield from _past(policy.max_delete, rows, change.size.rows, FROM_DELETES, f"delete rows of {change.ref}")
    for attribute, count in sorted(by_attribute.items()):
        stored = change.size.cells.get(attribute, 0)
        what = f"delete cells of {change.ref}/{attribute}"
        yield from _past(policy.max_delete, count, stored, FROM_DELETES, what)
    updates = sum(1 for cell in change.cells if cell.action is Action.UPDATE)
    stored = sum(change.size.cells.values())
    yield from _past(policy.max_update, updates, stored, FROM_UPDATES, f"update cells of {change.ref}")


def _rows_gone(change: Change, have: Live) -> int:
    deleted: dict[tuple[tuple[str, str], ...], set[str]] = defaultdict(set)
    kept = {tuple(sorted(cell.key.items())) for cell in change.cells if cell.action is Action.CREATE}
    for cell in change.cells:
        if cell.action is Action.DELETE and cell.key:
            deleted[tuple(sorted(cell.key.items()))].add(cell.attribute)
    stored = {tuple(sorted(record.key.items())): set(record.cells) for record in have.records}
    return sum(1 for key, gone in deleted.items() if key not in kept and stored.get(key, set()) <= gone)


def _past(limit: Threshold, changed: int, total: int, at_least: int, what: str) -> Iterator[str]:
    if changed and total >= at_least and not limit.allows(changed, total):
        name = "maxUpdate" if what.startswith("update") else "maxDelete"
        yield f"would {what}: {changed} of {total}; policy.{name} is {limit}; {_REMEDY}"
