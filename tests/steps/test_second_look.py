"""The recheck of a delete: what it reads again, and which fields it compares."""

from __future__ import annotations

from reconciler.kinds.registry import KINDS
from reconciler.steps.second_look import last_look, last_look_at_part
from tests.builders.examples import example
from tests.builders.resources import hours, queue
from tests.builders.shelves import ShelfKind, shelf
from tests.builders.tables import attribute, key, table


def test_a_delete_rechecks_every_field_that_the_plan_has_read() -> None:
    live = queue(quickConnects=["q"]).spec

    look = last_look(KINDS["Queue"], live)

    assert (look.before, look.after, look.part) == (live, live, "")
    assert {*look.fields} == {*type(live).model_fields}
    assert [read.operation for read in look.reads] == [
        "DescribeQueue",
        "ListQueueQuickConnects",
        "ListQueueEmailAddresses",
    ]


def test_a_field_that_the_plan_has_not_read_is_not_compared() -> None:
    look = last_look(KINDS["Queue"], queue().spec, {"quick_connects"})

    assert "quick_connects" not in look.fields
    assert [read.operation for read in look.reads] == ["DescribeQueue", "ListQueueEmailAddresses"]


def test_a_table_is_compared_with_its_attributes_and_values() -> None:
    look = last_look(KINDS["DataTable"], table([key(), attribute("A")]).spec)

    assert [read.operation for read in look.reads] == [
        "DescribeDataTable",
        "ListDataTableAttributes",
        "ListDataTableValues",
    ]


def test_parts_that_the_plan_has_not_read_are_not_read_again() -> None:
    whole, less = (last_look(KINDS["HoursOfOperation"], hours().spec, unread) for unread in ((), ("overrides",)))

    assert "overrides" in whole.fields
    assert "overrides" not in less.fields
    assert {read.operation for read in whole.reads} - {read.operation for read in less.reads} == {
        "ListHoursOfOperationOverrides"
    }


def test_fields_that_no_answer_has_are_not_compared() -> None:
    look = last_look(KINDS["ConnectInstance"], example("ConnectInstance").spec)

    assert "directory_id" not in look.fields
    assert "identity_management_type" in look.fields


def test_fields_that_are_never_sent_are_not_compared() -> None:
    look = last_look(KINDS["DataTable"], table().spec)

    assert "values" not in look.fields
    assert "moved" not in look.fields


def test_a_part_is_rechecked_by_the_listing_of_its_owner() -> None:
    part = shelf(hiddenDrawers=[{"name": "D"}]).hidden_drawers[0]

    look = last_look_at_part(ShelfKind(), part, "D")

    assert (look.before, look.after, look.part, look.fields) == (part, part, "D", ())
    assert [read.operation for read in look.reads] == ["ListDrawers"]
