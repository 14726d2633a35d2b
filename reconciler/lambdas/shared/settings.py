"""Reads environment variables as settings. An empty variable counts as not set."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.lambdas.shared.pace import Rate

YES, NO = frozenset({"true", "1", "yes"}), frozenset({"", "false", "0", "no"})
RATE = re.compile(r"(\w+)=(\d+(?:\.\d+)?)/(\d+)")


class SettingsReader:
    """Reads variables and collects mistakes. A message says what a variable must be, and never repeats its value."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.mistakes: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self._environ.get(name, "").strip() or default

    def needed(self, name: str) -> str:
        text = self.text(name)
        if not text:
            self.mistakes.append(f"{name} is missing")
        return text

    def matching(self, name: str, pattern: re.Pattern[str], default: str = "") -> str:
        """Returns a text. It is required if there is no default and the pattern refuses an empty text."""
        text = self.text(name, default)
        if not pattern.fullmatch(text):
            self.mistakes.append(f"{name} must match {pattern.pattern}" if text else f"{name} is missing")
        return text

    def is_set(self, name: str) -> bool:
        return self.text(name).lower() in YES

    def flag(self, name: str) -> bool:
        """Returns whether a variable says yes. A text that means neither yes nor no is a mistake."""
        if self.text(name).lower() not in YES | NO:
            self.mistakes.append(f"{name} must be true or false")
        return self.is_set(name)

    def listed(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        return tuple(part for part in map(str.strip, self.text(name).split(",")) if part) or default

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        """Returns the choice; the first is the default."""
        text = self.text(name).lower() or known[0]
        if text not in known:
            self.mistakes.append(f"{name} must be {' or '.join(known)}")
        return text

    def rates(self, name: str, example: str) -> dict[str, Rate]:
        """Returns the rates of operations. The message of a mistake shows the example."""
        rates = {}
        for part in self.listed(name):
            match = RATE.fullmatch(part)
            if match is None or float(match[2]) <= 0 or int(match[3]) < 1:
                self.mistakes.append(f"{name} must be like {example}")
                break
            rates[match[1]] = Rate(float(match[2]), int(match[3]))
        return rates
