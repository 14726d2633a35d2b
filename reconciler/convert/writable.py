"""Knows which texts a manifest can hold, and how it holds them."""

from __future__ import annotations

import re

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
UNWRITABLE_IN_CSV = re.compile("[\x00\ud800-\udfff]")
_MARK = "${"


def escaped(text: str) -> str:
    """Escapes `${`, which would start a reference or a variable in a manifest."""
    return text.replace(_MARK, f"${_MARK}")
