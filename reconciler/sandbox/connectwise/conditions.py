"""The language of `conditions`: comparisons of fields, joined by and, or, not and parentheses.

Texts stand in quotes, instants in square brackets, numbers and true, false, null are bare. Fields are nested by `/`.
Operators: = != < <= > >= contains like in [guide].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any, NoReturn

Record = Mapping[str, Any]
Predicate = Callable[[Record], bool]
_TOKEN = re.compile(
    r"\s*(?:(?P<instant>\[[^\]]*\])|(?P<text>\"[^\"]*\"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?(?![\w/]))"
    r"|(?P<operator><=|>=|!=|=|<|>)|(?P<mark>[(),])|(?P<word>[A-Za-z_][\w/]*))"
)
_INSTANT = re.compile(r"\[\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z?)?\]")
_LITERALS = {"true": True, "false": False, "null": None}


class WrongConditions(ValueError):  # noqa: N818 - the name says what is wrong
    """The server answers 400 with this text."""


def parse(text: str, ignored: Set[str] = frozenset()) -> Predicate:
    """Returns the predicate of a text; an empty one holds for every record. Raises `WrongConditions`.

    A comparison of an ignored field holds for every record.
    """
    if not text.strip():
        return lambda record: True
    parser = _Parser(list(_tokens(text)), ignored)
    predicate = parser.any_of()
    if parser.kind:
        _refuse(f"'{parser.value}' is not expected here")
    return predicate


def names(text: str) -> set[str]:
    """Returns the fields that a text names."""
    keywords = {"and", "or", "not", "in", "contains", "like", *_LITERALS}
    return {value for kind, value in _tokens(text) if kind == "word" and value.lower() not in keywords}


def read_field(record: Record, path: str) -> Any:
    """Returns a nested member; null if a part of the path is missing."""
    value: Any = record
    for part in path.split("/"):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            _refuse("String literals need quotes, datetimes square brackets")
        yield str(match.lastgroup), match[str(match.lastgroup)]
        position = match.end()


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], ignored: Set[str]) -> None:
        self._tokens = [*tokens, ("", "")]
        self._ignored = ignored
        self._at = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def value(self) -> str:
        return self._tokens[self._at][1]

    def any_of(self) -> Predicate:
        parts = [self._all_of()]
        while self._takes("or"):
            parts.append(self._all_of())
        return lambda record: any(part(record) for part in parts)

    def _all_of(self) -> Predicate:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return lambda record: all(part(record) for part in parts)

    def _one(self) -> Predicate:
        if self._takes("not"):
            inner = self._one()
            return lambda record: not inner(record)
        if self._takes("("):
            inner = self.any_of()
            self._must_take(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        if self.kind != "word":
            _refuse(f"a field is expected instead of '{self.value}'")
        path = self._next()
        if self._takes("in"):
            self._must_take("(")
            values = [self._literal()]
            while self._takes(","):
                values.append(self._literal())
            self._must_take(")")
            return self._judging(path, lambda value: value in values)
        operator = self._next().lower()
        wanted = self._literal()
        if operator not in _OPERATORS:
            _refuse(f"'{operator}' is not an operator")
        return self._judging(path, lambda value: _OPERATORS[operator](value, wanted))

    def _judging(self, path: str, judge: Callable[[Any], bool]) -> Predicate:
        if path in self._ignored:
            return lambda record: True
        return lambda record: judge(read_field(record, path))

    def _literal(self) -> Any:
        kind, value = self.kind, self._next()
        if kind == "text" or (kind == "instant" and _INSTANT.fullmatch(value)):
            return value[1:-1]
        if kind == "number":
            return float(value)
        if kind == "word" and value.lower() in _LITERALS:
            return _LITERALS[value.lower()]
        return _refuse(f"'{value}' is not a value: string literals need quotes, datetimes square brackets")

    def _takes(self, word: str) -> bool:
        if self.kind in ("word", "mark") and self.value.lower() == word:
            self._at += 1
            return True
        return False

    def _must_take(self, word: str) -> None:
        if not self._takes(word):
            _refuse(f"'{word}' is expected instead of '{self.value}'")

    def _next(self) -> str:
        value = self.value
        self._at += 1
        return value


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Returns a comparison that null and values of another type never pass."""

    def judge(left: Any, right: Any) -> bool:
        try:
            return left is not None and right is not None and compare(left, right)
        except TypeError:
            return False

    return judge


def _is_like(value: Any, pattern: str) -> bool:
    parts = ".*".join(map(re.escape, str(pattern).split("%")))
    return value is not None and re.fullmatch(parts, str(value), re.IGNORECASE | re.DOTALL) is not None


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "contains": lambda left, right: _is_like(left, f"%{right}%"),
    "like": _is_like,
}


def _refuse(message: str) -> NoReturn:
    raise WrongConditions(message)
