"""The laws that every kind obeys. A new kind has two examples, and all laws are tested with them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds.fields import is_local, keyed_by
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Ownership
from reconciler.review.digest import digest
from tests.builders.examples import EXAMPLES, example, has_one, needed, rivals, together
from tests.builders.manifests import manifest
from tests.laws.places import Place, first, second
from tests.tiers import kinds_and, of_kinds
from tests.worlds.world import World

every_kind = of_kinds(KINDS)
# The lists whose order AWS obeys: of two layers with the same file, the later one counts.
# The lists of an item are values.
IN_ORDER = {"DynamoDBItem": {"attributes", "whenRemoved"}, "LambdaFunction": {"layers"}}
FIELDS = {kind: EXAMPLES[kind]["second"]["spec"] for kind in KINDS}
every_field = kinds_and("field", FIELDS, {"ContactFlow", "PhoneNumber", "Queue", "Schedule", "User"})
tagged_kind = of_kinds(name for name, kind in KINDS.items() if kind.ownership is Ownership.TAGS)


@every_kind
def test_applied_means_done(world: World, kind: str) -> None:
    place = first(world, kind)

    made = place.run()

    assert made.exit_code == 0, made
    assert (place.it.ref, Action.CREATE) in [(change.ref, change.action) for change in made.plan.changes]
    assert not place.plan().changes


@every_kind
def test_the_second_example_follows_the_first_and_back(world: World, kind: str) -> None:
    place = first(world, kind)

    for which in ("first", "second", "first"):
        done = place.run(example(kind, which))
        assert done.exit_code == 0, done
        assert not place.plan(example(kind, which)).changes


@every_field
def test_each_field_converges_alone(world: World, kind: str, field: str) -> None:
    there, then = EXAMPLES[kind]["first"], EXAMPLES[kind]["second"]
    kept = {key: value for key, value in there["spec"].items() if key not in rivals(kind, field)}
    fields = {field, *together(kind, field)}
    changed = manifest(kind, example(kind).ref.name, kept | {key: then["spec"][key] for key in fields})
    place = Place(world, manifest(kind, example(kind).ref.name, there["spec"]), changed)
    place.run()

    done = place.run(changed)

    if there["spec"].get(field) == then["spec"][field] or _alias(kind, field) in KINDS[kind].reading.write_only:
        assert not done.plan.changes
        return
    assert done.exit_code == 0, done
    (change,) = done.plan.changes
    assert change.action is (Action.REPLACE if _alias(kind, field) in KINDS[kind].fixed else Action.UPDATE)
    if change.action is Action.UPDATE:
        assert {_root(field_change.path) for field_change in change.fields} == fields
    assert not place.plan(changed).changes


@every_kind
def test_required_fields_suffice(world: World, kind: str) -> None:
    it = manifest(kind, example(kind).ref.name, needed(kind))
    place = Place(world, it)

    assert place.run().exit_code == 0
    assert not place.plan().changes


@every_kind
def test_undeclared_fields_stay_as_they_are(world: World, kind: str) -> None:
    place = second(world, kind)
    place.run()

    assert not place.plan(manifest(kind, place.it.ref.name, needed(kind, "second"))).changes


@every_kind
def test_the_order_of_a_list_means_nothing(world: World, kind: str) -> None:
    place, it = first(world, kind), EXAMPLES[kind]["first"]
    rows = list(reversed(it.get("rows", ())))
    kept = {key: it["spec"][key] for key in IN_ORDER.get(kind, ())}
    turned = manifest(kind, place.it.ref.name, _turned(it["spec"]) | kept, rows, **it.get("more", {}))

    assert digest(place.plan()) == digest(place.plan(turned))
    place.run()
    assert not place.plan(turned).changes


@tagged_kind
def test_a_rename_keeps_the_resource_or_is_refused(world: World, kind: str) -> None:
    place = first(world, kind)
    place.run()
    before = world.preview(place.it, *place.around).world.live[place.it.ref]
    another = EXAMPLES[kind].get("another", "another-name")
    name = "/".join((*place.it.ref.name.split("/")[:-1], another)) if KINDS[kind].nests else another
    renamed = manifest(kind, name, EXAMPLES[kind]["first"]["spec"], renamed_from=place.it.ref.name)

    done = world.run(renamed, *place.around, allow_create=frozenset({str(renamed.ref)}))

    (change,) = [each for each in done.plan.changes if each.ref == renamed.ref]
    if "name" in KINDS[kind].fixed:
        assert (change.action, "cannot change name" in change.reason) == (Action.BLOCKED, True)
    else:
        assert change.action is Action.UPDATE
        assert world.preview(renamed, *place.around).world.live[renamed.ref].id == before.id
        assert not world.plan(renamed, *place.around).changes


@tagged_kind
def test_an_unmanaged_resource_is_blocked_until_adopted(world: World, kind: str) -> None:
    place = first(world, kind)
    place.run()
    known, directory = place.with_its_key(), world.preview(place.it, *place.around).world.directory
    world.send(KINDS[kind].untag_call(place.it.ref, ["reconciler:stack", "reconciler:address"]), directory)

    blocked = place.run(known)

    (change,) = [each for each in blocked.plan.changes if each.ref == place.it.ref]
    assert (change.action, "adopt" in change.reason) == (Action.BLOCKED, True)
    assert blocked.exit_code == 3


@pytest.mark.slow
@every_kind
def test_the_next_run_finishes_one_with_an_error_at_any_call(world: World, kind: str) -> None:
    place = second(world, kind)
    world.every_call()
    place.run()
    called = [name.partition(":")[2] for name in world.every_call()]
    writes = [name for name in called if not name.startswith(("List", "Describe", "Search", "Get", "Head"))]

    assert writes
    for operation in writes:
        world.control.reset()
        place.seed()
        place.faults(error={"every": 1, "code": "AccessDeniedException", "operations": [operation]})
        assert place.run().totals.failed, operation
        place.faults()
        assert place.run().exit_code == 0, operation
        assert not place.plan().changes, operation


@pytest.mark.slow
@every_kind
def test_a_lost_reply_creates_nothing_twice(world: World, kind: str) -> None:
    place = second(world, kind)
    place.faults(lostReply={"every": 1})
    done = place.run()
    place.faults()

    assert done.exit_code == 0, done
    assert not place.plan().changes


@pytest.mark.slow
@every_kind
def test_a_run_waits_for_an_id_that_is_not_known_yet(world: World, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A create's id may be unknown to the next calls for a while (API reference, eventual consistency)."""
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)
    place = second(world, kind)
    place.faults(consistency={"calls": 3}, searchLag={"calls": 3})
    done = place.run()
    place.faults()
    for _ in range(3):
        place.plan()

    assert done.exit_code == 0, done
    assert not place.plan().changes


@pytest.mark.slow
@every_kind
def test_every_planned_item_is_in_the_outcome(world: World, kind: str) -> None:
    place = first(world, kind)
    for which in ("first", "second"):
        totals = place.run(example(kind, which)).totals
        assert totals.asked == totals.done + totals.unchanged + totals.skipped + totals.failed + totals.conflict
        assert totals.done or example(kind, which).spec == example(kind, "first").spec


@every_kind
def test_examples_fill_every_field_of_the_spec_twice_with_other_values(kind: str) -> None:
    there, then = (EXAMPLES[kind][which]["spec"] for which in ("first", "second"))
    k = KINDS[kind]
    fields = {f.alias for name, f in k.spec.model_fields.items() if not is_local(k.spec, name)}
    # A change of the key makes another resource, and not every resource can be replaced.
    may_be_same = {k.identity.key, "deletion_protection_enabled"}  # AWS would not let a protected one be replaced
    may_be_same |= {_alias(kind, key) for key in EXAMPLES[kind].get("key", ())}  # a key of several fields
    may_be_same |= k.fixed if k.deletion.needs_tombstone or k.deletion.needs_both else frozenset()

    assert {*there, *then} == fields - {"name", *EXAMPLES[kind].get("elsewhere", ())}
    assert {*there} ^ {*then} == {field for field in fields if rivals(kind, field)}
    same = {field for field in {*there} & {*then} if there[field] == then[field]}
    assert {_alias(kind, field) for field in same} <= may_be_same


@every_kind
def test_lists_of_examples_hold_several_items_out_of_order(kind: str) -> None:
    for which in ("first", "second"):
        spec = EXAMPLES[kind][which]["spec"]
        kept = example(kind, which).spec.model_dump(mode="json", by_alias=True, exclude_unset=True)
        lists = {key: value for key, value in spec.items() if isinstance(value, list) and not has_one(kind, key)}
        assert all(len(value) > 1 for value in lists.values())
        ordered = IN_ORDER.get(kind, set()) | {
            f.alias for name, f in KINDS[kind].spec.model_fields.items() if keyed_by(KINDS[kind].spec, name)
        }
        assert which == "second" or all(kept[key] != value for key, value in lists.items() if key not in ordered)


def _alias(kind: str, key: str) -> str:
    return next(name for name, field in KINDS[kind].spec.model_fields.items() if field.alias == key)


def _root(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]


def _turned(value: Any) -> Any:
    match value:
        case {"Version": _, "Statement": _} | {"Version": _, "Actions": _} | {"widgets": _} | {"StartAt": _}:
            return value  # a document: its lists are its author's text, which the plan shows as it is
        case dict():
            return {key: _turned(item) for key, item in value.items()}
        case list():
            return [_turned(item) for item in reversed(value)]
        case _:
            return value
