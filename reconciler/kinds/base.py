"""What every kind shares: how a spec becomes AWS calls, and an AWS answer a spec."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar, cast

from reconciler.environment import Quotas
from reconciler.kinds.fields import (
    Names,
    answered,
    answered_name,
    aws_name,
    cannot_be_blank,
    decode,
    each_by,
    encode,
    is_local,
    is_told,
    named_in,
    nested,
    worth_saying,
)
from reconciler.kinds.tables import Cells, Gap, Listing, Members, Parts, Settle, Update
from reconciler.model import Call, IdOf, Ownership, Problem, Records, Ref, Resource, Spec, WrittenRecords

S = TypeVar("S", bound=Resource)
Sent = tuple[Call, list[Any]]  # a call, and the items of a set that it is about
Declared = Mapping[Ref, Mapping[str, Any]]  # specs as parsed, in the manifest's words


class Kind(Generic[S]):
    """One kind of resource, as a table.

    A kind must fill the first group; it may fill the second, and may override the doors where a field's AWS form is
    not the manifest's. It must not call AWS, and must not import another kind: it names it.
    """

    spec: ClassVar[type[Resource]]
    id_param: ClassVar[str]  # what its calls name it by; "" for what an instance has one of
    search: ClassVar[Listing]  # every resource with its tags in one bulk read, as whole as AWS tells it there
    create: ClassVar[str]
    delete: ClassVar[str]  # "" where AWS has no such operation

    service: ClassVar[str] = "connect"
    ownership: ClassVar[Ownership] = Ownership.TAGS
    lookup: ClassVar[Listing | None] = None  # ids by name where a search may lag behind a create
    describe: ClassVar[tuple[str, str] | None] = None  # operation, member of its answer: right before a full replace
    updates: ClassVar[tuple[Update, ...]] = ()
    members: ClassVar[tuple[Members, ...]] = ()
    gaps: ClassVar[tuple[Gap, ...]] = ()
    parts: ClassVar[Parts | None] = None
    cells: ClassVar[Cells | None] = None
    settle: ClassVar[Settle | None] = None
    holds: ClassVar[frozenset[str]] = frozenset()  # fields by which AWS keeps what they name from being deleted
    needs: ClassVar[tuple[str, ...]] = ()  # kinds of which everything must be as declared first
    watches: ClassVar[tuple[str, ...]] = ()  # kinds of which every live one counts, whosever it is: see `refuses`
    beside: ClassVar[tuple[str, ...]] = ()  # kinds whose manifests `among` holds this one's against
    bare_search: ClassVar[bool] = False  # the bulk read does not even tell tags: each is described
    after: ClassVar[frozenset[str]] = frozenset()  # fields that create does not take: set right after it
    late: ClassVar[frozenset[str]] = frozenset()  # fields that may close a circle: they wait where they do
    unanswered: ClassVar[frozenset[str]] = frozenset()  # fields that create takes and no answer tells again
    key: ClassVar[str] = "name"  # the field by which AWS tells things of this kind apart; "" where it has but one
    named_with: ClassVar[tuple[str, ...]] = ()  # fields that every call on one must say besides its id
    folds_case: ClassVar[bool] = False  # AWS holds two names that differ in case alone for one
    irreversible: ClassVar[str] = ""  # what is gone for good when one is deleted
    grave: ClassVar[str] = ""  # why a flag is not enough to delete one, nor the wish to have one to create it
    no_delete: ClassVar[str] = ""  # what to do instead, where AWS has no operation that deletes
    born_with: ClassVar[Mapping[str, Any]] = {}  # what create must be told and no manifest says
    unmanaged: ClassVar[Mapping[str, str]] = {}  # members of create and updates that are not carried, and why

    @property
    def name(self) -> str:
        return self.spec.__name__

    @property
    def expands(self) -> bool:
        """Whether one of them may stand for other resources."""
        return type(self).expand is not Kind.expand

    @property
    def sets(self) -> frozenset[str]:
        """Fields whose items come and go by operations of their own."""
        return frozenset(members.field for members in self.members)

    @property
    def fixed(self) -> frozenset[str]:
        """Fields that only create takes: to change one is to make the resource anew."""
        carried = {f for update in self.updates for f in update.fields} | {m.field for m in self.members}
        apart = {"tags", self.parts.field if self.parts else ""}
        return frozenset(f for f in self.spec.model_fields if not is_local(self.spec, f)) - carried - apart

    # The life of a resource: born, changed, deleted.

    def create_call(self, ref: Ref, spec: S, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        """`held`: fields that wait until all is there."""
        apart = {"tags", self.parts.field if self.parts else "", *self.after, *held}
        said = {f for f, value in spec if f not in apart and worth_saying(self.spec, f, value)}
        born = {m.field: getattr(spec, m.field)[: m.born] for m in self.members}
        params = {**self.born_with, **self.to_aws(spec.model_copy(update=born), said)}
        return Call(self.service, self.create, params | ({"Tags": dict(tags)} if tags else {}))

    def replace_call(self, ref: Ref, update: Update, spec: S) -> Call:
        return Call(self.service, update.operation, {**self.own(ref, spec), **self.to_aws(spec, update.fields)})

    def delete_call(self, ref: Ref, spec: S) -> Call:
        return Call(self.service, self.delete, self.own(ref, spec))

    def own(self, ref: Ref, spec: S) -> dict[str, Any]:
        """What a call on a resource names it by."""
        named = {self.param(f): encode(self.spec, f, getattr(spec, f)) for f in self.named_with}
        return {**({self.id_param: IdOf(ref)} if self.id_param else {}), **named}

    def add_calls(self, ref: Ref, members: Members, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        return self._member_calls(ref, members, members.add, spec, items)

    def change_calls(self, ref: Ref, members: Members, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        return self._member_calls(ref, members, members.change, spec, items)

    def remove_calls(self, ref: Ref, members: Members, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        by, field = each_by(self.spec, members.field), members.field
        for batch in _batches(items, members.batch):
            keys = [encode(type(it), by, getattr(it, by)) if by else encode(self.spec, field, it) for it in batch]
            said = {members.removed or self.param(field): keys}
            yield Call(self.service, members.remove, {**self.own(ref, spec), **said}), list(batch)

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
        return named_in(spec)

    def to_aws(self, spec: S, fields: Collection[str]) -> dict[str, Any]:
        return {
            self.param(f): self.write_field(f, encode(self.spec, f, value))
            for f in self.spec.model_fields
            if f in fields and not is_local(self.spec, f) and self._is_sayable(f, value := getattr(spec, f))
        }

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> S:
        """The spec of AWS's answer; parts and members come in `answer` under the names of their fields. `name` is what
        the manifests call it, for kinds of which AWS knows no name. Raises pydantic's error."""
        told = ((f, answer.get(key)) for f, key, _ in answered(self.spec) if not is_local(self.spec, f))
        said = ((f, self.read_field(f, value)) for f, value in told if is_told(self.spec, f, value))
        found = {f: decode(self.spec, f, value, names) for f, value in said}
        return cast(S, self.spec.model_validate({**({"name": name} if name else {}), **found}))

    def part_from_aws(self, answer: Mapping[str, Any], names: Names) -> Spec:
        inner = nested(self.spec, self._parts.field)
        assert inner, f"{self.name}.{self._parts.field} holds no specs"  # noqa: S101 (a kind's table is wrong)
        (read,) = self.read_field(self._parts.field, [dict(answer)])
        return inner.model_validate(decode(self.spec, self._parts.field, read, names))

    def param(self, field: str) -> str:
        return aws_name(self.spec, field)

    # Who it is.

    def identity(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Id and ARN, whatever this kind's answers call them; the ARN is empty where there is none."""
        stem = self.id_param.removesuffix("Id")
        id = members.get("Id") or members.get(self.id_param) or ""
        arns = (members.get(name) for name in ("Arn", f"{stem}Arn", f"{stem}ARN"))
        return str(id), str(next(filter(None, arns), ""))

    def unready(self, members: Mapping[str, Any]) -> str:
        """Why nothing can be done with a live one yet, or ever; empty where it is as it should be."""
        if not (settle := self.settle) or (status := members.get(settle.member)) in (None, settle.done):
            return ""
        reason: Any = members
        for step in settle.reason:
            reason = (reason or {}).get(step)
        return f"its creation failed: {reason or status}" if status in settle.failed else f"is still {status}"

    def lasting(self, members: Mapping[str, Any]) -> str:
        """Why AWS never deletes this one of them; empty where it can be deleted."""
        return ""

    def key_of(self, spec: S) -> str:
        """What a declared one is found by among the live ones that bear no address of ours."""
        return str(getattr(spec, self.key)) if self.key else ""

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """What a live one may be found by."""
        return (str(members.get(answered_name(self.spec, self.key), "")),) if self.key else ("",)

    def called(self, members: Mapping[str, Any]) -> str:
        """The name of a live one that nobody declares."""
        return self.keys_of(members)[0] or self.name

    def refuses(self, after: S | None, there: Mapping[Ref, Resource]) -> str:
        """Why AWS does not make one what it shall be, or take it away (`None`), while these of `watches` are there;
        empty where it does."""
        return ""

    def another(self, declared: S, live: S) -> str:
        """Why a live one of that name, which is not ours, can not be the declared one; empty where it may be."""
        return ""

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """Whether a bulk read speaks of a resource, and not of something that AWS keeps beside them."""
        return True

    def searches(self, declared: Collection[S], everything: bool) -> Iterable[Listing]:
        """The bulk reads for what is declared, or for all that there is."""
        return (self.search,)

    def detail_members(self, gap: Gap, items: list[Any]) -> Mapping[str, Any]:
        """What a gap's listing tells, as members of an answer."""
        return {answered_name(self.spec, gap.fields[0]): items}

    # The doors: a kind overrides them where AWS's form of a value is not the manifest's, or its rules are its own.

    def read_field(self, field: str, value: Any) -> Any:
        """AWS's value as the rule expects it: PascalCase keys, ids."""
        return value

    def write_field(self, field: str, value: Any) -> Any:
        """The rule's value as AWS expects it."""
        return value

    def expand(self, spec: S) -> Iterable[tuple[str, Mapping[str, Any], tuple[str | int, ...]]]:
        """Other resources that this one stands for, as if somebody had declared them in its place: the kind of each,
        its spec in the manifest's words, its name included, and the path of what says it in this spec."""
        return ()

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        """What the schema cannot tell: rules between fields, and rules of records.

        `declared` is the spec as parsed, in the manifest's words; its shape may be wrong anywhere (the schema has said
        so), and this must then pass over what it cannot read.
        """
        return iter(())

    def outdated(self, declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
        """What is over by now, as findings. Shapes may be wrong anywhere, as in `problems`."""
        return iter(())

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        """Rules between resources of this kind, and those of `beside`, each with the one that breaks it. Shapes may be
        wrong anywhere, as in `problems`."""
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

    def _is_sayable(self, field: str, value: Any) -> bool:
        return value is not None and not (value == "" and cannot_be_blank(self.spec, field))

    def _member_calls(
        self, ref: Ref, members: Members, operation: str, spec: S, items: Iterable[Any]
    ) -> Iterator[Sent]:
        for batch in _batches(items, members.batch):
            said = self.to_aws(spec.model_copy(update={members.field: batch}), (members.field,))
            yield Call(self.service, operation, {**self.own(ref, spec), **said}), list(batch)

    def _part_call(self, ref: Ref, operation: str, live_name: str, part: Spec | None, said: Mapping[str, Any]) -> Call:
        id = IdOf(part_key(ref, live_name)) if self._parts.has_id else live_name
        named = {self._parts.id_param: id} if live_name else {}
        params = {
            aws_name(type(part), f): encoded
            for f, value in said.items()
            if part is not None and not is_local(type(part), f) and not (value == "" and cannot_be_blank(type(part), f))
            # An update replaces whole, so an empty structure says no more than one that is left out.
            if (encoded := encode(type(part), f, value)) not in (None, {})
        }
        if params:
            (params,) = self.write_field(self._parts.field, [params])
        return Call(self.service, operation, {self.id_param: IdOf(ref), **named, **params})


def part_key(owner: Ref, name: str) -> Ref:
    """What a part's id is known by. It reads as the part's address, and equals no resource's: no kind holds a slash."""
    return Ref(str(owner), name)


def _batches(items: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    left = iter(items)
    while batch := tuple(islice(left, size)):
        yield batch
