"""Shows differing fields with one line per member: a permission, a day of opening hours, an attribute with its rules.

Every value of both sides appears. A structure of unknown form has one line per value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.model import Action, FieldChange
from reconciler.report.flow_words import flow_leaves
from reconciler.report.member_words import WEEK, day_name, is_enum, is_opening, is_structure, item_words, stretch, words
from reconciler.report.visible import escaped, value_text

PATH, WORDS = ": ", "  "
Sides = tuple[str | None, str | None]


@dataclass(frozen=True)
class Noun:
    """The word for an item of a list, and the key that identifies it."""

    word: str
    named_by: str = ""


NOUNS = {
    "allowedAIAgents": Noun("AI agent", "arn"),
    "allowedAccessControlTags": Noun("access control tag"),
    "allowedFlowModules": Noun("flow module", "flowModule"),
    "applicationPermissions": Noun("application permission"),
    "applications": Noun("application", "namespace"),
    "attributes": Noun("attribute", "name"),
    "emailAddresses": Noun("email address"),
    "hierarchyRestrictedResources": Noun("hierarchy-restricted resource"),
    "manualAssignmentQueueConfigs": Noun("manual queue", "queueReference"),
    "mediaConcurrencies": Noun("channel", "channel"),
    "overrides": Noun("override", "name"),
    "parentHoursOfOperations": Noun("parent hours"),
    "permissions": Noun("permission"),
    "purposes": Noun("purpose"),
    "queueConfigs": Noun("queue", "queueReference"),
    "quickConnects": Noun("quick connect"),
    "stringList": Noun("value"),
    "tagRestrictedResources": Noun("tag-restricted resource"),
    "tags": Noun("tag"),
    "workloadTypeConcurrencies": Noun("workload", "workloadType"),
}
# A path to an item of a list: the path of the list's owner, the list's field, the item's key.
_ITEM = re.compile(r"(?:(.*)\.)?(\w+)\[(.*)\]", re.DOTALL)
_REMOVED, _CHANGED, _ADDED = range(3)


@dataclass(frozen=True)
class Member:
    """One line of a report.

    `before` and `after` are printable texts; `None` means absent, and with an empty text the label is complete. `joint`
    stands between the label and a value that is not empty.
    """

    label: str
    before: str | None
    after: str | None
    joint: str = PATH

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.CREATE
        return Action.DELETE if self.after is None else Action.UPDATE


@dataclass(frozen=True)
class _Placed:
    """A member and its position within its field: removed, changed, added; days in the order of the week."""

    field: str
    rank: tuple[int, ...]
    member: Member


@dataclass(frozen=True)
class _Stretch:
    """A period of opening hours. All periods of one day are on one line."""

    field: str
    place: str
    day: str
    before: str | None
    after: str | None


def members(fields: Iterable[FieldChange]) -> list[Member]:
    """Returns the lines in the order of the fields. Within a field, removed members come first and added ones last."""
    placed_members: list[_Placed] = []
    stretches: list[_Stretch] = []
    order: dict[str, int] = {}
    for change in fields:
        order.setdefault(_field(change.path), len(order))
        for item in _items(change.path, change.before, change.after):
            if isinstance(item, _Stretch):
                stretches.append(item)
            else:
                placed_members.append(item)
    placed_members += _days(stretches)
    return [placed.member for placed in sorted(placed_members, key=lambda placed: (order[placed.field], placed.rank))]


def _field(path: str) -> str:
    """Returns the first name of a path. Lines with the same first name stay together."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _items(path: str, before: Any, after: Any) -> Iterator[_Placed | _Stretch]:
    match = _ITEM.fullmatch(path)
    if match and (match[2] in NOUNS or all(map(is_opening, _sides(before, after)))):
        yield _item(path, _place(match[1] or ""), match[2], match[3], before, after)
        return
    if (leaves := flow_leaves(path, before, after)) is not None:
        yield from (_Placed(_field(path), (_CHANGED,), Member(*leaf)) for leaf in leaves)
        return
    if (before is None) != (after is None):
        listed = list(_listed(path, before, after))
        if listed:
            yield from listed
            return
    for label, was, wanted in _leaves(path, before, after):
        yield _Placed(_field(path), (_CHANGED,), Member(escaped(label), was, wanted))


def _split(path: str) -> tuple[str, str]:
    """Returns the words for the owner of a field, and the field's name."""
    above, _, name = path.rpartition(".")
    return _place(above) if above else "", name


def _place(path: str) -> str:
    """Returns words for a path: `overrides[Christmas]` → `override Christmas`."""
    match = _ITEM.fullmatch(path)
    if match and match[2] in NOUNS:
        above = f"{_place(match[1])}, " if match[1] else ""
        return f"{above}{NOUNS[match[2]].word} {escaped(match[3])}"
    return escaped(path)


def _listed(path: str, before: Any, after: Any) -> Iterator[_Placed | _Stretch]:
    """Yields the items of a list that exists on one side only."""
    place, name = _split(path)
    value = after if before is None else before
    if isinstance(value, list | tuple) and (name in NOUNS or all(map(is_opening, value))):
        for item in value:
            sides = (None, item) if before is None else (item, None)
            yield _item(path, place, name, _key(name, item), *sides)


def _key(name: str, item: Any) -> str:
    """Returns the identity of an item, as a path shows it."""
    if name in NOUNS and NOUNS[name].named_by and isinstance(item, Mapping):
        item = item.get(NOUNS[name].named_by, "")
    if isinstance(item, Mapping):
        return "/".join(str(value) for value in item.values() if value is not None)
    return str(item)


def _item(path: str, place: str, name: str, key: str, before: Any, after: Any) -> _Placed | _Stretch:
    sides = _sides(before, after)
    if all(map(is_opening, sides)):
        return _Stretch(_field(path), place, sides[0]["day"], *_both_sides(stretch, before, after))
    noun = NOUNS[name]
    label = f"{place}, {noun.word} {escaped(key)}" if place else f"{noun.word} {escaped(key)}"
    rank = (_ADDED if before is None else _REMOVED if after is None else _CHANGED,)
    if all(isinstance(side, Mapping) for side in sides):
        named_by = (noun.named_by,) if noun.named_by and all(_key(name, side) == key for side in sides) else ()
        texts = _both_sides(lambda side: item_words(side, named_by), before, after)
    elif all(side == key for side in sides):
        texts = _both_sides(lambda _: "", before, after)
    else:
        return _Placed(_field(path), rank, Member(label, *_texts(before, after)))
    return _Placed(_field(path), rank, Member(label, *texts, joint=WORDS))


def _sides(before: Any, after: Any) -> list[Any]:
    """Returns the sides that exist."""
    return [side for side in (before, after) if side is not None]


def _both_sides(form: Callable[[Any], str], before: Any, after: Any) -> Sides:
    return None if before is None else form(before), None if after is None else form(after)


def _days(stretches: Iterable[_Stretch]) -> Iterator[_Placed]:
    days: dict[tuple[str, str, str], list[_Stretch]] = {}
    for stretch_ in stretches:
        days.setdefault((stretch_.field, stretch_.place, stretch_.day), []).append(stretch_)
    places = {place: at for at, place in enumerate(dict.fromkeys(place for _, place, _ in days))}
    for (field, place, day), parts in days.items():
        label = f"{place}, {day_name(day)}" if place else day_name(day)
        before = ", ".join(sorted(part.before for part in parts if part.before is not None)) or None
        after = ", ".join(sorted(part.after for part in parts if part.after is not None)) or None
        yield _Placed(field, (_CHANGED, places[place], WEEK.index(day)), Member(label, before, after, " "))


def _leaves(path: str, before: Any, after: Any) -> Iterator[tuple[str, str | None, str | None]]:
    """Yields the path, the value before and the value after of each differing value in two structures.

    `None` means absent.
    """
    sides = _sides(before, after)
    if sides and all(map(_has_leaves, sides)):
        one, other = before or {}, after or {}
        for key in dict.fromkeys((*one, *other)):
            if one.get(key) != other.get(key):
                yield from _leaves(f"{path}.{key}", one.get(key), other.get(key))
    elif len(sides) == 1 and isinstance(sides[0], list | tuple) and sides[0]:
        for at, item in enumerate(sides[0]):
            yield f"{path}[{at}]", *_texts(*((None, item) if before is None else (item, None)))
    elif len(sides) == 2 and all(isinstance(side, list | tuple) for side in sides) and _keep_order(before, after):
        yield from ((path, words(item), None) for item in before if item not in after)
        yield from ((path, None, words(item)) for item in after if item not in before)
    else:
        yield path, *_texts(before, after)


def _has_leaves(side: Any) -> bool:
    """Returns whether a side is a structure of unknown form, which has one line per value."""
    return isinstance(side, Mapping) and bool(side) and is_structure(side) and not is_enum(side)


def _keep_order(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Returns whether removed and added lines describe the change completely: no duplicates, and nothing moves."""
    kept = [item for item in before if item in after]
    is_unique = all(side.count(item) == 1 for side in (before, after) for item in side)
    return is_unique and kept == [item for item in after if item in before]


def _texts(before: Any, after: Any) -> Sides:
    """Returns one value on both sides. A structure is in words if it has a known form, or if only one side exists."""
    sides = _sides(before, after)
    is_worded = all(is_enum(side) for side in sides) or (len(sides) == 1 and is_structure(sides[0]) and sides[0])
    return _both_sides(words if is_worded else value_text, before, after)
