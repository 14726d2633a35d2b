"""What became of the items of a plan, in the words that every report of an outcome uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reconciler.errors import LASTING
from reconciler.model import Change, Item, Outcome, Result, Status
from reconciler.report.visible import LONGEST, escaped, key_text, said, shown, shown_sides
from reconciler.report.word_diff import side_by_side

# The first that holds is what became of a change.
WORST_FIRST = (Status.FAILED, Status.CONFLICT, Status.SKIPPED, Status.DONE, Status.UNCHANGED)
NEXT = {
    "partial": "plan again, look at what is listed above, and apply again",
    "failed": "mend what is listed above and apply again; nothing was done",
    "blocked": "look at what each blocked item needs",
    "refused": "nothing was written; meet the policy, or have it changed by a reviewed merge",
    "stale": "nothing was written; plan again, and have the new plan reviewed",
    "declined": "nothing was written; apply again once the plan is what you want",
    "interrupted": "apply again; it goes on from what is live",
}

MOST_ALIKE = 3  # failures with one cause that are named one by one
_TROUBLES = (Status.FAILED, Status.CONFLICT)
WHERE_DONE = {"partial": "; what is done stays done", "blocked": "; everything else is done"}


class Trouble(NamedTuple):
    """An item that failed or is in conflict; `found` and `wanted` are empty where there is no value to show. Many that
    failed alike are one: its name says how many, and which is the first."""

    status: Status
    name: str
    found: str
    wanted: str
    why: str
    request: str
    first: str
    """The item's own name, without how many are like it."""


def next_step(outcome: Outcome) -> str:
    """Empty where nothing is left to say."""
    told = NEXT.get(outcome.status, "")
    return told + (WHERE_DONE.get(outcome.status, "") if outcome.totals.done else "")


def results_of(outcome: Outcome, at: int) -> Iterator[tuple[Item, Result]]:
    """What became of the items of one change, in the plan's order."""
    change = outcome.plan.changes[at]
    parts = (("change", 1), ("field", len(change.fields)), ("row", len(change.rows)), ("cell", len(change.cells)))
    for part, count in parts:
        for position in range(count):
            item = Item(at, part, position)
            if result := outcome.results.get(item):
                yield item, result


def worst(outcome: Outcome, at: int) -> Result | None:
    """What became of a change: the first of its worst items; `None` where the run did not come to it."""
    return worst_of(result for _, result in results_of(outcome, at))


def worst_of(results: Iterable[Result]) -> Result | None:
    return min(results, key=lambda result: WORST_FIRST.index(result.status), default=None)


def troubles(outcome: Outcome, at: int, longest: int = LONGEST) -> Iterator[Trouble]:
    """Yields the items that conflict, one by one, and those that failed, by cause where more than a few share one.

    Values beyond `longest` are without what was found and wanted alike.
    """
    change = outcome.plan.changes[at]
    found = [(item, result) for item, result in results_of(outcome, at) if result.status in _TROUBLES]
    numbers = Counter(_cause(item, result) for item, result in found)
    grouped = set()
    for item, result in found:
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
    """What failures share. Of a full quota or a missing permission AWS's words may count what is stored meanwhile."""
    return item.part, result.status.value, result.code, "" if result.code in LASTING else result.message


def skipped(outcome: Outcome, at: int) -> dict[str, int]:
    """Why items were passed over → how many; a blocked change says itself what it needs."""
    change = outcome.plan.changes[at]
    reasons = Counter(
        change.reason if item.part == "change" and change.reason else result.message or "not begun"
        for item, result in results_of(outcome, at)
        if result.status is Status.SKIPPED
    )
    return {escaped(why): count for why, count in reasons.items()}


def _sides(change: Change, item: Item, result: Result, longest: int) -> tuple[str, str, str]:
    """The item's name, what was found, what was wanted."""
    match item.part:
        case "cell":
            cell = change.cells[item.position]
            was = result.found if result.looked else cell.before
            name = f"{key_text(cell.key)} · {shown(cell.attribute)}"
            return name, *side_by_side(*shown_sides(was, cell.after), longest)
        case "field":
            field = change.fields[item.position]
            was = result.found if result.looked else field.before
            return escaped(field.path), *side_by_side(said(was), said(field.after), longest)
        case "row":
            row = change.rows[item.position]
            return f"rename {key_text(row.before)} → {key_text(row.after)}", "", ""
        case _:
            return escaped(change.reason), "", ""
