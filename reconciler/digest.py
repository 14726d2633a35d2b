"""What a reviewer agrees to, as one number.

Equal wherever the same work waits: never lock versions, ids, times, orphans, findings, or what is blocked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from reconciler.canonical import canonical
from reconciler.cells import typed
from reconciler.model import FORMAT_VERSION, Action, Change, Plan, from_words, in_words

# Changes whenever the same plan gets another digest: 2 added keys, value types, irreversible marks and partOf.
VERSION = 2


def digest(plan: Plan) -> str:
    """SHA-256 (64 hexadecimal digits) of version, stack, environment, instance and the sorted actionable items."""
    scope = plan.scope
    where = [FORMAT_VERSION, scope.stack, scope.environment, scope.instance]
    return _sum(where, map(_of_change, plan.actionable))


def digest_of(told: Mapping[str, Any]) -> str:
    """The same of a plan as JSON, from what it says and not from the digest that it names.

    Raises `KeyError`, `TypeError` or `ValueError` where it lacks what a digest is made of.
    """
    where = [told[word] for word in ("format_version", "stack", "environment", "instance")]
    return _sum(where, (_of_told(each) for each in told["changes"] if each["action"] != Action.BLOCKED.value))


def _sum(where: list[str], items: Iterable[str]) -> str:
    return sha256(canonical([VERSION, *where, sorted(items)]).encode()).hexdigest()


def _of_change(change: Change) -> str:
    return _item(
        [str(change.ref), str(change.part_of or ""), change.action.value, change.irreversible, change.keys],
        ((field.path, field.before, field.after) for field in change.fields),
        ((row.before, row.after) for row in change.rows),
        (
            (
                sorted(cell.key.items()),
                cell.attribute,
                cell.action.value,
                cell.value_type,
                cell.before,
                cell.after,
            )
            for cell in change.cells
        ),
    )


def _of_told(change: Mapping[str, Any]) -> str:
    keys = [(key["name"], key["valueType"], key["ignoreCase"]) for key in change.get("keys", ())]
    return _item(
        [change["address"], change.get("partOf", ""), change["action"], change["irreversible"], keys],
        ((field["path"], field["before"], field["after"]) for field in change["fields"]),
        ((row["from"], row["to"]) for row in change["rows"]),
        (
            (
                sorted(cell["key"].items()),
                *(cell[word] for word in ("attribute", "action", "valueType")),
                from_words(cell["before"]),
                from_words(cell["after"]),
            )
            for cell in change["cells"]
        ),
    )


def _item(
    head: list[Any],
    fields: Iterable[tuple[str, Any, Any]],
    rows: Iterable[tuple[Any, Any]],
    cells: Iterable[tuple[Any, ...]],
) -> str:
    """One text a change: fields and rows in canonical form, cells as typed values in the order of their keys."""
    told = [
        *head,
        sorted([path, canonical(before), canonical(after)] for path, before, after in fields),
        sorted([canonical(before), canonical(after)] for before, after in rows),
        list(_typed(sorted(cells, key=lambda cell: cell[:2]))),
    ]
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


def _typed(cells: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    for row, attribute, action, value_type, before, after in cells:
        yield [row, attribute, action, value_type, meaning(value_type, before), meaning(value_type, after)]


def meaning(value_type: str, text: str | None) -> Any:
    """The canonical JSON value of a cell, in which a reference is another text than one that only looks like it."""
    value = typed(value_type, text)
    match value:
        case list():
            return [in_words(item) for item in value]
        case str():
            return in_words(value)
    return value
