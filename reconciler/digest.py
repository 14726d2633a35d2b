"""What a reviewer agrees to, as one number.

Equal wherever the same work waits: never lock versions, ids, times, orphans, findings, or what is blocked.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from reconciler.canonical import canonical
from reconciler.cells import typed
from reconciler.model import FORMAT_VERSION, Change, Plan


def digest(plan: Plan) -> str:
    """SHA-256 (64 hexadecimal digits) of version, stack, environment, instance and the sorted actionable items."""
    scope = plan.scope
    items = sorted(map(_item, plan.actionable))
    where = [FORMAT_VERSION, scope.stack, scope.environment, scope.instance]
    return sha256(canonical([*where, items]).encode()).hexdigest()


def _item(change: Change) -> str:
    """One text a change: fields and rows in canonical form, cells as typed values in the order of their keys."""
    fields = sorted([field.path, canonical(field.before), canonical(field.after)] for field in change.fields)
    rows = sorted([canonical(row.before), canonical(row.after)] for row in change.rows)
    cells: list[list[Any]] = [
        [
            cell.identity,
            cell.attribute,
            cell.action.value,
            typed(cell.value_type, cell.before),
            typed(cell.value_type, cell.after),
        ]
        for cell in sorted(change.cells, key=lambda cell: (cell.identity, cell.attribute))
    ]
    told = [str(change.ref), change.action.value, fields, rows, cells]
    return json.dumps(told, separators=(",", ":"), allow_nan=False)
