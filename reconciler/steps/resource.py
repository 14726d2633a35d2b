"""Turns a change into steps: the calls, and which call waits for which. Apply runs them, the estimate adds them up.

A resource is created before its contents. A table's order is: table → attributes → keys → values. Structural calls run
one after another: the last reply then holds the lock that the values need, and no two calls of this run collide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, NamedTuple

from reconciler.diff.fields import by_key, pair
from reconciler.kinds.base import Kind, Sent
from reconciler.kinds.fields import manifest_key, worth_saying
from reconciler.kinds.marks import kept_tags, number_tags
from reconciler.kinds.operations import detail_fields, field_reads, finding, reads_of, update_reads
from reconciler.kinds.verbs import Set, Update
from reconciler.model import (
    Call,
    Does,
    Live,
    Replacement,
    Resource,
    Spec,
    Step,
)
from reconciler.model.ownership import PREFIX, PROTECT, STACK, moved_from
from reconciler.steps.cells import look_step, rename_call, value_steps
from reconciler.steps.second_look import last_look
from reconciler.steps.work import INSTANCE, Work, last


class _Write(NamedTuple):
    """A call that creates, changes or deletes, with the positions of the field changes that it carries."""

    call: Call
    does: Does
    fields: tuple[int, ...]
    replaces: Replacement | None = None
    makes: Resource | None = None
    first: tuple[Call, ...] = ()


def make_steps(work: Work) -> tuple[Step, ...]:
    steps = [
        Step(
            write.call,
            write.does,
            write.fields,
            needs=last(at),
            replaces=write.replaces,
            makes=write.makes,
            first=write.first,
        )
        for at, write in enumerate(_structure(work))
    ]
    structure = len(steps)
    for at, row in enumerate(work.rows):
        needs = last(len(steps)) if at else last(structure)
        steps.append(Step(rename_call(work, row), Does.RENAME_ROW, rows=(at,), needs=needs))
    if structure and (look := look_step(work)):
        steps.append(replace(look, needs=last(len(steps))))
    return (*steps, *value_steps(work, steps))


def _structure(work: Work) -> Iterator[_Write]:
    kind, ref, before = work.kind, work.ref, work.before
    if before is None or work.rebuild:
        yield from _birth(work)
        return
    same = {tag for f, tag in number_tags(kind.spec).items() if getattr(before.spec, f) == getattr(work.after, f)}
    expected = {tag: text for tag, text in kind.kept_of(work.after).items() if tag not in same}
    kept = {tag: text for tag, text in expected.items() if before.tags.get(tag) != text}
    tagging = tuple(_tagging(work, before, but={*kept, *same}))
    if before.elsewhere:
        yield _move(work, before)
    yield from () if before.elsewhere else tagging
    for row in _in_order(work):
        if changed := {f for f in row.fields if getattr(before.spec, f) != getattr(work.after, f)}:
            update = row.sending(changed)
            planned = Replacement(before.spec, work.after, update_reads(kind, update), fields=update.fields)
            first = kind.first_calls(ref, update, before.spec, work.after)
            call = kind.update_call(ref, update, before.spec, work.after)
            yield _Write(call, Does.UPDATE, _of_fields(work, update.fields), planned, first=first)
    for members in kind.writing.sets:
        yield from _membership(work, members, before.spec)
    if kind.parts:
        yield from _parts(work, getattr(before.spec, kind.parts.field))
    yield from tagging if before.elsewhere else ()
    if kept:
        # The tag of a field that AWS takes says that it has been written, so it follows the field.
        planned = Replacement(before.spec, work.after, (), fields=("tags",))
        written = [field for field, tag in kept_tags(kind.spec).items() if tag in kept]
        yield _Write(kind.tag_call(ref, kept), Does.TAG, _of_fields(work, written), planned)


def _in_order(work: Work) -> list[Update]:
    """Returns the updates. After a move, the fields come first that no move keeps: calls wait for the flow."""
    fields = work.kind.writing.set_after_create
    is_moved = work.before is not None and bool(work.before.elsewhere)
    every = work.kind.in_turn(work.before.spec, work.after) if work.before else work.kind.writing.updates
    return sorted(every, key=lambda update: is_moved and fields.isdisjoint(update.fields))


def _move(work: Work, before: Live) -> _Write:
    """Returns the move from another instance. Right before it, the resource gets the tags of this stack."""
    kind, describe = work.kind, reads_of(work.kind).describe
    planned = Replacement(before.spec, work.after, (describe,) if describe else ())
    own = {key: text for key, text in work.tags.items() if key.startswith(PREFIX) and before.tags.get(key) != text}
    is_taken = before.tags.get(STACK) != work.tags[STACK]
    tagged = own | (moved_from(before.tags) if is_taken else {})
    first = (kind.tag_call(work.ref, tagged),) if tagged else ()
    carried = tuple(at for at, field in enumerate(work.fields) if field.field in (INSTANCE, "metadata"))
    return _Write(kind.move_call(work.ref, work.instance), Does.MOVE, carried, planned, first=first)


def _birth(work: Work) -> Iterator[_Write]:
    """Yields the create with every field that it can carry, then the calls for the other fields."""
    kind, ref, spec = work.kind, work.ref, work.after
    waiting = kind.writing.set_after_create | work.held
    left = {m.field: getattr(spec, m.field)[0 if m.field in waiting else m.born :] for m in kind.writing.sets}
    later = {f for f in waiting if worth_saying(kind.spec, f, getattr(spec, f))} - left.keys()
    apart = {at for m in kind.writing.sets for at in _of_items(work, m.field, left[m.field])} | {
        *_of_fields(work, later)
    }
    carried = tuple(at for at in _outside_parts(work) if at not in apart)
    if work.before and work.rebuild:
        unread = detail_fields(kind) - work.before.spec.model_fields_set
        recheck = last_look(kind, work.before.spec, unread)
        emptying = kind.emptying_calls(ref, work.before.spec)
        yield _Write(kind.delete_call(ref, work.before.spec), Does.DELETE, carried, recheck, first=emptying)
    create = kind.create_call(ref, spec, work.tags, work.held)
    yield _Write(create, Does.CREATE, carried, _overwritten(kind, spec), spec)
    for write in _after_birth(work, left, later):
        # A replacement also makes calls for what does not differ. Their failure is that of the whole resource.
        yield write if write.fields or not work.rebuild else write._replace(fields=carried)


def _after_birth(work: Work, left: Mapping[str, Collection[Any]], later: AbstractSet[str]) -> Iterator[_Write]:
    """Yields the calls for what the create cannot carry: deferred fields, items of sets and parts."""
    kind, ref, spec = work.kind, work.ref, work.after
    for row in kind.writing.updates:
        if fields := later & set(row.fields):
            update = row.sending(fields)
            planned = Replacement(spec, spec, (), fields=update.fields, fresh=True)
            yield _Write(kind.replace_call(ref, update, spec), Does.UPDATE, _of_fields(work, fields), planned)
    for members in kind.writing.sets:
        planned = Replacement(spec, spec, (), fields=(members.field,), fresh=True)
        yield from _sent(work, planned, Does.ADD, kind.add_calls(ref, members, spec, left[members.field]))
    yield from _parts(work, ())


def _overwritten(kind: Kind[Any], spec: Resource) -> Replacement | None:
    """Returns a recheck for a create that AWS does not refuse if the resource exists already."""
    if not kind.writing.looks_before_create:
        return None
    return Replacement(spec, spec, finding(kind, spec))


def _membership(work: Work, members: Set, live: Resource) -> Iterator[_Write]:
    """Yields additions before removals, so the resource never lacks items, unless both together exceed the limit."""
    kind, ref, spec = work.kind, work.ref, work.after
    before, after = (by_key(kind.spec, members.field, getattr(side, members.field)) for side in (live, spec))
    # Another writer may meanwhile change an item that holds more than its key.
    again = field_reads(kind, (members.field,)) if members.change or members.guard else ()
    planned = Replacement(live, spec, again, fields=(members.field,))
    changes = [change for change in work.fields if change.field == manifest_key(kind.spec, members.field)]
    new = [after[change.item] for change in changes if change.before is None and not change.inner]
    old = [before[change.item] for change in changes if change.after is None and not change.inner]
    other = [after[item] for item in dict.fromkeys(change.item for change in changes if change.inner)]
    if members.recreates:
        yield from _recreated(work, members, planned, other)
        other = []
    adding = _sent(work, planned, Does.ADD, kind.add_calls(ref, members, spec, new))
    removing = _sent(work, planned, Does.REMOVE, kind.remove_calls(ref, members, spec, old))
    fits = not members.most or len(before) + len(new) <= members.most
    yield from (*adding, *removing) if fits else (*removing, *adding)
    yield from _sent(work, planned, Does.ADD, kind.change_calls(ref, members, spec, other))


def _recreated(work: Work, members: Set, planned: Replacement, items: Iterable[Any]) -> Iterator[_Write]:
    """Yields the removal and the addition of each changed item, one right after the other."""
    for item in items:
        ((removal, _),) = work.kind.remove_calls(work.ref, members, work.after, [item])
        for write in _sent(work, planned, Does.ADD, work.kind.add_calls(work.ref, members, work.after, [item])):
            yield write._replace(first=(removal,))


def _sent(work: Work, planned: Replacement, does: Does, calls: Iterable[Sent]) -> Iterator[_Write]:
    (field,) = planned.fields
    for call, items in calls:
        yield _Write(call, does, _of_items(work, field, items), planned)


def _tagging(work: Work, before: Live, but: Collection[str]) -> Iterator[_Write]:
    new = {key: value for key, value in work.tags.items() if before.tags.get(key) != value and key not in but}
    # Protection is the only tag of this program that is ever removed; other stray ones do not count.
    own = {key for key, value in before.tags.items() if key.startswith(PREFIX) and (key, value) != (PROTECT, "true")}
    if before.elsewhere:
        # The move carries this program's own tags.
        new = {key: value for key, value in new.items() if not key.startswith(PREFIX)}
    old = [key for key in before.tags if key not in work.tags and key not in own and not key.startswith("aws:")]
    named = ("tags",) if before.elsewhere else ("tags", "metadata")
    changed = [at for at, field in enumerate(work.fields) if field.field in named]
    # This program's own tags need no recheck: other writers do not decide them.
    again = field_reads(work.kind, ("tags",)) if any(work.fields[at].field == "tags" for at in changed) else ()
    planned = Replacement(before.spec, work.after, again, fields=("tags",))
    tagging = work.kind.service.tagging
    if tagging and tagging.replaces_all and (new or old):
        left = {key: value for key, value in before.tags.items() if key not in old and not key.startswith("aws:")}
        yield _Write(work.kind.tag_call(work.ref, left | new), Does.TAG, tuple(changed), planned)
        return
    if new:
        carried = tuple(at for at in changed if work.fields[at].after is not None)
        yield _Write(work.kind.tag_call(work.ref, new), Does.TAG, carried, planned)
    if old:
        carried = tuple(at for at in changed if work.fields[at].after is None)
        yield _Write(work.kind.untag_call(work.ref, old), Does.TAG, carried, planned)


def _parts(work: Work, before: tuple[Spec, ...]) -> Iterator[_Write]:
    """Yields the calls for attributes, keys first: AWS takes a value once all keys exist."""
    kind = work.kind
    if not kind.parts:
        return
    # A create that would replace a part of the same name looks first, as an update does.
    reads = reads_of(kind).of_one_part
    is_fresh = work.before is None or work.rebuild
    looks = None
    if kind.parts.overwrites:
        fields = (kind.parts.field,)
        looks = Replacement(work.after, work.after, () if is_fresh else reads, fields=fields, fresh=is_fresh)
    pairs = pair(before, getattr(work.after, kind.parts.field), "name")
    for have, want in sorted(pairs, key=lambda both: not getattr(both[1] or both[0], "primary", False)):
        if want is None:
            continue
        carried = _of_items(work, kind.parts.field, (want,))
        if have is None:
            yield _Write(kind.part_create_call(work.ref, want), Does.PART_CREATE, carried, looks)
        elif carried:
            planned = Replacement(have, want, reads, have.name)
            yield _Write(kind.part_replace_call(work.ref, have.name, want), Does.PART_UPDATE, carried, planned)


# Positions of the field changes that a call carries.


def _of_fields(work: Work, fields: Collection[str]) -> tuple[int, ...]:
    keys = {manifest_key(work.kind.spec, field) for field in fields}
    return tuple(at for at, change in enumerate(work.fields) if change.field in keys)


def _of_items(work: Work, field: str, items: Collection[Any]) -> tuple[int, ...]:
    known = by_key(work.kind.spec, field, items)
    return tuple(at for at in _of_fields(work, (field,)) if work.fields[at].item in known)


def _outside_parts(work: Work) -> tuple[int, ...]:
    inside = _of_fields(work, (work.kind.parts.field,)) if work.kind.parts else ()
    # A part that a replacement does not create again goes with the deletion.
    created = {at for at in inside if work.fields[at].after is not None}
    return tuple(at for at in range(len(work.fields)) if at not in created)
