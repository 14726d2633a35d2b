"""Checks `moved`: both sides are complete keys, each key is in one move, and no row contradicts a move."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.kinds.connect.data_table.header import Header, Text, key_text
from reconciler.kinds.wording import quoted
from reconciler.model import Problem, Written, WrittenRecords

Identity = tuple[str, ...]
Check = Callable[[Header, str, Text], tuple[str, ...]]


def problems(header: Header, written: WrittenRecords) -> Iterator[Problem]:
    declared = {header.identity(key) for row in written.rows if (key := header.key(row.texts)) is not None}
    sources: dict[Identity, Written] = {}
    targets: dict[Identity, Written] = {}
    for place, (old, new) in enumerate(written.moved):
        from_path, to_path = ("moved", place, "from"), ("moved", place, "to")
        # A live key may be older than the present rules. A new key must obey them.
        faults = [
            *(Problem("error", from_path, fault, old.place(name)) for name, fault in _faults(header, old, _misfits)),
            *(Problem("error", to_path, fault, new.place(name)) for name, fault in _faults(header, new, _breaches)),
        ]
        yield from faults
        before, after = header.key(old.texts), header.key(new.texts)
        if faults or before is None or after is None:
            continue
        one, other = header.identity(before), header.identity(after)
        for path, row, fault in (
            (from_path, old, _from_fault(one, other, declared)),
            (to_path, new, _to_fault(one, other, declared)),
            (from_path, old, _again(sources.setdefault(one, old), old, "from")),
            (to_path, new, _again(targets.setdefault(other, new), new, "to")),
        ):
            if fault:
                yield Problem("error", path, f"{key_text(header, row)} {fault}", row.source)


def _faults(header: Header, side: Written, check: Check) -> Iterator[tuple[str, str]]:
    for name in header.primaries:
        if (text := side.texts.get(name)) is None:
            yield name, f"the key has no {name}; name every primary attribute on both sides"
            continue
        yield from ((name, f"{name}: {fault}") for fault in check(header, name, text))
    for name in side.texts:
        if name in header.primaries:
            continue
        wrong = "is not a primary attribute" if name in header.attributes else "is not declared"
        yield name, f"attribute {quoted(name)} {wrong}; name only primary attributes in a move"


def _misfits(header: Header, name: str, text: Text) -> tuple[str, ...]:
    wrong = header.misfit(name, text)
    return (wrong,) if wrong else ()


def _breaches(header: Header, name: str, text: Text) -> tuple[str, ...]:
    return tuple(fault.message for fault in header.faults(name, text))


def _from_fault(one: Identity, other: Identity, declared: set[Identity]) -> str:
    if one == other:
        return "is moved to itself; remove the move"
    return "is still declared as a row; remove the row, or the move" if one in declared else ""


def _to_fault(one: Identity, other: Identity, declared: set[Identity]) -> str:
    return "is not among the rows; add it" if declared and other not in declared and one != other else ""


def _again(first: Written, side: Written, word: str) -> str:
    return "" if first is side else f"is moved {word} twice, first at {first.source}; remove one"
