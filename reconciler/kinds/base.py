"""The base of every kind: the life of a resource as calls, and how live resources are recognised."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, ClassVar

from reconciler.kinds.composite import Child, Composite, Files
from reconciler.kinds.fields import (
    Names,
    aws_name,
    cannot_be_blank,
    each_by,
    encode,
    is_local,
    manifest_key,
    named_in,
    worth_saying,
)
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.marks import number_tags
from reconciler.kinds.translation import S, Translation
from reconciler.kinds.verbs import Cells, Listing, Set, Update
from reconciler.model import Call, IdOf, Ownership, Problem, Read, Records, Ref, Resource, Scope, Spec, WrittenRecords
from reconciler.model.content import TextFile
from reconciler.model.environment import Quota, Quotas

Sent = tuple[Call, list[Any]]  # a call, and the items of a set that it adds, changes or removes
Declared = Mapping[Ref, Mapping[str, Any]]  # parsed specs, in the manifest's form


class Kind(Translation[S]):
    """One kind of resource, as a table.

    A kind must give `spec`, `service` and the first three values, and may give the rest. It may override the last group
    of methods. It must not call AWS. It must not import another kind: it uses its name.
    """

    identity: ClassVar[Identity]
    reading: ClassVar[Reading]
    writing: ClassVar[Writing]

    ownership: ClassVar[Ownership] = Ownership.TAGS
    cells: ClassVar[Cells | None] = None
    ordering: ClassVar[Ordering] = Ordering()
    deletion: ClassVar[Deletion] = Deletion()
    quotas: ClassVar[tuple[Quota, ...]] = ()  # AWS's limits, from the narrowest to the widest
    calls_for: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # other calls of apply, `service:Operation`, by field
    unmanaged: ClassVar[Mapping[str, str]] = {}  # parameters that the spec leaves out, and why
    nests: ClassVar[bool] = False  # Names are paths: `A/B` lies below `A`, and AWS knows it as `B`.

    @property
    def expands(self) -> bool:
        """True if a resource of this kind may stand for other resources."""
        return type(self).expand is not Kind.expand

    @property
    def parts_key(self) -> str:
        """The key of the parts in a manifest; "" if the kind has none."""
        return manifest_key(self.spec, self.parts.field) if self.parts else ""

    @property
    def fixed(self) -> frozenset[str]:
        """The fields that only create accepts: to change one, the resource must be replaced."""
        carried = {f for update in self.writing.updates for f in update.fields} | {m.field for m in self.writing.sets}
        apart = {"tags", self.parts.field if self.parts else "", *number_tags(self.spec)}
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
        own = {update.arn: IdOf(ref, arn=True)} if update.arn else self.own(ref, spec)
        if update.clear and not any(worth_saying(self.spec, f, getattr(spec, f)) for f in update.fields):
            return self.call(update.clear, own)
        return self.call(update.operation, {**own, **self.to_aws(spec, update.fields, update.names)})

    def delete_call(self, ref: Ref, spec: S) -> Call:
        return self.call(self.writing.delete, self.own(ref, spec))

    def emptying_calls(self, ref: Ref, spec: S) -> tuple[Call, ...]:
        """Returns the calls that a deletion needs first: AWS deletes some resources only when they are empty."""
        if not self.deletion.only_empty:
            return ()
        calls = []
        for members in self.writing.sets:
            calls += [call for call, _ in self.remove_calls(ref, members, spec, getattr(spec, members.field))]
        for part in getattr(spec, self.parts.field) if self.parts else ():
            calls.append(self.part_delete_call(ref, part.name))
        return tuple(calls)

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
            removed = {members.removed or self.param(field): keys[0] if members.one_by_one else keys}
            yield self.call(members.remove, {**self.own(ref, spec), **removed}), list(batch)

    def tag_call(self, ref: Ref, tags: Mapping[str, str]) -> Call:
        tagging = self.tagging
        target = tagging.target(IdOf(ref), IdOf(ref, arn=True))
        return self.call(tagging.tag, {**target, tagging.tags: tagging.encode(tags)})

    def untag_call(self, ref: Ref, keys: Collection[str]) -> Call:
        target = self.tagging.target(IdOf(ref), IdOf(ref, arn=True))
        return self.call(self.tagging.untag, {**target, self.tagging.keys: sorted(keys)})

    def move_call(self, ref: Ref, instance: str) -> Call:
        """Returns the call that takes a resource over from another instance, without its token, which apply adds."""
        move = self.writing.move
        assert move is not None  # noqa: S101 (only such kinds move)
        own = {self.service.instance: None} if self.service.instance else {}
        return self.call(move.operation, {self.identity.id_param: IdOf(ref), move.target: instance, **own})

    def part_create_call(self, ref: Ref, part: Spec) -> Call:
        fields = {f: value for f, value in part if worth_saying(type(part), f, value)}
        return self._part_call(ref, self._parts.create, "", part, fields)

    def part_replace_call(self, ref: Ref, live_name: str, part: Spec) -> Call:
        return self._part_call(ref, self._parts.update, live_name, part, dict(part))

    def part_delete_call(self, ref: Ref, live_name: str) -> Call:
        return self._part_call(ref, self._parts.delete, live_name, None, {})

    # Identity.

    def references(self, spec: S) -> Iterator[Ref]:
        """Yields what a resource refers to: its container, and the targets of its fields."""
        if container := self.container(spec):
            yield container
        yield from named_in(spec)

    def container(self, spec: S) -> Ref | None:
        """Returns the resource that contains this one and is deleted with it, if its name says so."""
        return None

    def container_of(self, name: str) -> Ref:
        """Returns the container of a resource that is named CONTAINER/NAME, for kinds with `Reading.container`."""
        return Ref(self.reading.container[0], name.rpartition("/")[0])

    def named(self, name: str) -> dict[str, Any]:
        """Returns the parameters by which calls identify the resource of a name, for kinds that are read by name."""
        return {self.identity.id_param: name}

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the parameters by which calls identify a live resource."""
        named = {self.param(f): members[self.param(f)] for f in self.identity.with_fields}
        return {**({self.identity.id_param: self.id_and_arn(members)[0]} if self.identity.id_param else {}), **named}

    def arn_of(self, id: str, scope: Scope) -> str:
        """Returns the ARN that follows from the id; "" if only AWS knows it."""
        place = {"partition": scope.partition, "region": scope.region, "account": scope.account}
        return self.identity.arn.format(id=id, **place)

    def id_within(self, arn: str) -> str:
        """Returns the id in an ARN of this kind; "" if it is another kind's."""
        words = dict.fromkeys(("partition", "region", "account"), "[^:]*")
        pattern = re.escape(self.identity.arn).replace(r"\{", "{").replace(r"\}", "}").format(id="(?P<id>.+)", **words)
        match = re.fullmatch(pattern, arn)
        return match["id"] if match else ""

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns id and ARN, whatever the answers call them. The ARN is empty if there is none."""
        stem = self.identity.id_param.removesuffix("Id")
        id = members.get("Id") or members.get(self.identity.id_param) or ""
        arns = (members.get(name) for name in ("Arn", f"{stem}Arn", f"{stem}ARN"))
        return str(id), str(next(filter(None, arns), ""))

    def unready(self, members: Mapping[str, Any]) -> str:
        """Returns why a live resource cannot be used yet, or ever; empty if it can."""
        if not (settle := self.writing.wait) or (status := settle.state(members)) in (None, settle.done):
            return ""
        reason: Any = members
        for step in settle.reason:
            reason = (reason or {}).get(step)
        return f"its creation failed: {reason or status}" if status in settle.failed else f"is still {status}"

    def is_moving(self, members: Mapping[str, Any]) -> bool:
        """Returns whether AWS has not finished an earlier call on the live resource: it is neither done nor failed."""
        wait = self.writing.wait
        return wait is not None and wait.state(members) not in (None, wait.done, *wait.failed)

    def serves(self, name: str, scope: Scope) -> Ref | None:
        """Returns the resource for which this tool has created the one of a name; `None` if there is none."""
        return None

    def recreated(self, spec: S, there: Mapping[Ref, Resource]) -> S:
        """Returns the spec with which undo recreates a deleted resource, given the resources of `Ordering.sees`."""
        return spec

    def tagged_by(self, owner: str) -> dict[str, Any]:
        """Returns the filter with which `Reading.candidates` lists the resources of a stack in an environment."""
        return {}

    def is_leaving(self, members: Mapping[str, Any]) -> bool:
        """Returns whether AWS will delete a live resource by itself, so that it counts only where it is declared."""
        return False

    def lasting(self, members: Mapping[str, Any]) -> str:
        """Returns why AWS never deletes this resource; empty if it can be deleted."""
        return ""

    def decided(self, members: Mapping[str, Any]) -> Mapping[str, str]:
        """Returns the fields of a live resource that something else decides, such as a policy, and why."""
        return {}

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

    def above(self, name: str) -> Ref | None:
        """Returns the resource that a name which is a path leads through; `None` if it leads through none."""
        way = name.rpartition("/")[0] if self.nests else ""
        return Ref(self.name, way) if way else None

    def ids_above(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the ids of the live resources above this one, from the top, for a kind that nests."""
        return ()

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the keys that a live resource can be found by; below `ids_above` if the kind nests."""
        return (str(members.get(self.answered(self.identity.key), "")),) if self.identity.key else ("",)

    def listed_name(self, spec: S) -> str:
        """Returns the name by which `Reading.lookup` lists a declared resource."""
        return self.key_of(spec)

    def is_placed(self, spec: S, members: Mapping[str, Any], names: Names) -> bool:
        """Returns whether a live resource with the listed name also has the path of the declared one."""
        return True

    def called(self, members: Mapping[str, Any]) -> str:
        """Returns the name of a live resource that is not declared."""
        return self.keys_of(members)[0] or self.name

    def in_one_form(self, live: S, declared: S | None = None) -> S:
        """Returns a live spec in the form (`Writing.forms`) that is declared, or else in the one that says all."""
        forms = self.writing.forms
        used = [form for form in forms if declared is not None and any(self._has(declared, f) for f in form)]
        left = frozenset[str]().union(*forms) - (used[0] if used else self.form_of(live))
        defaults = {f: self.spec.model_fields[f].get_default(call_default_factory=True) for f in left}
        return live.model_copy(update=defaults) if left else live

    def refuses(self, ref: Ref, before: S | None, after: S | None, there: Mapping[Ref, Resource]) -> str:
        """Returns why AWS would refuse the change, given the resources of `Ordering.sees`; empty if it accepts it.

        Without `before` the change creates or recreates the resource. Without `after` it deletes it.
        """
        return ""

    def explained(self, call: Call, message: str, files: Mapping[str, TextFile]) -> str:
        """Returns AWS's message with the names and places of what it is about.

        `files` has the files of the declared documents, by field.
        """
        return message

    def unreachable(self, declared: S, live: S) -> str:
        """Returns why no change makes the live resource the declared one; empty if one may."""
        return ""

    def instance_of(self, members: Mapping[str, Any]) -> str:
        """Returns the ARN of the instance that has a live resource; empty if the answer does not say it."""
        return ""

    def chooses(self, spec: S) -> str:
        """Returns what `Writing.choice` searches, as a phrase after "claims" or "offers"."""
        return ""

    def of_search(self, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns an item of the bulk read in the form of describe, where AWS gives the two different forms."""
        return members

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

    def form_of(self, live: S) -> frozenset[str]:
        """Returns the fields of the form (`Writing.forms`) that says all of a live resource's settings."""
        return self.writing.forms[0] if self.writing.forms else frozenset()

    def expand(self, spec: S, files: Files) -> Iterable[Child]:
        """Returns other resources that this one also stands for; see `Composite.expand`."""
        return ()

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        """Returns the mistakes that a schema cannot find: in several fields, and in records.

        `declared` is the parsed spec, in the manifest's form. Its shape may be wrong. The schema reports that, so this
        must skip what it cannot read.
        """
        return iter(())

    def in_place(self, declared: Mapping[str, Any], scope: Scope) -> Iterator[Problem]:
        """Returns what is wrong in one account, Region or instance. Skips wrong shapes, like `problems`."""
        return iter(())

    def outdated(self, declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
        """Returns findings about the past, such as an override that ended. Skips wrong shapes, like `problems`."""
        return iter(())

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        """Returns broken rules between manifests of this kind and of `Ordering.compares_with`, with the one at fault.

        Skips wrong shapes.
        """
        return iter(())

    def records(self, declared: S, written: WrittenRecords) -> Records:
        """Returns the records as they are sent. The spec must have no mistake."""
        return Records()

    def violations(self, part: Spec, text: str) -> tuple[str, ...]:
        """Returns the rules of its part (attribute) that a stored wire text breaks, each with rule and limit."""
        return ()

    def _has(self, spec: S, field: str) -> bool:
        return worth_saying(self.spec, field, getattr(spec, field))

    def _member_calls(self, ref: Ref, members: Set, operation: str, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        for batch in _batches(items, members.batch):
            items_sent = self.to_aws(spec.model_copy(update={members.field: batch}), (members.field,))
            if members.one_by_one:
                items_sent = {name: item for name, (item,) in items_sent.items()}
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
