"""A name that one resource frees can be taken in the same run. Two resources cannot swap names."""

from __future__ import annotations

from reconciler.model import Action, Manifest, Plan
from reconciler.sandbox import INSTANCE_ID
from tests.builders.resources import hours, queue
from tests.worlds.world import World

DAY = hours()


def rename(world: World, name: str, to: str) -> None:
    """Renames a queue in the console."""
    queues = world.connect.list_queues(InstanceId=INSTANCE_ID, QueueTypes=["STANDARD"])["QueueSummaryList"]
    (id,) = (each["Id"] for each in queues if each["Name"] == name)
    world.connect.update_queue_name(InstanceId=INSTANCE_ID, QueueId=id, Name=to)


def reasons(plan: Plan) -> dict[str, str]:
    return {change.ref.name: change.reason for change in plan.changes if change.action is Action.BLOCKED}


def test_a_rename_frees_a_name(world: World) -> None:
    world.run(DAY, queue("billing"))
    rename(world, "billing", "Accounts")

    done = world.run(DAY, queue("billing"), queue("accounts"))

    assert done.exit_code == 0
    assert world.plan(DAY, queue("billing"), queue("accounts")).changes == ()


def test_a_deletion_frees_a_name(world: World) -> None:
    world.run(DAY, queue("billing"))
    rename(world, "billing", "accounts")

    done = world.run(DAY, queue("accounts"), removed=["Queue/billing"])

    assert done.exit_code == 0
    assert {change.action for change in done.plan.changes} == {Action.CREATE, Action.DELETE}


def test_a_chain_of_renames_starts_at_its_end(world: World) -> None:
    every = [DAY, queue("a"), queue("b"), queue("c")]
    world.run(*every)
    for name, to in (("c", "d"), ("b", "c"), ("a", "b")):
        rename(world, name, to)

    assert world.run(*every).exit_code == 0
    assert world.plan(*every).changes == ()


def test_swapped_names_are_blocked_with_advice(world: World) -> None:
    every = [DAY, queue("a"), queue("b"), queue("c")]
    world.run(*every)
    for name, to in (("a", "x"), ("b", "a"), ("x", "b")):
        rename(world, name, to)

    plan = world.plan(*every)

    only_after = "which frees it only after this; AWS cannot swap names: give one of them a third name first"
    assert reasons(plan) == {
        "a": f"its name is taken by Queue/b, {only_after}",
        "b": f"its name is taken by Queue/a, {only_after}",
    }


def test_a_taken_name_is_reported_in_the_plan(world: World) -> None:
    world.run(DAY, queue("billing"))
    rename(world, "billing", "accounts")

    plan = world.plan(DAY, queue("accounts"))

    assert reasons(plan) == {
        "accounts": "its name is taken by Queue/billing, which keeps it; "
        "delete or rename that one, or choose another name"
    }


def test_a_name_freed_after_its_use_is_reported_in_the_plan(world: World) -> None:
    """The old hours are deleted after the queue leaves them, and the new hours need their name before that."""
    world.run(DAY, hours("night"), queue("billing", hoursOfOperation="night"))
    listed = world.connect.list_hours_of_operations(InstanceId=INSTANCE_ID)["HoursOfOperationSummaryList"]
    (id,) = (each["Id"] for each in listed if each["Name"] == "night")
    world.connect.update_hours_of_operation(InstanceId=INSTANCE_ID, HoursOfOperationId=id, Name="Late")

    def with_new_hours(name: str) -> list[Manifest]:
        return [DAY, hours(name), queue("billing", hoursOfOperation=name)]

    plan = world.preview(*with_new_hours("Late"), removed=["HoursOfOperation/night"]).plan

    assert "its name is taken by HoursOfOperation/night, which frees it only after" in reasons(plan)["Late"]
