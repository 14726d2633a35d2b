"""A resource is read again right before its deletion, because the plan may have waited for approval."""

from __future__ import annotations

import pytest

from reconciler.model import Manifest, Outcome, Status
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.builders.resources import XMAS, hours
from tests.builders.tables import attribute, key, table
from tests.worlds.other_writer import names
from tests.worlds.world import World

INSTANCE = {"InstanceId": INSTANCE_ID}
REMADE = {"allow_delete": frozenset({"SecurityProfile/agents"})}


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
    assert "clerks" in names(world, "SecurityProfile")


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
