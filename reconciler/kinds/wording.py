"""Formats values for messages."""

from __future__ import annotations

import json
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

SHOWN, MOST_SHOWN = 60, 100  # characters of a value, items of a list
# Numbers range from 1e-399 to 1e399. No quotient of two has more digits than this precision.
EXACT = Context(prec=2000, Emax=MAX_EMAX, Emin=MIN_EMIN)


def quoted(value: Any) -> str:
    """Returns a value as a message quotes it, shortened in its middle."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else plainly(value)
    half = SHOWN // 2 - 1
    return text if len(text) <= SHOWN else f"{text[:half]}…{text[-half:]}"


def plainly(value: Any) -> str:
    """Returns a number as people write it: 20 for 20.0, 0.1 for 1E-1, and an exponent for long rows of zeros."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            short = value.normalize(EXACT)
            return f"{short:f}" if -7 < short.adjusted() < 16 or not value else str(short)
        case tuple():
            return "[" + ", ".join(map(quoted, value[:MOST_SHOWN])) + "]"
    return str(value)


def in_bytes(count: int) -> str:
    """Returns a size as people write it: 512 bytes, 3.4 KB, 12 MB."""
    size, unit = float(count), "bytes" if count != 1 else "byte"
    for larger in ("KB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:,.0f} {unit}" if size >= 10 or size == int(size) else f"{size:.1f} {unit}"
