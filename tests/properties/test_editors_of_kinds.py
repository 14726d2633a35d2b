"""Another writer edits between any two calls of a run, for each kind. No edit is silently overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.apply import Run
from reconciler.model import AS_WANTED, Change, Item, Status
from reconciler.model.events import Event, StepEnded
from reconciler.pacing import Rates
from tests.builders.resources import around
from tests.tiers import tiers
from tests.worlds.edits_of_kinds import EDITABLE, Editable
from tests.worlds.other_writer import OtherWriter
from tests.worlds.simulated import timed
from tests.worlds.world import World

ordinary = settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
thorough = settings(ordinary, max_examples=20)
# Kinds that each show another way to write: sets, levels, drafts, waits, and several services.
SOME = {"ContactFlow with a draft", "IamRole", "PhoneNumber", "Queue", "RoutingProfile", "User"}
every_kind = tiers("kind", EDITABLE, SOME)
SWITCHES = {
    "existingLink": ["InvalidRequestException", "accepted"],
    "missingLink": ["ResourceNotFoundException", "InvalidRequestException", "accepted"],
    "leftOutMembers": ["keep", "reset"],
    "securityProfileUpdate": ["keep", "reset"],
    "identityUpdate": ["replaced", "merged"],
    "draftStatus": ["compared", "SAVED"],
    "searchedContent": ["left_out", "shown"],
}
switched = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SWITCHES.items()})
# The number of steps before the edit, the place, and which of its values.
moments = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99), st.integers(0, 9)), max_size=4)


class Editor:
    """Makes its edits after a number of steps, and records whether the run had written the field by then."""

    def __init__(self, it: Editable, by: OtherWriter, change: Change, switches: dict[str, str]) -> None:
        self.it, self.by, self.change, self.switches = it, by, change, switches
        self.waiting: list[tuple[int, int, int]] = []
        self.ended: set[int] = set()
        self.edits: dict[str, Any] = {}
        self.early: set[str] = set()

    def begin(self, chosen: list[tuple[int, int, int]]) -> None:
        self.waiting = sorted(chosen)
        self.go_on()

    def hear(self, event: Event) -> None:
        if isinstance(event, StepEnded):
            self.ended.add(event.step)
            self.go_on()

    def go_on(self) -> None:
        while self.waiting and self.waiting[0][0] <= len(self.ended):
            _, at, which = self.waiting.pop(0)
            place = list(self.it.values)[at % len(self.it.values)]
            self.edit(place, self.it.values[place][which % len(self.it.values[place])])

    def edit(self, place: str, value: Any) -> None:
        # The console sends every field of an update, so left-out fields do not matter here.
        self.by.world.control.set_faults({})
        if place not in self.edits and self.it.read(self.by).get(place) != value:
            self.it.write(self.by, place, value)
            self.edits[place] = value
            carrying = {at for at, field in enumerate(self.change.fields) if _concerns(place, field.path)}
            steps = {at for at, step in enumerate(self.change.steps) if carrying & set(step.fields)}
            self.early |= {place} if steps - self.ended else set()
        self.by.world.control.set_faults({"switches": self.switches})

    def may_conflict(self) -> set[int]:
        """Returns the fields that share a call with an edited one."""
        edited = {_field(place) for place in self.edits}
        shared = [step for step in self.change.steps if {self.change.fields[at].field for at in step.fields} & edited]
        return {at for step in shared for at in step.fields}


def check(world: World, kind: str, switches: dict[str, str], chosen: list[tuple[int, int, int]]) -> None:
    it = EDITABLE[kind]
    others = [*around(it.before), *it.others]
    world.control.reset()
    world.control.set_faults({"switches": dict(it.switches)})
    assert world.run(it.before, *others).exit_code == 0
    seen = world.preview(it.after, *others)
    (change,) = seen.plan.changes
    editor = Editor(it, OtherWriter(world, seen), change, switches)
    world.control.set_faults({"switches": switches})
    editor.begin(chosen)

    run, _ = timed(world, seen, Rates(default=None), tell=editor.hear)

    world.control.set_faults({})
    live = it.read(editor.by)
    assert {place: live.get(place) for place in editor.edits} == editor.edits
    _tell_apart(editor, run)
    it.settle(editor.by)
    assert world.run(it.after, *others).exit_code == 0
    assert not world.plan(it.after, *others).changes


def _tell_apart(editor: Editor, run: Run) -> None:
    allowed = editor.may_conflict()
    for at, field in enumerate(editor.change.fields):
        status = run.results[Item(0, "field", at)].status
        values = {editor.edits[place] for place in editor.early if _concerns(place, field.path)}
        if values - {_value(field.before), _value(field.after)}:
            assert status is Status.CONFLICT, field
        assert status in AS_WANTED or (status is Status.CONFLICT and at in allowed), (field, status)


def _concerns(place: str, path: str) -> bool:
    within = path == place or path.startswith(f"{place}.")
    return within or (place == _field(path) and "[" not in place)


def _field(place: str) -> str:
    return place.partition("[")[0].partition(".")[0]


def _value(field: Any) -> Any:
    """Returns what an editor changes: a pair's priority, a proficiency's level, or any other value itself."""
    if isinstance(field, list):
        return tuple(sorted(field))
    return field.get("priority", field.get("level")) if isinstance(field, dict) else field


@every_kind
@ordinary
@given(switches=switched, chosen=moments)
def test_no_edit_is_overwritten_silently(
    world: World, kind: str, switches: dict[str, str], chosen: list[tuple[int, int, int]]
) -> None:
    check(world, kind, switches, chosen)


@pytest.mark.slow
@every_kind
@thorough
@given(switches=switched, chosen=moments)
def test_no_edit_is_overwritten_silently_tried_at_length(
    world: World, kind: str, switches: dict[str, str], chosen: list[tuple[int, int, int]]
) -> None:
    check(world, kind, switches, chosen)


@every_kind
def test_a_single_writer_has_no_conflicts(world: World, kind: str) -> None:
    check(world, kind, {}, [])
