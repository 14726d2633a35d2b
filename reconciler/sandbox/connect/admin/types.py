"""What a type of resource is: how its operations name it, and where it leaves the regular way.

What requests and answers may hold is never said here: the service model says it (see `model`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class LeftOut(Enum):
    """What an update does to the members of its request that are not given."""

    KEPT = "kept"
    CLEARED = "cleared"
    ONE_NEEDED = "kept, but a request without any of them is refused"
    # Nobody says: the switch of that name does.
    SWITCHED = "left_out_members"
    SWITCHED_PROFILE = "security_profile_update"


@dataclass(frozen=True)
class Reference:
    """A member, by its path in requests, that names a resource of another type.

    `by_arn` where the service model says that an ARN may stand there, too; answers give ids.
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
    born          what it shows from its creation on although no request said so
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
    born: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""
    verbs: tuple[str, ...] = ("Create", "Describe", "List", "Search", "Delete")
    noun: str = field(init=False)

    def __post_init__(self) -> None:
        words = "".join(f" {c.lower()}" if c.isupper() else c for c in self.name)
        object.__setattr__(self, "noun", words.strip())


@dataclass(eq=False)
class Resource:
    """One resource: what requests said of it under the model's names, and what the service adds.

    What `said` holds is replaced and never changed in place: answers and the older views of search share it.
    """

    type: Type
    id: str
    arn: str
    said: dict[str, Any]
    tags: dict[str, str]
    modified: float
    parent: str = ""
    """The id of what it is part of; names are unique and quotas are counted among those that share it."""
    links: dict[str, dict[Any, Any]] = field(default_factory=dict)
    """What associate operations attached, by kind and key: the quick connects of a queue, the pairs of a profile."""
    hidden_until: int = 0
    """The accepted call after which it can be found by its id."""
    lagging: tuple[int, dict[str, Any] | None] | None = None
    """Until which call search still answers which older view (None: not seen yet)."""

    @property
    def name(self) -> str:
        return str(self.said.get(self.type.name_member, self.id))


@dataclass(eq=False)
class Level:
    """A level of the user hierarchy."""

    id: str
    name: str
    modified: float


@dataclass(eq=False)
class Holdings:
    """The administrative resources of one instance, by type and id, and what is one of a kind."""

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
