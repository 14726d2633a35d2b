"""Attributes that an environment ignores are neither written nor orphans."""

from __future__ import annotations

from reconciler.model.environment import Ignore
from tests.builders.tables import attribute, key, many, table
from tests.plan.tables import describe_table
from tests.worlds.world import World


def test_an_ignored_difference_is_not_written(world: World) -> None:
    world.run(table(spec={"description": "one"}))
    ignoring = world.with_settings(ignore=(Ignore("DataTable/*", "description"),))

    none = ignoring.plan(table(spec={"description": "two"}))
    ignoring.run(table(spec={"description": "two", "timeZone": "Europe/Berlin"}))

    assert not none.changes
    assert describe_table(world)["Description"] == "one"
    assert describe_table(world)["TimeZone"] == "Europe/Berlin"
    assert world.plan(table(spec={"description": "two", "timeZone": "Europe/Berlin"})).changes


def test_values_of_an_ignored_attribute_stay(world: World) -> None:
    world.run(many(2, others=2))

    plan = world.with_settings(ignore=(Ignore("DataTable/T", "values.A0"),)).plan(many(2, others=2, changed=2))

    assert not plan.changes


def test_an_ignored_attribute_that_is_not_live_is_skipped(world: World) -> None:
    world.run(table([key(), attribute("B")], [{"K": "a", "B": "1"}]))
    ignoring = world.with_settings(ignore=(Ignore("DataTable/T", "attributes[A]"),))

    plan = ignoring.plan(table([key(), attribute("A"), attribute("B")], [{"K": "a", "A": "1", "B": "1"}]))

    assert not plan.changes


def test_an_ignored_attribute_is_not_an_orphan(world: World) -> None:
    world.run(table([key(), attribute("A")]))
    ignoring = world.with_settings(ignore=(Ignore("DataTable/T", "attributes[A]"),))

    plan = ignoring.plan(table([key()]), prune=True)

    assert (plan.changes, plan.orphans) == ((), ())
