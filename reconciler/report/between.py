"""Compares two plans of one environment: the reviewed one, and the one made now.

Both are JSON, as `read_plan` returns it. This module lists the items that differ; it never decides what follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from reconciler.model import Key, from_words, place_word
from reconciler.model.canonical import canonical
from reconciler.model.cells import identity
from reconciler.report.lines import FOLD, folded, printed
from reconciler.report.marked import arrow
from reconciler.report.neutral import code, prose
from reconciler.report.summary import DIGITS, counted
from reconciler.report.visible import LONGEST, escaped, key_text, value_text, visible_sides, visible_text
from reconciler.report.word_diff import side_by_side
from reconciler.review.digest import meaning

Json = Mapping[str, Any]
About = tuple[str, ...]
SCOPE = ("stack", "environment", "instance")
SYMBOLS = {"new": "+", "gone": "-", "other": "~"}


class Side(NamedTuple):
    """One item of one plan: its values as reports show them, and as they are compared."""

    name: str
    before: str
    after: str
    compared: str

    def __str__(self) -> str:
        return " → ".join(side_by_side(self.before, self.after, LONGEST))


@dataclass(frozen=True)
class Difference:
    """One item that differs between the plans.

    The values of `word`: "new" for an item that was not reviewed; "gone" for a reviewed item that is no longer needed;
    "other" for different values.
    """

    word: str
    address: str
    name: str
    reviewed: Side | None
    now: Side | None


@dataclass(frozen=True)
class Comparison:
    """The differences between two plans.

    `places` has (word, reviewed, now) for each part of the scope that differs: stack, environment, instance or place.
    """

    reviewed: str
    now: str
    places: tuple[tuple[str, str, str], ...] = ()
    differences: tuple[Difference, ...] = ()


def compare_plans(reviewed: Json, now: Json) -> Comparison:
    """Returns the differences in the order of the current plan; items that are gone come last."""
    one, other = dict(_items(reviewed)), dict(_items(now))
    differences = [_difference(key, one.get(key), side) for key, side in other.items()]
    differences += [_difference(key, side, None) for key, side in one.items() if key not in other]
    places = tuple(_place(word, reviewed[word], now[word]) for word in SCOPE if reviewed[word] != now[word])
    return Comparison(
        reviewed["digest"], now["digest"], places, tuple(difference for difference in differences if difference)
    )


def _place(word: str, reviewed: str, now: str) -> tuple[str, str, str]:
    return place_word(reviewed, now) if word == "instance" else word, reviewed, now


def comparison_text(comparison: Comparison) -> str:
    """Returns the comparison for a log: one line per difference, values escaped."""
    lines = [_headline(comparison)]
    lines += [f"  ! {word}: reviewed {escaped(one)}, now {escaped(other)}" for word, one, other in comparison.places]
    lines += [
        f"  {SYMBOLS[difference.word]} {_where(difference)}: {_sides_text(difference)}"
        for difference in comparison.differences[:FOLD]
    ]
    return printed([*lines, *(f"  {line}" for line in folded(comparison.differences, FOLD, "difference"))])


def comparison_markdown(comparison: Comparison, most: int = FOLD) -> str:
    """Returns the comparison for a comment or an issue: a table with values as code."""
    lines = ["#### Reviewed, and now", "", prose(_headline(comparison)), ""]
    for word, one, other in comparison.places:
        lines.append(f"- {word}: reviewed {code(escaped(one))}, now {code(escaped(other))}")
    if comparison.differences[:most]:
        lines += ["| | what | reviewed | now |", "|---|---|---|---|"]
    for difference in comparison.differences[:most]:
        lines.append(f"| {difference.word} | {code(_where(difference))} | {' | '.join(_cells(difference))} |")
    left = len(comparison.differences) - most
    return "\n".join([*lines, *([f"\n… and {left:,} more"] if left > 0 else [])]) + "\n"


def _headline(comparison: Comparison) -> str:
    digests = f"reviewed {comparison.reviewed[:DIGITS]}, now {comparison.now[:DIGITS]}"
    number = len(comparison.differences) + len(comparison.places)
    return f"{digests}: {counted(number, 'difference')}" if number else f"{digests}: the same items"


def _where(difference: Difference) -> str:
    return f"{escaped(difference.address)} · {difference.name}"


def _sides_text(difference: Difference) -> str:
    reviewed, now = difference.reviewed, difference.now
    if reviewed and now:
        one, other = _both(reviewed, now)
        return f"reviewed {arrow(*one)}, now {arrow(*other)}"
    return f"not reviewed: {now}" if now else f"no longer needed: {reviewed}"


def _both(reviewed: Side, now: Side) -> tuple[tuple[str, str], tuple[str, str]]:
    """Returns the sides of both plans. Long texts are shortened only where both plans agree."""
    was = side_by_side(reviewed.before, now.before, LONGEST)
    wanted = side_by_side(reviewed.after, now.after, LONGEST)
    return (was[0], wanted[0]), (was[1], wanted[1])


def _cells(difference: Difference) -> tuple[str, str]:
    reviewed, now = difference.reviewed, difference.now
    if reviewed and now:
        one, other = _both(reviewed, now)
        return " → ".join(map(code, one)), " → ".join(map(code, other))
    return _cell(reviewed, "not reviewed"), _cell(now, "no longer needed")


def _cell(side: Side | None, otherwise: str) -> str:
    return " → ".join(map(code, side_by_side(side.before, side.after, LONGEST))) if side else otherwise


def _difference(key: About, reviewed: Side | None, now: Side | None) -> Difference | None:
    either = now or reviewed
    if either is None or (reviewed and now and reviewed.compared == now.compared):
        return None
    word = "other" if reviewed and now else "new" if now else "gone"
    return Difference(word, key[0], either.name, reviewed, now)


def _items(plan: Json) -> Iterator[tuple[About, Side]]:
    """Yields every item that a reviewer approves, by its identity. Blocked items need no approval."""
    for change in plan["changes"]:
        if change["action"] == "blocked":
            continue
        address = change["address"]
        # The items describe an update completely. A created or deleted resource without any may have only defaults.
        if change["action"] != "update":
            yield (address, "action"), Side("action", "live", change["action"], change["action"])
        yield from (((address, "field", field["path"]), _field(field)) for field in change["fields"])
        for row in change["rows"]:
            yield (address, "row", canonical(row["from"])), _row(row)
        for cell in change["cells"]:
            yield (address, "cell", _key(change, cell), cell["attribute"]), _of_cell(cell)


def _key(change: Json, cell: Json) -> str:
    """Returns the identity of a row. Keys are compared by value if the plan has their types, and as text otherwise."""
    keys = [Key.from_json(key) for key in change.get("keys", ())]
    return canonical(identity(keys, cell["key"]) if keys else cell["key"])


def _field(field: Json) -> Side:
    sides = value_text(field["before"]), value_text(field["after"])
    return Side(escaped(field["path"]), *sides, canonical([field["before"], field["after"]]))


def _row(row: Json) -> Side:
    return Side("key", key_text(row["from"]), key_text(row["to"]), canonical(row["to"]))


def _of_cell(cell: Json) -> Side:
    """Returns a cell's sides. `2.0` and `2` are the same number, and the two plans may spell it differently."""
    sides = cell["before"], cell["after"]
    meanings = [meaning(cell.get("valueType", "TEXT"), from_words(text)) for text in sides]
    return Side(
        f"{key_text(cell['key'])} · {visible_text(cell['attribute'])}", *visible_sides(*sides), canonical(meanings)
    )
