"""Every member that is carried, changed behind our back through boto3, is seen: drift is the plan's eye."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape

from reconciler.diff.fields import diff, merge_declared
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import aws_name, keyed_by, nested
from reconciler.kinds.marks import kept_tags
from reconciler.kinds.registry import KINDS
from reconciler.live import ReadRequest, read
from reconciler.model import Action, Call, Does, IdOf, Live, Ownership, Spec
from reconciler.model.content import PublishedVersion
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work
from tests.builders.calls import with_partial
from tests.builders.examples import example
from tests.laws.places import Place, first, second
from tests.tiers import of_kinds
from tests.worlds.world import World

# Members that name the resource, or only select another form of the call.
NOT_WISHES = {"AttributeType", "ResetOrderNumber", "ResourceType", "AssociationId", "Qualifier"}
# The bucket and the key, and the checksum that must be that of the bytes.
NOT_WISHES |= {"Bucket", "Key", "ChecksumAlgorithm", "ChecksumSHA256"}


class Edit(NamedTuple):
    """A leaf of one update call of a kind: where it is in the parameters. The call leads to the `declared` example."""

    kind: str
    operation: str
    path: tuple[str | int, ...]
    declared: str = "first"

    @property
    def other(self) -> str:
        return "second" if self.declared == "first" else "first"

    def __str__(self) -> str:
        return f"{self.kind}-{self.operation}-{'.'.join(map(str, self.path))}-{self.declared}"


@cache
def updates(kind: str, before: str, after: str) -> tuple[Call, ...]:
    """The calls that take one example to the other, as values."""
    k, was = KINDS[kind], example(kind, before).spec
    wanted = with_partial(was, example(kind, after).spec)
    if k.writing.forms:
        # The example has one form of some settings. The other form stays as it is.
        wanted = merge_declared(was, wanted, lambda path: False)
    live = Live(example(kind).ref, "id", "arn", was)
    steps = make_steps(Work(k, live.ref, live, wanted, tags={}, fields=diff(was, wanted)))
    calls = list[Call]()
    for step in steps:
        calls += () if step.does is Does.TAG else (*step.first, step.call)
    return tuple(calls)


def _leaves(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    match value:
        case Mapping() if value:
            for key, item in value.items():
                yield from _leaves(item, (*path, key))
        case list() if value:
            yield from _leaves(value[0], (*path, 0))
        case _:
            yield path


def edits() -> Iterator[Edit]:
    for kind, k in KINDS.items():
        if k.cells:
            continue  # cells and columns have tests of their own, in tests/plan
        yield from _edits(kind, Edit(kind, "", ()))
        if k.writing.forms:
            # Each example has one form of some fields.
            yield from _edits(kind, Edit(kind, "", (), "second"))


def _edits(kind: str, of: Edit) -> Iterator[Edit]:
    k = KINDS[kind]
    for call in updates(kind, of.other, of.declared):
        # A call by item has expressions in place of values: tests/apply/test_items.py changes its attributes.
        if call.operation in {update.operation for update in k.writing.updates if not update.by_item}:
            apart = {k.identity.id_param, *NOT_WISHES, *_unseen(k)}
            # Only apply knows the number of the version that it publishes.
            wishes = {
                key: value
                for key, value in call.params.items()
                if key not in apart and not isinstance(value, PublishedVersion)
            }
            leaves = [path for path in _leaves(wishes, ()) if path and (path[0], path[-1]) not in _keys(k.spec)]
            yield from (of._replace(operation=call.operation, path=path) for path in leaves)


def _unseen(kind: Kind[Any]) -> set[str]:
    """Returns the parameters whose change cannot be seen: AWS never returns them, or they name it."""
    kept = {kind.param(field) for field in kept_tags(kind.spec)}
    names = {update.names.get(kind.identity.key, "") for update in kind.writing.updates}
    # The status of a call on a draft decides whether the call publishes it.
    kept |= {"Status"} if kind.reading.draft else set()
    # The name of a resource in a container never changes.
    kept |= set(kind.own(example(kind.name).ref, example(kind.name).spec)) if kind.reading.within[0] else set()
    return kept | (names if kind.ownership is Ownership.DECLARED else set())


def _keys(spec: type[Spec]) -> set[tuple[str, str]]:
    """Returns keyed lists with the keys of their items. Another key is another item, which may stay undeclared."""
    keyed = [(f, nested(spec, f), keyed_by(spec, f)) for f in spec.model_fields]
    return {(aws_name(spec, field), aws_name(inner, by)) for field, inner, by in keyed if inner and by}


@pytest.mark.slow
@pytest.mark.parametrize("edit", sorted(set(edits())), ids=str)
def test_a_changed_member_is_seen(world: World, edit: Edit) -> None:
    place = (first if edit.declared == "first" else second)(world, edit.kind)
    assert place.run().exit_code == 0
    assert not place.plan().changes

    _change(place, edit)

    (change,) = [each for each in place.plan().changes if each.ref == place.it.ref]
    assert change.action is Action.UPDATE
    assert change.fields


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind, k in KINDS.items() if k.writing.sets or (k.parts and not k.cells)])
def test_drift_sees_what_another_writer_adds_changes_or_removes(world: World, kind: str) -> None:
    k = KINDS[kind]
    own = {update.operation for update in k.writing.updates}
    calls = [call for call in updates(kind, "first", "second") if call.operation not in own]
    assert calls
    # Where AWS has one item, or one of each key, another one follows the removal of the first.
    full = {members.add for members in k.writing.sets if members.most == 1 or members.recreates}
    for at, call in enumerate(calls):
        world.control.reset()
        place = first(world, kind)
        place.run()

        for each in (*(calls[:at] if call.operation in full else ()), call):
            _send(place, each)

        assert place.it.ref in {each.ref for each in (*place.plan().changes,)} or place.plan().orphans, call.operation


@of_kinds(kind for kind, k in KINDS.items() if "tags" in k.spec.model_fields)
def test_a_changed_tag_is_seen(world: World, kind: str) -> None:
    place = first(world, kind)
    place.run()
    seen = world.preview(place.it, *place.around).world
    kept = seen.live[place.it.ref].tags if KINDS[kind].tagging.replaces_all else {}
    world.send(KINDS[kind].tag_call(place.it.ref, {**kept, "Team": "another writer"}), seen.directory)

    (change,) = [each for each in place.plan().changes if each.ref == place.it.ref]

    assert [field.path for field in change.fields] == ["tags[Team]"]


def _change(place: Place, edit: Edit) -> None:
    """Returns the leaf alone, or all members of the call if AWS refuses the leaf alone."""
    calls = updates(edit.kind, edit.other, edit.declared)
    call = next(c for c in calls if c.operation == edit.operation and _has(c.params, edit.path))
    params = deepcopy(dict(call.params))
    changed = Call(call.service, call.operation, _mutated(params, edit))
    try:
        is_sent = changed != call  # An empty text clears a member, and has no other value of its sort.
        if is_sent:
            _send(place, changed)
    except ClientError:
        is_sent = False
    if not is_sent:
        others = updates(edit.kind, edit.declared, edit.other)
        same = {edit.operation, _clearing(edit)}
        _send(place, next(c for c in others if c.operation in same and _same_aim(c, call)))


def _clearing(edit: Edit) -> str:
    """Returns the operation that removes what the edit's operation sets."""
    updates = KINDS[edit.kind].writing.updates
    return next(update.clear for update in updates if update.operation == edit.operation)


def _same_aim(one: Call, other: Call) -> bool:
    return one.params.get("AttributeType") == other.params.get("AttributeType")


def _send(place: Place, call: Call) -> None:
    world, declared = place.world, {each.ref: each for each in (place.it, *place.around)}
    directory = read(world.aws, world.environment.scope, declared, ReadRequest(lambda ref: True)).directory
    world.send(call, directory)


def _has(value: Any, path: tuple[str | int, ...]) -> bool:
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or not value:
                return False
        elif not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    return True


def _mutated(params: dict[str, Any], edit: Edit) -> dict[str, Any]:
    inside: Any = params
    for step in edit.path[:-1]:
        inside = inside[step]
    model = botocore.session.get_session().get_service_model(KINDS[edit.kind].service.name)
    shape = _shape(model.operation_model(edit.operation).input_shape, edit.path)
    inside[edit.path[-1]] = _other(inside[edit.path[-1]], shape)
    return params


def _shape(shape: Shape, path: tuple[str | int, ...]) -> Shape:
    for step in path:
        if isinstance(shape, StructureShape):
            shape = shape.members[str(step)]
        elif isinstance(shape, ListShape):
            shape = shape.member
        else:
            shape = shape.value  # a map
    return shape


def _other(value: Any, shape: Shape) -> Any:
    """Another value of the same sort."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value - 1 if value >= shape.metadata.get("max", 10**9) else value + 1
        case IdOf(is_number=True):
            return 999
        case IdOf():
            return "00000000-0000-4000-8000-0000000000ff"
        case str() if allowed := shape.metadata.get("enum"):
            return next((each for each in allowed if each != value), f"{value}, and no other is allowed")
        case str() if value in ("true", "false"):
            return "false" if value == "true" else "true"
        case str():
            return re.sub(r".$", lambda last: "1" if last[0] != "1" and last[0].isdigit() else "2", value)
        case _:
            return value
