"""The plan, drift and an outcome as GitHub's Markdown: counts first, details folded, every value neutralised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from reconciler.model import Action, Change, Plan
from reconciler.report.markdown_outcome import outcome_markdown
from reconciler.report.markdown_tables import cells_table, fields_table, joined, more, renames_table, short
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
from reconciler.report.visible import escaped, utc_text
from reconciler.report.words import BLOCKED_ALONE, DRIFT_WORDS, HOW_TO_DELETE, ORPHANS, REMEDIES, SYMBOLS

__all__ = ["drift_markdown", "outcome_markdown", "plan_markdown"]

# How many lines of each table and list are shown; a comment that grows too long is told again with fewer.
STEPS = (40, 10, 3, 0)
SMALL = 20  # differences that a reader takes in without opening anything

Details = Callable[[Change, int], Iterator[str]]


def plan_markdown(plan: Plan, *, limit: int = 0) -> str:
    """`limit`: the most characters (a comment on GitHub holds 65,536); 0 is none. Details give way, counts never do."""
    told = summary(plan)
    settled = ["", settled_line(told)] if told.is_empty else []
    head = [f"### Plan for {code(escaped(plan.scope.owner))}", "", _counts(told), *settled, *_warnings(plan)]
    return _within(limit, plan, head, lambda most: _details(plan, most, _title, _plan_details, is_open=_is_small(plan)))


def drift_markdown(plan: Plan, *, limit: int = 0) -> str:
    """What live has that the manifests have not, with when and where it was changed; no word about calls."""
    told = summary(plan)
    head = [
        f"### Drift of {code(escaped(plan.scope.owner))}",
        "",
        _drift_counts(told),
        *([] if told.is_empty else ["", REMEDIES if plan.actionable else BLOCKED_ALONE]),
    ]
    return _within(
        limit, plan, head, lambda most: _details(plan, most, _drift_title, _drift_details, is_open=_is_small(plan))
    )


def _counts(told: Summary) -> str:
    cost = f"{told.calls:,} calls · {about(told.seconds)}"
    return f"**{counts_text(told)}** · {cost} · digest `{told.digest[:DIGITS]}`"


def _drift_counts(told: Summary) -> str:
    if told.is_empty:
        return settled_line(told)
    differing = told.create + told.update + told.replace + told.delete + told.adopt
    blocked = f", {told.blocked} blocked" if told.blocked else ""
    return f"**Live differs from the manifests in {counted(differing, 'resource')}{blocked}**"


def _within(limit: int, plan: Plan, head: list[str], details: Callable[[int], Iterable[str]]) -> str:
    for most in STEPS:
        text = joined([*head, *details(most), *_orphans(plan, most), *_findings(plan, most)])
        if not limit or len(text) <= limit:
            return text
    note = "Too long to be told here; the details are in the plan's JSON and page."
    return joined([*head, "", note])[:limit]


def _is_small(plan: Plan) -> bool:
    return sum(len(change.cells) + len(change.fields) + len(change.rows) for change in plan.changes) <= SMALL


def _warnings(plan: Plan) -> Iterator[str]:
    """What nobody may overlook stands outside the folds."""
    final = [change for change in plan.changes if change.irreversible]
    if final:
        yield ""
        yield "> [!CAUTION]"
        for change in final:
            yield f"> Irreversible: {change.action.value} {code(escaped(str(change.ref)))}  "


def _details(
    plan: Plan, most: int, title: Callable[[Change], str], details: Details, *, is_open: bool
) -> Iterator[str]:
    blocked = [change for change in plan.changes if change.action is Action.BLOCKED]
    if blocked:
        yield from ("", f"#### {len(blocked)} blocked", "")
        for change in blocked[: most or None]:
            yield f"- {SYMBOLS[change.action]} {code(escaped(str(change.ref)))}: {prose(change.reason)}"
        yield from more(blocked, most or len(blocked), "blocked item")
    for kind, changes in groupby(plan.actionable, key=lambda change: change.ref.kind):
        yield from ("", f"#### {prose(kind)}")
        for change in changes:
            opened = "<details open>" if is_open and most else "<details>"
            yield from ("", f"{opened}<summary>{title(change)}</summary>", "")
            yield from details(change, most)
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
