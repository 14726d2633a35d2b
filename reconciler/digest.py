"""What a reviewer agrees to, as one number.

Equal wherever the same work waits: never lock versions, ids, times, orphans, findings, or what is blocked.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from reconciler.canonical import canonical
from reconciler.cells import typed
from reconciler.model import FORMAT_VERSION, Change, Plan


def digest(plan: Plan) -> str:
    """SHA-256 (64 hexadecimal digits) of version, stack, environment, instance and the sorted actionable items."""
    scope = plan.scope
    items = sorted(canonical(_item(change)) for change in plan.actionable)
    where = [FORMAT_VERSION, scope.stack, scope.environment, scope.instance]
    return sha256(canonical([*where, items]).encode()).hexdigest()


def _item(change: Change) -> list[Any]:
    fields = sorted([f.path, canonical(f.before), canonical(f.after)] for f in change.fields)
    rows = sorted([canonical(row.before), canonical(row.after)] for row in change.rows)
    cells = sorted(
        [
            *c.identity,
            c.attribute,
            c.action.value,
            canonical(typed(c.value_type, c.before)),
            canonical(typed(c.value_type, c.after)),
        ]
        for c in change.cells
    )
    return [str(change.ref), change.action.value, fields, rows, cells]
