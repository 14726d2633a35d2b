"""Faults inside a table: another writer, odd pages, a search that lags; each the same again for a seed."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, Control

from .calls import CONFLICT, Table, cell, keyed, make, refused

R = {"k": "r"}


def rows(table: Table, count: int) -> None:
    for start in range(0, count, 12):
        keys = [f"{n:03}" for n in range(start, min(start + 12, count))]
        table.create(*(cell(name, "v", {"k": key}) for key in keys for name in ("a", "b")))


@pytest.mark.parametrize("level", ["DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"])
def test_another_writer_bumps_locks_between_a_read_and_the_write(sandbox: Control, connect: Any, level: str) -> None:
    table = make(connect, level=level)
    attribute = table.attribute("a")
    assert table.create(cell("a", "1", lock=attribute["LockVersion"]))["Successful"]
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "bump"}})

    read = table.values()[0]
    became = table.update(cell("a", "2", lock=read["LockVersion"]))

    assert "Concurrency conflict" in became["Failed"][0]["Message"]
    assert table.values()[0]["Value"] == "1"
    assert sandbox.stats()["faults"]["otherWriter"] == 3


def test_another_writer_changes_a_value_to_one_that_the_rules_allow(sandbox: Control, connect: Any) -> None:
    table = make(connect)
    table.attribute("e", Validation={"Enum": {"Strict": True, "Values": ["on", "off"]}})
    table.create(cell("e", "on"))
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "change"}})

    seen = [table.values()[0]["Value"] for _ in range(3)]

    assert seen == ["on", "off", "on"]


def test_another_writer_deletes_values(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 3)
    sandbox.set_faults({"otherWriter": {"every": 2, "mode": "delete"}})

    assert [len(table.values()) for _ in range(5)] == [6, 6, 5, 5, 4]


def test_another_writer_fills_missing_cells_and_then_creates_records(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", R))
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "create"}})

    counts = [(len(table.values()), len(table.records())) for _ in range(4)]

    assert counts == [(1, 1), (2, 2), (3, 2), (4, 3)]


def test_what_the_other_writer_does_is_the_same_for_a_seed(connect: Any, sandbox: Control) -> None:
    def run(seed: int, name: str) -> list[list[str]]:
        table = keyed(connect, name)
        rows(table, 12)
        sandbox.set_faults({"seed": seed, "otherWriter": {"every": 1, "mode": "delete"}})
        seen = [[f"{v['PrimaryValues'][0]['Value']} {v['AttributeName']}" for v in table.values()] for _ in range(4)]
        sandbox.set_faults(None)
        return seen

    assert run(1, "first") == run(1, "again") != run(2, "other")


def test_an_empty_table_gives_the_other_writer_nothing_to_do(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "delete"}})

    assert table.values() == []
    assert sandbox.stats()["faults"] == {}


def tokens(client: Any, table: Table, **asked: Any) -> tuple[list[int], list[str]]:
    """The sizes of all pages, and the values' keys in their order."""
    sizes, keys, more = [], [], asked
    while True:
        page = client.list_data_table_values(**table.ids, **more)
        sizes.append(len(page["Values"]))
        keys += [f"{value['PrimaryValues'][0]['Value']} {value['AttributeName']}" for value in page["Values"]]
        if "NextToken" not in page:
            return sizes, keys
        assert page["NextToken"] != more.get("NextToken")
        assert len(sizes) < 100, "the listing does not end"
        more = asked | {"NextToken": page["NextToken"]}


def test_pages_are_capped(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 5)
    sandbox.set_faults({"pageCap": 3})

    sizes, keys = tokens(connect, table, MaxResults=1000)

    assert sizes == [3, 3, 3, 1]
    assert len(set(keys)) == 10
    assert sandbox.stats()["faults"] == {"pageCap": 3}


def test_some_pages_are_empty_and_lead_on(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 5)
    sandbox.set_faults({"pageCap": 3, "emptyPage": {"every": 2}})

    sizes, keys = tokens(connect, table)

    assert sizes == [3, 0, 3, 0, 3, 0, 1]
    assert len(set(keys)) == 10


def test_shuffled_lists_page_whole_and_alike_for_a_seed(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 12)
    _, plain = tokens(connect, table)

    def run(seed: int) -> list[str]:
        sandbox.set_faults({"seed": seed, "shuffle": True})
        return tokens(connect, table, MaxResults=5)[1]

    first, again, other = run(1), run(1), run(2)
    assert first == again
    assert len({tuple(first), tuple(other), tuple(plain)}) == 3
    assert sorted(first) == plain


def searched(client: Any) -> list[tuple[str, dict[str, str]]]:
    return [(t["Name"], t.get("Tags", {})) for t in client.search_data_tables(InstanceId=INSTANCE_ARN)["DataTables"]]


def test_search_sees_a_new_table_some_calls_later(sandbox: Control, connect: Any) -> None:
    """The admin guide speaks of rare delays; the List operation has none."""
    sandbox.set_faults({"searchLag": {"calls": 3}})
    make(connect)

    assert [searched(connect) for _ in range(3)] == [[], [], []]
    assert searched(connect) == [("T", {})]


def test_search_sees_changes_and_tags_some_calls_later(sandbox: Control, connect: Any) -> None:
    table = make(connect)
    arn = table.described()["Arn"]
    sandbox.set_faults({"searchLag": {"calls": 2}})

    connect.tag_resource(resourceArn=arn, tags={"a": "b"})
    connect.update_data_table_metadata(**table.ids, Name="T2", TimeZone="UTC", ValueLockLevel="NONE")

    assert [searched(connect) for _ in range(3)] == [[("T", {})], [("T", {})], [("T2", {"a": "b"})]]
    assert sandbox.stats()["faults"] == {"searchLag": 2}


def test_another_writer_comes_before_a_key_change_too(sandbox: Control, connect: Any) -> None:
    table = keyed(connect, level="PRIMARY_VALUE")
    table.create(cell("a", "1", R))
    lock = table.lock("a", R)
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "bump"}})

    assert refused(lambda: table.rename(R, {"k": "s"}, lock)) == CONFLICT


def test_another_writer_may_come_for_named_operations_only(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 3)
    once = {"every": 1, "mode": "delete", "operations": ["ListDataTableValues"]}
    sandbox.set_faults({"otherWriter": once})

    table.update(cell("a", "x", {"k": "000"}))
    table.describe_values(cell("a", "x", {"k": "000"}))

    assert [len(table.values()) for _ in range(2)] == [6, 5]


@pytest.mark.parametrize("mode", ["bump", "change", "delete", "create"])
def test_where_nothing_can_be_done_the_other_writer_does_nothing(sandbox: Control, connect: Any, mode: str) -> None:
    table = make(connect)
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": mode}})

    assert table.values() == []
    assert sandbox.stats()["faults"] == {}


def test_another_writers_new_records_obey_the_keys_rules(sandbox: Control, connect: Any) -> None:
    table = make(connect)
    table.attribute("n", "NUMBER", Primary=True, Validation={"Minimum": 5})
    table.attribute("f", "BOOLEAN", Primary=True)
    table.attribute("a", "NUMBER_LIST", Validation={"MinValues": 2})
    table.create(cell("a", "[1,2]", {"n": "5", "f": "true"}))
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "create"}})

    counts = [len(table.values()) for _ in range(3)]

    assert counts == [1, 2, 3]
    assert all(float(record["PrimaryValues"][1]["Value"]) >= 5 for record in table.records())
