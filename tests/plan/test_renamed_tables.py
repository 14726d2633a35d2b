"""A table or attribute with another name keeps its id and its values."""

from __future__ import annotations

from reconciler.model import Action, FieldChange
from tests.builders.tables import attribute, key, table
from tests.plan.tables import fields, list_attributes
from tests.worlds.world import World


def test_a_renamed_attribute_keeps_its_values(world: World) -> None:
    world.run(table([key(), attribute("Old")], [{"K": "a", "Old": "1"}]))
    before = {a["Name"]: a["AttributeId"] for a in list_attributes(world)}

    renamed = table([key(), attribute("New", renamedFrom="Old")], [{"K": "a", "New": "1"}])
    done = world.run(renamed)

    assert fields(done.plan) == [FieldChange("attributes", "Old", "New", item="New", inner="name")]
    assert {a["Name"]: a["AttributeId"] for a in list_attributes(world)}["New"] == before["Old"]
    assert world.cells("T") == {(("a",), "New"): "1"}
    assert not world.plan(renamed).changes


def test_another_case_of_a_name_is_a_rename(world: World) -> None:
    world.run(table([key(), attribute("tier")]))

    plan = world.plan(table([key(), attribute("Tier")]))

    assert fields(plan) == [FieldChange("attributes", "tier", "Tier", item="Tier", inner="name")]


def test_a_renamed_table_keeps_its_id(world: World) -> None:
    world.run(table(name="Old", rows=[{"K": "a", "A": "1"}]))
    identity = world.table_id("Old")

    renamed = table(name="New", rows=[{"K": "a", "A": "1"}], renamed_from="Old")
    done = world.run(renamed)

    assert done.exit_code == 0
    assert world.table_id("New") == identity
    assert not world.plan(renamed).changes
    assert not world.plan(table(name="New", rows=[{"K": "a", "A": "1"}])).changes


def test_a_rename_in_the_console_is_an_update_not_a_second_table(world: World) -> None:
    world.run(table(name="T"))
    world.connect.update_data_table_metadata(
        InstanceId=world.control.instance,
        DataTableId=world.table_id("T"),
        Name="U",
        TimeZone="UTC",
        ValueLockLevel="NONE",
    )

    plan = world.plan(table(name="T"))

    assert [(change.action, change.fields) for change in plan.changes] == [
        (Action.UPDATE, (FieldChange("name", "U", "T"),))
    ]


def test_another_case_of_a_table_s_name_is_a_rename(world: World) -> None:
    world.run(table(name="Foo", rows=[{"K": "a", "A": "x"}]))
    identity = world.table_id("Foo")
    renamed = table(name="foo", rows=[{"K": "a", "A": "x"}])

    done = world.run(renamed, prune=True)

    assert [change.action for change in done.plan.changes] == [Action.UPDATE]
    assert world.table_id("foo") == identity
    assert not world.plan(renamed).changes


def test_a_live_name_takes_precedence_over_its_old_name(world: World) -> None:
    for name in ("Old", "New"):
        world.connect.create_data_table(
            InstanceId=world.control.instance, Name=name, TimeZone="UTC", ValueLockLevel="NONE", Status="PUBLISHED"
        )
    it = table(name="New", renamed_from="Old")

    live = world.preview(it).world.live[it.ref]

    assert live.spec.name == "New"
