"""Two plans of one environment, held against each other: what was reviewed, and what would be done now.

Both are JSON as `read_plan` has read it. It says in which items they differ, and never decides what that means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from reconciler.canonical import canonical
from reconciler.cells import identity
from reconciler.digest import meaning
from reconciler.model import from_words
from reconciler.report.lines import FOLD, folded, printed
from reconciler.report.marked import arrow
from reconciler.report.neutral import code, prose
from reconciler.report.summary import DIGITS, counted
from reconciler.report.visible import LONGEST, escaped, key_text, said, shown, shown_sides
from reconciler.report.word_diff import side_by_side

Json = Mapping[str, Any]
Key = tuple[str, ...]
SCOPE = ("stack", "environment", "instance")
SYMBOLS = {"new": "+", "gone": "-", "other": "~"}


class Side(NamedTuple):
    """An item of one plan: its two values, as they are shown and as they are compared."""

    name: str
    before: str
    after: str
    compared: str

    def __str__(self) -> str:
        return " → ".join(side_by_side(self.before, self.after, LONGEST))


@dataclass(frozen=True)
class Difference:
    """`word`: "new" where nobody has reviewed it, "gone" where nothing is left to do, "other" where values differ."""

    word: str
    address: str
    name: str
    reviewed: Side | None
    now: Side | None


@dataclass(frozen=True)
class Between:
    """`places`: (word, reviewed, now) of what the plans are for, where that differs already."""

    reviewed: str
    now: str
    places: tuple[tuple[str, str, str], ...] = ()
    differences: tuple[Difference, ...] = ()


def between(reviewed: Json, now: Json) -> Between:
    """In the order of the plan made now; what is gone comes last."""
    one, other = dict(_items(reviewed)), dict(_items(now))
    found = [_difference(key, one.get(key), side) for key, side in other.items()]
    found += [_difference(key, side, None) for key, side in one.items() if key not in other]
    places = tuple((word, str(reviewed[word]), str(now[word])) for word in SCOPE if reviewed[word] != now[word])
    return Between(reviewed["digest"], now["digest"], places, tuple(each for each in found if each))


def between_text(found: Between) -> str:
    """For a log: a line each, the values of others escaped."""
    lines = [_headline(found)]
    lines += [f"  ! {word}: reviewed {escaped(one)}, now {escaped(other)}" for word, one, other in found.places]
    lines += [f"  {SYMBOLS[each.word]} {_where(each)}: {_told(each)}" for each in found.differences[:FOLD]]
    return printed([*lines, *(f"  {line}" for line in folded(found.differences, FOLD, "difference"))])


def between_markdown(found: Between, most: int = FOLD) -> str:
    """For a comment or an issue: a table, the values of others as code."""
    lines = ["#### Reviewed, and now", "", prose(_headline(found)), ""]
    for word, one, other in found.places:
        lines.append(f"- {word}: reviewed {code(escaped(one))}, now {code(escaped(other))}")
    if found.differences[:most]:
        lines += ["| | what | reviewed | now |", "|---|---|---|---|"]
    for each in found.differences[:most]:
        lines.append(f"| {each.word} | {code(_where(each))} | {' | '.join(_cells(each))} |")
    left = len(found.differences) - most
    return "\n".join([*lines, *([f"\n… and {left:,} more"] if left > 0 else [])]) + "\n"


def _headline(found: Between) -> str:
    digests = f"reviewed {found.reviewed[:DIGITS]}, now {found.now[:DIGITS]}"
    number = len(found.differences) + len(found.places)
    return f"{digests}: {counted(number, 'difference')}" if number else f"{digests}: the same items"


def _where(difference: Difference) -> str:
    return f"{escaped(difference.address)} · {difference.name}"


def _told(difference: Difference) -> str:
    reviewed, now = difference.reviewed, difference.now
    if reviewed and now:
        one, other = _both(reviewed, now)
        return f"reviewed {arrow(*one)}, now {arrow(*other)}"
    return f"not reviewed: {now}" if now else f"nothing to do any more: {reviewed}"


def _both(reviewed: Side, now: Side) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two sides of both plans. Long texts are without what both plans have in common, and nothing else."""
    was = side_by_side(reviewed.before, now.before, LONGEST)
    wanted = side_by_side(reviewed.after, now.after, LONGEST)
    return (was[0], wanted[0]), (was[1], wanted[1])


def _cells(difference: Difference) -> tuple[str, str]:
    reviewed, now = difference.reviewed, difference.now
    if reviewed and now:
        one, other = _both(reviewed, now)
        return " → ".join(map(code, one)), " → ".join(map(code, other))
    return _cell(reviewed, "not reviewed"), _cell(now, "nothing to do")


def _cell(side: Side | None, otherwise: str) -> str:
    return " → ".join(map(code, side_by_side(side.before, side.after, LONGEST))) if side else otherwise


def _difference(key: Key, reviewed: Side | None, now: Side | None) -> Difference | None:
    either = now or reviewed
    if either is None or (reviewed and now and reviewed.compared == now.compared):
        return None
    word = "other" if reviewed and now else "new" if now else "gone"
    return Difference(word, key[0], either.name, reviewed, now)


def _items(plan: Json) -> Iterator[tuple[Key, Side]]:
    """Everything that a reviewer agrees to, under what it is about; what is blocked is nothing to agree to."""
    for change in plan["changes"]:
        if change["action"] == "blocked":
            continue
        address = change["address"]
        # Of an update the items say all; what comes or goes has none where it is of defaults alone.
        if change["action"] != "update":
            yield (address, "action"), Side("action", "live", change["action"], change["action"])
        yield from (((address, "field", each["path"]), _field(each)) for each in change["fields"])
        for row in change["rows"]:
            yield (address, "row", canonical(row["from"])), _row(row)
        for cell in change["cells"]:
            yield (address, "cell", _key(change, cell), cell["attribute"]), _of_cell(cell)


def _key(change: Json, cell: Json) -> str:
    """What makes two keys one row, as far as the plan tells how its keys are compared."""
    keys = [(key["name"], key["valueType"], key["ignoreCase"]) for key in change.get("keys", ())]
    return canonical(identity(keys, cell["key"]) if keys else cell["key"])


def _field(field: Json) -> Side:
    sides = said(field["before"]), said(field["after"])
    return Side(escaped(field["path"]), *sides, canonical([field["before"], field["after"]]))


def _row(row: Json) -> Side:
    return Side("key", key_text(row["from"]), key_text(row["to"]), canonical(row["to"]))


def _of_cell(cell: Json) -> Side:
    """`2.0` and `2` are one number: the two plans may have been made of different spellings."""
    sides = cell["before"], cell["after"]
    meant = [meaning(cell.get("valueType", "TEXT"), from_words(text)) for text in sides]
    return Side(f"{key_text(cell['key'])} · {shown(cell['attribute'])}", *shown_sides(*sides), canonical(meant))
