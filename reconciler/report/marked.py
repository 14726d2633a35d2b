"""Shows a changed text once, with its changes between marks as in Git's word diff: [-removed-]{+added+}."""

from __future__ import annotations

import re

from reconciler.report.visible import literal
from reconciler.report.word_diff import BLANK, DiffMark, windowed, word_diff
from reconciler.report.words import Paint

MARKS = {DiffMark.REMOVED: ("[-", "-]", "red"), DiffMark.ADDED: ("{+", "+}", "green")}
_MARK = re.compile(r"(?<=\[)-|(?<=-)\]|(?<=\{)\+|(?<=\+)\}|…|" + BLANK)


def arrow(before: str, after: str) -> str:
    return f"{before} → {after}"


def changed(before: str, after: str, room: int, paint: Paint, *, whole: bool = False) -> str:
    """Returns both texts if they fit, or if `whole` is set.

    Otherwise it returns one text with its changes between marks. Only the parts that both have in common are shortened.
    """
    both = arrow(before, after)
    if whole or len(both) <= room:
        return both
    pieces = windowed(word_diff(_guarded(before), _guarded(after)))
    text = "".join(piece.visible if piece.mark not in MARKS else _marked(piece.visible, piece.mark) for piece in pieces)
    if len(text) >= len(both):
        return both
    painted = (
        piece.visible if piece.mark not in MARKS else paint(MARKS[piece.mark][2], _marked(piece.visible, piece.mark))
        for piece in pieces
    )
    return "".join(painted)


def _marked(text: str, mark: DiffMark) -> str:
    opening, closing, _ = MARKS[mark]
    return f"{opening}{text}{closing}"


def _guarded(text: str) -> str:
    """Returns the text with our marks replaced by JSON escapes."""
    if not _MARK.search(text):
        return text
    quoted = text if text[:1] in ('"', "[", "{") else literal(text)
    return _MARK.sub(lambda mark: f"\\u{ord(mark[0]):04x}", quoted)
