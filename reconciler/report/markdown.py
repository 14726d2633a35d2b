"""Renders plans, drift and outcomes as GitHub's Markdown: counts first, details folded, every value neutralised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby, islice
from typing import NamedTuple

from reconciler.model import Action, Change, Plan
from reconciler.report.caution import caution_text, cautions, left_out_text, loss_text
from reconciler.report.cells import Grid, grid
from reconciler.report.counting import change_counts, change_size_text, short_groups, total
from reconciler.report.frame import Frame
from reconciler.report.markdown_outcome import outcome_markdown
from reconciler.report.markdown_tables import Limits, bounded, cells_table, fields_table, more, renames_table, short
from reconciler.report.neutral import code, html_code, prose
from reconciler.report.ordering import changes_in_order, deletes, listed_under
from reconciler.report.summary import (
    DIGITS,
    Summary,
    cost_text,
    counted,
    counts_text,
    settled_line,
    summary,
    warnings_first,
)
from reconciler.report.trail import WHEN_NOT_WHO, lookup_command
from reconciler.report.visible import escaped, utc_text
from reconciler.report.words import (
    BLOCKED_ALONE,
    DRIFT_WORDS,
    HOW_TO_DELETE,
    ORPHANS,
    SYMBOLS,
    holding,
    origin_mark,
    origin_size,
    orphans_by_origin,
    orphans_size,
    remedies,
)

__all__ = ["drift_markdown", "outcome_markdown", "plan_markdown"]

SMALL = 20  # differences up to which details are shown unfolded
WARNED = 10  # lines in the block of deletions; each deletion is also marked in its place
KINDS = 30


# If there is a limit, additions are cut first, then changes, and deletions last.
MANY = 100_000
WHOLE = Limits(MANY, MANY, MANY, whole=True)
LADDER = (
    *(Limits(MANY, MANY, most) for most in (MANY, 10, 0)),
    *(Limits(MANY, most, 0) for most in (1_000, 400, 200, 100, 40, 10, 3, 0)),
    *(Limits(most, 0, 0) for most in (1_000, 400, 100, 40, 10, 0)),
)


class Words(NamedTuple):
    """The words of one kind of report. `deleting` is added to the heading of changes that delete."""

    title: Callable[[Change], str]
    details: Callable[[Change, Grid, Limits], Iterator[str]]
    deleting: str
    grids: dict[int, Grid]  # by the change's position; kept, because a report is rendered until it fits

    def heading(self, change: Change, plan: Plan) -> str:
        """Returns the document that the resource comes from, or else its kind."""
        if origin := listed_under(change):
            return f"{html_code(escaped(str(origin)))}{origin_mark(plan, origin)} · {origin_size(plan, origin)}"
        return prose(change.ref.kind) + (self.deleting if deletes(change) else "")


def plan_markdown(plan: Plan, frame: Frame = Frame()) -> str:
    """Returns the changes that apply would make. Details are cut to fit the frame's limit, counts never are."""
    counts = summary(plan)
    title = f"### Plan for {bounded(plan.scope.owner)}"
    settled = ["", settled_line(counts)] if counts.is_empty else []
    line = f"**{counts_text(counts)}** · {cost_text(counts)} · digest `{counts.digest[:DIGITS]}`"
    head = [title, "", *frame.above, "", line, *settled]
    words = Words(_title, _plan_details, ", with deletions", _grids(plan))

    def render(limits: Limits) -> Iterator[str]:
        yield from (*head, *_caution(plan, limits))
        yield from _details(plan, limits, words)
        yield from (*_orphans(plan, limits.lines), *_findings(plan, limits.lines))

    return frame.first_that_fits(_ladder(frame, render), [*head, *_caution(plan, LADDER[-1]), *_kinds(plan)])


def drift_markdown(plan: Plan, frame: Frame = Frame()) -> str:
    """Returns how the live state differs from the manifests, with time and region of the last change.

    It does not mention API calls.
    """
    counts = summary(plan)
    title = f"### Drift of {bounded(plan.scope.owner)}"
    way_out = remedies(plan.scope.environment, code) if plan.actionable else BLOCKED_ALONE
    ways_out = [] if counts.is_empty else ["", way_out]
    head = [title, "", *frame.above, "", _drift_counts(counts), *ways_out, *_trail(plan)]
    words = Words(_drift_title, _drift_details, ", with items that are not declared", _grids(plan))

    def render(limits: Limits) -> Iterator[str]:
        yield from (*head, *_details(plan, limits, words))
        yield from (*_orphans(plan, limits.lines), *_findings(plan, limits.lines))

    return frame.first_that_fits(_ladder(frame, render), [*head, *_kinds(plan)])


def _ladder(frame: Frame, render: Callable[[Limits], Iterator[str]]) -> Iterator[Callable[[], Iterator[str]]]:
    for limits in LADDER if frame.limit else (WHOLE if frame.full else LADDER[0],):
        yield partial(render, limits)


def _grids(plan: Plan) -> dict[int, Grid]:
    return {at: grid(change) for at, change in enumerate(plan.changes)}


def _drift_counts(counts: Summary) -> str:
    if counts.is_empty:
        return settled_line(counts)
    differing = counts.create + counts.update + counts.replace + counts.delete + counts.adopt
    blocked = f", {counts.blocked} blocked" if counts.blocked else ""
    return f"**Live differs from the manifests in {counted(differing, 'resource')}{blocked}**"


def _trail(plan: Plan) -> Iterator[str]:
    if command := lookup_command(plan):
        yield from ("", WHEN_NOT_WHO, "", "```sh", command, "```")


def _kinds(plan: Plan) -> Iterator[str]:
    """Yields one line per kind, for when there is no room for one per resource."""
    kinds: dict[str, Counter[str]] = {}
    for _, change in changes_in_order(plan):
        kinds.setdefault(change.ref.kind, Counter())[change.action.value] += 1
    yield ""
    for kind, actions in list(kinds.items())[:KINDS]:
        counts = total(change_counts(change) for change in plan.changes if change.ref.kind == kind)
        parts = [", ".join(f"{count:,} {action}" for action, count in actions.items()), *short_groups(counts)]
        yield f"- {short(kind)}: {' · '.join(parts)}"
    yield from more(kinds, KINDS, "kind")


def _is_small(plan: Plan) -> bool:
    return sum(len(it.table.cells) + len(it.fields) + len(it.table.rows) for it in plan.changes) <= SMALL


def _caution(plan: Plan, limits: Limits) -> Iterator[str]:
    """Yields the deletions with their sizes, outside the folds."""
    changes = cautions(plan)
    if not changes:
        return
    most = max(limits.deleted, WARNED)
    yield ""
    yield "> [!CAUTION]"
    yield f"> **{caution_text(changes)}**"
    for change in changes[:most]:
        yield f"> - {change.action.value} {bounded(str(change.ref))}{loss_text(change)}"
    if left := left_out_text(changes, most):
        yield f"> - {left}"


def _details(plan: Plan, limits: Limits, words: Words) -> Iterator[str]:
    most, is_open = limits.lines, _is_small(plan) and limits.lines
    ordered = changes_in_order(plan)
    actionable = [(at, change) for at, change in ordered if change.action is not Action.BLOCKED]
    for heading, changes in groupby(actionable, key=lambda item: words.heading(item[1], plan)):
        yield from ("", f"#### {heading}")
        for at, change in changes:
            opened = "<details open>" if is_open else "<details>"
            yield from ("", f"{opened}<summary>{words.title(change)}</summary>", "")
            yield from words.details(change, words.grids[at], limits)
            yield from ("", "</details>")
    if blocked := [change for _, change in ordered[len(actionable) :]]:
        yield from ("", f"#### {len(blocked):,} blocked", "")
        for change in blocked[: most or None]:
            origin = f" ({_origin(change)})" if change.origin else ""
            yield f"- {SYMBOLS[change.action]} {code(escaped(str(change.ref)))}{origin}: {prose(change.reason)}"
        yield from more(blocked, most or len(blocked), "blocked item")


def _title(change: Change) -> str:
    mark = " · irreversible" if change.irreversible else ""
    word = f"{SYMBOLS[change.action]} {change.action.value}"
    parts = [html_code(escaped(str(change.ref))), prose(change.reason), _origin(change), change_size_text(change)]
    return f"{word} {' · '.join(text for text in parts if text)}{mark}"


def _drift_title(change: Change) -> str:
    word = f"{SYMBOLS[change.action]} {DRIFT_WORDS[change.action]}"
    changed = f" · last changed {utc_text(change.modified)} {prose(change.region)}" if change.modified else ""
    parts = [html_code(escaped(str(change.ref))), prose(change.reason), *([_origin(change)] if _origin(change) else [])]
    return f"{word} {' · '.join(parts)}{changed}"


def _origin(change: Change) -> str:
    if change.origin is None or listed_under(change):
        return ""
    return f"from {html_code(escaped(str(change.origin)))}"


def _plan_details(change: Change, cells: Grid, limits: Limits) -> Iterator[str]:
    if change.source:
        yield from (f"Declared in {short(str(change.source))}", "")
    yield from fields_table(change, limits, ("before", "after"))
    yield from renames_table(change, limits.changed, ("before", "after"))
    yield from cells_table(cells, limits, ("before", "after"))


def _drift_details(change: Change, cells: Grid, limits: Limits) -> Iterator[str]:
    if change.source:
        yield from (f"Declared in {short(str(change.source))}", "")
    yield from fields_table(change, limits, ("live", "declared"))
    yield from renames_table(change, limits.changed, ("live", "declared"))
    yield from cells_table(cells, limits, ("live", "declared"), changed=True)


def _orphans(plan: Plan, most: int) -> Iterator[str]:
    if plan.orphans:
        yield from ("", f"#### {counted(len(plan.orphans), 'orphan')}", "", f"{ORPHANS.capitalize()}.", "")
        yield from islice(_orphan_lines(plan), most)
        yield from more(plan.orphans, most, "orphan")
        yield from ("", prose(HOW_TO_DELETE))


def _orphan_lines(plan: Plan) -> Iterator[str]:
    """Yields a line for each orphan. The first one of a document names the document."""
    for origin, refs in orphans_by_origin(plan):
        title = f"{html_code(escaped(str(origin)))}{origin_mark(plan, origin)}" if origin else ""
        about = f"; {title} · {orphans_size(plan, origin)}" if origin else ""
        for at, ref in enumerate(refs):
            yield f"- {code(escaped(str(ref)))}{prose(holding(plan, ref))}{'' if at else about}"


def _findings(plan: Plan, most: int) -> Iterator[str]:
    if plan.findings:
        yield from ("", f"#### {counted(len(plan.findings), 'finding')}", "")
        for finding in warnings_first(plan.findings)[:most]:
            where = f" ({short(str(finding.source))})" if finding.source else ""
            address = f" {code(escaped(finding.address))}" if finding.address else ""
            yield f"- **{prose(finding.severity)}**{address}: {prose(finding.message)}{where}"
        yield from more(plan.findings, most, "finding")
