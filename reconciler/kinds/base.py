"""What every kind shares: how a spec becomes AWS calls, and an AWS answer a spec."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar, cast

from reconciler.environment import Quotas
from reconciler.kinds.fields import Names, aws_name, decode, encode, is_ours, nested, references, worth_saying
from reconciler.model import Action, Call, IdOf, Ownership, Problem, Records, Ref, Resource, Spec, WrittenRecords

S = TypeVar("S", bound=Resource)


@dataclass(frozen=True)
class Listing:
    """An operation that pages through a kind's resources, and the member that holds them."""

    operation: str
    items: str
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Update:
    """One AWS update operation and the spec fields it carries.

    AWS resets what is left out, so each is sent whole: what is live, with the changes laid over.
    """

    operation: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """A keyed field whose items AWS creates, replaces whole and deletes one by one, each named by `id_param`."""

    field: str
    listing: Listing
    create: str
    update: str
    delete: str
    id_param: str


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


class Kind(Generic[S]):
    """One kind of resource, as a table.

    A kind must fill the first group; it may fill the second, and may override the two doors where a field's AWS form is
    not the manifest's. It must not call AWS, and must not import another kind: it names it.
    """

    spec: ClassVar[type[Resource]]
    id_param: ClassVar[str]
    search: ClassVar[Listing]  # every resource whole, with its tags, in one bulk read
    lookup: ClassVar[Listing]  # ids by name without an index's lag: where a create's reply was lost
    describe: ClassVar[tuple[str, str]]  # operation, member of its answer: right before a full replace
    create: ClassVar[str]
    delete: ClassVar[str]

    service: ClassVar[str] = "connect"
    ownership: ClassVar[Ownership] = Ownership.TAGS
    updates: ClassVar[tuple[Update, ...]] = ()
    parts: ClassVar[Parts | None] = None
    cells: ClassVar[Cells | None] = None
    folds_case: ClassVar[bool] = False  # AWS holds two names that differ in case alone for one
    irreversible: ClassVar[str] = ""  # what is gone for good when one is deleted
    born_with: ClassVar[Mapping[str, Any]] = {}  # what create must be told and no manifest says

    @property
    def name(self) -> str:
        return self.spec.__name__

    # The life of a resource: born, changed, deleted.

    def create_call(self, ref: Ref, spec: S, tags: Mapping[str, str]) -> Call:
        apart = {"tags", self.parts.field if self.parts else ""}
        said = {f for f, value in spec if f not in apart and worth_saying(self.spec, f, value)}
        params = {**self.born_with, **self.to_aws(spec, said)}
        return Call(self.service, self.create, params | ({"Tags": dict(tags)} if tags else {}))

    def replace_call(self, ref: Ref, update: Update, spec: S) -> Call:
        params = self.to_aws(spec, update.fields)
        return Call(self.service, update.operation, {self.id_param: IdOf(ref), **params})

    def delete_call(self, ref: Ref) -> Call:
        return Call(self.service, self.delete, {self.id_param: IdOf(ref)})

    def tag_call(self, ref: Ref, tags: Mapping[str, str]) -> Call:
        return Call(self.service, "TagResource", {"resourceArn": IdOf(ref, arn=True), "tags": dict(tags)})

    def untag_call(self, ref: Ref, keys: Collection[str]) -> Call:
        return Call(self.service, "UntagResource", {"resourceArn": IdOf(ref, arn=True), "tagKeys": sorted(keys)})

    def part_create_call(self, ref: Ref, part: Spec) -> Call:
        said = {f: value for f, value in part if worth_saying(type(part), f, value)}
        return self._part_call(ref, self._parts.create, "", part, said)

    def part_replace_call(self, ref: Ref, live_name: str, part: Spec) -> Call:
        return self._part_call(ref, self._parts.update, live_name, part, dict(part))

    def part_delete_call(self, ref: Ref, live_name: str) -> Call:
        return self._part_call(ref, self._parts.delete, live_name, None, {})

    # Spec ↔ AWS.

    def references(self, spec: S) -> Iterator[Ref]:
        return references(self.to_aws(spec, self.spec.model_fields))

    def to_aws(self, spec: S, fields: Collection[str]) -> dict[str, Any]:
        said = {f: value for f in self.spec.model_fields if f in fields and (value := getattr(spec, f)) is not None}
        return {
            self.param(f): self.write_field(f, encode(self.spec, f, value))
            for f, value in said.items()
            if not is_ours(self.spec, f)
        }

    def from_aws(self, answer: Mapping[str, Any], names: Names) -> S:
        """The spec of AWS's answer; parts come in `answer` under the name of their field. Raises pydantic's error."""
        said = {
            f: value
            for f in self.spec.model_fields
            if not is_ours(self.spec, f) and (value := answer.get(self.param(f))) is not None
        }
        found = {f: decode(self.spec, f, self.read_field(f, value), names) for f, value in said.items()}
        return cast(S, self.spec.model_validate(found))  # S is the type that `spec` holds

    def part_from_aws(self, answer: Mapping[str, Any], names: Names) -> Spec:
        inner = nested(self.spec, self._parts.field)
        assert inner, f"{self.name}.{self._parts.field} holds no specs"  # noqa: S101 (a kind's table is wrong)
        return inner.model_validate(decode(self.spec, self._parts.field, dict(answer), names))

    def param(self, field: str) -> str:
        return aws_name(self.spec, field)

    # The doors: a kind overrides them where AWS's form of a value is not the manifest's, or its rules are its own.

    def read_field(self, field: str, value: Any) -> Any:
        """AWS's value as the rule expects it: PascalCase keys, ids."""
        return value

    def write_field(self, field: str, value: Any) -> Any:
        """The rule's value as AWS expects it."""
        return value

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        """What the schema cannot tell: rules between fields, and rules of records.

        `declared` is the spec as parsed, in the manifest's words; its shape may be wrong anywhere (the schema has said
        so), and this must then pass over what it cannot read.
        """
        return iter(())

    def records(self, declared: S, written: WrittenRecords) -> Records:
        """The records as they are sent; asked only where there is no mistake."""
        return Records()

    def violations(self, part: Spec, text: str) -> tuple[str, ...]:
        """Which rules of its part (attribute) a stored wire text breaks, each in words that name rule and limit."""
        return ()

    @property
    def _parts(self) -> Parts:
        if self.parts is None:
            raise TypeError(f"{self.name} has no parts")
        return self.parts

    def _part_call(self, ref: Ref, operation: str, live_name: str, part: Spec | None, said: Mapping[str, Any]) -> Call:
        named = {self._parts.id_param: live_name} if live_name else {}
        params = {
            aws_name(type(part), f): encoded
            for f, value in said.items()
            if part is not None and not is_ours(type(part), f)
            # An update replaces whole, so an empty structure says no more than one that is left out.
            if (encoded := encode(type(part), f, value)) not in (None, {})
        }
        return Call(self.service, operation, {self.id_param: IdOf(ref), **named, **params})
