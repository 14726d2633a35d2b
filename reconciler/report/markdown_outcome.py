"""An outcome as GitHub's Markdown: what was done, and every item that was not."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model import Outcome
from reconciler.report.markdown_tables import joined, table
from reconciler.report.neutral import code, prose
from reconciler.report.results import counts, next_step, skipped, troubles, worst
from reconciler.report.summary import applied_line, applied_word
from reconciler.report.visible import escaped
from reconciler.report.words import STATUS_SYMBOLS, SYMBOLS


def outcome_markdown(outcome: Outcome, *, limit: int = 0) -> str:
    """`limit`: the most characters, 0 is none; the lists of troubles give way, counts never do."""
    title = f"### {applied_word(outcome)} to {code(escaped(outcome.plan.scope.owner))}: {outcome.status}"
    head = [title, "", applied_line(outcome)]
    if outcome.message:
        head += ["", prose(outcome.message)]
    if step := next_step(outcome):
        head += ["", f"Next: {step}."]
    changes = range(len(outcome.plan.changes))
    overview = ["", *table(["", "change", "items"], (_overview(outcome, at) for at in changes))] if changes else []
    full = joined([*head, *overview, *(line for at in changes for line in _troubles(outcome, at))])
    if not limit or len(full) <= limit:
        return full
    brief = joined([*head, *overview, "Too long to be told here; every item is in the outcome's JSON."])
    return brief if len(brief) <= limit else joined(head)[:limit]


def _overview(outcome: Outcome, at: int) -> tuple[str, str, str]:
    change, whole = outcome.plan.changes[at], worst(outcome, at)
    status = f"{STATUS_SYMBOLS[whole.status]} {whole.status.value}" if whole else "not begun"
    return (
        status,
        f"{SYMBOLS[change.action]} {change.action.value} {code(escaped(str(change.ref)))}",
        counts(outcome, at),
    )


def _troubles(outcome: Outcome, at: int) -> Iterator[str]:
    address = code(escaped(str(outcome.plan.changes[at].ref)))
    if found := list(troubles(outcome, at)):
        yield from (f"#### {address}", "")
        header = ["", "item", "found", "wanted", "why", "request"]
        lines = (
            [
                each.status.value,
                code(each.name),
                *(code(side) if side else "" for side in (each.found, each.wanted)),
                prose(each.why),
                code(each.request) if each.request else "",
            ]
            for each in found
        )
        yield from table(header, lines)
    for why, count in skipped(outcome, at).items():
        yield from (f"{count:,} of {address} skipped: {prose(why)}", "")
