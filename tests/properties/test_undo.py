"""Undo restores any first state after any second one, and overwrites no edit of another writer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.flows.document import FlowDocument
from reconciler.kinds.registry import KINDS
from reconciler.live import ReadRequest, read
from reconciler.model import AS_WANTED, Action, Manifest, Outcome, Resource
from reconciler.model.canonical import plain
from reconciler.plan import Selection
from reconciler.reconcile import Options, Preview
from reconciler.report import outcome_json
from reconciler.sandbox import INSTANCE_ID, advance
from reconciler.undo import preview_undo
from tests.builders.examples import EXAMPLES, SWITCHES, example, needed, permitted, surroundings
from tests.builders.manifests import manifest as declared
from tests.builders.random_tables import KEYS, tables
from tests.tiers import tiers
from tests.worlds.world import World

LEVELS = ("NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE")
ATTRIBUTES = frozenset(
    f"DataTable/T/{name}" for name in ("values", "Tier", "Größe", "a b", "x:y", "Open", "N-1", *KEYS)
)
EVERYTHING = ATTRIBUTES | {"DataTable/T"}
BLOCKED = 3
ordinary = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
thorough = settings(ordinary, max_examples=25)


@st.composite
def leveled(draw: st.DrawFn) -> Manifest:
    table = draw(st.one_of(tables(), tables(KEYS)))
    spec = table.spec.model_copy(update={"value_lock_level": draw(st.sampled_from(LEVELS))})
    return Manifest(spec, table.source, table.records, protect=table.protect)


states = st.one_of(leveled(), leveled(), leveled(), st.none())
# The index of the cell among all, and the edit.
edits = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["change", "delete"])), max_size=4)


def undo(world: World, outcome: Outcome, **selection: Any) -> Preview:
    options = Options(world.environment, world.aws, Selection(**selection))
    return preview_undo(options, json.loads(json.dumps(outcome_json(outcome))), "outcome.json")


def state(world: World) -> dict[str, Any]:
    """Returns the managed live state without ids, locks and times."""
    seen = read(world.aws, world.environment.scope, {}, ReadRequest(lambda ref: ref.kind in EXAMPLES, set(EXAMPLES)))
    return {
        str(ref): {
            "spec": _sorted(plain(live.spec)) | _meanings(live.spec),
            "tags": dict(live.tags),
            "rows": {
                (*sorted(record.key.items()),): {name: cell.text for name, cell in record.cells.items()}
                for record in live.records
            },
        }
        for ref, live in seen.live.items()
    }


def _meanings(spec: Resource) -> dict[str, int]:
    """Returns the meaning of each flow: its blocks may have another order and other ids."""
    return {field: hash(value) for field, value in spec if isinstance(value, FlowDocument)}


def _sorted(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Sorts attributes and overrides, which AWS returns in the order of their creation."""
    return {key: sorted(it, key=str) if isinstance(it, list) else it for key, it in spec.items()}


def become(world: World, wanted: Manifest | None, allowed: frozenset[str]) -> Outcome:
    return world.run(*([wanted] if wanted else []), prune=True, allow_delete=allowed)


def comes_back(world: World, first: Manifest | None, second: Manifest | None, canonical: bool) -> None:
    world.control.reset()
    world.control.set_faults({"switches": {"valuesReadBack": "canonical" if canonical else "verbatim"}})
    become(world, first, EVERYTHING)
    start = state(world)
    done = become(world, second, ATTRIBUTES if second else EVERYTHING)
    reached = state(world)

    undone = [world.apply(undo(world, done, allow_delete=EVERYTHING))]
    if undone[0].exit_code == BLOCKED:
        # Keys can be deleted and created only while the table has no values.
        undone.append(world.apply(undo(world, done, allow_delete=EVERYTHING)))

    assert state(world) == start
    assert undone[-1].exit_code == 0, _troubles(undone[-1])
    assert not any(change.action is Action.REPLACE for each in undone for change in each.plan.changes)
    again = [world.apply(undo(world, each, allow_delete=EVERYTHING)) for each in reversed(undone)]
    assert again[-1].exit_code == 0, _troubles(again[-1])
    assert state(world) == reached


def _troubles(outcome: Outcome) -> list[object]:
    changes = outcome.plan.changes
    left = [(item, result) for item, result in outcome.results.items() if result.status not in AS_WANTED]
    return [(str(changes[item.change].ref), changes[item.change].reason, item, result) for item, result in left]


@pytest.mark.slow
@ordinary
@given(states, states, st.booleans())
def test_undo_restores_the_state_and_can_be_undone(
    world: World, first: Manifest | None, second: Manifest | None, canonical: bool
) -> None:
    comes_back(world, first, second, canonical)


@pytest.mark.slow
@thorough
@given(states, states, st.booleans())
def test_undo_restores_the_state_tried_at_length(
    world: World, first: Manifest | None, second: Manifest | None, canonical: bool
) -> None:
    comes_back(world, first, second, canonical)


@pytest.mark.slow
@ordinary
@given(leveled(), leveled(), edits)
def test_no_edit_since_the_run_is_overwritten(
    world: World, first: Manifest, second: Manifest, chosen: Sequence[tuple[int, str]]
) -> None:
    world.control.reset()
    become(world, first, EVERYTHING)
    done = become(world, second, ATTRIBUTES)
    edited = _edited(world, chosen)

    seen = undo(world, done, allow_delete=EVERYTHING)
    world.apply(seen)

    live = world.stored("T") if edited else {}
    assert {place: live.get(place, {}).get("Value") for place in edited} == edited


def _edited(world: World, chosen: Sequence[tuple[int, str]]) -> dict[tuple[tuple[str, ...], str], str | None]:
    """Edits cells, and returns their new texts by place; `None` for deleted ones."""
    stored = world.stored("T")
    places = sorted(stored)
    edited: dict[tuple[tuple[str, ...], str], str | None] = {}
    for at, what in chosen if places else ():
        place = places[at % len(places)]
        if place in edited:
            continue
        cell = stored[place] if place in (fresh := world.stored("T")) else None
        if cell is None:
            continue
        new = _other(cell["Value"]) if what == "change" and cell["Value"] != "[]" else None
        if _write(world, fresh[place], new):
            edited[place] = new
    return edited


def _write(world: World, cell: Mapping[str, Any], value: str | None) -> bool:
    """Writes a cell, and returns whether AWS took it: an attribute may have another type by now."""
    key = [{name: each[name] for name in ("AttributeName", "Value")} for each in cell.get("PrimaryValues", ())]
    entry = {"AttributeName": cell["AttributeName"], "LockVersion": cell["LockVersion"], "PrimaryValues": key}
    where = {"InstanceId": INSTANCE_ID, "DataTableId": world.table_id("T")}
    if value is None:
        answer = world.connect.batch_delete_data_table_value(**where, Values=[entry])
    else:
        answer = world.connect.batch_update_data_table_value(**where, Values=[{**entry, "Value": value}])
    return not answer["Failed"]


def _other(text: str) -> str:
    """Returns another value of the same type."""
    if text.startswith("["):
        return "[]"
    return {"true": "false", "false": "true"}.get(text.lower(), "4711")


# Other kinds than tables.

# No undo claims, releases or replaces a number. No outcome has the environment variables of a function or the bytes of
# an object.
UNDONE = sorted(set(EXAMPLES) - {"DataTable", "ConnectInstance", "LambdaFunction", "PhoneNumber", "S3Object"})
# A status cannot be deleted, the name of a deleted secret stays taken, and undo deletes nothing that holds data.
KEPT = {kind for kind in EXAMPLES if KINDS[kind].deletion.needs_both}
CREATED = sorted(set(UNDONE) - {"AgentStatus", "Secret"} - KEPT)


@tiers("kind", UNDONE, {"ContactFlow", "Queue"})
def test_an_update_of_any_kind_is_undone_and_done_again(world: World, kind: str) -> None:
    world.control.set_faults({"switches": SWITCHES})
    first, second = example(kind), example(kind, "second")
    kept = {*_fixed(first), *(["name"] if KINDS[kind].nests else [])}
    second = Manifest(second.spec.model_copy(update={f: getattr(first.spec, f) for f in kept}), second.source)
    others = surroundings(first, second)
    world.seed(first, second, *others)
    world.run(first, *others, **permitted(first, *others))
    start = state(world)
    done = world.run(second, *others, **permitted(second, *others))
    reached = state(world)

    undone = world.apply(undo(world, done))
    back = state(world)
    again = world.apply(undo(world, undone))

    assert (done.exit_code, undone.exit_code, again.exit_code) == (0, 0, 0), _troubles(undone)
    assert back == start
    assert state(world) == reached


def test_a_function_is_undone_but_for_its_environment_which_no_outcome_has(world: World) -> None:
    first = example("LambdaFunction")
    others = surroundings(first)
    world.seed(first, *others)
    world.run(*others, **permitted(first, *others))
    made = world.run(first, *others, **permitted(first, *others))

    undone = world.apply(undo(world, made, allow_delete=frozenset({str(first.ref)})))
    again = undo(world, undone)

    assert undone.exit_code == 0, _troubles(undone)
    (change,) = [change for change in again.plan.changes if change.ref == first.ref]
    assert change.action is Action.BLOCKED
    assert "the outcome does not have the former values; declare them and apply" in change.reason


def _fixed(it: Manifest) -> frozenset[str]:
    return KINDS[it.ref.kind].fixed


@tiers("kind", CREATED, {"ContactFlow", "Queue"})
def test_a_create_of_any_kind_is_undone_and_repeated(world: World, kind: str) -> None:
    world.control.set_faults({"switches": SWITCHES})
    first = example(kind)
    others = surroundings(first)
    world.seed(first, *others)
    world.run(*others, **permitted(first, *others))
    start = state(world)
    made = world.run(first, *others, **permitted(first, *others))
    reached = state(world)
    allowed = frozenset(str(change.ref) for change in made.plan.changes)

    undone = world.apply(undo(world, made, allow_delete=allowed))
    back = state(world)
    if kind == "SqsQueue":
        advance("61s")  # AWS keeps the name for a minute
    again = world.apply(undo(world, undone))

    assert {change.action for change in undone.plan.changes} == {Action.DELETE}
    assert (undone.exit_code, again.exit_code) == (0, 0), _troubles(undone)
    assert back == start
    assert state(world) == reached


@tiers("kind", CREATED, {"ContactFlow", "Queue"})
def test_a_create_with_required_fields_only_is_undone(world: World, kind: str) -> None:
    world.control.set_faults({"switches": SWITCHES})
    bare = declared(kind, EXAMPLES[kind]["first"].get("name", "it"), needed(kind))
    others = surroundings(bare)
    world.seed(bare, *others)
    world.run(*others, **permitted(bare, *others))
    made = world.run(bare, *others, **permitted(bare, *others))

    undone = world.apply(undo(world, made, allow_delete=frozenset({str(bare.ref)})))

    assert undone.exit_code == 0, _troubles(undone)
    assert str(bare.ref) not in state(world)
