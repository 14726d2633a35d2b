"""Export leaves out invalid resources and fields, and reports them. References to them are written as ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from reconciler.kinds.registry import KINDS
from reconciler.reconcile import Options, preview
from reconciler.sandbox import INSTANCE_ID
from tests.builders.resources import group, levels
from tests.worlds.exporting import exported, plans_nothing
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
SUNDAY = {"Day": "SUNDAY", "StartTime": {"Hours": 9, "Minutes": 0}, "EndTime": {"Hours": 17, "Minutes": 0}}


@pytest.fixture(autouse=True)
def nothing_of_aws(world: World) -> None:
    """Removes the built-in resources of AWS from the sandbox."""
    world.control.set_faults({"switches": {"builtIns": False}})


def hours(world: World, name: str, **more: Any) -> str:
    members = {"Name": name, "TimeZone": "UTC", "Config": [SUNDAY], **more}
    return str(world.connect.create_hours_of_operation(**HERE, **members)["HoursOfOperationId"])


def queue(world: World, name: str, opening: str, **more: Any) -> str:
    return str(world.connect.create_queue(**HERE, Name=name, HoursOfOperationId=opening, **more)["QueueId"])


def notes(found: Any) -> list[tuple[str, str]]:
    return [(note.address, note.message) for note in found.notes]


def texts(found: Any) -> str:
    """Returns all written texts, without quotes."""
    return "".join(path.read_text() for path in found.written).replace('"', "")


@pytest.mark.parametrize("name", [" spaces ", "..", "connect:own", "a\x01b"])
def test_a_target_with_an_unwritable_name_is_written_as_id(world: World, tmp_path: Path, name: str) -> None:
    id = hours(world, name)
    queue(world, "q", id)

    found = exported(world, tmp_path, kinds=KINDS)

    assert [address for address, _ in notes(found)] == [f"HoursOfOperation/{name}"]
    assert f"hoursOfOperation: {id}" in texts(found)
    assert plans_nothing(world)


def test_an_invalid_name_is_reported_and_skipped(world: World, tmp_path: Path) -> None:
    origin = "https://example.com/path"
    world.connect.associate_approved_origin(**HERE, Origin=origin)
    hours(world, "h")

    found = exported(world, tmp_path, kinds=KINDS)

    ((address, message),) = notes(found)
    assert address == f"ApprovedOrigin/{origin}"
    assert message.startswith(f"is left alone: ApprovedOrigin/{origin} ({origin}) does not fit its spec: name: ")
    assert "\n" not in message
    assert any(path.name == "h.yaml" for path in found.written)
    assert plans_nothing(world)


def test_groups_of_one_name_are_exported_by_their_paths(world: World, tmp_path: Path) -> None:
    world.connect.update_user_hierarchy_structure(
        **HERE, HierarchyStructure={"LevelOne": {"Name": "1"}, "LevelTwo": {"Name": "2"}}
    )
    for parent in ("a", "b"):
        id = world.connect.create_user_hierarchy_group(**HERE, Name=parent)["HierarchyGroupId"]
        world.connect.create_user_hierarchy_group(**HERE, Name="same", ParentGroupId=id)

    found = exported(world, tmp_path, kinds=KINDS)

    assert notes(found) == []
    groups = {path.name: path.read_text() for path in found.written if path.parent.name == "user-hierarchy-groups"}
    assert groups.keys() == {"a.yaml", "b.yaml", "a-same.yaml", "b-same.yaml"}
    assert "  name: a/same\n" in groups["a-same.yaml"]
    assert "parentGroup" not in "".join(groups.values())
    assert plans_nothing(world)


def test_a_group_below_a_group_that_was_renamed_in_the_console_has_the_new_path(world: World, tmp_path: Path) -> None:
    world.run(levels("1", "2"), group("a"), group("a/same"))
    listed = world.connect.list_user_hierarchy_groups(**HERE)["UserHierarchyGroupSummaryList"]
    (id,) = (row["Id"] for row in listed if row["Name"] == "a")
    world.connect.update_user_hierarchy_group_name(**HERE, HierarchyGroupId=id, Name="b")

    found = exported(world, tmp_path, kinds=KINDS)

    assert "name: b\n  renamedFrom: a\n" in texts(found)
    assert "name: b/same\n" in texts(found)
    plan = preview(Options(world.environment, world.aws)).plan
    assert [field.path for change in plan.changes for field in change.fields] == ["metadata.address"] * 2


def test_invalid_overrides_are_left_out_together(world: World, tmp_path: Path) -> None:
    id = hours(world, "h")
    days = {"EffectiveFrom": "2026-12-24", "EffectiveTill": "2026-12-26"}
    never = {**SUNDAY, "EndTime": SUNDAY["StartTime"]}
    for name, config in {"good": [], "odd": [never]}.items():
        world.connect.create_hours_of_operation_override(
            **HERE, HoursOfOperationId=id, Name=name, Config=config, **days
        )

    found = exported(world, tmp_path, kinds=KINDS)

    assert [message.partition(":")[0] for _, message in notes(found)] == ["overrides is left out and left alone"]
    assert plans_nothing(world)


def test_a_name_like_an_id_is_written_as_id(world: World, tmp_path: Path) -> None:
    id = hours(world, "00000000-0000-4000-8000-000000000001")
    queue(world, "q", id)

    found = exported(world, tmp_path, kinds=KINDS)

    assert f"hoursOfOperation: {id}" in texts(found)
    assert plans_nothing(world)


def test_a_resource_renamed_in_the_console_has_its_new_name(world: World, tmp_path: Path) -> None:
    id = hours(
        world, "old", Tags={"reconciler:stack": "contact-centre/test", "reconciler:address": "HoursOfOperation/old"}
    )
    queue(world, "q", id, Description=f"see {id}")
    world.connect.update_hours_of_operation(**HERE, HoursOfOperationId=id, Name="new")

    found = exported(world, tmp_path, kinds=KINDS)

    assert "hoursOfOperation: new" in texts(found)
    assert "see ${HoursOfOperation/new.id}" in texts(found)


def test_a_reference_with_a_dollar_brace_in_its_name_is_written_as_an_escape(world: World, tmp_path: Path) -> None:
    queue(world, "q", hours(world, "a${b}"))

    found = exported(world, tmp_path, kinds=KINDS)

    assert "hoursOfOperation: a$${b}" in texts(found)
    assert plans_nothing(world)


def test_a_looked_up_target_is_written_by_name(world: World, tmp_path: Path) -> None:
    flows = [world.control.seed("ContactFlow", {"Name": name}) for name in ("Whisper", "a\x01b")]
    for name, flow in zip("pq", flows, strict=True):
        queue(world, name, hours(world, name), OutboundCallerConfig={"OutboundFlowId": flow})

    found = exported(world, tmp_path, kinds=KINDS)

    assert "outboundFlow: Whisper" in texts(found)
    assert f"outboundFlow: {flows[1]}" in texts(found)
    assert plans_nothing(world)


def test_an_agent_is_named(world: World, tmp_path: Path) -> None:
    profiles = {"RoutingProfileId": str(uuid4()), "SecurityProfileIds": [str(uuid4())]}
    agent = world.control.seed("User", {"Username": "ada", **profiles})
    flow = world.control.seed("ContactFlow", {"Name": "Transfer", "ContactFlowType": "AGENT_TRANSFER"})
    there = {"QuickConnectType": "USER", "UserConfig": {"UserId": agent, "ContactFlowId": flow}}
    world.connect.create_quick_connect(**HERE, Name="ada", QuickConnectConfig=there)

    found = exported(world, tmp_path, kinds=KINDS)

    assert found.notes == ()
    assert "user: ada" in texts(found)
    assert plans_nothing(world)
