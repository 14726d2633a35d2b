"""Faults of network and service, and edits of other writers: nothing is lost or silently overwritten."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Status
from reconciler.model.environment import Retries
from reconciler.model.events import CallMade, Looked, PhaseEnded, PhaseStarted, Retried
from tests.builders.tables import attribute, key, many, table
from tests.worlds.world import World

LEVELS = ["NONE", "DATA_TABLE"]
at_both_levels = pytest.mark.parametrize("level", LEVELS)
BATCHES = ["BatchCreateDataTableValue", "BatchUpdateDataTableValue", "BatchDeleteDataTableValue"]
FAULTS: dict[str, dict[str, Any]] = {
    "throttling in bursts": {"error": {"every": 5, "burst": 2, "code": "ThrottlingException"}},
    "an internal error every fourth call": {"error": {"every": 4, "code": "InternalServiceException"}},
    "every fifth reply lost": {"lostReply": {"every": 5}},
    "every sixth write dropped before it began": {"dropBefore": {"every": 6}},
    "every ninth item refused": {"itemFailure": {"every": 9}},
    "another writer moves locks": {"otherWriter": {"every": 3, "mode": "bump"}},
    "one item a page": {"pageCap": 1},
    "empty pages with a token": {"emptyPage": {"every": 2}, "pageCap": 7},
    "lists in any order": {"shuffle": True},
    "a search that lags": {"searchLag": {"calls": 4}},
    "a rate below ours": {"rate": {"perSecond": 200, "burst": 2}},
    "whole requests in conflict": {"switches": {"staleLock": "request"}, "otherWriter": {"every": 3, "mode": "bump"}},
    "locks compared item by item": {"switches": {"compareLocks": "item", "moveLocks": "request"}},
    "missing cells fail the request": {"switches": {"existingOrMissingCell": "request"}, "lostReply": {"every": 4}},
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.workers.PER_OPERATION", 2)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)
    monkeypatch.setattr("reconciler.apply.cells.batch.backoff", lambda attempt: 0.0)


def patient(world: World) -> World:
    """No attempt waits here, so a rate refuses many of them."""
    return world.with_settings(retries=Retries(attempts=100, conflicts=20))


@pytest.mark.slow
@at_both_levels
@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_under_a_fault_ends_as_wanted(world: World, level: str, fault: str) -> None:
    """S0-6, S0-30, S0-46."""
    world = patient(world)
    world.run(many(60, level=level, others=2))
    world.control.set_faults(FAULTS[fault])

    done = world.run(many(80, level=level, others=2, changed=30))

    assert done.exit_code == 0, (done.message, [r for r in done.results.values() if r.status is not Status.DONE])
    world.control.set_faults({})
    assert not world.plan(many(80, level=level, others=2, changed=30)).changes


@pytest.mark.slow
@at_both_levels
@pytest.mark.parametrize("fault", FAULTS)
def test_a_new_table_is_created_once_under_a_fault(world: World, level: str, fault: str) -> None:
    world = patient(world)
    world.control.set_faults(FAULTS[fault])

    done = world.run(many(40, level=level, others=2))

    world.control.set_faults({})
    assert done.exit_code == 0, (done.message, [r for r in done.results.values() if r.status is not Status.DONE])
    assert len(world.connect.list_data_tables(InstanceId=world.control.instance)["DataTableSummaryList"]) == 1
    assert not world.plan(many(40, level=level, others=2)).changes


@at_both_levels
def test_locks_come_from_replies_without_a_listing(world: World, level: str) -> None:
    """S0-32, S0-64."""
    world.run(many(100, level=level, others=2))
    world.calls()

    done = world.run(many(100, level=level, others=2, changed=100))

    assert world.calls()["ListDataTableValues"] == 1
    assert (done.retries, done.totals.done) == (0, 100)


def test_a_conflict_at_the_lock_level_of_the_table_is_retried_and_counted(world: World) -> None:
    """S0-6, S0-30, S0-60."""
    world.run(many(60, level="DATA_TABLE"))
    world.control.set_faults({"otherWriter": {"every": 3, "mode": "bump"}})

    done = world.run(many(60, level="DATA_TABLE", changed=60))

    assert done.exit_code == 0
    assert done.conflicts_resolved > 0
    assert any(isinstance(event, Looked) for event in world.events)
    assert any(isinstance(event, Retried) for event in world.events)


@at_both_levels
def test_one_bad_item_fails_alone(world: World, level: str) -> None:
    """S0-7, S0-63: the service has a rule that the manifest does not know."""
    world.run(table([key(), attribute("A")], [{"K": f"k{at:02}", "A": "a"} for at in range(25)], level=level))
    seen = world.preview(
        table(
            [key(), attribute("A")],
            [{"K": f"k{at:02}", "A": "bb" if at == 7 else "b"} for at in range(25)],
            level=level,
        )
    )
    world.connect.update_data_table_attribute(
        InstanceId=world.control.instance,
        DataTableId=world.table_id("T"),
        AttributeName="A",
        Name="A",
        ValueType="TEXT",
        Validation={"MaxLength": 1},
    )

    done = world.apply(seen)

    assert (done.exit_code, done.totals.done, done.totals.failed) == (5, 24, 1)
    (failed,) = [item for item, result in done.results.items() if result.status is Status.FAILED]
    assert done.plan.changes[0].table.cells[failed.position].key == {"K": "k07"}
    assert done.results[failed].message


@at_both_levels
def test_another_writers_value_is_a_conflict(world: World, level: str) -> None:
    world.run(many(3, level=level, others=1))
    seen = world.preview(many(3, level=level, others=1, changed=3))
    world.edit("T", {"K": "k0001"}, "A0", "77")
    world.control.set_faults({"itemFailure": {"every": 2, "operations": ["BatchUpdateDataTableValue"]}})

    done = world.apply(seen)

    assert done.exit_code == 5
    assert done.totals.conflict == 1
    assert world.cells("T")[("k0001",), "A0"] == "77"
    (found,) = [result.found for result in done.results.values() if result.status is Status.CONFLICT]
    assert found == "77"


def test_the_table_lock_protects_every_edit(world: World) -> None:
    world.run(many(30, level="DATA_TABLE", others=2))
    seen = world.preview(many(30, level="DATA_TABLE", others=2, changed=30))
    world.edit("T", {"K": "k0011"}, "A0", "77")

    done = world.apply(seen)

    assert (done.exit_code, done.totals.conflict, done.totals.done) == (5, 1, 29)
    assert world.cells("T")[("k0011",), "A0"] == "77"


def test_recheck_finds_an_edit_without_locks(world: World) -> None:
    world = world.with_settings(recheck=True)
    world.run(many(3, others=1))
    seen = world.preview(many(3, others=1, changed=3))
    world.edit("T", {"K": "k0001"}, "A0", "77")

    done = world.apply(seen)

    assert (done.totals.conflict, world.cells("T")[("k0001",), "A0"]) == (1, "77")


def test_the_estimate_includes_rechecks(world: World) -> None:
    world = world.with_settings(recheck=True)
    world.run(many(60, others=1))
    seen = world.preview(many(60, others=1, changed=60))
    world.calls()

    world.apply(seen)

    assert seen.plan.estimate.operations == {f"connect:{name}": count for name, count in world.calls().items()}


def test_without_recheck_the_last_writer_wins_at_level_none(world: World) -> None:
    """The API cannot protect this write. The documentation says so."""
    world.run(many(3, others=1))
    seen = world.preview(many(3, others=1, changed=3))
    world.edit("T", {"K": "k0001"}, "A0", "77")

    assert world.apply(seen).exit_code == 0
    assert world.cells("T")[("k0001",), "A0"] == "1001"


@at_both_levels
def test_a_cell_created_meanwhile_is_a_conflict(world: World, level: str) -> None:
    world.run(many(1, level=level, others=1))
    seen = world.preview(many(2, level=level, others=1))
    world.connect.batch_create_data_table_value(
        InstanceId=world.control.instance,
        DataTableId=world.table_id("T"),
        Values=[
            {
                "PrimaryValues": [{"AttributeName": "K", "Value": "k0001"}],
                "AttributeName": "A0",
                "Value": "5",
                "LockVersion": world.stored("T")[("k0000",), "A0"]["LockVersion"],
            }
        ],
    )

    done = world.apply(seen)

    assert (done.exit_code, done.totals.conflict) == (5, 1)
    assert world.cells("T")[("k0001",), "A0"] == "5"


@at_both_levels
def test_a_cell_deleted_meanwhile_is_a_conflict_or_unchanged(world: World, level: str) -> None:
    """S0-51: a deletion by another writer is an edit."""
    columns = [key(), attribute("A"), attribute("B")]
    world.run(table(columns, [{"K": "a", "A": "1", "B": "2"}], level=level))
    seen = world.preview(table(columns, [{"K": "a", "A": "9", "B": None}], level=level))
    place = {"PrimaryValues": [{"AttributeName": "K", "Value": "a"}]}
    for name in ("A", "B"):
        lock = world.stored("T")[("a",), name]["LockVersion"]
        answer = world.connect.batch_delete_data_table_value(
            InstanceId=world.control.instance,
            DataTableId=world.table_id("T"),
            Values=[{**place, "AttributeName": name, "LockVersion": lock}],
        )
        assert not answer["Failed"]

    done = world.apply(seen)

    found = {
        done.plan.changes[0].table.cells[item.position].action: result.status for item, result in done.results.items()
    }
    assert found == {Action.UPDATE: Status.CONFLICT, Action.DELETE: Status.UNCHANGED}


def test_a_full_quota_is_final(world: World) -> None:
    world.run(many(10, others=1))
    world.control.set_faults({"quotas": {"cells": 10}})
    world.calls()

    done = world.run(many(20, others=1))

    assert done.exit_code in (1, 5)
    assert done.totals.failed == 10
    assert world.calls()["BatchCreateDataTableValue"] <= 2


def test_a_refused_table_does_not_stop_the_next(world: World) -> None:
    """S0 §1.8.1: each table is independent."""
    world.control.set_faults({"quotas": {"attributes": 3}})

    done = world.run(many(1, name="Wide", others=4), many(1, name="Narrow", others=2))

    assert done.exit_code == 5
    assert world.cells("Narrow")
    assert not world.plan(many(1, name="Narrow", others=2)).changes


def test_dependents_of_a_failure_are_skipped_with_a_reason(world: World) -> None:
    world.control.set_faults(
        {"error": {"every": 1, "code": "AccessDeniedException", "operations": ["CreateDataTable"]}}
    )

    done = world.run(many(2))

    messages = {result.message for result in done.results.values() if result.status is Status.SKIPPED}
    assert messages == {"waits for CreateDataTable of DataTable/T, which was not done"}
    assert (done.exit_code, done.totals.done) == (1, 0)


def test_a_missing_permission_is_named(world: World) -> None:
    """S0-59."""
    world.control.set_faults(
        {"error": {"every": 1, "code": "AccessDeniedException", "operations": ["CreateDataTable"]}}
    )

    done = world.run(table())

    assert any("connect:CreateDataTable" in result.message for result in done.results.values())


def test_a_refused_attribute_does_not_stop_other_values(world: World) -> None:
    world.run(table([key(), attribute("A"), attribute("B")], [{"K": "a", "A": "1", "B": "1"}]))
    world.control.set_faults(
        {"error": {"every": 1, "code": "AccessDeniedException", "operations": ["UpdateDataTableAttribute"]}}
    )

    done = world.run(table([key(), attribute("A", description="x"), attribute("B")], [{"K": "a", "A": "2", "B": "2"}]))

    assert world.cells("T") == {(("a",), "A"): "1", (("a",), "B"): "2"}
    assert (done.totals.failed, done.totals.skipped, done.totals.done) == (1, 1, 1)


def test_an_attribute_changed_meanwhile_is_a_conflict(world: World) -> None:
    world.run(table([key(), attribute("A", validation={"maxLength": 5})]))
    seen = world.preview(table([key(), attribute("A", validation={"maxLength": 6})]))
    _update_attribute(world, Validation={"MaxLength": 7})

    done = world.apply(seen)

    assert done.exit_code == 5
    assert _attribute(world)["Validation"]["MaxLength"] == 7


def test_undeclared_edits_survive_a_full_replace(world: World) -> None:
    world.run(table([key(), attribute("A", validation={"maxLength": 5})]))
    seen = world.preview(table([key(), attribute("A", validation={"maxLength": 6})]))
    _update_attribute(world, Description="theirs", Validation={"MaxLength": 5})

    done = world.apply(seen)

    assert done.exit_code == 0
    assert (_attribute(world)["Validation"]["MaxLength"], _attribute(world)["Description"]) == (6, "theirs")


def test_phases_begin_and_end_with_their_counts(world: World) -> None:
    """S0-61, S0-62."""
    world.run(many(30, others=1))

    begun = [event.phase for event in world.events if isinstance(event, PhaseStarted)]
    ended = {event.phase: event.done for event in world.events if isinstance(event, PhaseEnded)}
    batches = [(e.batch, e.of, e.done) for e in world.events if isinstance(e, CallMade) and "Batch" in e.operation]
    assert begun == ["structure", "create values"]
    assert ended["create values"] == 30
    assert sorted(batches) == [(1, 2, 25), (2, 2, 5)]


def _attribute(world: World) -> dict[str, Any]:
    answer = world.connect.describe_data_table_attribute(
        InstanceId=world.control.instance, DataTableId=world.table_id("T"), AttributeName="A"
    )
    return dict(answer["Attribute"])


def _update_attribute(world: World, **members: Any) -> None:
    world.connect.update_data_table_attribute(
        InstanceId=world.control.instance,
        DataTableId=world.table_id("T"),
        AttributeName="A",
        Name="A",
        ValueType="TEXT",
        **members,
    )


def test_a_renamed_attribute_with_a_lost_reply_is_done(world: World) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "0"}]))
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["UpdateDataTableAttribute"]}})

    done = world.run(table([key(), attribute("B", renamedFrom="A")], [{"K": "a", "B": "1"}]))

    assert done.exit_code == 0
    assert world.cells("T") == {(("a",), "B"): "1"}


def test_only_resolved_conflicts_are_counted(world: World) -> None:
    world.control.set_faults(
        {"error": {"every": 1, "code": "ConflictException", "operations": ["CreateDataTableAttribute"]}}
    )

    done = world.with_settings(retries=Retries(attempts=3)).run(table())

    assert (done.conflicts_resolved, done.exit_code) == (0, 5)
