"""Undo of adoptions and of other kinds, and changes that cannot be undone."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import StalePlanError, UsageError
from reconciler.model import Outcome
from reconciler.reconcile import Options
from reconciler.report import dumps, read_outcome
from reconciler.sandbox import INSTANCE_ID
from reconciler.undo import preview_undo
from tests.builders.examples import example, permitted, surroundings
from tests.builders.manifests import manifest
from tests.builders.tables import table
from tests.worlds.undoing import as_json, blocked, undone, way_back
from tests.worlds.world import World

QUEUE = {"hoursOfOperation": "Always"}
HOURS = manifest(
    "HoursOfOperation",
    "Always",
    {"timeZone": "UTC", "config": [{"day": "MONDAY", "startTime": "00:00", "endTime": "00:00"}]},
)


def tags(world: World, name: str = "T") -> dict[str, str]:
    tables = world.connect.list_data_tables(InstanceId=INSTANCE_ID)["DataTableSummaryList"]
    arn = next(each["Arn"] for each in tables if each["Name"] == name)
    return dict(world.connect.list_tags_for_resource(resourceArn=arn)["tags"])


@pytest.fixture
def adopted(world: World) -> Outcome:
    born = {"Name": "T", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED", "Tags": {"Team": "a"}}
    world.connect.create_data_table(InstanceId=INSTANCE_ID, **born)
    base = world.environment.root / "manifests" / "base"
    base.mkdir(parents=True)
    (base / "t.yaml").write_text("kind: DataTable\nmetadata: {name: T}\nspec: {timeZone: UTC}\n", encoding="utf-8")
    return world.adopt("DataTable/T")


def test_undoing_an_adoption_removes_only_its_tags(world: World, adopted: Outcome) -> None:
    back = undone(world, adopted)

    assert back.exit_code == 0
    assert tags(world) == {"Team": "a"}


def test_an_undone_adoption_can_be_repeated(world: World, adopted: Outcome) -> None:
    before = tags(world)

    again = undone(world, undone(world, adopted))

    assert again.exit_code == 0
    assert tags(world) == before


def test_an_adopted_and_protected_resource_stays(world: World, adopted: Outcome) -> None:
    world.run(manifest("DataTable", "T", {"timeZone": "UTC"}, protect=True))

    assert "protected since" in blocked(way_back(world, adopted).plan)["DataTable/T/metadata.owner"]


def test_a_resource_of_another_stack_stays(world: World, adopted: Outcome) -> None:
    arn = world.connect.list_data_tables(InstanceId=INSTANCE_ID)["DataTableSummaryList"][0]["Arn"]
    world.connect.tag_resource(resourceArn=arn, tags={"reconciler:stack": "other/prod"})

    assert 'live is "other/prod"' in blocked(way_back(world, adopted).plan)["DataTable/T/metadata.owner"]


def test_undo_cannot_delete_an_agent_status(world: World) -> None:
    done = world.run(example("AgentStatus"))

    (reason,) = blocked(way_back(world, done).plan).values()

    assert "cannot delete AgentStatus resources" in reason


def test_undo_of_an_instance_needs_a_tombstone(world: World) -> None:
    it = example("ConnectInstance")
    done = world.run(it, **permitted(it))

    (reason,) = blocked(way_back(world, done, allow_delete=frozenset({str(it.ref)})).plan).values()

    assert "declare kind: Removed with its address" in reason


def test_a_text_that_cannot_be_removed_is_reported(world: World) -> None:
    world.run(HOURS, manifest("Queue", "Q", QUEUE))
    done = world.run(HOURS, manifest("Queue", "Q", {**QUEUE, "description": "x", "maxContacts": 5}))

    seen = way_back(world, done)
    world.apply(seen)

    assert "takes no empty text" in blocked(seen.plan)["Queue/Q/description"]
    assert [field.path for change in seen.plan.changes for field in change.fields] == ["maxContacts"]


def test_items_of_a_set_are_undone_one_by_one(world: World) -> None:
    first = example("SecurityProfile")
    second = manifest("SecurityProfile", first.spec.name, {"permissions": ["BasicAgentAccess"]})
    others = surroundings(first)
    world.seed(first, *others)
    world.run(first, *others)
    done = world.run(second, *others)

    back = undone(world, done)

    assert back.exit_code == 0
    assert not world.plan(first, *others).changes


def test_an_undone_rename_keeps_references(world: World) -> None:
    world.run(HOURS, manifest("Queue", "Q", QUEUE))
    later = manifest("HoursOfOperation", "Never", HOURS.spec.model_dump(by_alias=True), renamed_from="Always")
    done = world.run(later, manifest("Queue", "Q", {"hoursOfOperation": "Never", "maxContacts": 1}))
    assert done.exit_code == 0

    back = undone(world, done)

    assert back.exit_code == 0
    assert not world.plan(HOURS, manifest("Queue", "Q", {**QUEUE, "maxContacts": None})).changes


def test_undo_recreates_resources_in_order(world: World) -> None:
    queue = manifest("Queue", "Q", QUEUE)
    world.run(HOURS, queue)
    allowed = frozenset({"Queue/Q", "HoursOfOperation/Always"})
    done = world.run(prune=True, allow_delete=allowed)
    assert done.exit_code == 0

    back = undone(world, done)

    assert back.exit_code == 0
    assert not world.plan(HOURS, queue).changes


def test_a_resource_deleted_since_is_reported(world: World) -> None:
    world.run(table())
    done = world.run(table(spec={"description": "x"}))
    world.connect.delete_data_table(InstanceId=INSTANCE_ID, DataTableId=world.table_id("T"))

    assert "was deleted since the run" in blocked(way_back(world, done).plan)["DataTable/T"]


def test_a_resource_that_is_live_again_is_left_alone(world: World) -> None:
    world.run(table(spec={"description": "mine"}))
    done = world.run(prune=True, allow_delete=frozenset({"DataTable/T"}))
    world.run(table(spec={"description": "new"}))

    assert "is live again" in blocked(way_back(world, done).plan)["DataTable/T"]


def test_a_resource_renamed_in_the_console_is_left_alone(world: World) -> None:
    world.run(table())
    done = world.run(table(spec={"description": "x"}))
    where = {"InstanceId": INSTANCE_ID, "DataTableId": world.table_id("T")}
    world.connect.update_data_table_metadata(
        **where, Name="Theirs", Description="x", TimeZone="UTC", ValueLockLevel="NONE"
    )

    assert "was renamed to Theirs in the console" in blocked(way_back(world, done).plan)["DataTable/T"]


@pytest.mark.parametrize("word", ["stack", "environment", "instance"])
def test_an_outcome_of_another_stack_or_instance_is_stale(world: World, word: str) -> None:
    done = as_json(world.run(table()))
    world.calls()

    with pytest.raises(StalePlanError, match=word):
        preview_undo(Options(world.environment, world.aws), {**done, word: "other"}, "o.json")

    assert world.calls() == {}


def _changed(done: Any, **more: Any) -> Any:
    return {**done, "changes": [{**done["changes"][0], **more}]}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"address": "Castle/T"}, '"Castle/T" has a kind that this version of reconcile does not know'),
        (
            {"fields": [{"path": "moat", "before": 1, "after": 2, "status": "done"}]},
            "not a field of DataTable",
        ),
        (
            {"fields": [{"path": "timeZone", "before": 7, "after": "UTC", "status": "done"}]},
            "invalid value of",
        ),
    ],
)
def test_an_invalid_outcome_is_a_usage_error(world: World, more: Any, words: str) -> None:
    world.run(table(spec={"timeZone": "Europe/Berlin"}))
    done = as_json(world.run(table()))

    with pytest.raises(UsageError, match=words):
        preview_undo(Options(world.environment, world.aws), _changed(done, **more), "o.json")


def test_a_plan_is_not_an_outcome(world: World) -> None:
    done = as_json(world.run(table()))
    del done["startedAt"]

    with pytest.raises(UsageError, match=r"^o\.json is a plan, not an outcome file"):
        read_outcome(dumps(done), "o.json")


def test_undo_reads_only_what_it_needs(world: World) -> None:
    world.run(table())
    done = world.run(table(spec={"description": "x"}))
    world.calls()

    way_back(world, done)

    assert not {
        name for name in world.calls() if name.startswith(("ListUsers", "ListContactFlows", "ListPhoneNumbers"))
    }
