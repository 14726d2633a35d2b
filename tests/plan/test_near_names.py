"""A reference to what is not live is told with the live name that is meant."""

from __future__ import annotations

from tests.world import World, manifest


def reason(world: World, flow: str) -> str:
    config = {"quickConnectType": "QUEUE", "queueConfig": {"queue": "Desk", "contactFlow": flow}}
    hours = manifest("HoursOfOperation", "Day", {"timeZone": "UTC", "config": []})
    queue = manifest("Queue", "Desk", {"hoursOfOperation": "Day"})
    plan = world.plan(hours, queue, manifest("QuickConnect", "To", {"quickConnectConfig": config}))
    return next(change.reason for change in plan.changes if change.ref.kind == "QuickConnect")


def test_a_slip_in_the_name_of_a_flow_is_told_with_the_live_flow(world: World) -> None:
    """Weak messages: a flow's name is known to AWS alone, so this is said in the plan."""
    world.control.seed("ContactFlow", {"Name": "Default queue transfer", "ContactFlowType": "QUEUE_TRANSFER"})

    assert reason(world, "Defalt queue transfer") == (
        "refers to ContactFlow/Defalt queue transfer, which is neither live nor created by this plan; did you mean "
        '"Default queue transfer"?'
    )


def test_a_name_that_no_live_one_is_like_gets_no_hint(world: World) -> None:
    assert reason(world, "zzz").endswith("which is neither live nor created by this plan")
