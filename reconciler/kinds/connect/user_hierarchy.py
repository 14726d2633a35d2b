"""The UserHierarchy kind: the levels into which the agents of an instance are grouped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.composite import Around, Child
from reconciler.kinds.connect import hierarchy_paths, hierarchy_rules
from reconciler.kinds.groups import Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import Call, Clearable, LocalOnly, Ownership, Problem, Ref, Resource, Spec, WrittenRecords
from reconciler.model.environment import Quotas

LEVELS = ("level_one", "level_two", "level_three", "level_four", "level_five")
Path = Annotated[
    str,
    Field(pattern=hierarchy_paths.PATTERN, examples=["North/Sales"], json_schema_extra=dict(hierarchy_paths.EXPECTED)),
]


class Level(Spec):
    """One level of the hierarchy. Null removes it, which AWS refuses while the level has groups."""

    name: str = Field(
        min_length=1,
        max_length=50,
        description="The name of the level, such as Country or Team, in 1 to 50 characters.",
        examples=["Team"],
    )


class UserHierarchy(Resource):
    """The levels of the agents' hierarchy, from the top. An instance has one hierarchy."""

    name: Annotated[str, LocalOnly()] = Field(
        description="The name of the hierarchy, which is always main.", examples=["main"]
    )
    level_one: Level
    level_two: Annotated[Level | None, Clearable()] = None
    level_three: Annotated[Level | None, Clearable()] = None
    level_four: Annotated[Level | None, Clearable()] = None
    level_five: Annotated[Level | None, Clearable()] = None
    groups: Annotated[tuple[Path, ...], LocalOnly()] = Field(
        (),
        description="Paths of groups from the top, such as North/Berlin. Each stands for a UserHierarchyGroup.",
        examples=[["North", "North/Berlin"]],
    )


class UserHierarchyKind(Kind[UserHierarchy]):
    spec = UserHierarchy
    service = CONNECT
    ownership = Ownership.DECLARED
    identity = Identity("", key="")
    reading = Reading(
        search=Listing("DescribeUserHierarchyStructure", "HierarchyStructure"),
        describe=("DescribeUserHierarchyStructure", "HierarchyStructure"),
    )
    writing = Writing(
        # One operation sends all levels; AWS removes those that are left out. Source: service model.
        create="UpdateUserHierarchyStructure",
        delete="UpdateUserHierarchyStructure",
        updates=(Update("UpdateUserHierarchyStructure", LEVELS),),
    )
    ordering = Ordering(sees=("UserHierarchyGroup",))

    def called(self, members: Mapping[str, Any]) -> str:
        return "main"

    def create_call(self, ref: Ref, spec: UserHierarchy, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        return self.replace_call(ref, self.writing.updates[0], spec)

    def replace_call(self, ref: Ref, update: Update, spec: UserHierarchy) -> Call:
        return self.call(update.operation, {"HierarchyStructure": self.to_aws(spec, update.fields)})

    def delete_call(self, ref: Ref, spec: UserHierarchy) -> Call:
        return self.call(self.writing.delete, {"HierarchyStructure": {}})

    def refuses(
        self, ref: Ref, before: UserHierarchy | None, after: UserHierarchy | None, there: Mapping[Ref, Resource]
    ) -> str:
        """Returns which groups keep a level. Source: API reference, UpdateUserHierarchyStructure."""
        levels = sum(getattr(after, level, None) is not None for level in LEVELS)
        return hierarchy_rules.too_deep(levels, (spec.name for spec in there.values()))

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return hierarchy_rules.level_problems(declared)

    def expand(self, spec: UserHierarchy, around: Around) -> Iterable[Child]:
        """Yields a group for each path."""
        for at, path in enumerate(spec.groups):
            yield Child("UserHierarchyGroup", {"name": path}, ("groups", at))
