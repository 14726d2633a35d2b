"""The meaning of JSON documents: which spellings are equal, and how a new text keeps the spelling of another.

Values are parsed JSON, whose texts may be `Linked`. A meaning is a hashable value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from reconciler.model.names import Linked


class DocumentMeaning(Protocol):
    """The rules by which AWS reads one part of a document."""

    def of(self, value: Any) -> Hashable:
        """Returns the meaning of a value. Two spellings have the same meaning if AWS reads them alike."""

    def respelled(self, value: Any, known: Any) -> Any:
        """Returns the value in the spelling of `known`, where both mean the same. Its meaning stays."""


def json_meaning(value: Any) -> Hashable:
    """Returns the meaning of a JSON value: keys have no order, and 1.0 is 1. A reference is not a plain text."""
    match value:
        case bool():
            return "boolean", value
        case int() | float():
            return "number", value
        case str():
            return "reference" if isinstance(value, Linked) else "text", str(value)
        case dict():
            return "object", frozenset((json_meaning(key), json_meaning(item)) for key, item in value.items())
        case list():
            return "list", tuple(map(json_meaning, value))
        case _:
            return ("null",)


@dataclass(frozen=True)
class Exact:
    """A value that is equal as JSON."""

    def of(self, value: Any) -> Hashable:
        return json_meaning(value)

    def respelled(self, value: Any, known: Any) -> Any:
        match value, known:
            case _ if self.of(value) == self.of(known):
                return known
            case dict(), dict():
                kept = {key: self.respelled(value[key], old) for key, old in known.items() if key in value}
                return kept | {key: item for key, item in value.items() if key not in kept}
            case list(), list():
                return [self.respelled(item, old) for item, old in _side_by_side(value, known)]
            case _:
                return value


def common_ends(one: Sequence[Any], other: Sequence[Any]) -> tuple[int, int]:
    """Returns how many items two lists have in common at their beginning, and at their end after that."""
    shortest = min(len(one), len(other))
    pairs = zip(one, other, strict=False)
    first = next((at for at, (left, right) in enumerate(pairs) if not _equal(left, right)), shortest)
    ends = zip(reversed(one[first:]), reversed(other[first:]), strict=False)
    return first, next((at for at, (left, right) in enumerate(ends) if not _equal(left, right)), shortest - first)


def _equal(one: Any, other: Any) -> bool:
    return json_meaning(one) == json_meaning(other)


def _side_by_side(value: list[Any], known: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Yields each item of a list with the known one at its place; `None` if there is none."""
    _, last = common_ends(value, known)
    for at, item in enumerate(value):
        from_end = len(value) - at
        if from_end <= last:
            yield item, known[-from_end]
        else:
            yield item, known[at] if at < len(known) - last else None


@dataclass(frozen=True)
class TextForm:
    """A text that AWS compares by `form`, such as without case. Other values are equal as JSON."""

    form: Callable[[Any], Any]

    def of(self, value: Any) -> Hashable:
        return json_meaning(value if isinstance(value, Linked) else self.form(value))

    def respelled(self, value: Any, known: Any) -> Any:
        return known if self.of(value) == self.of(known) else value


@dataclass(frozen=True)
class SetOf:
    """One item, or a list whose order and repetitions mean nothing. `by` is the key that names an item."""

    item: DocumentMeaning
    by: str = ""

    def of(self, value: Any) -> Hashable:
        return frozenset(map(self.item.of, _listed(value)))

    def respelled(self, value: Any, known: Any) -> Any:
        if self.of(value) == self.of(known):
            return known
        new, old = _listed(value), _listed(known)
        kept = {self.item.of(item) for item in new} & {self.item.of(item) for item in old}
        waiting = list({self.item.of(item): item for item in new if self.item.of(item) not in kept}.values())
        slots: list[Any] = []
        for item in old:
            if self.item.of(item) in kept:
                slots.append(item)
            elif (match := self._match(item, waiting, old)) is not None:
                # A changed item keeps its place, so that a reviewer sees what differs inside it.
                slots.append(self.item.respelled(waiting.pop(match), item))
        slots += waiting
        return slots[0] if len(slots) == 1 and not isinstance(known, list) else slots

    def _match(self, item: Any, waiting: list[Any], old: list[Any]) -> int | None:
        """Returns the position of the new item that replaces an old one: of its name, or the first without a name."""
        name = self._name(item)
        names = [self._name(other) for other in waiting]
        if name is not None and name in names:
            return names.index(name)
        taken = {self._name(other) for other in old} - {None}
        return next((at for at, other in enumerate(names) if other not in taken), None)

    def _name(self, item: Any) -> Any:
        return json_meaning(item[self.by]) if self.by and isinstance(item, dict) and item.get(self.by) else None


@dataclass(frozen=True)
class ObjectOf:
    """An object whose values have meanings of their own.

    `implied` are values that equal a missing key. `key` is the form in which keys are compared, and `form` that of
    the object itself.
    """

    parts: Mapping[str, DocumentMeaning] = field(default_factory=dict)
    other: DocumentMeaning = Exact()
    implied: Mapping[str, Any] = field(default_factory=dict)
    key: Callable[[str], str] = str
    form: Callable[[Any], Any] = lambda value: value

    def of(self, value: Any) -> Hashable:
        value = self.form(value)
        if not isinstance(value, dict):
            return json_meaning(value)
        entries = ((key, item) for key, item in value.items() if not self._is_implied(key, item))
        return "object", frozenset((self._key(key), self._part(key).of(item)) for key, item in entries)

    def respelled(self, value: Any, known: Any) -> Any:
        if self.of(value) == self.of(known):
            return known
        if not isinstance(value, dict) or not isinstance(known, dict):
            return value
        new = {self._key(key): (key, item) for key, item in value.items()}
        old = {self._key(key) for key in known}
        if len(new) < len(value) or len(old) < len(known):  # two spellings of one key
            return value
        kept: dict[str, Any] = {}
        for key, item in known.items():
            if self._key(key) in new:
                kept[key] = self._part(key).respelled(new[self._key(key)][1], item)
            elif self._is_implied(key, item):
                kept[key] = item
        added = ((key, item) for key, item in value.items() if self._key(key) not in old)
        return kept | {key: item for key, item in added if not self._is_implied(key, item)}

    def _key(self, key: str) -> Hashable:
        return json_meaning(key if isinstance(key, Linked) else self.key(key))

    def _part(self, key: str) -> DocumentMeaning:
        return self.parts.get(key, self.other)

    def _is_implied(self, key: str, item: Any) -> bool:
        return key in self.implied and _equal(item, self.implied[key])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# The policies of IAM. Their equal spellings follow the grammar of policies and the reference of their elements:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

_ROOT = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):root")


def _folded(text: Any) -> Any:
    return text.casefold() if isinstance(text, str) else text


def _account(principal: Any) -> Any:
    """Returns an account's id for the ARN of its root: both name the account."""
    match = _ROOT.fullmatch(principal) if isinstance(principal, str) else None
    return match[1] if match else principal


def _principal(value: Any) -> Any:
    return {"AWS": "*"} if value == "*" and not isinstance(value, Linked) else value


def _condition_value(value: Any) -> Any:
    """Returns a number or a boolean as a text: IAM reads both spellings alike."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).lower() if isinstance(value, bool | int | float) else value


_TEXTS, _ACTIONS = SetOf(Exact()), SetOf(TextForm(_folded))
_PRINCIPALS = ObjectOf({"AWS": SetOf(TextForm(_account))}, other=_TEXTS, form=_principal)
_CONDITIONS = ObjectOf(other=ObjectOf(other=SetOf(TextForm(_condition_value)), key=str.casefold))
_STATEMENT = ObjectOf(
    {
        "Action": _ACTIONS,
        "NotAction": _ACTIONS,
        "Resource": _TEXTS,
        "NotResource": _TEXTS,
        "Principal": _PRINCIPALS,
        "NotPrincipal": _PRINCIPALS,
        "Condition": _CONDITIONS,
    },
    implied={"Sid": ""},
)
JSON: DocumentMeaning = Exact()
POLICY: DocumentMeaning = ObjectOf({"Statement": SetOf(_STATEMENT, by="Sid")}, implied={"Version": "2008-10-17"})
