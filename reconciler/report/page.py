"""Renders the plan as one HTML file. The file loads nothing and runs only its own search."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby

from reconciler.model import Action, Plan
from reconciler.report.caution import caution_text, cautions, loss_text
from reconciler.report.neutral import html
from reconciler.report.ordering import changes_in_order, listed_under
from reconciler.report.page_changes import change_html, code
from reconciler.report.page_script import SCRIPT
from reconciler.report.page_style import STYLE
from reconciler.report.summary import counted, last_line, settled_line, summary, warnings_first
from reconciler.report.words import (
    HOW_TO_DELETE,
    ORPHANS,
    SYMBOLS,
    holding,
    origin_mark,
    origin_size,
    orphans_by_origin,
    orphans_size,
)


def plan_html(plan: Plan) -> str:
    """Returns the page with the whole plan, deletions first.

    A click on a count hides the changes of that action. The search hides rows and fields without the text. It needs the
    page's script; without it everything is shown.
    """
    counts, scope = summary(plan), plan.scope
    title = f"Plan for {html(scope.owner)}"
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        f'<header><h1>{title}</h1><p class="quiet">{html(scope.place)}</p>',
        f'<p class="headline">{html(last_line(counts))}</p></header>',
        *_tools(plan),
        "<main>",
        *_caution(plan),
        *([f"<p>{html(settled_line(counts))}</p>"] if counts.is_empty else []),
        *_changes(plan),
        *_orphans(plan),
        *_findings(plan),
        "</main>",
        f'<footer class="quiet">digest {counts.digest}</footer>',
        *([f"<script>{SCRIPT}</script>"] if plan.changes else []),
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _changes(plan: Plan) -> Iterator[str]:
    for origin, changes in groupby(changes_in_order(plan), key=lambda item: listed_under(item[1])):
        if origin:
            title = f"<code>{html(str(origin))}</code>{origin_mark(plan, origin)}"
            yield f'<section class="origin"><h2>{title} · {origin_size(plan, origin)}</h2>'
        for _, change in changes:
            yield from change_html(change)
        if origin:
            yield "</section>"


def _policy() -> str:
    """Returns the content security policy. It allows only the page's own style and script, each by its hash."""
    own = f"style-src '{_hash(STYLE)}'; script-src '{_hash(SCRIPT)}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _tools(plan: Plan) -> Iterator[str]:
    if not plan.changes:
        return
    yield '<div class="tools">'
    box = '<input type="search" id="search" placeholder="address, key or value">'
    yield f'<label class="search" hidden>Search {box}<output id="found"></output></label>'
    for action in Action:
        if count := sum(1 for change in plan.changes if change.action is action):
            box = f'<input type="checkbox" id="show-{action.value}" checked>'
            words = action.value if action is Action.BLOCKED else f"to {action.value}"
            yield f'<label class="{action.value}">{box} {SYMBOLS[action]} {count:,} {words}</label>'
    yield "</div>"


def _caution(plan: Plan) -> Iterator[str]:
    """Yields every deletion by address, with the numbers of its rows and cells."""
    if changes := cautions(plan):
        yield f'<section class="caution"><h2>Caution</h2><p>{html(caution_text(changes))}</p><ul>'
        for change in changes:
            yield f"<li>{change.action.value} {code(str(change.ref))}{html(loss_text(change))}</li>"
        yield "</ul></section>"


def _orphans(plan: Plan) -> Iterator[str]:
    if plan.orphans:
        yield f"<section><h2>{counted(len(plan.orphans), 'orphan')}</h2><p>{ORPHANS.capitalize()}.</p><ul>"
        for origin, refs in orphans_by_origin(plan):
            lines = [f"<li>{code(str(ref))}{html(holding(plan, ref))}</li>" for ref in refs]
            if origin:
                title = f"<code>{html(str(origin))}</code>{origin_mark(plan, origin)}"
                lines = [f"<li>{title} · {orphans_size(plan, origin)}<ul>", *lines, "</ul></li>"]
            yield from lines
        yield f"</ul><p>{HOW_TO_DELETE}</p></section>"


def _findings(plan: Plan) -> Iterator[str]:
    if plan.findings:
        yield f"<section><h2>{counted(len(plan.findings), 'finding')}</h2><ul>"
        for finding in warnings_first(plan.findings):
            where = f' <span class="quiet">{html(str(finding.source))}</span>' if finding.source else ""
            word = f"<b>{html(finding.severity)}</b>"
            address = f" {code(finding.address)}" if finding.address else ""
            yield f"<li>{word}{address}: {html(finding.message)}{where}</li>"
        yield "</ul></section>"
