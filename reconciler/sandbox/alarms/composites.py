"""The rules of composite alarms: states of other alarms, joined by AND, OR and NOT."""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile(
    r'\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s"()]+))\s*\)'
    r"|(?P<word>TRUE|FALSE|AND|OR|NOT|\(|\)))",
    re.IGNORECASE,
)


def holds(rule: str, state_of: Callable[[str], str]) -> bool:
    """Returns whether a valid rule holds. `state_of` takes an alarm's name or ARN."""
    reader = _Reader(rule, state_of)
    return reader.either()


class _Reader:
    """Reads a rule from left to right. NOT binds most, then AND, then OR."""

    def __init__(self, rule: str, state_of: Callable[[str], str]) -> None:
        self._tokens = list(_TOKEN.finditer(rule))
        self._state_of = state_of
        self._at = 0

    def either(self) -> bool:
        value = self._both()
        while self._takes("OR"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> bool:
        value = self._one()
        while self._takes("AND"):
            other = self._one()
            value = value and other
        return value

    def _one(self) -> bool:
        if self._takes("NOT"):
            return not self._one()
        if self._takes("("):
            value = self.either()
            self._takes(")")
            return value
        token = self._tokens[self._at]
        self._at += 1
        if token["state"]:
            return self._state_of(token["quoted"] or token["bare"]) == token["state"].upper()
        return token["word"].upper() == "TRUE"

    def _takes(self, word: str) -> bool:
        is_next = self._at < len(self._tokens) and (self._tokens[self._at]["word"] or "").upper() == word
        self._at += int(is_next)
        return is_next
