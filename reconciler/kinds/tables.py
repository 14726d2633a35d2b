"""The rows of a kind's table: which operation lists, replaces, adds or takes away which of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model import Action


@dataclass(frozen=True)
class Listing:
    """An operation that pages through things, and the member that holds them. `told` is what every thing of it has
    and none says: what the filters asked for."""

    operation: str
    items: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lookup:
    """Things that manifests may name and not declare: where their names and ids are listed, and in which members."""

    listing: Listing
    name: str
    id: str
    arn: str


@dataclass(frozen=True)
class Update:
    """One AWS update operation and the spec fields it carries.

    AWS may reset what is left out, so each is sent whole: what is live, with the changes laid over.
    """

    operation: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Members:
    """A field that AWS keeps as a set, by an operation that adds items and one that takes them away.

    `change` is for items that hold more than what tells them apart; `removed` the parameter that names what goes, where
    it is not the field's own. `born`: how many items create takes; the others are added right after it. `most`: how
    many there may be.
    """

    field: str
    add: str
    remove: str
    batch: int
    change: str = ""
    removed: str = ""
    born: int = 0
    most: int = 0


@dataclass(frozen=True)
class Gap:
    """Fields that the bulk read leaves out, and the listing per resource that tells them; without one it is
    the kind's describe. Made only where such a field is declared. A path may lead into a field: `field.inner`."""

    fields: tuple[str, ...]
    listing: Listing | None = None


@dataclass(frozen=True)
class Settle:
    """What comes to life some time after its create was answered: the member that tells how far it is, the value
    when it is done, those when it will never be, and where the reason is."""

    member: str
    done: str
    failed: tuple[str, ...]
    reason: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """A keyed field whose items AWS creates, replaces whole and deletes one by one, each named by `id_param`.

    With `bulk` one search lists the parts of every resource, each with the id of its `owner`.
    """

    field: str
    listing: Listing
    create: str
    update: str
    delete: str
    id_param: str
    has_id: bool = False  # whether AWS tells them apart by an id; otherwise by their names
    bulk: Listing | None = None


@dataclass(frozen=True)
class Cells:
    """The operations on a kind's values: a batch each, but for the rename of one row."""

    listing: Listing
    create: str
    update: str
    delete: str
    rename: str
    level: str  # the spec's field that says how far a lock reaches

    def operation(self, action: Action) -> str:
        return {Action.CREATE: self.create, Action.UPDATE: self.update, Action.DELETE: self.delete}[action]
