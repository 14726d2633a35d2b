"""The type of a resource: the names in its operations, and its exceptions.

The service model has the members of requests and answers (see `model`), so they are never listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class LeftOut(Enum):
    """The effect of an update on members that its request leaves out."""

    KEPT = "kept"
    CLEARED = "cleared"
    ONE_NEEDED = "kept, but a request without any of them is refused"
    # Not documented: the switch of this name decides.
    SWITCHED = "left_out_members"
    SWITCHED_PROFILE = "security_profile_update"


@dataclass(frozen=True)
class Reference:
    """A member, by its path in requests, that names a resource of another type.

    `by_arn`: the service model says that the member also takes an ARN. Answers contain ids.
    """

    path: tuple[str, ...]
    to: str
    by_arn: bool = False


@dataclass(frozen=True, eq=False)
class Type:
    """One type of resource.

    name          as in its operations: Create<name>, Describe<name>, Update<name>…, Delete<name>
    plural        as in List<plural> and Search<plural>; `searched_as` where the two differ
    arn_part      <instance ARN>/<arn_part>/<id>; empty where it has no ARN
    key           the member of requests that names one
    name_member   the member that holds its name; empty where names are free
    quota         the field of `Quotas` that limits how many an instance has
    updates       update operations that overwrite what they carry, with their way with what is left out
    references    members that name others
    fields        what Search<plural> may ask for, by the field name in lower case, with the member that answers
    unsearched    paths of members that Search<plural> is documented to leave out
    filters       members of List<plural>'s request that select by a member of the summary
    renamed       members of requests and summaries, with the names that they have in a description
    by_arn        whether requests may name it by its ARN [service model, in words]
    born          what it shows from its creation on although no request members so
    parent        the type that it is part of, named in every request beside its own key
    verbs         the regular operations that are answered; those that the model does not have are not
    """

    name: str
    plural: str
    key: str
    arn_part: str = ""
    searched_as: str = ""
    name_member: str = "Name"
    quota: str = ""
    updates: Mapping[str, LeftOut] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    unsearched: tuple[tuple[str, ...], ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    by_arn: bool = False
    born: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""
    verbs: tuple[str, ...] = ("Create", "Describe", "List", "Search", "Delete")
    noun: str = field(init=False)

    def __post_init__(self) -> None:
        words = "".join(f" {c.lower()}" if c.isupper() else c for c in self.name)
        object.__setattr__(self, "noun", words.strip())


@dataclass(eq=False)
class Resource:
    """A resource: the members of requests under the model's names, and the members that the service adds.

    `members` is replaced and never changed in place: answers and older views of search share it.
    """

    type: Type
    id: str
    arn: str
    members: dict[str, Any]
    tags: dict[str, str]
    modified: float
    parent: str = ""
    """The id of its parent. Names are unique, and quotas count, among the resources of one parent."""
    links: dict[str, dict[Any, Any]] = field(default_factory=dict)
    """The associated things, by kind and key: the quick connects of a queue, the pairs of a profile."""
    hidden_until: int = 0
    """The number of the accepted call after which reads by id find it."""
    lagging: tuple[int, dict[str, Any] | None] | None = None
    """The call until which search answers an older view, and that view (None: not indexed)."""

    @property
    def name(self) -> str:
        return str(self.members.get(self.type.name_member, self.id))


@dataclass(eq=False)
class Level:
    """A level of the user hierarchy."""

    id: str
    name: str
    modified: float


@dataclass(eq=False)
class Holdings:
    """The administrative resources of one instance, by type and id, and its single settings."""

    arn: str
    levels: list[Level] = field(default_factory=list)
    functions: dict[str, None] = field(default_factory=dict)
    origins: dict[str, None] = field(default_factory=dict)
    storage: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Storage configurations with their AssociationId, by resource type."""
    attributes: dict[str, str] = field(default_factory=dict)
    resources: dict[str, dict[str, Resource]] = field(default_factory=dict)

    def of(self, type_name: str) -> dict[str, Resource]:
        return self.resources.setdefault(type_name, {})
