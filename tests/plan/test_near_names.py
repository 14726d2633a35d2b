"""A reference without a live target is reported with a similar live name."""

from __future__ import annotations

from tests.builders.manifests import manifest
from tests.worlds.world import World


def reason(world: World, flow: str) -> str:
    config = {"quickConnectType": "QUEUE", "queueConfig": {"queue": "Desk", "contactFlow": flow}}
    hours = manifest("HoursOfOperation", "Day", {"timeZone": "UTC", "config": []})
    queue = manifest("Queue", "Desk", {"hoursOfOperation": "Day"})
    plan = world.plan(hours, queue, manifest("QuickConnect", "To", {"quickConnectConfig": config}))
    return next(change.reason for change in plan.changes if change.ref.kind == "QuickConnect")


def test_a_misspelled_flow_gets_a_suggestion(world: World) -> None:
    """Only AWS knows the names of flows, so the plan reports the mistake."""
    world.control.seed("ContactFlow", {"Name": "Default queue transfer", "ContactFlowType": "QUEUE_TRANSFER"})

    assert reason(world, "Defalt queue transfer") == (
        "refers to ContactFlow/Defalt queue transfer, which is neither live nor created by this plan; did you mean "
        '"Default queue transfer"?'
    )


def test_an_unknown_name_gets_no_suggestion(world: World) -> None:
    assert reason(world, "zzz").endswith("which is neither live nor created by this plan")
