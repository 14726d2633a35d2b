"""Values: the batches that write and describe them, and how many there may be."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .calls import INVALID, QUOTA, cell, keyed, pairs, refused

R = {"k": "r"}


def test_values_of_one_record_share_its_id(connect: Any) -> None:
    table = keyed(connect)

    table.create(cell("a", "1", R), cell("b", "2", R), cell("a", "3", {"k": "s"}))

    ids = [(value["PrimaryValues"][0]["Value"], value["RecordId"]) for value in table.values()]
    assert ids[0] == ids[1]
    assert ids[0][1] != ids[2][1]


def test_items_fail_one_by_one_and_the_rest_is_written(connect: Any) -> None:
    """Service model: both lists are always present."""
    table = keyed(connect)

    answer = table.create(cell("a", "1", R), cell("nope", "2", R), cell("b", "3", R))

    assert [item["AttributeName"] for item in answer["Successful"]] == ["a", "b"]
    assert [(item["AttributeName"], item["PrimaryValues"]) for item in answer["Failed"]] == [("nope", pairs(R))]
    assert len(table.values()) == 2


def test_creating_an_existing_value_fails_the_item(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", R))

    (failed,) = table.create(cell("a", "2", R))["Failed"]

    assert failed["Message"] == "Value already exists."
    assert table.values()[0]["Value"] == "1"


@pytest.mark.parametrize("call", ["update", "delete", "describe_values"])
def test_a_missing_value_is_not_found_and_nothing_is_created(connect: Any, call: str) -> None:
    """The text was seen on describe and update; update never creates."""
    table = keyed(connect)

    answer = getattr(table, call)(cell("a", "1", R), cell("a", "1"))

    assert [item["Message"] for item in answer["Failed"]] == ["Value not found."] * 2
    assert table.values() == []


def test_update_changes_the_value_alone(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", R), cell("b", "2", R))

    table.update(cell("a", "9", R))

    assert {value["AttributeName"]: value["Value"] for value in table.values()} == {"a": "9", "b": "2"}


def test_absent_and_empty_are_two_things(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "", R), cell("b", "x", R))

    table.delete(cell("b", "", R))

    assert [(value["AttributeName"], value["Value"]) for value in table.values()] == [("a", "")]


def test_delete_items_need_a_lock_version_even_an_empty_one(connect: Any) -> None:
    """Service model: the member is required."""
    table = keyed(connect)
    item = {"AttributeName": "a", "PrimaryValues": pairs(R)}

    assert refused(lambda: connect.batch_delete_data_table_value(**table.ids, Values=[item])) == INVALID


def test_a_record_goes_with_its_last_value(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", R))

    table.delete(cell("a", "", R))

    assert table.records() == []
    assert table.values() == []


def test_more_than_25_items_are_refused_whole(connect: Any) -> None:
    """Four unrelated clients stop at 25; the class is inferred."""
    table = keyed(connect)
    items = [cell("a", "1", {"k": str(number)}) for number in range(26)]

    for call in (table.create, table.update, table.delete, table.describe_values):
        assert refused(lambda call=call: call(*items)) == INVALID
    assert len(table.create(*items[:25])["Successful"]) == 25


@pytest.mark.parametrize("operation", ["create", "update"])
def test_an_empty_batch_is_refused_where_the_model_says_one_at_least(connect: Any, operation: str) -> None:
    table = keyed(connect)

    assert refused(getattr(table, operation)) == INVALID


def test_the_later_of_two_items_for_one_value_fails(connect: Any) -> None:
    """Key and attribute identify an item [service model]; which one fails is inferred."""
    table = keyed(connect)

    answer = table.create(cell("a", "1", R), cell("a", "2", R))

    assert len(answer["Failed"]) == 1
    assert table.values()[0]["Value"] == "1"


def test_the_1001st_cell_exceeds_the_quota_and_default_values_count(sandbox: Control, connect: Any) -> None:
    """Service quotas page: cells, not rows. The whole request is refused [inferred]."""
    sandbox.set_faults({"quotas": {"cells": 3}})
    table = keyed(connect)
    table.create(cell("a", "1"), cell("a", "1", R))

    assert refused(lambda: table.create(cell("b", "1"), cell("b", "1", R))) == QUOTA
    assert len(table.values()) == 2
    assert table.create(cell("b", "1"))["Successful"]
    assert table.create(cell("b", "2"))["Failed"]


def test_the_default_cell_quota_is_1000(connect: Any) -> None:
    table = keyed(connect)
    for start in range(0, 500, 12):
        rows = range(start, min(start + 12, 500))
        table.create(*(cell(name, "v", {"k": f"{row}"}) for row in rows for name in ("a", "b")))

    assert len(table.values()) == 1000
    assert refused(lambda: table.create(cell("a", "v"))) == QUOTA


def test_extra_members_inside_items_are_ignored(connect: Any) -> None:
    """The shape has LastModifiedTime and LastModifiedRegion."""
    table = keyed(connect)

    made = table.create({**cell("a", "1", R), "LastModifiedTime": 1, "LastModifiedRegion": "eu-west-1"})

    assert made["Successful"]
    assert table.values()[0]["LastModifiedRegion"] == "us-east-1"


def test_value_writes_leave_the_tables_time_alone(sandbox: Control, connect: Any) -> None:
    """Unstated; the switch says otherwise."""
    table = keyed(connect)
    before = table.described()["LastModifiedTime"]
    table.create(cell("a", "1", R))
    assert table.described()["LastModifiedTime"] == before

    sandbox.set_faults({"switches": {"valueWriteMovesTableTime": True}})
    table.update(cell("a", "2", R))

    assert table.described()["LastModifiedTime"] >= table.values()[0]["LastModifiedTime"]


def test_items_that_would_fail_anyway_do_not_count_towards_the_quota(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"quotas": {"cells": 1}})
    table = keyed(connect)

    answer = table.create(cell("nope", "1"), cell("a", "1"))

    assert (len(answer["Successful"]), len(answer["Failed"])) == (1, 1)


def test_an_unreadable_table_id_is_refused(connect: Any) -> None:
    call = {"InstanceId": "00000000-0000-4000-8000-00000000c0de", "DataTableId": "a/b/c"}

    assert refused(lambda: connect.describe_data_table(**call)) == INVALID
