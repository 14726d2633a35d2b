"""Turns a flow's parameters into the entries to write, and gives a reason for each parameter that is skipped.

| parameter | written value |
|---|---|
| a text | as it is |
| a number, true, false | as JSON writes it |
| a list or an object | its JSON, without spaces |
| null, an empty text | nothing, or the placeholder; flows send empty texts for attributes that are not set |
| more than 4096 characters | its beginning with a marker at the end, or nothing |
| two that end up under one name | the later one |
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from reconciler.lambdas.session_data.settings import Settings

# Limits of the service model: characters of a key and of a value, entries of one call.
LONGEST = 4096
MOST = 50
MARK = "…[truncated]"


@dataclass(frozen=True)
class Skipped:
    """A parameter by the flow's name, and the reason why it is not written.

    Reasons: empty, too_long, denied, duplicate, key_empty, key_too_long.
    """

    key: str
    reason: str


@dataclass(frozen=True)
class Pairs:
    """The parameters: each is an entry or is skipped."""

    entries: tuple[tuple[str, str], ...]
    skipped: tuple[Skipped, ...]
    truncated: tuple[str, ...]

    def chunks(self) -> Iterator[tuple[tuple[str, str], ...]]:
        """Yields as many entries as one call takes."""
        for start in range(0, len(self.entries), MOST):
            yield self.entries[start : start + MOST]


def make_pairs(parameters: Mapping[str, Any], settings: Settings) -> Pairs:
    """Returns the pairs in the flow's order. The later one of two under one name keeps its own place."""
    entries: dict[str, tuple[str, str]] = {}
    skipped, truncated = [], set()
    for given, value in parameters.items():
        given = _sendable(given)
        key = _sendable(settings.key_map.get(given, given))
        text = _text(value) or settings.placeholder
        if reason := _why_not(given, key, text, settings):
            skipped.append(Skipped(given, reason))
            continue
        if key in entries:
            skipped.append(Skipped(entries.pop(key)[0], "duplicate"))
            truncated.discard(key)
        if len(text) > LONGEST:
            truncated.add(key)
            text = text[: LONGEST - len(MARK)] + MARK
        entries[key] = (given, text)
    return Pairs(tuple((key, text) for key, (_, text) in entries.items()), tuple(skipped), tuple(sorted(truncated)))


def as_data(chunk: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    """Returns the member `data` of UpdateSessionData."""
    return [{"key": key, "value": {"stringValue": text}} for key, text in chunk]


def _why_not(given: str, key: str, text: str, settings: Settings) -> str:
    """Returns the reason to skip a parameter, or an empty text."""
    is_listed = not settings.allowed_keys or _any(settings.allowed_keys, given)
    if not is_listed or _any(settings.denied_keys, given):
        return "denied"
    if not 1 <= len(key) <= LONGEST:
        return "key_too_long" if key else "key_empty"
    if not text:
        return "empty"
    return "too_long" if len(text) > LONGEST and settings.rejects_long else ""


def _any(globs: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return _sendable(value)


def _sendable(text: str) -> str:
    """Returns a text that a request can hold; JSON may contain half a character."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text
