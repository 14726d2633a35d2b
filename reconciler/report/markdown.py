"""The plan, drift and an outcome as GitHub's Markdown: counts first, details folded, every value neutralised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from typing import NamedTuple

from reconciler.model import Action, Change, Plan
from reconciler.report.frame import Frame
from reconciler.report.markdown_outcome import outcome_markdown
from reconciler.report.markdown_tables import bounded, cells_table, fields_table, more, renames_table, short
from reconciler.report.neutral import code, html_code, prose
from reconciler.report.summary import (
    DIGITS,
    Summary,
    about,
    calls,
    counted,
    counts_text,
    settled_line,
    summary,
    warnings_first,
)
from reconciler.report.trail import WHEN_NOT_WHO, lookup_command
from reconciler.report.visible import escaped, utc_text
from reconciler.report.words import BLOCKED_ALONE, DRIFT_WORDS, HOW_TO_DELETE, ORPHANS, SYMBOLS, remedies

__all__ = ["drift_markdown", "outcome_markdown", "plan_markdown"]

SMALL = 20  # differences that a reader takes in without opening anything
WARNED = 10  # of what can not be undone; each of them is marked where it stands, too
KINDS = 30
NEW = (Action.CREATE, Action.REPLACE, Action.DELETE)


class Depth(NamedTuple):
    """How many lines of a table or a list are shown: `most`, and of what is made, made anew or deleted, `new`."""

    most: int
    new: int

    def of(self, change: Change) -> int:
        return self.new if change.action in NEW else self.most


# Where there is no limit, and where there is one: whole, changes alone, fewer of them, one line for each resource.
UNLIMITED = Depth(40, 40)
LADDER = (
    Depth(10_000, 10_000),
    *(Depth(1_000, 10), Depth(1_000, 0), Depth(200, 0), Depth(40, 0), Depth(10, 0), Depth(3, 0), Depth(0, 0)),
)

Details = Callable[[Change, int], Iterator[str]]


def plan_markdown(plan: Plan, frame: Frame = Frame()) -> str:
    """What apply would do. Details give way to the frame's limit, counts never do."""
    told = summary(plan)
    title = f"### Plan for {bounded(plan.scope.owner)}"
    settled = ["", settled_line(told)] if told.is_empty else []
    head = [title, "", *frame.above, "", _counts(told), *settled]

    def telling(depth: Depth) -> Iterator[str]:
        yield from (*head, *_warnings(plan, depth))
        yield from _details(plan, depth, _title, _plan_details)
        yield from (*_orphans(plan, depth.most), *_findings(plan, depth.most))

    return frame.first_that_fits(_ladder(frame, telling), [*head, *_warnings(plan, LADDER[-1]), *_kinds(plan)])


def drift_markdown(plan: Plan, frame: Frame = Frame()) -> str:
    """What live has that the manifests have not, with when and where it was changed; no word about calls."""
    told = summary(plan)
    title = f"### Drift of {bounded(plan.scope.owner)}"
    way_out = remedies(plan.scope.environment, code) if plan.actionable else BLOCKED_ALONE
    ways_out = [] if told.is_empty else ["", way_out]
    head = [title, "", *frame.above, "", _drift_counts(told), *ways_out, *_trail(plan)]

    def telling(depth: Depth) -> Iterator[str]:
        yield from (*head, *_details(plan, depth, _drift_title, _drift_details))
        yield from (*_orphans(plan, depth.most), *_findings(plan, depth.most))

    return frame.first_that_fits(_ladder(frame, telling), [*head, *_kinds(plan)])


def _ladder(frame: Frame, telling: Callable[[Depth], Iterator[str]]) -> Iterator[Callable[[], Iterator[str]]]:
    for depth in LADDER if frame.limit else (UNLIMITED,):
        yield partial(telling, depth)


def _counts(told: Summary) -> str:
    cost = f"{told.calls:,} calls · {about(told.seconds)}"
    return f"**{counts_text(told)}** · {cost} · digest `{told.digest[:DIGITS]}`"


def _drift_counts(told: Summary) -> str:
    if told.is_empty:
        return settled_line(told)
    differing = told.create + told.update + told.replace + told.delete + told.adopt
    blocked = f", {told.blocked} blocked" if told.blocked else ""
    return f"**Live differs from the manifests in {counted(differing, 'resource')}{blocked}**"


def _trail(plan: Plan) -> Iterator[str]:
    if command := lookup_command(plan):
        yield from ("", WHEN_NOT_WHO, "", "```sh", command, "```")


def _kinds(plan: Plan) -> Iterator[str]:
    """One line a kind, where there is no room for one a resource."""
    kinds: dict[str, Counter[str]] = {}
    for change in plan.changes:
        kinds.setdefault(change.ref.kind, Counter())[change.action.value] += 1
    yield ""
    for kind, actions in list(kinds.items())[:KINDS]:
        yield f"- {short(kind)}: {', '.join(f'{count:,} {action}' for action, count in actions.items())}"
    yield from more(kinds, KINDS, "kind")


def _is_small(plan: Plan) -> bool:
    return sum(len(change.cells) + len(change.fields) + len(change.rows) for change in plan.changes) <= SMALL


def _warnings(plan: Plan, depth: Depth) -> Iterator[str]:
    """What nobody may overlook stands outside the folds."""
    final = [change for change in plan.changes if change.irreversible]
    if final:
        most = max(depth.new, WARNED)
        yield ""
        yield "> [!CAUTION]"
        for change in final[:most]:
            yield f"> Irreversible: {change.action.value} {bounded(str(change.ref))}  "
        if final[most:]:
            yield f"> … and {len(final) - most:,} more that can not be undone  "


def _details(plan: Plan, depth: Depth, title: Callable[[Change], str], details: Details) -> Iterator[str]:
    most, is_open = depth.most, _is_small(plan) and depth.most
    blocked = [change for change in plan.changes if change.action is Action.BLOCKED]
    if blocked:
        yield from ("", f"#### {len(blocked)} blocked", "")
        for change in blocked[: most or None]:
            yield f"- {SYMBOLS[change.action]} {code(escaped(str(change.ref)))}: {prose(change.reason)}"
        yield from more(blocked, most or len(blocked), "blocked item")
    for kind, changes in groupby(plan.actionable, key=lambda change: change.ref.kind):
        yield from ("", f"#### {prose(kind)}")
        for change in changes:
            opened = "<details open>" if is_open else "<details>"
            yield from ("", f"{opened}<summary>{title(change)}</summary>", "")
            yield from details(change, depth.of(change))
            yield from ("", "</details>")


def _title(change: Change) -> str:
    mark = " · irreversible" if change.irreversible else ""
    word = f"{SYMBOLS[change.action]} {change.action.value}"
    return f"{word} {html_code(escaped(str(change.ref)))} · {prose(change.reason)}{mark}"


def _drift_title(change: Change) -> str:
    word = f"{SYMBOLS[change.action]} {DRIFT_WORDS[change.action]}"
    changed = f" · last changed {utc_text(change.modified)} {prose(change.region)}" if change.modified else ""
    return f"{word} {html_code(escaped(str(change.ref)))} · {prose(change.reason)}{changed}"


def _plan_details(change: Change, most: int) -> Iterator[str]:
    if change.source:
        yield from (f"Declared in {short(str(change.source))}", "")
    yield from fields_table(change, most, ("before", "after"))
    yield from renames_table(change, most, ("before", "after"))
    yield from cells_table(change, most, ("before", "after"))
    if made := calls(change):
        yield "Calls: " + ", ".join(f"{count} {code(escaped(operation))}" for operation, count in made.items())


def _drift_details(change: Change, most: int) -> Iterator[str]:
    if change.source:
        yield from (f"Declared in {short(str(change.source))}", "")
    yield from fields_table(change, most, ("live", "declared"))
    yield from renames_table(change, most, ("live", "declared"))
    yield from cells_table(change, most, ("live", "declared"), changed=True)


def _orphans(plan: Plan, most: int) -> Iterator[str]:
    if plan.orphans:
        yield from ("", f"#### {counted(len(plan.orphans), 'orphan')}", "", f"{ORPHANS.capitalize()}.", "")
        yield from (f"- {code(escaped(str(ref)))}" for ref in plan.orphans[:most])
        yield from more(plan.orphans, most, "orphan")
        yield from ("", prose(HOW_TO_DELETE))


def _findings(plan: Plan, most: int) -> Iterator[str]:
    if plan.findings:
        yield from ("", f"#### {counted(len(plan.findings), 'finding')}", "")
        for finding in warnings_first(plan.findings)[:most]:
            where = f" ({short(str(finding.source))})" if finding.source else ""
            address = f" {code(escaped(finding.address))}" if finding.address else ""
            yield f"- **{prose(finding.severity)}**{address}: {prose(finding.message)}{where}"
        yield from more(plan.findings, most, "finding")
