"""What a review of the kinds found, as it shall be: what is deleted, and what is looked at before it is."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model import Action, Status
from reconciler.sandbox import INSTANCE_ID
from tests.apply.test_order_of_kinds import group, levels
from tests.world import World, manifest

INSTANCE = {"InstanceId": INSTANCE_ID}
REMADE = {"allow_delete": frozenset({"UserHierarchyGroup/team", "SecurityProfile/agents"})}


def profiles(world: World) -> set[str]:
    return {each["Name"] for each in world.connect.list_security_profiles(**INSTANCE)["SecurityProfileSummaryList"]}


def test_what_is_made_anew_may_name_what_is_made_anew(world: World) -> None:
    above = (levels("one", "two", "three"), group("North"))
    named = {"allowedAccessControlHierarchyGroup": "team"}
    world.run(*above, group("team", "North"), manifest("SecurityProfile", "clerks", named))

    done = world.run(
        *above, group("team"), manifest("SecurityProfile", "agents", named, renamed_from="clerks"), **REMADE
    )

    assert [change.action for change in done.plan.changes] == [Action.REPLACE, Action.REPLACE]
    assert done.exit_code == 0
    assert "agents" in profiles(world)


def test_what_waits_for_itself_is_refused_before_the_first_call(world: World) -> None:
    world.run(manifest("SecurityProfile", "clerks", {}))
    seen = world.preview(manifest("SecurityProfile", "agents", {}, renamed_from="clerks"), **REMADE)
    (change,) = seen.plan.changes
    delete, create = change.steps
    circle = replace(change, steps=(delete, replace(create, needs=(0, 1))))

    done = world.apply(replace(seen, plan=replace(seen.plan, changes=(circle,))))

    assert {result.code for result in done.results.values()} == {"Circle"}
    assert "clerks" in profiles(world)


def test_what_is_deleted_and_not_made_anew_is_said(world: World) -> None:
    world.run(manifest("SecurityProfile", "clerks", {}))
    seen = world.preview(manifest("SecurityProfile", "agents", {}, renamed_from="clerks"), **REMADE)
    world.control.set_faults(
        {"error": {"every": 1, "code": "LimitExceededException", "operations": ["CreateSecurityProfile"]}}
    )

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.FAILED}
    assert all(result.message.startswith("deleted, and not made anew: ") for result in done.results.values())
