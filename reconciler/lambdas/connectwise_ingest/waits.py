"""The waits before a request is repeated. The vendor's clock is compared with the vendor's clock only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SHORTEST, LONGEST = 1.0, 60.0
LONGEST_ASKED = 120.0
"""The longest wait of a server, in seconds, that a pass takes part in; after a longer one it goes on later."""


def backoff(attempt: int, random: Callable[[], float]) -> float:
    """Returns seconds before a repetition: 1 s, doubled for each attempt up to 60 s, half of it at random."""
    ceiling = min(LONGEST, SHORTEST * 2.0**attempt)
    return ceiling * (0.5 + random() / 2)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Returns the seconds of a Retry-After header, which has seconds or a date; None without a usable one."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    until, now = read_date(text), read_date(headers.get("Date", ""))
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def read_date(text: str) -> datetime | None:
    """Returns the instant of an HTTP date, or None."""
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
