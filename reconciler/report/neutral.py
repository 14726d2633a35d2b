"""Values of others inside Markdown and HTML: they stay texts, whatever they look like.

GitHub turns `@name`, `#12`, commits, pictures' names and addresses into links after it has rendered Markdown, so that
an entity alone does not stop it: prose gets an invisible joiner besides. Code it leaves alone, but for e-mail addresses
between `<code>` tags, which its parser, cmark-gfm, takes for prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from reconciler.report.visible import escaped
from reconciler.report.word_diff import Mark, Piece

# What a code span between backticks can hold, also inside a table, without being anything else anywhere.
_TAME = re.compile(r"""[\w .,;:=+*/()%'"!?{}\[\]@→…·“”‘’-]+""")
# What may begin a mark, a tag, an entity, a link or another column.
_MARKS = re.compile(r"[&<>\\`*_\[\]#|~@:$.]")
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$@#]")
# What is no longer found once a joiner follows; no text has one of its own when it is visible.
_JOINER = "\u2060"
_JOINED = "&#8288;"
_LINKS = (
    re.compile(r"[@#]"),
    re.compile(r"\bGH(?=-\d)", re.IGNORECASE),
    re.compile(r":(?=//)"),
    re.compile(r"\bwww(?=\.)", re.IGNORECASE),
    re.compile(r":(?=[\w+-]+:)"),  # a picture's name
    re.compile(r"\b[0-9a-f]{6}(?=[0-9a-f]{1,34}\b)", re.IGNORECASE),  # a commit
)
_TAGS = {
    Mark.SAME: "{}",
    Mark.CUT: "</code>…<code>",
    Mark.REMOVED: "<del>{}</del>",
    Mark.ADDED: "<ins>{}</ins>",
}
_EMAIL = re.compile(r"(?<=[\w.+-])@(?=\w)")


def code(text: str) -> str:
    """A printable text as code, in Markdown."""
    return f"`{text}`" if _TAME.fullmatch(text) else html_code(text)


def html_code(text: str) -> str:
    """The same in HTML, and in HTML inside Markdown: what could be a mark is an entity."""
    return f"<code>{_told(_MARKS, _EMAIL.sub(_with_joiner, text))}</code>"


def html_changes(pieces: Iterable[Piece]) -> str:
    """A text with its changes marked, as code; what is cut out of it stands outside of the code."""
    told = (_TAGS[piece.mark].format(_told(_MARKS, piece.shown.replace("@", f"@{_JOINER}"))) for piece in pieces)
    return f"<code>{''.join(told)}</code>".replace("<code></code>", "")


def prose(text: str) -> str:
    """A sentence that may hold values, in Markdown and in HTML inside Markdown."""
    visible = escaped(text)
    for pattern in _LINKS:
        visible = pattern.sub(_with_joiner, visible)
    return _told(_SPECIAL, visible)


def html(text: str) -> str:
    """A text in a page of our own."""
    return escape(escaped(text))


def _with_joiner(found: re.Match[str]) -> str:
    return found[0] + _JOINER


def _told(marks: re.Pattern[str], text: str) -> str:
    return marks.sub(lambda found: f"&#{ord(found[0])};", text).replace(_JOINER, _JOINED)
