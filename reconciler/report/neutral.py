"""Values of others inside Markdown and HTML: they stay texts, whatever they look like.

GitHub turns `@name`, `#12` and addresses into links after it has rendered Markdown, so that an entity alone does not
stop it; it leaves code alone. Prose gets an invisible joiner instead.
"""

from __future__ import annotations

import re
from html import escape

from reconciler.report.visible import escaped

# What a code span between backticks can hold, also inside a table, without being anything else anywhere.
_TAME = re.compile(r"""[\w .,;:=+*/()%'"!?{}\[\]→…·“”‘’-]+""")
# What may begin a mark, a tag, an entity, a link or another column.
_MARKS = re.compile(r"[&<>\\`*_\[\]#|~@:$.]")
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$]")
_LINKS = (
    (re.compile(r"([@#])"), lambda found: f"&#{ord(found[1])};&#8288;"),
    (re.compile(r"\b(GH)-(?=\d)", re.IGNORECASE), lambda found: f"{found[1]}&#8288;-"),
    (re.compile(r"://"), lambda found: "&#58;//"),
    (re.compile(r"\b(www)\.", re.IGNORECASE), lambda found: f"{found[1]}&#46;"),
)


def code(text: str) -> str:
    """A printable text as code, in Markdown."""
    return f"`{text}`" if _TAME.fullmatch(text) else html_code(text)


def html_code(text: str) -> str:
    """The same in HTML, and in HTML inside Markdown: what could be a mark is an entity."""
    return f"<code>{_MARKS.sub(_entity, text)}</code>"


def prose(text: str) -> str:
    """A sentence that may hold values, in Markdown and in HTML inside Markdown."""
    # The entities of the first step hold `&` and `#`: one pass over each piece of plain text keeps them apart.
    return "".join(_entity_or_links(piece) for piece in re.split(f"({_SPECIAL.pattern})", escaped(text)))


def html(text: str) -> str:
    """A text in a page of our own."""
    return escape(escaped(text))


def _entity_or_links(piece: str) -> str:
    if _SPECIAL.fullmatch(piece):
        return f"&#{ord(piece)};"
    for pattern, neutral in _LINKS:
        piece = pattern.sub(neutral, piece)
    return piece


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"
