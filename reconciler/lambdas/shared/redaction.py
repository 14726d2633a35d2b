"""Removes personal numbers, addresses and secrets from texts for logs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

HIDDEN = "[redacted]"
# Ids and ARNs of AWS contain digits that are not personal numbers.
IDENTIFIER = re.compile(
    r"(?:arn:[\w-]+:[\w-]+:[\w-]*:\d{0,12}:[\w:/.$-]+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|"
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)?)"
)
PERSONAL = re.compile(
    r"(?:\+?\d[\d ().-]{5,}\d"  # telephone and card numbers
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail addresses
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}"  # access keys
    r"|\b(?i:bearer|basic)\s+[\w.~+/=-]{6,}"
    r"|\b(?i:password|passwd|pwd|secret|token|api[_-]?key)\s*[=:]\s*\S+)"
)
SENSITIVE_NAME = re.compile(r"(?i)password|passwd|secret|token|api_?key|authorization|phone|e_?mail|credential")


def redacted(value: Any) -> Any:
    """Returns a value with its texts and names redacted. A value under a sensitive name is removed as a whole."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {
            _text(str(key)): HIDDEN if SENSITIVE_NAME.search(str(key)) else redacted(item)
            for key, item in value.items()
        }
    if isinstance(value, Sequence):
        return [redacted(item) for item in value]
    return value


def _text(text: str) -> str:
    """Redacts the text between ids, but not within them."""
    parts, start = [], 0
    for identifier in IDENTIFIER.finditer(text):
        parts += [PERSONAL.sub(HIDDEN, text[start : identifier.start()]), identifier[0]]
        start = identifier.end()
    return "".join([*parts, PERSONAL.sub(HIDDEN, text[start:])])
