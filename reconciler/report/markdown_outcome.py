"""Renders an outcome as GitHub's Markdown: the applied items, and every item that was not applied."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from reconciler.model import Outcome
from reconciler.report.applied import applied_line, applied_to, change_done_text
from reconciler.report.frame import Frame
from reconciler.report.markdown_tables import bounded, more, table
from reconciler.report.neutral import code, prose
from reconciler.report.ordering import changes_in_order
from reconciler.report.results import next_step, skipped, troubles, worst
from reconciler.report.visible import escaped, shortened
from reconciler.report.words import STATUS_SYMBOLS, SYMBOLS

LONGEST_MESSAGE = 2_000
TROUBLES = (None, 100, 10)  # listed per change; fewer if they do not fit


def outcome_markdown(outcome: Outcome, frame: Frame = Frame()) -> str:
    """Returns the results of a plan. Lists of failures are cut to fit the frame's limit, counts never are."""
    title = f"### {applied_to(outcome)} {bounded(outcome.plan.scope.owner)}: {prose(outcome.status)}"
    message = ["", prose(shortened(outcome.message, LONGEST_MESSAGE))] if outcome.message else []
    step = next_step(outcome)
    head = [
        title,
        "",
        *frame.above,
        "",
        f"**{applied_line(outcome)}**",
        *message,
        *(["", f"Next: {step}."] if step else []),
    ]
    changes = [at for at, _ in changes_in_order(outcome.plan)]

    def overview() -> Iterator[str]:
        yield from head
        if changes:
            yield from ("", *table(["", "change", "result"], (_overview(outcome, at) for at in changes)))

    def with_troubles(most: int | None) -> Iterator[str]:
        yield from overview()
        for at in changes:
            yield from _troubles(outcome, at, most)

    return frame.first_that_fits([*(partial(with_troubles, most) for most in TROUBLES), overview], head)


def _overview(outcome: Outcome, at: int) -> tuple[str, str, str]:
    change, whole = outcome.plan.changes[at], worst(outcome, at)
    status = f"{STATUS_SYMBOLS[whole.status]} {whole.status.value}" if whole else "not started"
    return (
        status,
        f"{SYMBOLS[change.action]} {change.action.value} {code(escaped(str(change.ref)))}",
        change_done_text(outcome, at),
    )


def _troubles(outcome: Outcome, at: int, most: int | None) -> Iterator[str]:
    address = code(escaped(str(outcome.plan.changes[at].ref)))
    if listed := list(troubles(outcome, at)):
        yield from (f"#### {address}", "")
        header = ["", "item", "found", "wanted", "why", "request"]
        lines = (
            [
                trouble.status.value,
                code(trouble.name),
                *(code(side) if side else "" for side in (trouble.live, trouble.wanted)),
                prose(trouble.why),
                code(trouble.request) if trouble.request else "",
            ]
            for trouble in listed[:most]
        )
        yield from table(header, lines)
        yield from more(listed, most or len(listed), "item")
    for why, count in skipped(outcome, at).items():
        yield from (f"{count:,} of {address} skipped: {prose(why)}", "")
