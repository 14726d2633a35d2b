"""An outcome as text: what was done, what was not and why, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.model import Change, Item, Outcome, Result, Status
from reconciler.report.as_json import results_of, worst
from reconciler.report.lines import Look, headline, look, printed
from reconciler.report.summary import applied_line
from reconciler.report.visible import escaped, key_text, said, shown, shown_sides, side_by_side
from reconciler.report.words import COLOURS, STATUS_COLOURS, STATUS_SYMBOLS, SYMBOLS

NEXT = {
    "partial": "plan again, look at what is listed above, and apply again; what is done stays done",
    "failed": "mend what is listed above and apply again; nothing was done",
    "blocked": "see what is blocked above; the rest is done",
    "refused": "nothing was written; meet the policy, or have it changed by a reviewed merge",
    "stale": "nothing was written; plan again, and have the new plan reviewed",
    "declined": "nothing was written; apply again once the plan is what you want",
    "interrupted": "apply again; it goes on from what is live",
}


def outcome_text(outcome: Outcome, *, colour: bool) -> str:
    """What became of each change, every failed and conflicting item in full; the totals in the last line."""
    how = look(colour, 0)
    parts = [
        headline(outcome.plan, "Applied to", how),
        *(line for at in range(len(outcome.plan.changes)) for line in _block(outcome, at, how)),
        "",
        *([f"{outcome.status.capitalize()}: {escaped(outcome.message)}"] if outcome.message else []),
        *([f"Next: {NEXT[outcome.status]}."] if outcome.status in NEXT else []),
        how.paint("bold", applied_line(outcome)),
    ]
    return printed(parts)


def counts(outcome: Outcome, at: int) -> str:
    found = Counter(result.status for _, result in results_of(outcome, at))
    return ", ".join(f"{found[status]:,} {status.value}" for status in Status if found[status])


def told_item(change: Change, item: Item, result: Result) -> str:
    """What the item is, what was found and what was wanted."""
    match item.part:
        case "cell":
            cell = change.cells[item.position]
            name = f"{key_text(cell.key)} · {shown(cell.attribute)}"
            sides = shown_sides(cell.before if result.found is None else str(result.found), cell.after)
        case "field":
            field = change.fields[item.position]
            name = escaped(field.path)
            sides = side_by_side(said(field.before if result.found is None else result.found), said(field.after))
        case "row":
            row = change.rows[item.position]
            return f"rename {key_text(row.before)} → {key_text(row.after)}"
        case _:
            return escaped(change.reason)
    return f"{name}: found {sides[0]}, wanted {sides[1]}"


def told_error(result: Result) -> str:
    said_by_aws = ": ".join(text for text in (escaped(result.code), escaped(result.message)) if text)
    request = f"request {escaped(result.request_id)}" if result.request_id else ""
    return " · ".join(text for text in (said_by_aws, request) if text)


def _block(outcome: Outcome, at: int, look: Look) -> Iterator[str]:
    change, whole = outcome.plan.changes[at], worst(outcome, at)
    title = f"{SYMBOLS[change.action]} {change.action.value} {escaped(str(change.ref))}"
    yield ""
    if whole is None:
        yield look.paint(COLOURS[change.action], title) + ": not begun"
        return
    mark = f"{STATUS_SYMBOLS[whole.status]} {whole.status.value}"
    yield f"{look.paint(STATUS_COLOURS[whole.status], mark)} · {title}: {counts(outcome, at)}"
    skipped: Counter[str] = Counter()
    for item, result in results_of(outcome, at):
        if result.status is Status.SKIPPED:
            skipped[told_error(result) or escaped(change.reason)] += 1
        elif result.status is not Status.DONE:
            word = look.paint(STATUS_COLOURS[result.status], f"{result.status.value:<8}")
            yield f"    {word} {told_item(change, item, result)}"
            if error := told_error(result):
                yield f"             {error}"
    yield from (f"    skipped  {count:,}: {why}" for why, count in skipped.items())
