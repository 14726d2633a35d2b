"""The rows of a kind's table: which operation lists, replaces, adds or removes which fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

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


class Guard(NamedTuple):
    """A condition of a call: AWS refuses it (`Meaning.STALE`) if the resource is no longer as it was read.

    parameter: the parameter of the call. `member`: the member of the resource's description that it takes.
    """

    parameter: str
    member: str

    def of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the parameter; none if the description has no such member."""
        return {self.parameter: members[self.member]} if members.get(self.member) else {}


@dataclass(frozen=True)
class Update:
    """One AWS update operation and the spec fields it carries.

    AWS may reset what is left out, so an update sends all its fields: the live values, merged with the changes.

    clear: the operation that removes the value of the one field, where `operation` cannot.
    names: the parameters of fields that create calls otherwise.
    arn: the parameter that takes the resource's ARN in place of its id.
    publishes: the operation replaces the draft too, which may be another writer's (`Reading.draft`).
    patch: AWS keeps what is left out, so the update sends only the fields that differ.
    guard: AWS refuses the operation if another writer has changed the resource since it was read.
    by_item: the call changes only the items of its maps that differ; see `Kind.item_call`.
    """

    operation: str
    fields: tuple[str, ...]
    clear: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    arn: str = ""
    publishes: bool = False
    patch: bool = False
    guard: Guard | None = None
    by_item: bool = False

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
    spreads: the members of an item, which is a structure, are parameters of their own.
    recreates: AWS cannot change an item, so a changed one is removed and added again.
    guard: AWS refuses the removal if another writer has changed the items since they were read.
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
    spreads: bool = False
    recreates: bool = False
    guard: Guard | None = None


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

    filters: other parameters, such as the type of what is described.
    """

    parameter: str
    most: int
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """The state of a resource that AWS finishes some time after it answers a call.

    member: the path of the member with the state: `Member`, or `Member.Inner`.
    done: the state of a finished resource. `also_done`: others.
    failed: the states of a resource that will never be finished.
    reason: the path of the reason in the answer.
    after: the calls that AWS finishes later. A deletion is finished when AWS no longer finds the resource.
    of_updates: the state of the last update, if another member has it.
    """

    member: str
    done: str
    failed: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    after: frozenset[Does] = frozenset({Does.CREATE})
    of_updates: Wait | None = None
    also_done: tuple[str, ...] = ()

    def is_done(self, members: Mapping[str, Any]) -> bool:
        return self.state(members) in (self.done, *self.also_done)

    def state(self, members: Mapping[str, Any]) -> Any:
        """Returns the state in an answer; `None` if the answer has none."""
        value: Any = members
        for step in self.member.split("."):
            value = (value or {}).get(step)
        return value

    def why(self, members: Mapping[str, Any]) -> str:
        """Returns AWS's reason for a state, or the state itself."""
        reason: Any = members if self.reason else None
        for step in self.reason:
            reason = (reason or {}).get(step)
        return str(reason or self.state(members))

    def is_moving(self, members: Mapping[str, Any]) -> bool:
        """Returns whether AWS has not finished an earlier call: the resource is neither done nor failed."""
        known = (None, self.done, *self.also_done, *self.failed)
        later = self.of_updates is not None and self.of_updates.is_moving(members)
        return later or self.state(members) not in known


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
class Publication:
    """The operation that freezes what a resource leads to. Apply calls it right before a call that needs its number.

    AWS publishes nothing new if nothing has changed, and answers with the number of the last one. So a repeated call is
    harmless.

    takes: the parameters that it has in common with the call. `member`: the member of the answer with the number.
    listing: the versions, which show what was published if a reply is lost. `newest`: the number of what is published.
    apart: members in which a version differs from that although it is published.
    """

    operation: str
    takes: tuple[str, ...]
    member: str
    listing: Listing
    newest: str
    apart: frozenset[str]

    def number_of(self, versions: Collection[Mapping[str, Any]]) -> str:
        """Returns the number of the last version if nothing has changed since; empty otherwise."""
        frozen = {str(it[self.member]): {k: v for k, v in it.items() if k not in self.apart} for it in versions}
        numbers = sorted((number for number in frozen if number != self.newest), key=int)
        return numbers[-1] if numbers and frozen[numbers[-1]] == frozen.get(self.newest) else ""


@dataclass(frozen=True)
class Membership:
    """The list of a container (`Reading.container`) with the resources of a kind. AWS replaces only all of it.

    AWS has no lock for it. Apply reads it by `Reading.search` right before each call, and makes one call at a time.

    parameter: the parameter of both calls with the list. `field`: that of the container's spec.
    kept: parameters that the call repeats while they name an item. `wait`: the state in which AWS accepts a change.
    """

    parameter: str
    field: str
    kept: tuple[str, ...]
    wait: Wait


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
