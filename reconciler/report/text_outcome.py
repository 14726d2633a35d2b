"""Renders an outcome as text: what was done, what was not and why, and what to do next."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

from reconciler.model import Outcome
from reconciler.report.applied import applied_line, applied_to, change_done_text
from reconciler.report.lines import Look, heading, headline, look, printed, under
from reconciler.report.ordering import changes_in_order, listed_under
from reconciler.report.results import Trouble, next_step, skipped, troubles, worst
from reconciler.report.visible import LONGEST, escaped
from reconciler.report.words import COLOURS, STATUS_COLOURS, STATUS_SYMBOLS, SYMBOLS


def outcome_text(outcome: Outcome, *, colour: bool, full: bool = False) -> str:
    """Returns the result of each change, every failure and conflict in full, and the totals in the last line."""
    how = look(colour, 0, full)
    if outcome.status == "declined":
        # The plan was just printed, so only the answer is new.
        return printed(["Declined: nothing was written.", how.paint("bold", applied_line(outcome))])
    parts = [
        headline(outcome.plan, applied_to(outcome), how),
        "",
        *_groups(outcome, how),
        "",
        *([f"{outcome.status.capitalize()}: {escaped(outcome.message)}"] if outcome.message else []),
        *([f"Next: {step}."] if (step := next_step(outcome)) else []),
        how.paint("bold", applied_line(outcome)),
    ]
    return printed(parts)


def _groups(outcome: Outcome, look: Look) -> Iterator[str]:
    for origin, changes in groupby(changes_in_order(outcome.plan), key=lambda item: listed_under(item[1])):
        yield from heading(outcome.plan, origin, look)
        yield from under(origin, _blocks([list(_block(outcome, at, look)) for at, _ in changes]))


def _blocks(blocks: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yields the blocks. A block with more than one line has a blank line before and after it."""
    for at, block in enumerate(blocks):
        if at and (len(block) > 1 or len(blocks[at - 1]) > 1):
            yield ""
        yield from block


def _block(outcome: Outcome, at: int, look: Look) -> Iterator[str]:
    change, whole = outcome.plan.changes[at], worst(outcome, at)
    title = f"{SYMBOLS[change.action]} {change.action.value} {escaped(str(change.ref))}"
    if whole is None:
        yield look.paint(COLOURS[change.action], title) + ": not started"
        return
    mark = look.paint(STATUS_COLOURS[whole.status], f"{STATUS_SYMBOLS[whole.status]} {whole.status.value}")
    result = change_done_text(outcome, at)
    yield f"{mark} · {title}" + (f": {result}" if result else "")
    for trouble in troubles(outcome, at, sys.maxsize if look.full else LONGEST):
        yield from _trouble(trouble, look)
    yield from (f"    skipped  {count:,}: {why}" for why, count in skipped(outcome, at).items())


def _trouble(trouble: Trouble, look: Look) -> Iterator[str]:
    sides = f": found {trouble.live}, wanted {trouble.wanted}" if trouble.wanted else ""
    yield f"    {look.paint(STATUS_COLOURS[trouble.status], f'{trouble.status.value:<8}')} {trouble.name}{sides}"
    why = [trouble.why, f"request {trouble.request}" if trouble.request else ""]
    if any(why):
        yield "             " + " · ".join(text for text in why if text)
