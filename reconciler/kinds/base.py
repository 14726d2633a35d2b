"""The base of every kind: the life of a resource as calls, and the rules of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, ClassVar

from reconciler.kinds.composite import Around, Child, Composite
from reconciler.kinds.fields import (
    aws_name,
    cannot_be_blank,
    each_by,
    encode,
    is_local,
    manifest_key,
    worth_saying,
)
from reconciler.kinds.groups import Deletion, Ordering
from reconciler.kinds.marks import number_tags
from reconciler.kinds.recognition import Recognition
from reconciler.kinds.translation import S
from reconciler.kinds.verbs import Cells, Set, Update
from reconciler.model import Call, Code, IdOf, Ownership, Problem, Records, Ref, Resource, Scope, Spec, WrittenRecords
from reconciler.model.content import TextFile
from reconciler.model.environment import Quota, Quotas

Sent = tuple[Call, list[Any]]  # a call, and the items of a set that it adds, changes or removes
Declared = Mapping[Ref, Mapping[str, Any]]  # parsed specs, in the manifest's form


class Kind(Recognition[S]):
    """One kind of resource, as a table.

    A kind must give `spec`, `service` and the first three values, and may give the rest. It may override the last group
    of methods. It must not call AWS. It must not import another kind: it uses its name.
    """

    ownership: ClassVar[Ownership] = Ownership.TAGS
    cells: ClassVar[Cells | None] = None
    ordering: ClassVar[Ordering] = Ordering()
    deletion: ClassVar[Deletion] = Deletion()
    quotas: ClassVar[tuple[Quota, ...]] = ()  # AWS's limits, from the narrowest to the widest
    calls_for: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # other calls of apply, `service:Operation`, by field
    unmanaged: ClassVar[Mapping[str, str]] = {}  # parameters that the spec leaves out, and why

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
        tagged = self.tagging.created(tags) if tags else {}
        return self.call(self.writing.create, params | tagged)

    def replace_call(self, ref: Ref, update: Update, spec: S) -> Call:
        own = {update.arn: IdOf(ref, arn=True)} if update.arn else self.own(ref, spec)
        if update.clear and not any(worth_saying(self.spec, f, getattr(spec, f)) for f in update.fields):
            return self.call(update.clear, own)
        return self.call(update.operation, {**own, **self.to_aws(spec, update.fields, update.names)})

    def item_call(self, ref: Ref, update: Update, before: S, after: S) -> Call:
        """Returns the call of an update by item: it changes what differs between the two specs, and nothing else.

        AWS must refuse it if what it changes is no longer as in `before`. A kind with such an update must override it.
        """
        raise TypeError(f"{self.name} has no update by item")

    def update_call(self, ref: Ref, update: Update, before: S, after: S) -> Call:
        """Returns the call of an update between two specs."""
        return self.item_call(ref, update, before, after) if update.by_item else self.replace_call(ref, update, after)

    def delete_call(self, ref: Ref, spec: S) -> Call:
        own = {self.writing.delete_ids: [IdOf(ref)]} if self.writing.delete_ids else self.own(ref, spec)
        return self.call(self.writing.delete, own)

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
        return self.call(tagging.tag, {**target, **tagging.sent(tags)})

    def untag_call(self, ref: Ref, keys: Collection[str]) -> Call:
        target = self.tagging.target(IdOf(ref), IdOf(ref, arn=True))
        return self.call(self.tagging.untag, {**target, self.tagging.keys: sorted(keys)})

    def stored_call(self, call: Call, code: Code, bucket: str, key: str) -> Call:
        """Returns the call with the place of an archive in a bucket in place of its bytes.

        A kind with a `Code` must override it.
        """
        raise TypeError(f"{self.name} cannot take {code} from a bucket")

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

    # Methods to override: for forms of AWS that differ from the manifest's, and for the kind's own rules.

    def expand(self, spec: S, around: Around) -> Iterable[Child]:
        """Returns other resources that this one also stands for; see `Composite.expand`."""
        return ()

    def retired(self, spec: S) -> S | None:
        """Returns the spec that a live resource gets when its manifest is deleted, for kinds whose resources then stay.

        `None` if nothing changes: the resource becomes an orphan as it is.
        """
        return None

    def recreated(self, spec: S, there: Mapping[Ref, Resource]) -> S:
        """Returns the spec with which undo recreates a deleted resource, given the resources of `Ordering.sees`."""
        return spec

    def first_calls(self, ref: Ref, update: Update, before: S, after: S) -> tuple[Call, ...]:
        """Returns the calls that AWS needs before an update. AWS finishes each before the next one is sent."""
        return ()

    def costs(self, spec: S) -> str:
        """Returns what AWS bills while the resource exists, even if it is not used, as a phrase; empty if nothing."""
        return ""

    def in_turn(self, before: S, after: S) -> tuple[Update, ...]:
        """Returns the updates in the order of their calls, for services that refuse some states on the way."""
        return self.writing.updates

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

    def chooses(self, spec: S) -> str:
        """Returns what `Writing.choice` searches, as a phrase after "claims" or "offers"."""
        return ""

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

    def _member_calls(self, ref: Ref, members: Set, operation: str, spec: S, items: Iterable[Any]) -> Iterator[Sent]:
        for batch in _batches(items, members.batch):
            items_sent = self.to_aws(spec.model_copy(update={members.field: batch}), (members.field,))
            if members.one_by_one:
                items_sent = {name: item for name, (item,) in items_sent.items()}
            if members.spreads:
                items_sent = items_sent[self.param(members.field)]
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
