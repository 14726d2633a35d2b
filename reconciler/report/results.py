"""Describes the results of a plan's items in the words of every outcome report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reconciler.errors import LASTING
from reconciler.kinds.services import codes
from reconciler.model import Change, Item, Outcome, Result, Status
from reconciler.report.flow_words import field_label
from reconciler.report.visible import LONGEST, escaped, key_text, value_text, visible_sides, visible_text
from reconciler.report.word_diff import side_by_side

# A change has the first of these statuses that one of its items has.
WORST_FIRST = (Status.FAILED, Status.CONFLICT, Status.SKIPPED, Status.DONE, Status.UNCHANGED)
NEXT = {
    "partial": "plan again, check the items listed above, and apply again",
    "failed": "fix the cause listed above and apply again; nothing was done",
    "blocked": "check what each blocked item needs",
    "refused": "nothing was written; meet the policy, or change it in a reviewed merge",
    "stale": "nothing was written; plan again, and have the new plan reviewed",
    "declined": "nothing was written; apply again once the plan is what you want",
    "interrupted": "apply again; it continues from the live state",
}

MOST_ALIKE = 3  # failures with one cause that are listed one by one
_LASTING = codes(*LASTING)  # a result has AWS's code, also one that was read from a file
_TROUBLES = (Status.FAILED, Status.CONFLICT)
WHERE_DONE = {"partial": "; finished items are kept", "blocked": "; all other items are done"}


class Trouble(NamedTuple):
    """An item that failed or is in conflict.

    `live` and `wanted` are empty if there is no value to show. Many failures with one cause are one `Trouble`: its name
    has their number and the first item.
    """

    status: Status
    name: str
    live: str
    wanted: str
    why: str
    request: str
    first: str
    """The name of the first item, without the number of similar ones."""


def next_step(outcome: Outcome) -> str:
    """Returns what the operator does next. Empty if there is nothing to do."""
    step = NEXT.get(outcome.status, "")
    return step + (WHERE_DONE.get(outcome.status, "") if outcome.totals.done else "")


def results_of(outcome: Outcome, at: int) -> Iterator[tuple[Item, Result]]:
    """Yields the items of one change with their results, in the plan's order."""
    change = outcome.plan.changes[at]
    rows, cells = len(change.table.rows), len(change.table.cells)
    parts = (("change", 1), ("field", len(change.fields)), ("row", rows), ("cell", cells))
    for part, count in parts:
        for position in range(count):
            item = Item(at, part, position)
            if result := outcome.results.get(item):
                yield item, result


def worst(outcome: Outcome, at: int) -> Result | None:
    """Returns the worst result of a change's items; `None` if the run did not reach the change."""
    return worst_of(result for _, result in results_of(outcome, at))


def worst_of(results: Iterable[Result]) -> Result | None:
    return min(results, key=lambda result: WORST_FIRST.index(result.status), default=None)


def troubles(outcome: Outcome, at: int, longest: int = LONGEST) -> Iterator[Trouble]:
    """Yields each conflict, and the failures: grouped by cause if more than a few share one.

    Values longer than `longest` are shortened where both sides are equal.
    """
    change = outcome.plan.changes[at]
    failures = [(item, result) for item, result in results_of(outcome, at) if result.status in _TROUBLES]
    numbers = Counter(_cause(item, result) for item, result in failures)
    grouped = set()
    for item, result in failures:
        cause = _cause(item, result)
        if cause in grouped:
            continue
        first, was, wanted = _sides(change, item, result, longest)
        name = first
        if result.status is Status.FAILED and numbers[cause] > MOST_ALIKE:
            grouped.add(cause)
            name, was, wanted = f"{numbers[cause]:,} {item.part}s, first {first}", "", ""
        why = ": ".join(text for text in (result.code, result.message) if text)
        yield Trouble(result.status, name, was, wanted, escaped(why), escaped(result.request_id), first)


def _cause(item: Item, result: Result) -> tuple[str, ...]:
    """Returns the values that failures of one cause share.

    AWS's message is left out for a full quota or a missing permission, because it may include a changing number.
    """
    return item.part, result.status.value, result.code, "" if result.code in _LASTING else result.message


def skipped(outcome: Outcome, at: int) -> dict[str, int]:
    """Returns why items were skipped, with the number of items. A blocked change has its reason in the plan."""
    change = outcome.plan.changes[at]
    reasons = Counter(
        change.reason if item.part == "change" and change.reason else result.message or "not started"
        for item, result in results_of(outcome, at)
        if result.status is Status.SKIPPED
    )
    return {escaped(why): count for why, count in reasons.items()}


def _sides(change: Change, item: Item, result: Result, longest: int) -> tuple[str, str, str]:
    """Returns the item's name, the live value and the wanted value."""
    match item.part:
        case "cell":
            cell = change.table.cells[item.position]
            was = result.found if result.looked else cell.before
            name = f"{key_text(cell.key)} · {visible_text(cell.attribute)}"
            return name, *side_by_side(*visible_sides(was, cell.after), longest)
        case "field":
            field = change.fields[item.position]
            was = result.found if result.looked else field.before
            return field_label(field.path), *side_by_side(value_text(was), value_text(field.after), longest)
        case "row":
            row = change.table.rows[item.position]
            return f"rename {key_text(row.before)} → {key_text(row.after)}", "", ""
        case _:
            return escaped(change.reason), "", ""
