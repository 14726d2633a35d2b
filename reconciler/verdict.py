"""Results → outcome: one word and one exit code for a run, by the command's contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from reconciler.model import Action, Item, Outcome, Plan, Result, Status, Totals, items

INTERRUPTED = 128  # + the signal's number


def verdict(
    plan: Plan,
    results: Mapping[Item, Result],
    *,
    started: datetime,
    operations: Mapping[str, int],
    retries: int = 0,
    conflicts_resolved: int = 0,
    signal: int = 0,
) -> Outcome:
    """Every item of the plan has a result; one that nobody spoke of was not begun."""
    lost = Result(Status.SKIPPED, "not begun")
    told = {item: results.get(item, lost) for item in items(plan)}
    outcome = Outcome(plan, "", 0, started, datetime.now(UTC), told, dict(operations), retries, conflicts_resolved)
    status, code, message = _judged(plan, outcome.totals, signal)
    return replace(outcome, status=status, exit_code=code, message=message)


def _judged(plan: Plan, totals: Totals, signal: int) -> tuple[str, int, str]:
    blocked = sum(1 for change in plan.changes if change.action is Action.BLOCKED)
    if signal and totals.skipped > blocked:
        return "interrupted", INTERRUPTED + signal, f"{totals.skipped - blocked} items were left; run it again"
    if totals.conflict:
        return "partial", 5, f"{totals.conflict} items were changed by somebody else meanwhile and are left alone"
    if totals.failed and totals.done:
        return "partial", 5, f"{totals.failed} items failed; fix the cause and apply again"
    if totals.failed:
        return "failed", 1, f"{totals.failed} items failed and nothing was done"
    if totals.skipped > blocked:
        # Nothing failed, and still something was passed over: that is never called done.
        return "partial", 5 if totals.done else 1, f"{totals.skipped - blocked} items were passed over"
    if blocked:
        return "blocked", 3, f"{blocked} items are blocked; the plan says what each needs"
    return ("done" if totals.done else "unchanged"), 0, ""
