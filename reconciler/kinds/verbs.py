"""The rows of a kind's table: which operation lists, replaces, adds or removes which fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.model import Action, Does
from reconciler.model.environment import Quota


@dataclass(frozen=True)
class Listing:
    """An operation that pages through items, and the member of its answer that holds them.

    `constants` are members that every item has because of the filters, and that AWS does not repeat in the answer.
    """

    operation: str
    items: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Update:
    """One AWS update operation and the spec fields it carries.

    AWS may reset what is left out, so an update sends all its fields: the live values, merged with the changes.

    clear: the operation that removes the value of the one field, where `operation` cannot.
    names: the parameters of fields that create calls otherwise.
    arn: the parameter that takes the resource's ARN in place of its id.
    publishes: the operation replaces the draft too, which may be another writer's (`Reading.draft`).
    patch: AWS keeps what is left out, so the update sends only the fields that differ.
    """

    operation: str
    fields: tuple[str, ...]
    clear: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    arn: str = ""
    publishes: bool = False
    patch: bool = False

    def sending(self, fields: Collection[str]) -> Update:
        """Returns the update that changes these fields: a patch sends no others."""
        return replace(self, fields=tuple(f for f in self.fields if f in fields)) if self.patch else self


@dataclass(frozen=True)
class Set:
    """A field that AWS keeps as a set, with an operation that adds items and one that removes them.

    batch: the most items of one call.
    change: the operation for items that have more than their key.
    removed: the parameter with the items to remove, if its name differs from the field's.
    born: the number of items that create accepts. The others are added right after it.
    most: the most items that AWS allows.
    one_by_one: the parameter takes one item instead of a list.
    """

    field: str
    add: str
    remove: str
    batch: int
    change: str = ""
    removed: str = ""
    born: int = 0
    most: int = 0
    one_by_one: bool = False


@dataclass(frozen=True)
class Detail:
    """Details: fields that the bulk read leaves out, and the read per resource that has them.

    They are read only where such a field is declared. A path may lead into a field: `field.inner`.

    listing: the listing of the fields' items. Without it and `describe`, the kind's describe has the fields.
    describe: operation and member of a structure with the fields.
    absent: error codes that mean that the fields have their defaults, such as NoSuchBucketPolicy.
    arns: the parameter of the listing that takes a list of ARNs, if it takes no id.
    """

    fields: tuple[str, ...]
    listing: Listing | None = None
    describe: tuple[str, str] | None = None
    absent: frozenset[str] = frozenset()
    arns: str = ""

    @property
    def is_apart(self) -> bool:
        """True if a read of its own has the fields."""
        return bool(self.listing or self.describe)


@dataclass(frozen=True)
class IdBatch:
    """A describe of several resources: the parameter that takes their ids, and the most ids of one call.

    AWS leaves out those that do not exist.
    """

    parameter: str
    most: int


@dataclass(frozen=True)
class Wait:
    """The state of a resource that AWS finishes some time after it answers a call.

    member: the path of the member with the state: `Member`, or `Member.Inner`.
    done: the state of a finished resource.
    failed: the states of a resource that will never be finished.
    reason: the path of the reason in the answer.
    after: the calls that AWS finishes later. A deletion is finished when AWS no longer finds the resource.
    """

    member: str
    done: str
    failed: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    after: frozenset[Does] = frozenset({Does.CREATE})

    def state(self, members: Mapping[str, Any]) -> Any:
        """Returns the state in an answer; `None` if the answer has none."""
        value: Any = members
        for step in self.member.split("."):
            value = (value or {}).get(step)
        return value


@dataclass(frozen=True)
class Choice:
    """A search for free items. A plan cannot reserve one, so apply chooses right before a create.

    Apply skips an item that another create of the run has chosen. It chooses again if AWS refuses an item as taken.

    fields: what the search is limited to.
    member: the member of an item, and the parameter of create, with the item's name.
    token: the parameter of create that makes a repeated call harmless; it takes a UUID.
    """

    search: Listing
    fields: tuple[str, ...]
    member: str
    token: str


@dataclass(frozen=True)
class Transfer:
    """The operation that takes a resource over from another instance of the account and Region.

    target: its parameter with the ARN of the new instance. `token`: the one that makes a repeated call harmless.
    everywhere: the listing of the resources of all instances. `None` in its filters leaves the own instance out.
    loses: what the resource loses, as a sentence.
    """

    operation: str
    target: str
    token: str
    everywhere: Listing
    loses: str


@dataclass(frozen=True)
class Parts:
    """A keyed field whose items AWS creates, replaces whole and deletes one by one, each named by `id_param`.

    bulk: one search that lists the parts of every resource, each with the id of its `owner`.
    name: the member of a part with its name.
    describe: operation and member of the read of one part, if the listing has only names.
    """

    field: str
    listing: Listing
    create: str
    update: str
    delete: str
    id_param: str
    has_id: bool = False  # AWS identifies parts by an id; otherwise by their names
    bulk: Listing | None = None
    name: str = "Name"
    describe: tuple[str, str] | None = None

    @property
    def overwrites(self) -> bool:
        """True if a create replaces a part of the same name, so that apply must look before it."""
        return self.create == self.update


@dataclass(frozen=True)
class Cells:
    """The operations on a kind's values. Each is a batch, except the rename of one row.

    most: the quota of the values of one resource. `batch`: that of the items of one call.
    """

    listing: Listing
    create: str
    update: str
    delete: str
    rename: str
    level: str  # the field of the spec with the scope of a lock
    most: Quota
    batch: Quota
    field: str = "values"  # the field of the manifest with the values

    def operation(self, action: Action) -> str:
        return {Action.CREATE: self.create, Action.UPDATE: self.update, Action.DELETE: self.delete}[action]
