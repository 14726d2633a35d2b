"""The order of a report: what is deleted is read first."""

from __future__ import annotations

from reconciler.model import Action, CellChange, Change, FieldChange, Plan, Ref, Scope, TableChange
from reconciler.report.ordering import changes_in_order, deletes, deletions_first, field_action

SCOPE = Scope("desk", "prod", "arn")


def cell(action: Action, key: str = "A") -> CellChange:
    return CellChange(action, {"ID": key}, "Name", "a", "b", "TEXT", (key,))


def test_deletions_come_before_replacements_changes_and_additions() -> None:
    """B1: a reader sees first what will be gone."""
    cells = [cell(Action.CREATE, "A"), cell(Action.UPDATE, "B"), cell(Action.DELETE, "C"), cell(Action.DELETE, "D")]

    ordered = deletions_first(cells, lambda each: each.action)

    assert [each.key["ID"] for each in ordered] == ["C", "D", "B", "A"]


def test_changes_that_delete_come_first_and_blocked_ones_last() -> None:
    """B1: an update that deletes one cell is read before a create; its position in the plan stays known."""
    plan = Plan(
        SCOPE,
        (
            Change(Action.BLOCKED, Ref("DataTable", "A")),
            Change(Action.CREATE, Ref("DataTable", "B")),
            Change(
                Action.UPDATE,
                Ref("DataTable", "C"),
                table=TableChange(cells=(cell(Action.CREATE), cell(Action.DELETE, "B"))),
            ),
            Change(Action.UPDATE, Ref("Queue", "D")),
            Change(Action.REPLACE, Ref("Queue", "E")),
            Change(Action.DELETE, Ref("Queue", "F")),
        ),
    )

    assert [(at, change.ref.name) for at, change in changes_in_order(plan)] == [
        (2, "C"),
        (4, "E"),
        (5, "F"),
        (1, "B"),
        (3, "D"),
        (0, "A"),
    ]


def test_resources_of_one_document_stay_together_where_the_first_of_them_belongs() -> None:
    desk, shop = Ref("Pipeline", "desk"), Ref("Pipeline", "shop")
    plan = Plan(
        SCOPE,
        (
            Change(Action.CREATE, Ref("Queue", "A"), origin=shop),
            Change(Action.CREATE, Ref("Queue", "B"), origin=desk),
            Change(Action.CREATE, Ref("Queue", "C")),
            Change(Action.BLOCKED, Ref("Queue", "D"), origin=desk),
            Change(Action.DELETE, Ref("Queue", "E"), origin=shop),
            Change(Action.DELETE, Ref("Queue", "F")),
        ),
    )

    assert "".join(change.ref.name for _, change in changes_in_order(plan)) == "FEACBD"


def test_a_blocked_change_deletes_nothing() -> None:
    assert not deletes(Change(Action.BLOCKED, Ref("DataTable", "A"), table=TableChange(cells=(cell(Action.DELETE),))))


def test_a_field_is_added_changed_or_deleted() -> None:
    sides = [(None, 1), (1, 2), (1, None)]

    assert [field_action(FieldChange("maxContacts", *side)) for side in sides] == [
        Action.CREATE,
        Action.UPDATE,
        Action.DELETE,
    ]
