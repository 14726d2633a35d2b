"""Values of others as one line of printable text: nothing in them can move a cursor, start a line or give a command.

A text that is shown as it is, is the value; one that begins with a quote is the value as a JSON string.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from json import dumps
from typing import Any

from reconciler.model import in_words

ABSENT = "(absent)"
DEFAULT_RECORD = "(default record)"
LONGEST = 60  # characters of a text that is no value, where nothing else is said

# The old form of a GitHub workflow command, which the runner obeys anywhere in a line.
_COMMAND = "##["
# What Python prints and nobody sees: Unicode's Default_Ignorable_Code_Point, and an empty Braille cell.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# What would be read as something else: nothing, blanks that nobody sees, our own words, a workflow command.
_AMBIGUOUS = re.compile(r'|[ "·].*|\(.*\)|::.*|.* |.*(  |→).*', re.DOTALL)


def escaped(text: str) -> str:
    """Characters that nobody sees, as JSON escapes; a JSON text stays the same JSON."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else dumps(char)[1:-1] for char in text)
    return _UNSEEN.sub(lambda found: dumps(found[0])[1:-1], text).replace(_COMMAND, r"#\u0023[")


def literal(value: Any) -> str:
    """A JSON value on one line."""
    return escaped(dumps(value, ensure_ascii=False, allow_nan=False))


def shown(text: str | None) -> str:
    """A cell: as it is where that is clear, else as a JSON string."""
    if text is None:
        return ABSENT
    clear = text == escaped(text) and not _AMBIGUOUS.fullmatch(text)
    return text if clear else literal(text)


def said(value: Any) -> str:
    """A field: a JSON value, so that the text "20" is not the number 20."""
    return ABSENT if value is None else literal(value)


def key_text(key: Mapping[str, str]) -> str:
    """A row's key in one piece: `CustomerID=A, Region=EU`."""
    pairs = (
        f"{shown(name)}={literal(text) if set('=,') & set(text) else shown(text)}" for name, text in sorted(key.items())
    )
    return ", ".join(pairs) or DEFAULT_RECORD


def utc_text(moment: datetime, precision: str = "seconds") -> str:
    """ISO 8601; a time without a zone is UTC already."""
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def shortened(text: str, longest: int = LONGEST) -> str:
    """Without its middle where it is too long."""
    if len(text) <= longest:
        return text
    tail = longest // 3
    return f"{text[: longest - tail - 1]}…{text[len(text) - tail :]}"


def shown_sides(before: str | None, after: str | None) -> tuple[str, str]:
    """Two texts of one cell, each in the form of `shown`, and in an author's words."""
    return shown(in_words(before)), shown(in_words(after))
