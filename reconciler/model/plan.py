"""The plan: the differences between declared and live state, and the steps that remove them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from reconciler.errors import Source
from reconciler.model.declared import Finding
from reconciler.model.live import Scope
from reconciler.model.names import Ref
from reconciler.model.read import Read
from reconciler.model.spec import Resource, Spec, label

FORMAT_VERSION = "1.0"


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"
    BLOCKED = "blocked"


class Does(StrEnum):
    """The effect of a step's call on its resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    MOVE = "move"  # takes it over from another instance
    TAG = "tag"
    ADD = "add"  # adds items to a set, or changes them; repeating the call is harmless
    REMOVE = "remove"  # removes items from a set
    PART_CREATE = "create a part"
    PART_UPDATE = "update a part"
    PART_DELETE = "delete a part"
    RENAME_ROW = "rename a row"
    CELLS = "write cells"
    LOOK = "look"  # reads the values again and changes nothing


@dataclass(frozen=True)
class FieldChange:
    """One field, one item of it, or one value inside.

    `field` is its key in the manifest. `item` is the key of an item of a list or a map; `None`: the whole field.
    `inner` is the place inside the field or the item, as text. `before` and `after` are plain JSON values; `None`:
    absent.
    """

    field: str
    before: Any
    after: Any
    _: KW_ONLY
    item: Any = None
    inner: str = ""

    @property
    def path(self) -> str:
        """The place for people. It cannot be split again: an item's name may contain `]`, `.` and `[`."""
        item = "" if self.item is None else f"[{label(self.item)}]"
        dot = "." if self.inner and not self.inner.startswith("[") else ""
        return f"{self.field}{item}{dot}{self.inner}"


class Key(NamedTuple):
    """A primary attribute of a table. The values of all of them identify a row."""

    name: str
    value_type: str
    ignore_case: bool

    @classmethod
    def from_json(cls, key: Mapping[str, Any]) -> Key:
        """Reads a key of a plan's JSON. Raises `KeyError` or `TypeError` if it is damaged."""
        return cls(key["name"], key["valueType"], key["ignoreCase"])


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell. `before` and `after` are wire texts; `None`: absent. `identity` is the row's typed key.

    `row` is the action on the whole row: create (it has no live value), delete (no value will remain) or update.
    `None`: the action is unknown, or the cell is in the default record, which is not a row.
    """

    action: Action
    key: Mapping[str, str]
    attribute: str
    before: str | None
    after: str | None
    value_type: str
    identity: tuple[str, ...]
    modified: datetime | None = None  # time and region of the last change of the live cell
    region: str = ""
    row: Action | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row whose primary values change; both map names to wire texts. Its action is always "rename"."""

    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """One planned write to AWS."""

    service: str
    operation: str
    params: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Replacement:
    """The state before and after a call that takes no lock.

    Apply reads the resource again right before the call if another writer may have changed a value.
    """

    before: Spec
    after: Spec
    reads: tuple[Read, ...]  # The reads of the recheck. Empty: nothing can differ, or no other writer decides it.
    part: str = ""  # The part's live name. Empty: the resource itself.
    fields: tuple[str, ...] = ()  # The resource's fields that the call sends.
    fresh: bool = False  # This run has just created it, so no other writer has changed it.


@dataclass(frozen=True)
class Step:
    """One call, the positions of the items that it carries out, and the steps that it needs done first.

    first: calls right before it: AWS deletes some resources only without their contents. A move first writes the tags
    of the new stack, so that the next run finds the resource.
    """

    call: Call
    does: Does
    fields: tuple[int, ...] = ()
    cells: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    lane: str = ""  # Apply never sends two steps of one lane at the same time.
    rechecks: Read | None = None  # The listing of the values right before this call.
    replaces: Replacement | None = None
    makes: Resource | None = None  # For a create: the resource to create.
    first: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Size:
    """The size of a table before the change. Thresholds in percent refer to it."""

    rows: int = 0
    cells: Mapping[str, int] = field(default_factory=dict)  # attribute → stored cells
    gone: int = 0  # rows that will have no value left


@dataclass(frozen=True)
class TableChange:
    """The part of a change that only a data table has; empty for every other kind."""

    cells: tuple[CellChange, ...] = ()
    rows: tuple[RowChange, ...] = ()
    unchanged: int = 0  # declared cells that already match
    size: Size = Size()
    level: str = "NONE"  # The scope of a lock on a value.
    keys: tuple[Key, ...] = ()  # The primary attributes, sorted by name.
    columns: tuple[str, ...] = ()  # Names of its attributes, in the table's order: keys first.


@dataclass(frozen=True)
class Change:
    """The change of one resource."""

    action: Action
    ref: Ref
    reason: str = ""
    irreversible: bool = False
    source: Source | None = None
    fields: tuple[FieldChange, ...] = ()
    table: TableChange = TableChange()
    steps: tuple[Step, ...] = ()
    modified: datetime | None = None
    region: str = ""
    part_of: Ref | None = None  # For a part: the resource that it belongs to.
    origin: Ref | None = None  # The author's document, if that document stands for this resource.
    let_go: frozenset[Ref] = frozenset()  # Targets of the live resource that are deletable only after this change.


@dataclass(frozen=True)
class Estimate:
    """The cost of apply without reading: calls by `service:Operation`, and seconds at the declared rates."""

    seconds: float = 0.0
    operations: Mapping[str, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        return sum(self.operations.values())


class Origin(NamedTuple):
    """A document that stands for `resources` resources, some of which change or are orphans.

    orphans: those that no manifest declares any more. `is_deleted`: the document itself is gone.
    """

    ref: Ref
    resources: int
    orphans: tuple[Ref, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True)
class Plan:
    scope: Scope
    changes: tuple[Change, ...] = ()
    orphans: tuple[Ref, ...] = ()
    findings: tuple[Finding, ...] = ()
    estimate: Estimate = Estimate()
    unchanged: int = 0  # declared resources and cells that already match
    origins: tuple[Origin, ...] = ()
    holds: Mapping[Ref, str] = field(default_factory=dict)  # how much an orphan holds, if AWS says it

    @property
    def actionable(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action is not Action.BLOCKED)
