"""GitHub's expressions, as many of them as the workflows use.

Source: docs.github.com/actions, "Evaluate expressions in workflows and actions".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w-]*)|(?P<mark>\.\*|&&|\|\||==|!=|[!().,]))")
_INSIDE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(always|success|failure|cancelled)\(\)")


@dataclass(frozen=True)
class Contexts:
    """`values`: github, needs, steps, matrix, …; `failed`: whether a step, or a job that is needed, has failed;
    `cancelled`: whether the run was cancelled."""

    values: Mapping[str, Any] = field(default_factory=dict)
    failed: bool = False
    cancelled: bool = False

    def filled(self, text: Any) -> Any:
        """A text with its `${{ }}` replaced; of one that is nothing else, the value."""
        if not isinstance(text, str):
            return text
        if (whole := _INSIDE.fullmatch(text.strip())) and text.count("${{") == 1:
            return self.value(whole[1])
        return _INSIDE.sub(lambda found: as_text(self.value(found[1])), text)

    def holds(self, condition: str | None) -> bool:
        """An `if:`, where `success()` is meant unless it speaks of a status itself."""
        text = str(condition if condition is not None else "success()")
        whole = _INSIDE.fullmatch(text.strip())
        text = whole[1] if whole else text
        return bool(self.value(text)) and (bool(STATUS.search(text)) or not (self.failed or self.cancelled))

    def value(self, text: str) -> Any:
        parser = _Parser(self, _tokens(text))
        value = parser.either()
        assert not parser.tokens, f"{text!r}: what is {parser.tokens[0]!r}?"
        return value


def as_text(value: Any) -> str:
    """How a value stands in a text: null is nothing, true and false are words."""
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, bool | list | dict) else str(value)


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        assert token, f"{text!r}: not understood from {text[at:]!r} on"
        found.append(token[0].strip())
        at = token.end()
    return found


@dataclass
class _Parser:
    contexts: Contexts
    tokens: list[str]

    def either(self) -> Any:
        value = self.both()
        while self._took("||"):
            other = self.both()
            value = value or other
        return value

    def both(self) -> Any:
        value = self.compared()
        while self._took("&&"):
            other = self.compared()
            value = value and other
        return value

    def compared(self) -> Any:
        value = self.single()
        if self._took("=="):
            return _same(value, self.single())
        return not _same(value, self.single()) if self._took("!=") else value

    def single(self) -> Any:
        if self._took("!"):
            return not self.single()
        if self._took("("):
            value = self.either()
            assert self._took(")")
            return value
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        return self._called(token) if self._took("(") else self._looked_up(token)

    def _called(self, name: str) -> Any:
        given = []
        while not self._took(")"):
            given.append(self.either())
            self._took(",")
        return _FUNCTIONS[name](self.contexts, *given)

    def _looked_up(self, name: str) -> Any:
        """Returns null for a missing value, as GitHub does."""
        value: Any = {"true": True, "false": False, "null": None}.get(name, self.contexts.values.get(name))
        while self.tokens and self.tokens[0] in (".", ".*"):
            if self.tokens.pop(0) == ".*":
                assert self._took(".")
                key = self.tokens.pop(0)
                return [each.get(key) for each in (value or {}).values()]
            key = self.tokens.pop(0)
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _took(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            self.tokens.pop(0)
            return True
        return False


def _same(one: Any, other: Any) -> bool:
    """Texts are compared without regard to case; of different types, an unset value is the empty text."""
    one, other = ("" if each is None else each for each in (one, other))
    return one.lower() == other.lower() if isinstance(one, str) and isinstance(other, str) else one == other


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "always": lambda contexts: True,
    "cancelled": lambda contexts: contexts.cancelled,
    "failure": lambda contexts: contexts.failed,
    "success": lambda contexts: not (contexts.failed or contexts.cancelled),
    "fromJSON": lambda contexts, text: json.loads(text),
    "join": lambda contexts, values, between=",": between.join(map(as_text, values)),
}
