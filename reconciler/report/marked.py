"""A changed text in one piece: its changes stand between marks, as in Git's word diff: [-removed-]{+added+}."""

from __future__ import annotations

import re

from reconciler.report.visible import literal
from reconciler.report.word_diff import BLANK, Mark, windowed, word_diff
from reconciler.report.words import Paint

MARKS = {Mark.REMOVED: ("[-", "-]", "red"), Mark.ADDED: ("{+", "+}", "green")}
_OURS = re.compile(r"(?<=\[)-|(?<=-)\]|(?<=\{)\+|(?<=\+)\}|…|" + BLANK)


def arrow(before: str, after: str) -> str:
    return f"{before} → {after}"


def changed(before: str, after: str, room: int, paint: Paint, *, whole: bool = False) -> str:
    """Both texts where there is room for them, or where `whole` asks for it.

    Otherwise the text once, with its changes between marks: only what both have in common is shortened.
    """
    both = arrow(before, after)
    if whole or len(both) <= room:
        return both
    pieces = windowed(word_diff(_guarded(before), _guarded(after)))
    text = "".join(piece.shown if piece.mark not in MARKS else _marked(piece.shown, piece.mark) for piece in pieces)
    if len(text) >= len(both):
        return both
    painted = (
        piece.shown if piece.mark not in MARKS else paint(MARKS[piece.mark][2], _marked(piece.shown, piece.mark))
        for piece in pieces
    )
    return "".join(painted)


def _marked(text: str, mark: Mark) -> str:
    opening, closing, _ = MARKS[mark]
    return f"{opening}{text}{closing}"


def _guarded(text: str) -> str:
    """A text with no mark of ours in it: an escape of JSON stands in its place."""
    if not _OURS.search(text):
        return text
    quoted = text if text[:1] in ('"', "[", "{") else literal(text)
    return _OURS.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
