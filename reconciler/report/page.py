"""The plan as one HTML file: nothing is loaded, nothing runs, everything in it is a text."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256

from reconciler.model import Action, CellChange, Change, Plan
from reconciler.report.caution import caution_text, cautions, left_out_text, loss_text
from reconciler.report.counting import change_size_text, more_rows_text
from reconciler.report.grid import Grid, Row, grid, is_made_anew
from reconciler.report.neutral import html
from reconciler.report.ordering import changes_in_order
from reconciler.report.page_style import STYLE
from reconciler.report.summary import calls, counted, last_line, settled_line, summary, warnings_first
from reconciler.report.visible import key_text, said, shown, utc_text
from reconciler.report.words import HOW_TO_DELETE, ORPHANS, SYMBOLS

MOST = 1000  # rows of one table; a browser is slow beyond
MANY = 40  # rows of a table that is folded at first


def plan_html(plan: Plan) -> str:
    """A click on a count hides the changes of that action; find-in-page opens what is folded."""
    told, scope = summary(plan), plan.scope
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
        f'<header><h1>{title}</h1><p class="quiet">{html(scope.instance)}</p><p>{html(last_line(told))}</p></header>',
        *_filters(plan),
        "<main>",
        *_caution(plan),
        *([f"<p>{html(settled_line(told))}</p>"] if told.is_empty else []),
        *(line for _, change in changes_in_order(plan) for line in _change(change)),
        *_orphans(plan),
        *_findings(plan),
        "</main>",
        f'<footer class="quiet">digest {told.digest}</footer>',
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _policy() -> str:
    """The page's own style and nothing else."""
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _filters(plan: Plan) -> Iterator[str]:
    yield '<div class="filters">'
    for action in Action:
        if count := sum(1 for change in plan.changes if change.action is action):
            box = f'<input type="checkbox" id="show-{action.value}" checked>'
            yield f'<label class="{action.value}">{box} {SYMBOLS[action]} {count:,} {action.value}</label>'
    yield "</div>"


def _caution(plan: Plan) -> Iterator[str]:
    if changes := cautions(plan):
        yield f'<section class="caution"><h2>Caution</h2><p>{caution_text(changes)}</p><ul>'
        for change in changes[:MANY]:
            yield f"<li>{change.action.value} {_code(str(change.ref))}{loss_text(change)}</li>"
        if left := left_out_text(changes, MANY):
            yield f"<li>{left}</li>"
        yield "</ul></section>"


def _change(change: Change) -> Iterator[str]:
    word = f'<b class="action">{SYMBOLS[change.action]} {change.action.value}</b>'
    mark = ' · <b class="irreversible">irreversible</b>' if change.irreversible else ""
    yield f'<details open class="change {change.action.value}">'
    yield f"<summary>{word} <code>{html(str(change.ref))}</code>{mark}</summary>"
    yield from _paragraph(html(change.reason))
    yield from _paragraph(html(str(change.source)) if change.source else "", "quiet")
    if change.modified:
        yield from _paragraph(f"last changed {utc_text(change.modified)} {html(change.region)}".rstrip(), "quiet")
    if change.fields:
        lines = ([_code(f.path), _code(said(f.before)), _code(said(f.after))] for f in change.fields)
        yield from _table("fields", ["field", "before", "after"], lines)
    if change.rows:
        lines = ([_code(key_text(row.before)), _code(key_text(row.after))] for row in change.rows)
        yield from _table("rows", ["key before", "key after"], lines)
    size = change_size_text(change)
    if change.cells:
        yield from _cells(change, size)
    else:
        yield from _paragraph(size)
    if made := calls(change):
        told = ", ".join(f"{count} {html(operation)}" for operation, count in made.items())
        yield from _paragraph(f"calls: {told}", "quiet")
    yield "</details>"


def _cells(change: Change, size: str) -> Iterator[str]:
    cells = grid(change)
    yield f"<details{' open' if len(cells.rows) <= MANY else ''}><summary>{size}</summary>"
    header = ["", *(html(shown(name)) for name in (*cells.keys, *cells.attributes))]
    lines = (_row(cells, row, one_side=is_made_anew(change)) for row in cells.rows[:MOST])
    yield from _table("cells", header, lines)
    if left := cells.rows[MOST:]:
        rows = more_rows_text([row.cells.values() for row in left])
        yield from _paragraph(f"… and {rows}, all of them in the plan's JSON")
    yield "</details>"


def _row(cells: Grid, row: Row, *, one_side: bool) -> Iterator[str]:
    yield f'<span class="{row.action.value}">{SYMBOLS[row.action]} {row.action.value}</span>'
    yield from (_code(text) if text else "" for text in cells.key_texts(row, longest=_WHOLE))
    yield from (_cell(row.cells.get(name), one_side) for name in cells.attributes)


_WHOLE = 1_000_000  # no value of Amazon Connect is as long


def _cell(cell: CellChange | None, one_side: bool) -> str:
    if cell is None:
        return ""
    if one_side:
        return _code(shown(cell.after))
    changed = f' title="last changed {utc_text(cell.modified)} {html(cell.region)}"' if cell.modified else ""
    before, after = html(shown(cell.before)), html(shown(cell.after))
    return f"<del{changed}>{before}</del> → <ins>{after}</ins>"


def _orphans(plan: Plan) -> Iterator[str]:
    if plan.orphans:
        yield f"<section><h2>{counted(len(plan.orphans), 'orphan')}</h2><p>{ORPHANS.capitalize()}.</p><ul>"
        yield from (f"<li>{_code(str(ref))}</li>" for ref in plan.orphans)
        yield f"</ul><p>{HOW_TO_DELETE}</p></section>"


def _findings(plan: Plan) -> Iterator[str]:
    if plan.findings:
        yield f"<section><h2>{counted(len(plan.findings), 'finding')}</h2><ul>"
        for finding in warnings_first(plan.findings):
            where = f' <span class="quiet">{html(str(finding.source))}</span>' if finding.source else ""
            word = f"<b>{html(finding.severity)}</b>"
            address = f" {_code(finding.address)}" if finding.address else ""
            yield f"<li>{word}{address}: {html(finding.message)}{where}</li>"
        yield "</ul></section>"


def _table(name: str, header: Iterable[str], lines: Iterable[Iterable[str]]) -> Iterator[str]:
    """The class names what the table holds; its texts are HTML already."""
    yield f'<div class="wide"><table class="{name}">'
    yield f"<thead><tr>{''.join(f'<th>{text}</th>' for text in header)}</tr></thead><tbody>"
    yield from (f"<tr>{''.join(f'<td>{text}</td>' for text in line)}</tr>" for line in lines)
    yield "</tbody></table></div>"


def _paragraph(text: str, name: str = "") -> Iterator[str]:
    if text:
        yield f'<p class="{name}">{text}</p>' if name else f"<p>{text}</p>"


def _code(text: str) -> str:
    return f"<code>{html(text)}</code>"
