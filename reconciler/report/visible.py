"""Makes values safe to print: one line of printable text that cannot move a cursor, start a line or give a command.

A text shown without quotes is the value itself. A text that begins with a quote is the value as a JSON string.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from json import dumps
from typing import Any

from reconciler.model import Content, cells, in_words

ABSENT = "(absent)"
DEFAULT_RECORD = "(default record)"
LONGEST = 60  # characters of a text before it is shortened, by default

# The old form of a GitHub workflow command; the runner executes it anywhere in a line.
_COMMAND = "##["
# Invisible characters that Python counts as printable: Unicode's Default_Ignorable_Code_Point, an empty Braille cell.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Texts that a reader could mistake: empty ones, invisible blanks, the report's own words, a workflow command.
_AMBIGUOUS = re.compile(r'|[ "·].*|\(.*\)|::.*|.* |.*(  |→).*', re.DOTALL)


def escaped(text: str) -> str:
    """Returns the text with invisible characters as JSON escapes. A JSON text stays the same JSON."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else dumps(char)[1:-1] for char in text)
    return _INVISIBLE.sub(lambda match: dumps(match[0])[1:-1], text).replace(_COMMAND, r"#\u0023[")


def literal(value: Any) -> str:
    """Returns a JSON value on one line."""
    return escaped(dumps(value, ensure_ascii=False, allow_nan=False))


def visible_text(text: str | None) -> str:
    """Returns a cell's text as it is if that is unambiguous, otherwise as a JSON string."""
    if text is None:
        return ABSENT
    clear = text == escaped(text) and not _AMBIGUOUS.fullmatch(text)
    return text if clear else literal(text)


def value_text(value: Any) -> str:
    """Returns a field's JSON value, so that the text "20" differs from the number 20. A content is hash and size."""
    if value is None:
        return ABSENT
    content = Content.from_json(value)
    return str(content) if content else literal(value)


def key_text(key: Mapping[str, str]) -> str:
    """Returns a row's key as one text: `CustomerID=A, Region=EU`."""
    pairs = []
    for name, text in sorted(key.items()):
        is_ambiguous = bool(set("=,") & set(text))
        pairs.append((visible_text(name), literal(text) if is_ambiguous else visible_text(text)))
    return cells.key_text(pairs, DEFAULT_RECORD)


def utc_text(moment: datetime, precision: str = "seconds") -> str:
    """Returns a time in ISO 8601. A time without a zone is UTC."""
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def shortened(text: str, longest: int = LONGEST) -> str:
    """Returns the text without its middle if it is too long."""
    if len(text) <= longest:
        return text
    tail = longest // 3
    return f"{text[: longest - tail - 1]}…{text[len(text) - tail :]}"


def visible_sides(before: str | None, after: str | None) -> tuple[str, str]:
    """Returns two texts of one cell, in the form of `visible_text` and in an author's words."""
    return visible_text(in_words(before)), visible_text(in_words(after))
