"""The base of every kind: it turns a spec into AWS calls, and an AWS answer into a spec."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar, cast

from reconciler.kinds.composite import Child, Composite, Files
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
    is_present,
    manifest_key,
    named_in,
    nested,
    worth_saying,
)
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.service import Service, Tagging
from reconciler.kinds.verbs import Cells, Listing, Parts, Set, Update
from reconciler.model import Call, IdOf, Ownership, Problem, Read, Records, Ref, Resource, Spec, WrittenRecords
from reconciler.model.environment import Quota, Quotas

S = TypeVar("S", bound=Resource)
Sent = tuple[Call, list[Any]]  # a call, and the items of a set that it adds, changes or removes
Declared = Mapping[Ref, Mapping[str, Any]]  # parsed specs, in the manifest's form


class Kind(Generic[S]):
    """One kind of resource, as a table.

    A kind must give the first five values, and may give the rest. It may override the last group of methods. It must
    not call AWS. It must not import another kind: it uses its name.
    """

    spec: ClassVar[type[Resource]]
    service: ClassVar[Service]
    identity: ClassVar[Identity]
    reading: ClassVar[Reading]
    writing: ClassVar[Writing]

    ownership: ClassVar[Ownership] = Ownership.TAGS
    parts: ClassVar[Parts | None] = None
    cells: ClassVar[Cells | None] = None
    ordering: ClassVar[Ordering] = Ordering()
    deletion: ClassVar[Deletion] = Deletion()
    quotas: ClassVar[tuple[Quota, ...]] = ()  # AWS's limits, from the narrowest to the widest
    unmanaged: ClassVar[Mapping[str, str]] = {}  # parameters that the spec leaves out, and why

    @property
    def name(self) -> str:
        return self.spec.__name__

    @property
    def expands(self) -> bool:
        """True if a resource of this kind may stand for other resources."""
        return type(self).expand is not Kind.expand

    @property
    def tagging(self) -> Tagging:
        """How AWS tags a resource of this kind."""
        if self.service.tagging is None:
            raise TypeError(f"{self.name} belongs to a service without tags")
        return self.service.tagging

    @property
    def parts_key(self) -> str:
        """The key of the parts in a manifest; "" if the kind has none."""
        return manifest_key(self.spec, self.parts.field) if self.parts else ""

    @property
    def fixed(self) -> frozenset[str]:
        """The fields that only create accepts: to change one, the resource must be replaced."""
        carried = {f for update in self.writing.updates for f in update.fields} | {m.field for m in self.writing.sets}
        apart = {"tags", self.parts.field if self.parts else ""}
        return frozenset(f for f in self.spec.model_fields if not is_local(self.spec, f)) - carried - apart

    # The life of a resource: created, changed, deleted.

    def call(self, operation: str, params: Mapping[str, Any]) -> Call:
        return Call(self.service.name, operation, dict(params))

    def create_call(self, ref: Ref, spec: S, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        """Returns the create call, without the fields of `held`: they wait until their targets exist."""
        apart = {"tags", self.parts.field if self.parts else "", *self.writing.set_after_create, *held}
        fields = {f for f, value in spec if f not in apart and worth_saying(self.spec, f, value)}
        first = {m.field: getattr(spec, m.field)[: m.born] for m in self.writing.sets}
        params = {**self.writing.constants, **self.to_aws(spec.model_copy(update=first), fields)}
        tagged = {self.tagging.create: self.tagging.encode(tags)} if tags else {}
        return self.call(self.writing.create, params | tagged)

    def replace_call(self, ref: Ref, update: Update, spec: S) -> Call:
        return self.call(update.operation, {**self.own(ref, spec), **self.to_aws(spec, update.fields)})

    def delete_call(self, ref: Ref, spec: S) -> Call:
        return self.call(self.writing.delete, self.own(ref, spec))

    def own(self, ref: Ref, spec: S) -> dict[str, Any]:
        """Returns the parameters that identify a resource in every call on it."""
        named = {self.param(f): self._encode(f, getattr(spec, f)) for f in self.identity.with_fields}
        return {**({self.identity.id_param: IdOf(ref)} if self.identity.id_param else {}), **named}

    def add_calls(self, ref: Ref, members: Set, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        return self._member_calls(ref, members, members.add, spec, items)

    def change_calls(self, ref: Ref, members: Set, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        return self._member_calls(ref, members, members.change, spec, items)

    def remove_calls(self, ref: Ref, members: Set, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        by, field = each_by(self.spec, members.field), members.field
        for batch in _batches(items, members.batch):
            casing = self.service.casing
            keys = [encode(type(it), by, getattr(it, by), casing) if by else self._encode(field, it) for it in batch]
            removed = {members.removed or self.param(field): keys}
            yield self.call(members.remove, {**self.own(ref, spec), **removed}), list(batch)

    def tag_call(self, ref: Ref, tags: Mapping[str, str]) -> Call:
        tagging = self.tagging
        target = tagging.target(IdOf(ref), IdOf(ref, arn=True))
        return self.call(tagging.tag, {**target, tagging.tags: tagging.encode(tags)})

    def untag_call(self, ref: Ref, keys: Collection[str]) -> Call:
        target = self.tagging.target(IdOf(ref), IdOf(ref, arn=True))
        return self.call(self.tagging.untag, {**target, self.tagging.keys: sorted(keys)})

    def part_create_call(self, ref: Ref, part: Spec) -> Call:
        fields = {f: value for f, value in part if worth_saying(type(part), f, value)}
        return self._part_call(ref, self._parts.create, "", part, fields)

    def part_replace_call(self, ref: Ref, live_name: str, part: Spec) -> Call:
        return self._part_call(ref, self._parts.update, live_name, part, dict(part))

    def part_delete_call(self, ref: Ref, live_name: str) -> Call:
        return self._part_call(ref, self._parts.delete, live_name, None, {})

    # Spec ↔ AWS.

    def references(self, spec: S) -> Iterator[Ref]:
        return named_in(spec)

    def to_aws(self, spec: S, fields: Collection[str]) -> dict[str, Any]:
        return {
            self.param(f): self.write_field(f, self._encode(f, value))
            for f in self.spec.model_fields
            if f in fields and not is_local(self.spec, f) and self._is_sayable(f, value := getattr(spec, f))
        }

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> S:
        """Returns the spec of AWS's answer.

        `answer` holds parts and members under the names of their fields. `name` is the name in the manifests, for kinds
        whose resources have no name at AWS. Raises pydantic's `ValidationError`.
        """
        fields: dict[str, Any] = {"name": name} if name else {}
        for field, key, _ in answered(self.spec, self.service.casing):
            value = answer.get(self.tagging.create if field == "tags" else key)
            if field == "tags" and value is not None:
                value = self.tagging.decode(value)
            if not is_local(self.spec, field) and is_present(self.spec, field, value):
                fields[field] = self._decode(field, self.read_field(field, value), names)
        return cast(S, self.spec.model_validate(fields))

    def part_from_aws(self, answer: Mapping[str, Any], names: Names) -> Spec:
        inner = nested(self.spec, self._parts.field)
        assert inner, f"{self.name}.{self._parts.field} holds no specs"  # noqa: S101 (a kind's table is wrong)
        (read,) = self.read_field(self._parts.field, [dict(answer)])
        return inner.model_validate(self._decode(self._parts.field, read, names))

    def param(self, field: str) -> str:
        return aws_name(self.spec, field, self.service.casing)

    def answered(self, field: str) -> str:
        """Returns the member of an answer that holds the field."""
        return answered_name(self.spec, field, self.service.casing)

    # Identity.

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns id and ARN, whatever the answers call them. The ARN is empty if there is none."""
        stem = self.identity.id_param.removesuffix("Id")
        id = members.get("Id") or members.get(self.identity.id_param) or ""
        arns = (members.get(name) for name in ("Arn", f"{stem}Arn", f"{stem}ARN"))
        return str(id), str(next(filter(None, arns), ""))

    def unready(self, members: Mapping[str, Any]) -> str:
        """Returns why a live resource cannot be used yet, or ever; empty if it can."""
        if not (settle := self.writing.wait) or (status := members.get(settle.member)) in (None, settle.done):
            return ""
        reason: Any = members
        for step in settle.reason:
            reason = (reason or {}).get(step)
        return f"its creation failed: {reason or status}" if status in settle.failed else f"is still {status}"

    def lasting(self, members: Mapping[str, Any]) -> str:
        """Returns why AWS never deletes this resource; empty if it can be deleted."""
        return ""

    def tags_of(self, members: Mapping[str, Any]) -> dict[str, str]:
        """Returns the tags in an answer, whatever their form is; none in a service without tags."""
        tagging = self.service.tagging
        return tagging.decode(members.get(tagging.create)) if tagging else {}

    def with_tags(self, members: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
        """Returns an answer with other tags."""
        return {**members, **({self.tagging.create: dict(tags)} if self.service.tagging else {})}

    def key_of(self, spec: S) -> str:
        """Returns the key that finds a declared resource among live ones without this tool's address tag."""
        return str(getattr(spec, self.identity.key)) if self.identity.key else ""

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the keys that a live resource can be found by."""
        return (str(members.get(self.answered(self.identity.key), "")),) if self.identity.key else ("",)

    def called(self, members: Mapping[str, Any]) -> str:
        """Returns the name of a live resource that is not declared."""
        return self.keys_of(members)[0] or self.name

    def refuses(self, after: S | None, there: Mapping[Ref, Resource]) -> str:
        """Returns why AWS would refuse the change, given the resources of `watches`; empty if it accepts it.

        The change is a deletion if `after` is None."""
        return ""

    def another(self, declared: S, live: S) -> str:
        """Returns why an unmanaged live resource of that name cannot be the declared one; empty if it may be."""
        return ""

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """Returns whether an item of the bulk read is a resource, and not an internal entry of AWS."""
        return True

    def searches(self, declared: Collection[S], everything: bool) -> Iterable[Listing]:
        """Returns the bulk reads for the declared resources, or for everything."""
        return (self.reading.search,)

    def detail_members(self, read: Read, items: list[Any]) -> Mapping[str, Any]:
        """Returns the items of a detail's listing as members of an answer."""
        return {self.answered(read.fills[0]): items}

    # Methods to override: for forms of AWS that differ from the manifest's, and for the kind's own rules.

    def read_field(self, field: str, value: Any) -> Any:
        """Returns AWS's value in the form that `decode` expects: PascalCase keys, ids."""
        return value

    def write_field(self, field: str, value: Any) -> Any:
        """Returns a value of `encode` in the form that AWS expects."""
        return value

    def expand(self, spec: S, files: Files) -> Iterable[Child]:
        """Returns other resources that this one also stands for; see `Composite.expand`."""
        return ()

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        """Returns the mistakes that a schema cannot find: in several fields, and in records.

        `declared` is the parsed spec, in the manifest's form. Its shape may be wrong. The schema reports that, so this
        must skip what it cannot read.
        """
        return iter(())

    def outdated(self, declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
        """Returns findings about the past, such as an override that ended. Skips wrong shapes, like `problems`."""
        return iter(())

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        """Returns broken rules between this kind and `beside`, each with the resource at fault. Skips wrong shapes."""
        return iter(())

    def records(self, declared: S, written: WrittenRecords) -> Records:
        """Returns the records as they are sent. The spec must have no mistake."""
        return Records()

    def violations(self, part: Spec, text: str) -> tuple[str, ...]:
        """Returns the rules of its part (attribute) that a stored wire text breaks, each with rule and limit."""
        return ()

    @property
    def _parts(self) -> Parts:
        if self.parts is None:
            raise TypeError(f"{self.name} has no parts")
        return self.parts

    def _encode(self, field: str, value: Any) -> Any:
        return encode(self.spec, field, value, self.service.casing)

    def _decode(self, field: str, value: Any, names: Names) -> Any:
        return decode(self.spec, field, value, names, self.service.casing)

    def _is_sayable(self, field: str, value: Any) -> bool:
        return value is not None and not (value == "" and cannot_be_blank(self.spec, field))

    def _member_calls(self, ref: Ref, members: Set, operation: str, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        for batch in _batches(items, members.batch):
            items_sent = self.to_aws(spec.model_copy(update={members.field: batch}), (members.field,))
            yield self.call(operation, {**self.own(ref, spec), **items_sent}), list(batch)

    def _part_call(
        self, ref: Ref, operation: str, live_name: str, part: Spec | None, fields: Mapping[str, Any]
    ) -> Call:
        id = IdOf(part_key(ref, live_name)) if self._parts.has_id else live_name
        named = {self._parts.id_param: id} if live_name else {}
        params = {
            aws_name(type(part), f, self.service.casing): encoded
            for f, value in fields.items()
            if part is not None and not is_local(type(part), f) and not (value == "" and cannot_be_blank(type(part), f))
            # An update replaces the part, so an empty structure means the same as one that is left out.
            if (encoded := encode(type(part), f, value, self.service.casing)) not in (None, {})
        }
        if params:
            (params,) = self.write_field(self._parts.field, [params])
        return self.call(operation, {self.identity.id_param: IdOf(ref), **named, **params})


Declarable = Kind[Any] | Composite[Any]  # what a document may be of


def part_key(owner: Ref, name: str) -> Ref:
    """Returns the key of a part's id: its address. No resource has the same key, because no kind has a slash."""
    return Ref(str(owner), name)


def _batches(items: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    left = iter(items)
    while batch := tuple(islice(left, size)):
        yield batch
