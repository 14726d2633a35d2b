"""Escapes values in Markdown and HTML, so that they are always shown as text.

GitHub links `@name`, `#12`, commits, emoji names and URLs after it rendered Markdown. So an entity alone does not
prevent it. Prose also gets an invisible joiner. Code is left alone, except e-mail addresses between `<code>` tags:
GitHub's parser, cmark-gfm, treats them as prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from reconciler.report.visible import escaped
from reconciler.report.word_diff import DiffMark, Piece

# Characters that are safe in a code span between backticks, also inside a table.
_TAME = re.compile(r"""[\w .,;:=+*/()%'"!?{}\[\]@→…·“”‘’-]+""")
# Characters that may start a mark, a tag, an entity, a link or another column.
_MARKS = re.compile(r"[&<>\\`*_\[\]#|~@:$.]")
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$@#]")
# GitHub does not recognise these if a joiner follows. An escaped text never has a joiner of its own.
_JOINER = "\u2060"
_JOINED = "&#8288;"
_LINKS = (
    re.compile(r"[@#]"),
    re.compile(r"\bGH(?=-\d)", re.IGNORECASE),
    re.compile(r":(?=//)"),
    re.compile(r"\bwww(?=\.)", re.IGNORECASE),
    re.compile(r":(?=[\w+-]+:)"),  # an emoji's name
    re.compile(r"\b[0-9a-f]{6}(?=[0-9a-f]{1,34}\b)", re.IGNORECASE),  # a commit
)
_TAGS = {
    DiffMark.SAME: "{}",
    DiffMark.CUT: "</code>…<code>",
    DiffMark.REMOVED: "<del>{}</del>",
    DiffMark.ADDED: "<ins>{}</ins>",
}
_EMAIL = re.compile(r"(?<=[\w.+-])@(?=\w)")


def code(text: str) -> str:
    """Returns a printable text as code in Markdown."""
    return f"`{text}`" if _TAME.fullmatch(text) else html_code(text)


def html_code(text: str) -> str:
    """Returns a printable text as code in HTML, also for HTML inside Markdown.

    Characters with a meaning become entities.
    """
    return f"<code>{_with_entities(_MARKS, _EMAIL.sub(_with_joiner, text))}</code>"


def html_changes(pieces: Iterable[Piece]) -> str:
    """Returns a text with marked changes as code. The ellipses are outside the code."""
    parts = (
        _TAGS[piece.mark].format(_with_entities(_MARKS, piece.visible.replace("@", f"@{_JOINER}"))) for piece in pieces
    )
    return f"<code>{''.join(parts)}</code>".replace("<code></code>", "")


def prose(text: str) -> str:
    """Returns a sentence that may contain values, for Markdown and for HTML inside Markdown."""
    visible = escaped(text)
    for pattern in _LINKS:
        visible = pattern.sub(_with_joiner, visible)
    return _with_entities(_SPECIAL, visible)


def html(text: str) -> str:
    """Returns a text for an HTML page."""
    return escape(escaped(text))


def _with_joiner(match: re.Match[str]) -> str:
    return match[0] + _JOINER


def _with_entities(marks: re.Pattern[str], text: str) -> str:
    return marks.sub(lambda match: f"&#{ord(match[0])};", text).replace(_JOINER, _JOINED)
