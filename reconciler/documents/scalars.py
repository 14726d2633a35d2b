"""Resolves plain YAML scalars by the core schema of YAML 1.2, except that `007` and `+49` are texts.

By that schema (https://yaml.org/spec/1.2.2/#103-core-schema) `no`, `12:30:00`, `1_000` and `2024-01-01` are also texts.
"""

from __future__ import annotations

import re
from math import inf, nan

from reconciler.documents.nodes import Value

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF"), inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), nan),
}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_BASED = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"-?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DIGITS = frozenset("-.0123456789")
_LONGEST = 300  # more digits than a double can hold


def resolve(text: str) -> Value:
    """Returns the value of a plain scalar. A number outside the range of doubles is infinite."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _LONGEST else float(text)
    if _BASED.fullmatch(text):
        return int(text, 0) if len(text) <= _LONGEST else inf
    return float(text) if _FLOAT.fullmatch(text) else text
