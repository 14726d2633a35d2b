"""The laws that every kind keeps; a new kind brings its two examples, and is held to all of them."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from reconciler.digest import digest
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import aws_name, is_ours, nested, refers_to
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Manifest, Ownership, Spec
from tests.world import EXAMPLES, World, example, manifest

every_kind = pytest.mark.parametrize("kind", KINDS)
every_field = pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind in KINDS for field in EXAMPLES[kind]["second"]["spec"]]
)


@every_kind
def test_applied_means_done(world: World, kind: str) -> None:
    made = world.run(example(kind))

    assert made.exit_code == 0
    assert [change.action for change in made.plan.changes] == [Action.CREATE]
    assert not world.plan(example(kind)).changes


@every_kind
def test_the_second_example_follows_the_first_and_back(world: World, kind: str) -> None:
    for which in ("first", "second", "first"):
        done = world.run(example(kind, which))
        assert done.exit_code == 0, done.message
        assert not world.plan(example(kind, which)).changes


@every_field
def test_each_field_converges_alone(world: World, kind: str, field: str) -> None:
    first, second = EXAMPLES[kind]["first"]["spec"], EXAMPLES[kind]["second"]["spec"]
    changed = manifest(kind, "it", {**first, field: second[field]})
    world.run(manifest(kind, "it", first))

    there = world.run(changed)

    assert there.exit_code == 0
    (change,) = there.plan.changes
    assert change.action is Action.UPDATE
    assert {told.path.partition("[")[0] for told in change.fields} == {field}
    assert not world.plan(changed).changes


@every_kind
def test_required_fields_suffice(world: World, kind: str) -> None:
    it = manifest(kind, "it", _required(kind))

    world.run(it)

    assert not world.plan(it).changes


@every_kind
def test_what_is_not_declared_stays_as_it_is(world: World, kind: str) -> None:
    world.run(example(kind, "second"))

    assert not world.plan(manifest(kind, "it", _required(kind, "second"))).changes


@every_kind
def test_the_order_of_a_list_means_nothing(world: World, kind: str) -> None:
    it = EXAMPLES[kind]["first"]
    turned = manifest(kind, "it", _turned(it["spec"]), list(reversed(it["rows"])), **it["more"])

    assert digest(world.plan(example(kind))) == digest(world.plan(turned))
    world.run(example(kind))
    assert not world.plan(turned).changes


@every_kind
def test_what_is_pruned_is_gone(world: World, kind: str) -> None:
    world.run(example(kind))
    ref = example(kind).ref

    done = world.run(prune=True, allow_delete=frozenset({str(ref)}))

    assert [(change.ref, change.action) for change in done.plan.changes] == [(ref, Action.DELETE)]
    assert not world.preview(example(kind)).world.live


@every_kind
def test_what_is_not_declared_any_more_is_an_orphan_and_stays(world: World, kind: str) -> None:
    world.run(example(kind))

    plan = world.plan()

    assert (plan.changes, plan.orphans) == ((), (example(kind).ref,))


@every_kind
def test_what_is_live_and_not_ours_is_blocked_until_it_is_adopted(world: World, kind: str) -> None:
    other = world.with_settings(stack="other-team")
    other.run(example(kind))
    for key in ("reconciler:stack", "reconciler:address"):
        _untag(world, example(kind), key)

    blocked = world.run(example(kind, "second"))

    assert [change.action for change in blocked.plan.changes] == [Action.BLOCKED]
    assert "adopt" in blocked.plan.changes[0].reason
    assert blocked.exit_code == 3


@every_kind
def test_a_run_that_met_an_error_at_any_call_is_finished_by_the_next(world: World, kind: str) -> None:
    world.calls()
    world.run(example(kind, "second"))
    writes = [name for name in world.calls() if not name.startswith(("List", "Describe", "Search"))]

    assert writes
    for operation in writes:
        world.control.reset()
        world.control.set_faults({"error": {"every": 1, "code": "AccessDeniedException", "operations": [operation]}})
        assert world.run(example(kind, "second")).totals.failed, operation
        world.control.set_faults({})
        assert world.run(example(kind, "second")).exit_code == 0, operation
        assert not world.plan(example(kind, "second")).changes, operation


@every_kind
def test_every_item_that_was_asked_for_is_told(world: World, kind: str) -> None:
    for which in ("first", "second"):
        totals = world.run(example(kind, which)).totals
        assert totals.asked == totals.done + totals.unchanged + totals.skipped + totals.failed + totals.conflict
        assert totals.done


@every_kind
def test_examples_fill_every_field_of_the_spec_twice_with_other_values(kind: str) -> None:
    first, second = (EXAMPLES[kind][which]["spec"] for which in ("first", "second"))
    fields = {f.alias for name, f in KINDS[kind].spec.model_fields.items() if not is_ours(KINDS[kind].spec, name)}

    assert {"name", *first} == {"name", *second} == fields
    assert all(first[field] != second[field] for field in first)


@every_kind
def test_the_table_agrees_with_botocore(kind: str) -> None:
    k = KINDS[kind]
    model = botocore.session.get_session().get_service_model(k.service)
    takes = lambda name: set(model.operation_model(name).input_shape.members)  # noqa: E731
    gives = lambda name: model.operation_model(name).output_shape.members  # noqa: E731
    own = {f for f in k.spec.model_fields if not is_ours(k.spec, f)}
    apart = {k.parts.field} if k.parts else set()
    carried = {f for update in k.updates for f in update.fields} | apart | {"tags"}

    assert carried == own
    assert {k.param(f) for f in own - apart} <= takes(k.create)
    assert set(k.born_with) <= takes(k.create)
    assert ("Tags" in takes(k.create)) == (k.ownership is Ownership.TAGS)
    for update in k.updates:
        assert {k.param(f) for f in update.fields} <= takes(update.operation)
    for listing in (k.search, k.lookup):
        assert listing.items in gives(listing.operation)
        assert set(listing.filters) <= takes(listing.operation)
    assert k.describe[1] in gives(k.describe[0])
    assert {k.id_param} <= takes(k.delete) & takes(k.describe[0])
    _parts_agree(k, takes, gives)


def _parts_agree(k: Kind[Any], takes: Any, gives: Any) -> None:
    if not k.parts or not k.cells:
        return
    part = nested(k.spec, k.parts.field)
    assert part
    sent = {aws_name(part, f) for f in part.model_fields if not is_ours(part, f)}
    assert sent <= takes(k.parts.create) & takes(k.parts.update)
    assert k.parts.id_param in takes(k.parts.update) & takes(k.parts.delete)
    assert k.parts.listing.items in gives(k.parts.listing.operation)
    assert sent <= set(gives(k.parts.listing.operation)[k.parts.listing.items].member.members)
    assert k.cells.listing.items in gives(k.cells.listing.operation)
    for operation in (k.cells.create, k.cells.update, k.cells.delete):
        assert {k.id_param, "Values"} <= takes(operation)
    assert {"PrimaryValues", "NewPrimaryValues", "LockVersion"} <= takes(k.cells.rename)


@every_kind
def test_references_name_kinds_that_exist(kind: str) -> None:
    def targets(spec: type[Spec]) -> Any:
        for field in spec.model_fields:
            yield refers_to(spec, field)
            if inner := nested(spec, field):
                yield from targets(inner)

    assert set(targets(KINDS[kind].spec)) <= {None, *KINDS}


def _required(kind: str, which: str = "first") -> dict[str, Any]:
    needed = [f.alias for f in KINDS[kind].spec.model_fields.values() if f.is_required() and f.alias != "name"]
    return {key: EXAMPLES[kind][which]["spec"][key] for key in needed if key}


def _turned(value: Any) -> Any:
    match value:
        case dict():
            return {key: _turned(item) for key, item in value.items()}
        case list():
            return [_turned(item) for item in reversed(value)]
        case _:
            return value


def _untag(world: World, it: Manifest, key: str) -> None:
    arn = next(iter(world.with_settings(stack="other-team").preview(it).world.live.values())).arn
    world.connect.untag_resource(resourceArn=arn, tagKeys=[key])
