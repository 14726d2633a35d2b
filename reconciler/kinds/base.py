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
from reconciler.kinds.verbs import Cells, Gap, Listing, Members, Parts, Settle, Update
from reconciler.model import Call, IdOf, Ownership, Problem, Read, Records, Ref, Resource, Spec, WrittenRecords
from reconciler.model.environment import Quotas

S = TypeVar("S", bound=Resource)
Sent = tuple[Call, list[Any]]  # a call, and the items of a set that it adds, changes or removes
Declared = Mapping[Ref, Mapping[str, Any]]  # parsed specs, in the manifest's form


class Kind(Generic[S]):
    """One kind of resource, as a table.

    A kind must fill the first group, and may fill the second. It may override the last group of methods. It must not
    call AWS. It must not import another kind: it uses its name.
    """

    spec: ClassVar[type[Resource]]
    id_param: ClassVar[str]  # the parameter of the id in calls; "" if there is exactly one
    search: ClassVar[Listing]  # the bulk read of every resource, with its tags
    create: ClassVar[str]
    delete: ClassVar[str]  # "" if AWS has no such operation

    service: ClassVar[str] = "connect"
    ownership: ClassVar[Ownership] = Ownership.TAGS
    lookup: ClassVar[Listing | None] = None  # finds ids by name when the search lags
    describe: ClassVar[tuple[str, str] | None] = None  # operation and member, for the read before a full replace
    updates: ClassVar[tuple[Update, ...]] = ()
    members: ClassVar[tuple[Members, ...]] = ()
    gaps: ClassVar[tuple[Gap, ...]] = ()
    parts: ClassVar[Parts | None] = None
    cells: ClassVar[Cells | None] = None
    settle: ClassVar[Settle | None] = None
    holds: ClassVar[frozenset[str]] = frozenset()  # fields whose target AWS refuses to delete while referred to
    needs: ClassVar[tuple[str, ...]] = ()  # kinds that are applied first.
    watches: ClassVar[tuple[str, ...]] = ()  # kinds whose unmanaged resources count too: see `refuses`.
    beside: ClassVar[tuple[str, ...]] = ()  # other kinds whose manifests `among` reads.
    bare_search: ClassVar[bool] = False  # the bulk read has no tags: describe each.
    after: ClassVar[frozenset[str]] = frozenset()  # fields that create does not accept.
    late: ClassVar[frozenset[str]] = frozenset()  # deferred fields: set after a cycle is broken.
    unanswered: ClassVar[frozenset[str]] = frozenset()  # write-only fields: no answer has them.
    key: ClassVar[str] = "name"  # the field that AWS identifies a resource by, or "".
    named_with: ClassVar[tuple[str, ...]] = ()  # fields that every call sends with the id.
    folds_case: ClassVar[bool] = False  # AWS ignores case in names.
    irreversible: ClassVar[str] = ""  # what a delete destroys for good.
    grave: ClassVar[str] = ""  # why deleting needs a tombstone, creating --allow-create.
    no_delete: ClassVar[str] = ""  # what to do if AWS cannot delete one.
    born_with: ClassVar[Mapping[str, Any]] = {}  # parameters that create requires.
    unmanaged: ClassVar[Mapping[str, str]] = {}  # parameters that the spec leaves out, and why.

    @property
    def name(self) -> str:
        return self.spec.__name__

    @property
    def expands(self) -> bool:
        """True if a resource of this kind may stand for other resources."""
        return type(self).expand is not Kind.expand

    @property
    def parts_key(self) -> str:
        """The key of the parts in a manifest; "" if the kind has none."""
        return manifest_key(self.spec, self.parts.field) if self.parts else ""

    @property
    def sets(self) -> frozenset[str]:
        """The fields whose items have operations of their own to add and remove them."""
        return frozenset(members.field for members in self.members)

    @property
    def fixed(self) -> frozenset[str]:
        """The fields that only create accepts: to change one, the resource must be replaced."""
        carried = {f for update in self.updates for f in update.fields} | {m.field for m in self.members}
        apart = {"tags", self.parts.field if self.parts else ""}
        return frozenset(f for f in self.spec.model_fields if not is_local(self.spec, f)) - carried - apart

    # The life of a resource: created, changed, deleted.

    def create_call(self, ref: Ref, spec: S, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        """Returns the create call, without the fields of `held`: they wait until their targets exist."""
        apart = {"tags", self.parts.field if self.parts else "", *self.after, *held}
        fields = {f for f, value in spec if f not in apart and worth_saying(self.spec, f, value)}
        first = {m.field: getattr(spec, m.field)[: m.born] for m in self.members}
        params = {**self.born_with, **self.to_aws(spec.model_copy(update=first), fields)}
        return Call(self.service, self.create, params | ({"Tags": dict(tags)} if tags else {}))

    def replace_call(self, ref: Ref, update: Update, spec: S) -> Call:
        return Call(self.service, update.operation, {**self.own(ref, spec), **self.to_aws(spec, update.fields)})

    def delete_call(self, ref: Ref, spec: S) -> Call:
        return Call(self.service, self.delete, self.own(ref, spec))

    def own(self, ref: Ref, spec: S) -> dict[str, Any]:
        """Returns the parameters that identify a resource in every call on it."""
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
            removed = {members.removed or self.param(field): keys}
            yield Call(self.service, members.remove, {**self.own(ref, spec), **removed}), list(batch)

    def tag_call(self, ref: Ref, tags: Mapping[str, str]) -> Call:
        return Call(self.service, "TagResource", {"resourceArn": IdOf(ref, arn=True), "tags": dict(tags)})

    def untag_call(self, ref: Ref, keys: Collection[str]) -> Call:
        return Call(self.service, "UntagResource", {"resourceArn": IdOf(ref, arn=True), "tagKeys": sorted(keys)})

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
            self.param(f): self.write_field(f, encode(self.spec, f, value))
            for f in self.spec.model_fields
            if f in fields and not is_local(self.spec, f) and self._is_sayable(f, value := getattr(spec, f))
        }

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> S:
        """Returns the spec of AWS's answer.

        `answer` holds parts and members under the names of their fields. `name` is the name in the manifests, for kinds
        whose resources have no name at AWS. Raises pydantic's `ValidationError`.
        """
        fields: dict[str, Any] = {"name": name} if name else {}
        for field, key, _ in answered(self.spec):
            value = answer.get(key)
            if not is_local(self.spec, field) and is_present(self.spec, field, value):
                fields[field] = decode(self.spec, field, self.read_field(field, value), names)
        return cast(S, self.spec.model_validate(fields))

    def part_from_aws(self, answer: Mapping[str, Any], names: Names) -> Spec:
        inner = nested(self.spec, self._parts.field)
        assert inner, f"{self.name}.{self._parts.field} holds no specs"  # noqa: S101 (a kind's table is wrong)
        (read,) = self.read_field(self._parts.field, [dict(answer)])
        return inner.model_validate(decode(self.spec, self._parts.field, read, names))

    def param(self, field: str) -> str:
        return aws_name(self.spec, field)

    # Identity.

    def identity(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns id and ARN, whatever the answers call them. The ARN is empty if there is none."""
        stem = self.id_param.removesuffix("Id")
        id = members.get("Id") or members.get(self.id_param) or ""
        arns = (members.get(name) for name in ("Arn", f"{stem}Arn", f"{stem}ARN"))
        return str(id), str(next(filter(None, arns), ""))

    def unready(self, members: Mapping[str, Any]) -> str:
        """Returns why a live resource cannot be used yet, or ever; empty if it can."""
        if not (settle := self.settle) or (status := members.get(settle.member)) in (None, settle.done):
            return ""
        reason: Any = members
        for step in settle.reason:
            reason = (reason or {}).get(step)
        return f"its creation failed: {reason or status}" if status in settle.failed else f"is still {status}"

    def lasting(self, members: Mapping[str, Any]) -> str:
        """Returns why AWS never deletes this resource; empty if it can be deleted."""
        return ""

    def key_of(self, spec: S) -> str:
        """Returns the key that finds a declared resource among live ones without this tool's address tag."""
        return str(getattr(spec, self.key)) if self.key else ""

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the keys that a live resource can be found by."""
        return (str(members.get(answered_name(self.spec, self.key), "")),) if self.key else ("",)

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
        return (self.search,)

    def detail_members(self, read: Read, items: list[Any]) -> Mapping[str, Any]:
        """Returns the items of a detail's listing as members of an answer."""
        return {answered_name(self.spec, read.fills[0]): items}

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

    def _is_sayable(self, field: str, value: Any) -> bool:
        return value is not None and not (value == "" and cannot_be_blank(self.spec, field))

    def _member_calls(
        self, ref: Ref, members: Members, operation: str, spec: S, items: Iterable[Any]
    ) -> Iterator[Sent]:
        for batch in _batches(items, members.batch):
            items_sent = self.to_aws(spec.model_copy(update={members.field: batch}), (members.field,))
            yield Call(self.service, operation, {**self.own(ref, spec), **items_sent}), list(batch)

    def _part_call(
        self, ref: Ref, operation: str, live_name: str, part: Spec | None, fields: Mapping[str, Any]
    ) -> Call:
        id = IdOf(part_key(ref, live_name)) if self._parts.has_id else live_name
        named = {self._parts.id_param: id} if live_name else {}
        params = {
            aws_name(type(part), f): encoded
            for f, value in fields.items()
            if part is not None and not is_local(type(part), f) and not (value == "" and cannot_be_blank(type(part), f))
            # An update replaces the part, so an empty structure means the same as one that is left out.
            if (encoded := encode(type(part), f, value)) not in (None, {})
        }
        if params:
            (params,) = self.write_field(self._parts.field, [params])
        return Call(self.service, operation, {self.id_param: IdOf(ref), **named, **params})


Declarable = Kind[Any] | Composite[Any]  # what a document may be of


def part_key(owner: Ref, name: str) -> Ref:
    """Returns the key of a part's id: its address. No resource has the same key, because no kind has a slash."""
    return Ref(str(owner), name)


def _batches(items: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    left = iter(items)
    while batch := tuple(islice(left, size)):
        yield batch
