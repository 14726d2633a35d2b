"""Renders one change as HTML: one line per member of its fields, a table of its rows. Nothing is shortened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model import Action, CellChange, Change
from reconciler.report.cells import Grid, GridRow, grid, is_lost, lost_rows, size_text
from reconciler.report.counting import change_size_text
from reconciler.report.members import Member, members
from reconciler.report.neutral import html
from reconciler.report.ordering import listed_under
from reconciler.report.summary import calls
from reconciler.report.visible import key_text, utc_text, visible_text
from reconciler.report.word_diff import DiffMark, Piece, word_diff
from reconciler.report.words import SYMBOLS

MANY = 200  # rows; a larger table is folded at first, unless it deletes rows


def change_html(change: Change) -> Iterator[str]:
    """Yields the lines of one change: a block that can be folded, with deletions first."""
    word = f'<b class="action">{SYMBOLS[change.action]} {change.action.value}</b>'
    mark = ' · <b class="irreversible">irreversible</b>' if change.irreversible else ""
    yield f'<details open class="change {change.action.value}">'
    yield f"<summary>{word} <code>{html(str(change.ref))}</code>{mark}</summary>"
    yield from paragraph(html(change.reason))
    yield from paragraph(f"from {code(str(change.origin))}" if change.origin and not listed_under(change) else "")
    yield from paragraph(html(str(change.source)) if change.source else "", "quiet")
    if change.modified:
        yield from paragraph(f"last changed {utc_text(change.modified)} {html(change.region)}".rstrip(), "quiet")
    yield from _fields(change)
    if change.table.rows:
        lines = (_renamed(key_text(row.before), key_text(row.after)) for row in change.table.rows)
        yield from _table(["", "key before", "key after"], lines)
    yield from _tables(change)
    if operations := calls(change):
        yield from paragraph(
            ", ".join(f"{count} {html(operation)}" for operation, count in operations.items()), "quiet"
        )
    yield "</details>"


def paragraph(text: str, name: str = "") -> Iterator[str]:
    """Yields a paragraph of HTML, or nothing if the text is empty."""
    if text:
        yield f'<p class="{name}">{text}</p>' if name else f"<p>{text}</p>"


def code(text: str) -> str:
    return f"<code>{html(text)}</code>"


def _fields(change: Change) -> Iterator[str]:
    listed = members(field for field in change.fields if not is_lost(field))
    if listed:
        yield '<ul class="fields">'
        yield from map(_member, listed)
        yield "</ul>"


def _member(member: Member) -> str:
    action = member.action
    joint = member.joint if member.before or member.after else ""
    label = f'<span class="label">{html(member.label + joint.rstrip())}</span>'
    sign = f'<span class="sign">{SYMBOLS[action]} {action.value}</span>'
    return f'<li class="{action.value}">{sign} {label}{_texts(member.before, member.after)}</li>'


def _renamed(before: str, after: str) -> str:
    cells = (_cell("key before", f"<del>{html(before)}</del>"), _cell("key after", f"<ins>{html(after)}</ins>"))
    return f'<tr class="update"><td class="row">~ rename</td>{"".join(cells)}</tr>'


def _tables(change: Change) -> Iterator[str]:
    size, lost = html(change_size_text(change)), lost_rows(change)
    if lost and change.table.cells:
        # A replaced table: first its stored rows are deleted, then the declared ones are created.
        yield from _rows(lost, f"{html(size_text(lost))} deleted")
        yield from _rows(grid(change), f"{html(size_text(grid(change)))} created")
    elif lost or change.table.cells:
        yield from _rows(lost or grid(change), size)
    else:
        yield from paragraph(size)


def _rows(table: Grid, size: str) -> Iterator[str]:
    is_open = len(table.rows) <= MANY or any(row.action is Action.DELETE for row in table.rows)
    yield f"<details{' open' if is_open else ''}><summary>{size}</summary>"
    yield from _table(["", *table.keys, *table.attributes], (_row(table, row) for row in table.rows))
    yield "</details>"


def _row(table: Grid, row: GridRow) -> str:
    cells = [f'<td class="row">{SYMBOLS[row.action]} {row.action.value}</td>']
    keys = zip(table.keys, table.key_texts(row), strict=True)
    cells += [_cell(name, code(text) if text else "") for name, text in keys]
    cells += [_cell(name, _value(row.cells.get(name))) for name in table.attributes]
    return f'<tr class="{row.action.value}">{"".join(cells)}</tr>'


def _cell(name: str, text: str) -> str:
    """Returns a cell. A narrow screen shows its name, because it hides the table's header."""
    return f'<td data-name="{html(visible_text(name))}">{text}</td>'


def _value(cell: CellChange | None) -> str:
    if cell is None:
        return ""
    texts = _texts(*(None if text is None else visible_text(text) for text in (cell.before, cell.after)))
    if cell.modified is None:
        return texts
    title = f"last changed {utc_text(cell.modified)} {cell.region}".rstrip()
    return f'<span title="{html(title)}">{texts}</span>'


def _texts(before: str | None, after: str | None) -> str:
    """Returns printable texts, with a word diff if both exist."""
    return f'<span class="text">{"".join(map(_piece, word_diff(before, after)))}</span>'


def _piece(piece: Piece) -> str:
    match piece.mark:
        case DiffMark.REMOVED:
            return f"<del>{html(piece.visible)}</del>"
        case DiffMark.ADDED:
            return f"<ins>{html(piece.visible)}</ins>"
        case _:
            return html(piece.text)


def _table(names: Iterable[str], rows: Iterable[str]) -> Iterator[str]:
    head = "".join(f"<th>{html(visible_text(name)) if name else ''}</th>" for name in names)
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
    yield from rows
    yield "</tbody></table></div>"
