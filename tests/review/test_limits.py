"""The policy's thresholds at their edges, for plans as values."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Source
from reconciler.model import Action, Change, Live, Plan, Ref, Scope, Size, TableChange
from reconciler.model.environment import Environment, Policy, Threshold
from reconciler.review.policy import findings, prunes_everything, refusals
from tests.builders.plans import cell
from tests.builders.shelves import shelf

TABLE = Ref("DataTable", "T")
HERE = Source("removed.yaml", 2)


def environment(**more: Any) -> Environment:
    return Environment("centre", "prod", Path(), "arn", **more)


def plan(*changes: Change) -> Plan:
    return Plan(Scope("centre", "prod", "arn"), changes)


def live(**counts: int) -> dict[Ref, Live]:
    refs = [Ref(kind, f"{kind} {at}") for kind, count in counts.items() for at in range(count)]
    return {ref: Live(ref, ref.name, "", shelf()) for ref in refs}


def deletions(kind: str, count: int, action: Action = Action.DELETE, **more: Any) -> tuple[Change, ...]:
    return tuple(Change(action, Ref(kind, f"{kind} {at}"), **more) for at in range(count))


def of_table(*, gone: int = 0, rows: int = 0, deleted: int = 0, updated: int = 0, stored: int = 0) -> Change:
    """Returns a table's change: rows that vanish, cells of A that are deleted or updated, of those that are stored."""
    deletes = tuple(cell("A", "1", None, K=f"d{at}") for at in range(deleted))
    updates = tuple(cell("A", "1", "2", K=f"u{at}") for at in range(updated))
    return Change(Action.UPDATE, TABLE, table=TableChange((*deletes, *updates), size=Size(rows, {"A": stored}, gone)))


def refused(*changes: Change, there: dict[Ref, Live] | None = None, **policy: Threshold) -> tuple[str, ...]:
    lines = refusals(plan(*changes), environment(policy=Policy(**policy)), there or {})
    return tuple(line.removeprefix("would ").partition(";")[0] for line in lines)


# Tables.


@pytest.mark.parametrize(
    ("gone", "rows", "stopped"),
    [(3, 10, False), (4, 10, True), (9, 9, False), (10, 10, True), (0, 10, False), (30, 100, False), (31, 100, True)],
)
def test_rows_may_be_deleted_up_to_the_threshold_and_from_ten_rows_up(gone: int, rows: int, stopped: bool) -> None:
    expected = (f"delete rows of DataTable/T: {gone} of {rows}",) if stopped else ()

    assert refused(of_table(gone=gone, rows=rows)) == expected


@pytest.mark.parametrize(
    ("deleted", "stored", "stopped"), [(3, 10, False), (4, 10, True), (9, 9, False), (30, 100, False), (31, 100, True)]
)
def test_cells_of_an_attribute_may_be_deleted_up_to_the_threshold(deleted: int, stored: int, stopped: bool) -> None:
    expected = (f"delete cells of DataTable/T/A: {deleted} of {stored}",) if stopped else ()

    assert refused(of_table(deleted=deleted, stored=stored)) == expected


@pytest.mark.parametrize(
    ("updated", "stored", "stopped"),
    [(10, 20, False), (11, 20, True), (19, 19, False), (50, 100, False), (51, 100, True)],
)
def test_cells_may_be_updated_up_to_the_threshold_and_from_twenty_cells_up(
    updated: int, stored: int, stopped: bool
) -> None:
    expected = (f"update cells of DataTable/T: {updated} of {stored}",) if stopped else ()

    assert refused(of_table(updated=updated, stored=stored)) == expected


def test_new_cells_are_never_refused() -> None:
    created = tuple(cell("A", None, "1", K=str(at)) for at in range(100))

    assert refused(Change(Action.UPDATE, TABLE, table=TableChange(created, size=Size(20, {"A": 20})))) == ()


def test_deleted_rows_are_one_reason_and_not_one_for_each_attribute() -> None:
    assert refused(of_table(gone=4, rows=10, deleted=4, stored=10)) == ("delete rows of DataTable/T: 4 of 10",)


def test_deletions_and_updates_are_two_reasons() -> None:
    assert len(refused(of_table(gone=4, rows=10, deleted=4, updated=11, stored=20))) == 2


@pytest.mark.parametrize(
    ("names", "more"), [("A", ""), ("AB", " (and of 1 other attribute)"), ("ABC", " (and of 2 other attributes)")]
)
def test_several_attributes_are_one_reason(names: str, more: str) -> None:
    cells = tuple(cell(name, "1", None, K=str(at)) for name in names for at in range(4))
    change = Change(Action.UPDATE, TABLE, table=TableChange(cells, size=Size(10, dict.fromkeys(names, 10))))

    (line,) = refusals(plan(change), environment(), {})

    assert line == (
        "would delete cells of DataTable/T/A: 4 of 10; policy.maxDelete is 30 %; raise it in reconcile.yaml in a "
        f"reviewed change{more}"
    )


# Resources.


@pytest.mark.parametrize(("deleted", "stopped"), [(3, False), (4, True)])
@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
def test_resources_of_a_kind_may_be_deleted_up_to_the_threshold(deleted: int, stopped: bool, action: Action) -> None:
    expected = (f"delete Queue resources: {deleted} of 10",) if stopped else ()

    assert refused(*deletions("Queue", deleted, action), there=live(Queue=10)) == expected


def test_few_resources_may_all_be_deleted() -> None:
    assert refused(*deletions("Queue", 9), there=live(Queue=9)) == ()


def test_few_resources_of_several_kinds_are_counted_together() -> None:
    changes = (*deletions("Queue", 2), *deletions("QuickConnect", 2))

    assert refused(*changes, there=live(Queue=5, QuickConnect=5)) == (
        "delete resources of all kinds together: 4 of 10",
    )
    assert refused(*changes, there=live(Queue=5, QuickConnect=4)) == ()


def test_kinds_are_not_counted_together_if_one_is_refused_already() -> None:
    changes = (*deletions("Queue", 4), *deletions("QuickConnect", 4))

    assert refused(*changes, there=live(Queue=10, QuickConnect=5)) == ("delete Queue resources: 4 of 10",)


def test_every_kind_beyond_its_threshold_is_named() -> None:
    changes = (*deletions("QuickConnect", 5), *deletions("Queue", 4))

    assert refused(*changes, there=live(Queue=10, QuickConnect=10)) == (
        "delete Queue resources: 4 of 10",
        "delete QuickConnect resources: 5 of 10",
    )


def test_an_absolute_number_counts_each_kind_alone() -> None:
    changes = (*deletions("Queue", 2), *deletions("QuickConnect", 2))

    assert refused(*changes, there=live(Queue=2, QuickConnect=2), max_delete=Threshold(number=2)) == ()


@pytest.mark.parametrize(
    ("more", "stopped"),
    [({"source": HERE}, False), ({"part_of": TABLE}, False), ({"action": Action.REPLACE, "source": HERE}, True)],
    ids=["tombstone", "part", "replacement with a manifest"],
)
def test_only_accidental_deletions_of_resources_count(more: dict[str, Any], stopped: bool) -> None:
    assert bool(refused(*deletions("Queue", 10, **more), there=live(Queue=10))) is stopped


@pytest.mark.parametrize("action", [Action.BLOCKED, Action.UPDATE, Action.CREATE, Action.ADOPT])
def test_other_actions_do_not_count(action: Action) -> None:
    assert refused(*deletions("Queue", 10, action), there=live(Queue=10)) == ()


# Settings.


@pytest.mark.parametrize(
    ("limit", "stopped"),
    [
        (Threshold(number=0), True),
        (Threshold(number=1), False),
        (Threshold(percent=Decimal(0)), False),
        (Threshold(percent=Decimal(100)), False),
    ],
)
def test_an_absolute_number_also_counts_in_small_tables(limit: Threshold, stopped: bool) -> None:
    assert bool(refused(of_table(gone=1, rows=2), max_delete=limit)) is stopped
    assert bool(refused(of_table(updated=1, stored=2), max_update=limit)) is stopped


def test_a_percentage_of_nothing_refuses_every_deletion() -> None:
    assert refused(of_table(gone=1, rows=10), max_delete=Threshold(percent=Decimal(0))) != ()


def test_each_reason_names_its_setting_and_its_remedy() -> None:
    (update,) = refusals(plan(of_table(updated=20, stored=20)), environment(), {})
    (delete,) = refusals(plan(*deletions("Queue", 10)), environment(), live(Queue=10))

    assert update.endswith("; policy.maxUpdate is 50 %; raise it in reconcile.yaml in a reviewed change")
    assert delete.endswith(
        "; policy.maxDelete is 30 %; raise it in reconcile.yaml in a reviewed change, or apply in parts with --target"
    )


def test_a_frozen_environment_refuses_only_plans_that_change_something() -> None:
    frozen = environment(frozen="until Monday")

    assert refusals(plan(Change(Action.UPDATE, TABLE)), frozen, {}) == ('environment "prod" is frozen: until Monday',)
    assert refusals(plan(Change(Action.BLOCKED, TABLE)), frozen, {}) == ()
    assert refusals(plan(), frozen, {}) == ()


# Findings.


def test_a_finding_has_the_address_and_the_place_of_its_cause() -> None:
    table = Change(Action.UPDATE, TABLE, source=HERE, table=of_table(gone=10, rows=10).table)

    found = findings(plan(*deletions("Queue", 10), table), environment(), live(Queue=10))

    assert [(it.severity, it.address, it.source) for it in found] == [
        ("error", "Queue/*", None),
        ("error", "DataTable/T", HERE),
    ]


def test_a_finding_about_all_kinds_has_an_address_for_all() -> None:
    (found,) = findings(plan(*deletions("Queue", 9), *deletions("Flow", 1)), environment(), live(Queue=9, Flow=1))

    assert found.address == "*/*"


def test_a_prune_without_manifests_names_the_environment_and_the_other_command() -> None:
    found = prunes_everything(environment())

    assert (found.severity, found.address) == ("error", "")
    assert "no manifest is for environment prod" in found.message
    assert "`reconcile destroy`" in found.message
