"""What differs between the two, and what closes the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from reconciler.errors import Source
from reconciler.model.declared import Finding
from reconciler.model.live import Scope
from reconciler.model.names import Ref
from reconciler.model.spec import Resource, Spec

FORMAT_VERSION = "1.0"


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"
    BLOCKED = "blocked"


class Does(StrEnum):
    """What a step's call does to its resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    TAG = "tag"
    ADD = "add"  # items to a set; or changes them, which is as harmless to say twice
    REMOVE = "remove"  # items from a set
    PART_CREATE = "create a part"
    PART_UPDATE = "update a part"
    PART_DELETE = "delete a part"
    RENAME_ROW = "rename a row"
    CELLS = "write cells"
    LOOK = "look"  # reads the values again and makes nothing true


@dataclass(frozen=True)
class FieldChange:
    """`path` in the manifest's own words; `before`, `after` are plain JSON values, `None` = absent."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell; `before`, `after` are wire texts, `None` = absent. `identity` is the row's typed key.

    `row` is what becomes of the whole row: create (no value of it is live), delete (no value of it will be left) or
    update. `None`: it is not known, or the cell is in the default record, which is not a row.
    """

    action: Action
    key: Mapping[str, str]
    attribute: str
    before: str | None
    after: str | None
    value_type: str
    identity: tuple[str, ...]
    modified: datetime | None = None  # when and where the live one was last changed
    region: str = ""
    row: Action | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row whose primary values change; both map names to wire texts. Its action is always "rename"."""

    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """One write to AWS, decided but not made."""

    service: str
    operation: str
    params: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Replacement:
    """What a call finds, and what it makes of it. It takes no lock, so apply reads again right before it sends it
    wherever there is a value that somebody else may have changed."""

    before: Spec
    after: Spec
    reads: tuple[str, ...]  # the operations that read it again; none: what is there holds nothing but its own name
    part: str = ""  # the part's live name; empty: the resource itself
    fields: tuple[str, ...] = ()  # what of the resource the call carries
    fresh: bool = False  # it has just been made by this run: nobody else has been there


@dataclass(frozen=True)
class Step:
    """One call, the items of its change that it makes true (by position), and the steps that must be done before it."""

    call: Call
    does: Does
    fields: tuple[int, ...] = ()
    cells: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    lane: str = ""  # steps of one lane are never in flight together
    rechecks: str = ""  # the operation that lists its values again right before it is sent
    replaces: Replacement | None = None
    makes: Resource | None = None  # the resource as it shall be, of a create


@dataclass(frozen=True)
class Size:
    """How much there was before: what thresholds are shares of."""

    rows: int = 0
    cells: Mapping[str, int] = field(default_factory=dict)  # attribute → stored cells
    gone: int = 0  # rows of which nothing will be left


@dataclass(frozen=True)
class Change:
    """What one resource needs."""

    action: Action
    ref: Ref
    reason: str = ""
    irreversible: bool = False
    source: Source | None = None
    fields: tuple[FieldChange, ...] = ()
    cells: tuple[CellChange, ...] = ()
    rows: tuple[RowChange, ...] = ()
    steps: tuple[Step, ...] = ()
    unchanged: int = 0  # declared cells that are live as they should be
    modified: datetime | None = None
    region: str = ""
    size: Size = Size()
    level: str = "NONE"  # how far a lock on a value reaches
    keys: tuple[tuple[str, str, bool], ...] = ()  # primaries: name, value type, whether case is ignored
    part_of: Ref | None = None  # of a part's change: the resource that it is part of
    let_go: frozenset[Ref] = frozenset()  # what the live one refers to, and must no longer before that can be deleted


@dataclass(frozen=True)
class Estimate:
    """What apply will cost beyond reading: calls by `service:Operation`, and seconds under the declared rates."""

    seconds: float = 0.0
    operations: Mapping[str, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        return sum(self.operations.values())


@dataclass(frozen=True)
class Plan:
    scope: Scope
    changes: tuple[Change, ...] = ()
    orphans: tuple[Ref, ...] = ()
    findings: tuple[Finding, ...] = ()
    estimate: Estimate = Estimate()
    unchanged: int = 0  # declared resources and cells that need nothing

    @property
    def actionable(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action is not Action.BLOCKED)
