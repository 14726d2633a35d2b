"""The digest of a plan: one number for the changes that a reviewer approves.

Plans with the same changes have the same digest. It ignores lock versions, ids, times, orphans, findings and blocked
changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from reconciler.model import FORMAT_VERSION, Action, Change, Key, Plan, from_words, in_words
from reconciler.model.canonical import canonical
from reconciler.model.cells import typed

# Increase it when the same plan gets another digest. Version 2 added keys, value types, irreversible marks and partOf.
VERSION = 2


def digest(plan: Plan) -> str:
    """Returns the SHA-256 (64 hexadecimal digits) of version, stack, environment, place and sorted changes."""
    scope = plan.scope
    where = [FORMAT_VERSION, scope.stack, scope.environment, scope.place]
    return _sum(where, map(_of_change, plan.actionable))


def digest_of(plan: Mapping[str, Any]) -> str:
    """Computes the digest of a plan in JSON from its content, not from its `digest` key.

    Raises `KeyError`, `TypeError` or `ValueError` if a part of the content is missing or invalid.
    """
    where = [plan[word] for word in ("format_version", "stack", "environment", "instance")]
    return _sum(where, (_of_json(change) for change in plan["changes"] if change["action"] != Action.BLOCKED.value))


def _sum(where: list[str], items: Iterable[str]) -> str:
    return sha256(canonical([VERSION, *where, sorted(items)]).encode()).hexdigest()


def _of_change(change: Change) -> str:
    return _item(
        [str(change.ref), str(change.part_of or ""), change.action.value, change.irreversible, change.table.keys],
        ((field.path, field.before, field.after) for field in change.fields),
        ((row.before, row.after) for row in change.table.rows),
        (
            (
                sorted(cell.key.items()),
                cell.attribute,
                cell.action.value,
                cell.value_type,
                cell.before,
                cell.after,
            )
            for cell in change.table.cells
        ),
    )


def _of_json(change: Mapping[str, Any]) -> str:
    keys = [Key.from_json(key) for key in change.get("keys", ())]
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
    """Returns the text of one change: fields and rows in canonical form, cells as typed values sorted by key."""
    parts = [
        *head,
        sorted([path, canonical(before), canonical(after)] for path, before, after in fields),
        sorted([canonical(before), canonical(after)] for before, after in rows),
        list(_typed(sorted(cells, key=lambda cell: cell[:2]))),
    ]
    return json.dumps(parts, separators=(",", ":"), allow_nan=False)


def _typed(cells: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    for row, attribute, action, value_type, before, after in cells:
        yield [row, attribute, action, value_type, meaning(value_type, before), meaning(value_type, after)]


def meaning(value_type: str, text: str | None) -> Any:
    """Returns the canonical JSON value of a cell. A reference differs from a plain text that looks like one."""
    value = typed(value_type, text)
    match value:
        case list():
            return [in_words(item) for item in value]
        case str():
            return in_words(value)
    return value
