"""Another writer edits between plan and write: its edits stay, and the run goes on."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Manifest, Status
from tests.apply.meanwhile import meanwhile, statuses
from tests.builders.manifests import manifest
from tests.builders.resources import XMAS, around, hours, queue
from tests.worlds.conflicting_edits import CONFLICTS, SURVIVORS
from tests.worlds.other_writer import OtherWriter, names
from tests.worlds.world import World

S3 = {"storageType": "S3"}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_concurrent_edit_is_a_conflict_and_stays(world: World, name: str) -> None:
    case = CONFLICTS[name]

    done, by = meanwhile(world, case.before, case.after, case.edit)

    assert done.exit_code == 5
    assert statuses(done)[case.path] is Status.CONFLICT
    assert case.is_kept(by)
    assert not case.rest or statuses(done)[case.rest] is Status.DONE
    assert all(result.looked for result in done.results.values() if result.status is Status.CONFLICT)


@pytest.mark.parametrize("kept", ["keep", "reset"])
@pytest.mark.parametrize("name", SURVIVORS)
def test_undeclared_fields_survive_an_update(world: World, name: str, kept: str) -> None:
    case = SURVIVORS[name]
    world.control.set_faults({"switches": {"leftOutMembers": kept, "securityProfileUpdate": kept}})
    others = around(case.before)
    assert world.run(case.before, *others).exit_code == 0
    seen = world.preview(case.after, *[each for each in others if each.ref != case.after.ref])
    by = OtherWriter(world, seen)
    world.control.set_faults({})
    case.edit(by)
    world.control.set_faults({"switches": {"leftOutMembers": kept, "securityProfileUpdate": kept}})

    done = world.apply(seen)

    assert (done.exit_code, statuses(done)[case.path]) == (0, Status.DONE)
    assert case.is_kept(by)


def test_an_edited_override_is_a_conflict(world: World) -> None:
    other = {**XMAS, "name": "Easter", "effectiveFrom": "2027-03-26", "effectiveTill": "2027-03-29"}
    before = hours("night", overrides=[XMAS, other])
    later = [{**each, "effectiveTill": "2027-12-31"} for each in (XMAS, other)]

    def edit(by: OtherWriter) -> None:
        (xmas,) = [each for each in _overrides(by) if each["Name"] == "Xmas"]
        by.calls(
            "update_hours_of_operation_override",
            "HoursOfOperation",
            "night",
            HoursOfOperationOverrideId=xmas["HoursOfOperationOverrideId"],
            EffectiveTill="2026-12-31",
        )

    done, by = meanwhile(world, before, hours("night", overrides=later), edit)

    assert statuses(done) == {
        "overrides[Xmas].effectiveTill": Status.CONFLICT,
        "overrides[Easter].effectiveTill": Status.DONE,
    }
    assert {each["Name"]: each["EffectiveTill"] for each in _overrides(by)} == {
        "Xmas": "2026-12-31",
        "Easter": "2027-12-31",
    }


def test_a_renamed_level_is_a_conflict(world: World) -> None:
    def structure(two: str) -> Manifest:
        return manifest("UserHierarchy", "main", {"levelOne": {"name": "Country"}, "levelTwo": {"name": two}})

    world.run(structure("Site"))
    seen = world.preview(structure("Town"), manifest("UserHierarchyGroup", "North", {}))
    edited = {"LevelOne": {"Name": "Country"}, "LevelTwo": {"Name": "Theirs"}}
    OtherWriter(world, seen).calls("update_user_hierarchy_structure", HierarchyStructure=edited)

    done = world.apply(seen)

    levels = OtherWriter(world, seen).calls("describe_user_hierarchy_structure")["HierarchyStructure"]
    assert levels["LevelTwo"]["Name"] == "Theirs"
    assert {result.status for result in done.results.values()} == {Status.CONFLICT, Status.SKIPPED}


def test_levels_created_meanwhile_are_not_replaced(world: World) -> None:
    seen = world.preview(manifest("UserHierarchy", "main", {"levelOne": {"name": "Country"}}))
    edited = {"LevelOne": {"Name": "Theirs"}, "LevelTwo": {"Name": "Also"}}
    by = OtherWriter(world, seen)
    by.calls("update_user_hierarchy_structure", HierarchyStructure=edited)

    done = world.apply(seen)

    levels = by.calls("describe_user_hierarchy_structure")["HierarchyStructure"]
    assert [level["Name"] for level in levels.values()] == ["Theirs", "Also"]
    assert {result.status for result in done.results.values()} == {Status.CONFLICT}


def test_an_edited_storage_is_a_conflict(world: World) -> None:
    def storage(bucket: str) -> Manifest:
        config = {**S3, "s3Config": {"bucketName": bucket, "bucketPrefix": "calls"}}
        return manifest("InstanceStorage", "CALL_RECORDINGS", {"storageConfig": config})

    world.run(storage("one"))
    seen = world.preview(storage("two"))
    edited = {"StorageType": "S3", "S3Config": {"BucketName": "theirs", "BucketPrefix": "calls"}}
    by = OtherWriter(world, seen)
    where = {"ResourceType": "CALL_RECORDINGS", "AssociationId": by.id("InstanceStorage", "CALL_RECORDINGS")}
    by.calls("update_instance_storage_config", StorageConfig=edited, **where)

    assert world.apply(seen).exit_code == 5
    assert by.calls("describe_instance_storage_config", **where)["StorageConfig"]["S3Config"] == edited["S3Config"]


def test_an_edited_tag_is_a_conflict(world: World) -> None:
    def edit(by: OtherWriter) -> None:
        arn = by.describes("Queue", "billing")["QueueArn"]
        world.connect.tag_resource(resourceArn=arn, tags={"Team": "theirs"})

    done, by = meanwhile(world, queue(tags={"Team": "a"}), queue(tags={"Team": "b"}), edit)

    assert statuses(done) == {"tags[Team]": Status.CONFLICT}
    assert by.describes("Queue", "billing")["Tags"]["Team"] == "theirs"


def _overrides(by: OtherWriter) -> list[dict[str, Any]]:
    listed = by.calls("list_hours_of_operation_overrides", "HoursOfOperation", "night")
    return list(listed["HoursOfOperationOverrideList"])


# The resource itself.


def test_a_resource_deleted_meanwhile_is_a_conflict(world: World) -> None:
    world.run(hours(), queue(description="one"), queue("support", description="one"))
    seen = world.preview(hours(), queue(description="two", maxContacts=3), queue("support", description="two"))
    OtherWriter(world, seen).calls("delete_queue", "Queue", "billing")

    done = world.apply(seen)

    assert [result.status for _, result in sorted(done.results.items())] == [
        *([Status.CONFLICT] * 2),
        Status.DONE,
    ]
    assert names(world, "Queue") == ["BasicQueue", "support"]
    assert (done.exit_code, world.run(hours(), queue(description="two"), queue("support")).exit_code) == (5, 0)


def test_a_deletion_by_another_writer_counts(world: World) -> None:
    world.run(hours(), queue(), queue("support"))
    gone = frozenset({"Queue/billing", "Queue/support"})
    seen = world.preview(hours(), prune=True, allow_delete=gone)
    OtherWriter(world, seen).calls("delete_queue", "Queue", "billing")

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.DONE}
    assert names(world, "Queue") == ["BasicQueue"]


@pytest.mark.parametrize("case", ["ignored", "exact"])
def test_a_resource_of_the_same_name_is_not_adopted(world: World, case: str) -> None:
    world.control.set_faults({"switches": {"nameCase": case}})
    world.run(hours())
    seen = world.preview(hours(), queue(description="ours"), queue("support"))
    by = OtherWriter(world, seen)
    by.calls("create_queue", Name="billing", Description="theirs", HoursOfOperationId=by.id("HoursOfOperation", "day"))

    done = world.apply(seen)

    failed = {result.message for result in done.results.values() if result.status is Status.FAILED}
    assert [message.partition("; ")[2] for message in failed] == [
        "adopt it with: reconcile -e test adopt Queue/billing"
    ]
    assert (done.exit_code, done.totals.failed) == (5, 2)
    assert names(world, "Queue") == ["BasicQueue", "billing", "support"]
    plan = world.plan(hours(), queue(description="ours"), queue("support"))
    assert [str(change.ref) for change in plan.changes] == ["Queue/billing"]
