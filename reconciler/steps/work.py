"""Work on one resource: what the planner hands over to be turned into steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.model import CellChange, FieldChange, Live, Ref, Resource, RowChange

# The path of the stored values that a deleted table or attribute loses.
LOST = "values"
# The path of the instance that has a resource, for a move.
INSTANCE = "instance"

# The lock levels whose versions change with calls on a table or an attribute (service model, DataTableLockVersion).
MOVED_BY_STRUCTURE = ("DATA_TABLE", "ATTRIBUTE")


@dataclass(frozen=True)
class Work:
    """Work on one resource.

    `fields` are all of its field changes: items of a set are added and removed as they say. `tags` are all tags that it
    will have. `room` is the number of cells left in its quota.
    """

    kind: Kind[Any]
    ref: Ref
    before: Live | None
    after: Resource
    tags: Mapping[str, str]
    fields: tuple[FieldChange, ...] = ()
    cells: tuple[CellChange, ...] = ()
    rows: tuple[RowChange, ...] = ()
    batch_items: int = 25
    recheck: bool = False
    room: int = 0
    rebuild: bool = False  # the live resource is deleted and recreated
    instance: str = ""  # the ARN of the environment's instance, to which a resource of another one moves
    held: frozenset[str] = frozenset()  # deferred fields, which create must omit: they close a circle of references


def last(count: int) -> tuple[int, ...]:
    return (count - 1,) if count else ()
