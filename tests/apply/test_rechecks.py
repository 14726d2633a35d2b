"""Faults that a review of the kinds found: deletions, and the rechecks before them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import Action, Manifest, Outcome, Status
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.builders.resources import XMAS, group, hours, levels
from tests.builders.tables import attribute, key, table
from tests.worlds.world import World

INSTANCE = {"InstanceId": INSTANCE_ID}
REMADE: dict[str, Any] = {"allow_delete": frozenset({"UserHierarchyGroup/team", "SecurityProfile/agents"})}


def profiles(world: World) -> set[str]:
    return {each["Name"] for each in world.connect.list_security_profiles(**INSTANCE)["SecurityProfileSummaryList"]}


def test_recreated_resources_may_refer_to_each_other(world: World) -> None:
    above = (levels("one", "two", "three"), group("North"))
    named = {"allowedAccessControlHierarchyGroup": "team"}
    world.run(*above, group("team", "North"), manifest("SecurityProfile", "clerks", named))

    done = world.run(
        *above, group("team"), manifest("SecurityProfile", "agents", named, renamed_from="clerks"), **REMADE
    )

    assert [change.action for change in done.plan.changes] == [Action.REPLACE, Action.REPLACE]
    assert done.exit_code == 0
    assert "agents" in profiles(world)


def test_a_circle_of_steps_fails_before_the_first_call(world: World) -> None:
    world.run(manifest("SecurityProfile", "clerks", {}))
    seen = world.preview(manifest("SecurityProfile", "agents", {}, renamed_from="clerks"), **REMADE)
    (change,) = seen.plan.changes
    delete, create = change.steps
    circle = replace(change, steps=(delete, replace(create, needs=(0, 1))))

    done = world.apply(replace(seen, plan=replace(seen.plan, changes=(circle,))))

    assert {result.code for result in done.results.values()} == {"Circle"}
    assert "clerks" in profiles(world)


def test_an_unfinished_replacement_is_reported(world: World) -> None:
    world.run(manifest("SecurityProfile", "clerks", {}))
    seen = world.preview(manifest("SecurityProfile", "agents", {}, renamed_from="clerks"), **REMADE)
    world.control.set_faults(
        {"error": {"every": 1, "code": "LimitExceededException", "operations": ["CreateSecurityProfile"]}}
    )

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.FAILED}
    assert all(result.message.startswith("deleted, and not recreated: ") for result in done.results.values())


# A resource is read again right before its deletion, because the plan may have waited for approval.


def arn_of(world: World, name: str) -> str:
    found = world.connect.describe_hours_of_operation(**INSTANCE, HoursOfOperationId=hours_of(world)[name])
    return str(found["HoursOfOperation"]["HoursOfOperationArn"])


def hours_of(world: World) -> dict[str, str]:
    found = world.connect.list_hours_of_operations(**INSTANCE)["HoursOfOperationSummaryList"]
    return {each["Name"]: each["Id"] for each in found}


def messages(done: Outcome) -> set[tuple[Status, str]]:
    return {(result.status, result.message) for result in done.results.values()}


def test_a_resource_protected_meanwhile_is_not_deleted(world: World) -> None:
    world.run(hours())
    seen = world.preview(prune=True)
    world.connect.tag_resource(resourceArn=arn_of(world, "day"), tags={"reconciler:protect": "true"})

    done = world.apply(seen)

    assert messages(done) == {(Status.CONFLICT, "another writer protected it meanwhile; it is left alone")}
    assert "day" in hours_of(world)


def test_a_resource_changed_meanwhile_is_not_deleted(world: World) -> None:
    world.run(hours())
    seen = world.preview(prune=True)
    world.connect.update_hours_of_operation(**INSTANCE, HoursOfOperationId=hours_of(world)["day"], Description="theirs")

    done = world.apply(seen)

    assert messages(done) == {(Status.CONFLICT, "another writer changed description meanwhile; it is left alone")}
    assert "day" in hours_of(world)


def test_a_resource_changed_meanwhile_is_not_replaced(world: World) -> None:
    world.run(manifest("SecurityProfile", "clerks", {"permissions": []}))
    new = manifest("SecurityProfile", "agents", {"permissions": []}, renamed_from="clerks")
    seen = world.preview(new, **REMADE)
    (found,) = (
        each["Id"]
        for each in world.connect.list_security_profiles(**INSTANCE)["SecurityProfileSummaryList"]
        if each["Name"] == "clerks"
    )
    world.connect.update_security_profile(**INSTANCE, SecurityProfileId=found, Permissions=["BasicAgentAccess"])

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.CONFLICT}
    assert "clerks" in profiles(world)


def test_a_deleted_resource_counts_as_done(world: World) -> None:
    world.run(hours())
    seen = world.preview(prune=True)
    world.connect.delete_hours_of_operation(**INSTANCE, HoursOfOperationId=hours_of(world)["day"])

    assert messages(world.apply(seen)) == {(Status.DONE, "was gone already")}


@pytest.mark.parametrize("left", [[hours(overrides=[])], []], ids=["the override", "its hours"])
def test_an_override_changed_meanwhile_stays(world: World, left: list[Manifest]) -> None:
    world.run(hours(overrides=[XMAS]))
    seen = world.preview(*left, prune=True)
    named = {**INSTANCE, "HoursOfOperationId": hours_of(world)["day"]}
    (it,) = world.connect.list_hours_of_operation_overrides(**named)["HoursOfOperationOverrideList"]
    world.connect.update_hours_of_operation_override(
        **named, HoursOfOperationOverrideId=it["HoursOfOperationOverrideId"], EffectiveTill="2031-05-05"
    )

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.CONFLICT}
    assert world.connect.list_hours_of_operation_overrides(**named)["HoursOfOperationOverrideList"]


@pytest.mark.parametrize("gone", ["DataTable/T", "DataTable/T/A"])
def test_a_value_written_meanwhile_is_not_lost(world: World, gone: str) -> None:
    world.run(table([key(), attribute("A")], [{"K": "k", "A": "1"}]))
    left = [table([key()])] if gone.endswith("A") else []
    seen = world.preview(*left, allow_delete=frozenset({gone}))
    world.edit("T", {"K": "k"}, "A", "2")

    done = world.apply(seen)

    assert messages(done) == {(Status.CONFLICT, "another writer changed its values meanwhile; it is left alone")}
    assert set(world.cells("T").values()) == {"2"}


def test_the_estimate_includes_rechecks_before_deletes(world: World) -> None:
    world.run(hours(overrides=[XMAS]), manifest("SecurityProfile", "agents", {}), table([key(), attribute("A")]))
    seen = world.preview(prune=True, allow_delete=frozenset({"DataTable/T"}))
    world.calls()

    world.apply(seen)

    assert world.calls() == {name.partition(":")[2]: count for name, count in seen.plan.estimate.operations.items()}
