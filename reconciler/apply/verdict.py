"""Turns results into an outcome: one status and one exit code for a run, by the command's contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from reconciler.messages import counted, plural
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
    """Returns the outcome. An item without a result was not begun."""
    lost = Result(Status.SKIPPED, "not begun")
    every = {item: results.get(item, lost) for item in items(plan)}
    outcome = Outcome(plan, "", 0, started, datetime.now(UTC), every, dict(operations), retries, conflicts_resolved)
    status, code, message = _judged(plan, outcome.totals, signal)
    return replace(outcome, status=status, exit_code=code, message=message)


def _judged(plan: Plan, totals: Totals, signal: int) -> tuple[str, int, str]:
    blocked = sum(1 for change in plan.changes if change.action is Action.BLOCKED)
    left = totals.skipped - blocked
    if signal and left > 0:
        return "interrupted", INTERRUPTED + signal, f"{_items(left, 'was', 'were')} not begun; run it again"
    if totals.conflict:
        changed = _items(totals.conflict, "was", "were")
        return "partial", 5, f"{changed} changed by another writer meanwhile and {_are(totals.conflict)} left alone"
    if totals.failed and totals.done:
        return "partial", 5, f"{counted(totals.failed, 'item')} failed; fix the cause and apply again"
    if totals.failed:
        return "failed", 1, f"{counted(totals.failed, 'item')} failed and nothing was done"
    if left > 0:
        # Nothing failed, but an item was skipped, so the run is not "done".
        return "partial", 5 if totals.done else 1, f"{_items(left, 'was', 'were')} skipped"
    if blocked:
        return "blocked", 3, f"{_items(blocked, 'is', 'are')} blocked; the plan says what each needs"
    return ("done" if totals.done else "unchanged"), 0, ""


def _items(count: int, one: str, many: str) -> str:
    return f"{counted(count, 'item')} {plural(count, one, many)}"


def _are(count: int) -> str:
    return plural(count, "is", "are")
