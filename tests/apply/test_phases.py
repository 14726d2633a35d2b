"""Steps that begin and end in, the events of their phases out."""

from __future__ import annotations

import pytest

from reconciler.apply.phases import Phases, phase_of
from reconciler.apply.skipping import carried
from reconciler.model import Call, Change, Does, Item, Plan, Result, Scope, Status, Step
from reconciler.model.events import Event, PhaseEnded, PhaseStarted
from tests.builders.works import change, ref_of, step
from tests.worlds.scripted_aws import run_without_aws

DONE, FAILED = Result(Status.DONE), Result(Status.FAILED)


def cells(operation: str, *positions: int) -> Step:
    return Step(Call("connect", f"Batch{operation}DataTableValue", {}), Does.CELLS, cells=positions)


def phases(*changes: Change, results: dict[Item, Result] | None = None) -> tuple[Phases, list[Event]]:
    events: list[Event] = []
    run = run_without_aws(Plan(Scope("centre", "prod", "arn"), changes), results or {}, events.append)
    return Phases(run), events


@pytest.mark.parametrize(
    ("one", "phase"),
    [
        (step(Does.CREATE), "structure"),
        (step(Does.UPDATE, fields=(0,)), "structure"),
        (step(Does.LOOK), "structure"),
        (step(Does.RENAME_ROW, rows=(0,)), "keys"),
        (cells("Create", 0), "create values"),
        (cells("Update", 0), "update values"),
        (cells("Delete", 0), "delete values"),
    ],
)
def test_a_step_has_a_phase(one: Step, phase: str) -> None:
    assert phase_of(change("DataTable/T", one), one) == phase


def test_a_step_of_another_kind_is_structure() -> None:
    one = step(fields=(0,))

    assert phase_of(change("Queue/q", one), one) == "structure"


def test_a_phase_begins_once_with_all_its_calls_and_items() -> None:
    steps = (step(fields=(0, 1)), step(fields=(2,)), cells("Update", 0, 1, 2), cells("Update", 3))
    it, events = phases(change("DataTable/T", *steps))

    for each in steps:
        it.begin(0, each)

    table = ref_of("DataTable/T")
    assert events == [PhaseStarted(table, "structure", 2, 3), PhaseStarted(table, "update values", 2, 4)]


def test_a_phase_ends_with_its_last_step_and_counts_its_results() -> None:
    steps = (cells("Update", 0, 1, 2), cells("Update", 3, 4, 5))
    statuses = [Status.DONE, Status.FAILED, Status.CONFLICT, Status.SKIPPED, Status.UNCHANGED]
    results = {Item(0, "cell", at): Result(status) for at, status in enumerate(statuses)}
    it, events = phases(change("DataTable/T", *steps), results=results)

    it.end(0, steps[1], carried(0, steps[1]))
    assert events == []

    it.end(0, steps[0], carried(0, steps[0]))
    assert events == [PhaseEnded(ref_of("DataTable/T"), "update values", done=1, failed=1, conflict=1, skipped=1)]


def test_a_phase_counts_only_its_own_items() -> None:
    steps = (step(fields=(0,)), cells("Create", 0))
    it, events = phases(change("DataTable/T", *steps), results={Item(0, "field", 0): FAILED, Item(0, "cell", 0): DONE})

    for each in steps:
        it.end(0, each, carried(0, each))

    table = ref_of("DataTable/T")
    assert events == [
        PhaseEnded(table, "structure", done=0, failed=1, conflict=0, skipped=0),
        PhaseEnded(table, "create values", done=1, failed=0, conflict=0, skipped=0),
    ]


def test_two_resources_have_phases_of_their_own() -> None:
    one = step(fields=(0,))
    it, events = phases(change("Queue/a", one), change("Queue/b", one), results={Item(1, "field", 0): DONE})

    it.begin(0, one)
    it.begin(1, one)
    it.end(1, one, carried(1, one))

    a, b = ref_of("Queue/a"), ref_of("Queue/b")
    assert events == [
        PhaseStarted(a, "structure", 1, 1),
        PhaseStarted(b, "structure", 1, 1),
        PhaseEnded(b, "structure", done=1, failed=0, conflict=0, skipped=0),
    ]
