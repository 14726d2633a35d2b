"""After a run, the service has the table exactly as the manifest declares it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.tables import attribute, key, table
from tests.worlds.world import World

RULES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("TEXT", {"minLength": 2, "maxLength": 9}, {"MinLength": 2, "MaxLength": 9}),
    ("TEXT", {"enum": {"strict": True, "values": ["a", "b"]}}, {"Enum": {"Strict": True, "Values": ["a", "b"]}}),
    (
        "TEXT_LIST",
        {"minValues": 1, "maxValues": 3, "ignoreCase": True},
        {"MinValues": 1, "MaxValues": 3, "IgnoreCase": True},
    ),
    ("NUMBER", {"minimum": 1, "maximum": 9.5, "multipleOf": 0.5}, {"Minimum": 1, "Maximum": 9.5, "MultipleOf": 0.5}),
    ("NUMBER", {"exclusiveMinimum": 0, "exclusiveMaximum": 7}, {"ExclusiveMinimum": 0, "ExclusiveMaximum": 7}),
]


@pytest.mark.parametrize(("value_type", "declared", "live"), RULES)
def test_every_rule_arrives_as_it_was_declared(
    world: World, value_type: str, declared: dict[str, Any], live: dict[str, Any]
) -> None:
    """S0-2, S0-23."""
    world.run(table([key(), attribute("A", value_type, validation=declared)]))

    found = _attributes(world)["A"]["Validation"]
    assert {name: found[name] for name in live} == live


def test_every_property_of_a_table_arrives_and_it_is_published(world: World) -> None:
    """S0-3, S0-22."""
    world.run(
        table(
            level="ATTRIBUTE",
            spec={"description": "d", "timeZone": "America/Toronto", "tags": {"Team": "x"}},
        )
    )

    found = world.connect.describe_data_table(InstanceId=world.control.instance, DataTableId=world.table_id("T"))[
        "DataTable"
    ]
    assert (found["Name"], found["Description"], found["TimeZone"]) == ("T", "d", "America/Toronto")
    assert (found["ValueLockLevel"], found["Status"]) == ("ATTRIBUTE", "PUBLISHED")
    assert found["Tags"] == {
        "Team": "x",
        "reconciler:stack": "contact-centre/test",
        "reconciler:address": "DataTable/T",
    }


def test_types_and_keys_arrive(world: World) -> None:
    """S0-4: two keys and all five types in one run."""
    types = ["TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST"]

    world.run(table([key("K"), key("L"), *(attribute(f"A-{each}", each) for each in types)]))

    found = _attributes(world)
    assert {name for name, each in found.items() if each["Primary"]} == {"K", "L"}
    assert {name.removeprefix("A-"): each["ValueType"] for name, each in found.items() if name.startswith("A-")} == {
        each: each for each in types
    }


def _attributes(world: World) -> dict[str, dict[str, Any]]:
    answer = world.connect.list_data_table_attributes(
        InstanceId=world.control.instance, DataTableId=world.table_id("T"), MaxResults=100
    )
    return {each["Name"]: each for each in answer["Attributes"]}
