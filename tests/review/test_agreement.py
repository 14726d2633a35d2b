"""Apply carries out only the reviewed plan: by digest, and by the plan itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.errors import StalePlanError
from reconciler.model import Action, Status
from reconciler.report import dumps, plan_json
from reconciler.review.agreement import check_digest, check_reviewed, check_whole
from reconciler.review.digest import digest, digest_of
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.builders.tables import attribute, key, table
from tests.worlds.world import World

COLUMNS = [key(), attribute("A"), attribute("B")]
LIVE = [{"K": "a", "A": "1", "B": "1"}, {"K": "b", "A": "1", "B": "1"}]
WANTED = [{"K": "a", "A": "2", "B": "1"}, {"K": "b", "A": "2", "B": "1"}]


def reviewed(world: World, rows: Any = WANTED, **more: Any) -> dict[str, Any]:
    """Returns the reviewed plan as read back from its file."""
    return dict(json.loads(dumps(plan_json(world.plan(table(COLUMNS, rows, **more))))))


def test_a_repeated_plan_has_the_same_digest(world: World) -> None:
    world.run(table(COLUMNS, LIVE))
    plan = world.plan(table(COLUMNS, WANTED))

    check_digest(plan, digest(plan)[:12])
    check_digest(plan, digest(plan).upper())


def test_another_digest_is_refused(world: World) -> None:
    world.run(table(COLUMNS, LIVE))

    with pytest.raises(StalePlanError, match="nothing was written"):
        check_digest(world.plan(table(COLUMNS, WANTED)), "0" * 12)


def test_the_digest_depends_on_the_live_values_of_changed_cells(world: World) -> None:
    world.run(table(COLUMNS, LIVE))
    before = digest(world.plan(table(COLUMNS, WANTED)))

    world.edit("T", {"K": "a"}, "A", "theirs")

    assert digest(world.plan(table(COLUMNS, WANTED))) != before


def test_the_digest_does_not_depend_on_locks_and_times(world: World) -> None:
    world.run(table(COLUMNS, LIVE))
    before = digest(world.plan(table(COLUMNS, WANTED)))

    world.edit("T", {"K": "a"}, "A", "1")

    assert digest(world.plan(table(COLUMNS, WANTED))) == before


def test_the_digest_does_not_depend_on_the_spelling_of_numbers(world: World) -> None:
    columns = [key(), attribute("N", "NUMBER")]
    world.run(table(columns, [{"K": "a", "N": "1"}]))

    one, other = (digest(world.plan(table(columns, [{"K": "a", "N": text}]))) for text in ("2", "2.0"))

    assert one == other


def test_a_reviewed_plan_is_applied(world: World) -> None:
    world.run(table(COLUMNS, LIVE))
    file = reviewed(world)
    seen = world.preview(table(COLUMNS, WANTED))

    assert check_reviewed(seen.plan, file) == {}


def test_an_item_that_is_already_done_is_not_a_conflict(world: World) -> None:
    world.run(table(COLUMNS, LIVE))
    file = reviewed(world)
    world.edit("T", {"K": "a"}, "A", "2")
    seen = world.preview(table(COLUMNS, WANTED))

    done = world.apply(seen, check_reviewed(seen.plan, file))

    assert (done.exit_code, done.totals.done) == (0, 1)


def test_a_cell_edited_since_the_review_is_left_alone(world: World) -> None:
    world.run(table(COLUMNS, LIVE))
    file = reviewed(world)
    world.edit("T", {"K": "a"}, "A", "theirs")
    seen = world.preview(table(COLUMNS, WANTED))

    done = world.apply(seen, check_reviewed(seen.plan, file))

    assert (done.exit_code, done.totals.conflict, done.totals.done) == (5, 1, 1)
    assert world.cells("T")[("a",), "A"] == "theirs"
    assert world.cells("T")[("b",), "A"] == "2"
    (result,) = [result for result in done.results.values() if result.status is Status.CONFLICT]
    assert 'was "1" at the review; ' in result.message


def test_a_field_edited_since_the_review_is_left_alone(world: World) -> None:
    world.run(table(COLUMNS, LIVE, spec={"description": "one"}))
    file = reviewed(world, spec={"description": "two"})
    world.connect.update_data_table_metadata(
        InstanceId=world.control.instance,
        DataTableId=world.table_id("T"),
        Name="T",
        TimeZone="UTC",
        ValueLockLevel="NONE",
        Description="theirs",
    )
    seen = world.preview(table(COLUMNS, WANTED, spec={"description": "two"}))

    done = world.apply(seen, check_reviewed(seen.plan, file))

    assert (done.exit_code, done.totals.conflict, done.totals.done) == (5, 1, 2)
    assert world.preview(table()).world.live[table().ref].spec.description == "theirs"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "rows",
    [
        [{"K": "a", "A": "3", "B": "1"}, {"K": "b", "A": "2", "B": "1"}],
        [*WANTED, {"K": "c", "A": "1"}],
        [{"K": "a", "A": "2", "B": "2"}, {"K": "b", "A": "2", "B": "1"}],
    ],
    ids=["another value", "another row", "another cell"],
)
def test_an_unreviewed_item_stops_everything(world: World, rows: list[dict[str, str]]) -> None:
    world.run(table(COLUMNS, LIVE))
    file = reviewed(world)

    with pytest.raises(StalePlanError):
        check_reviewed(world.plan(table(COLUMNS, rows)), file)


@pytest.mark.parametrize("place", ["stack", "environment", "instance"])
def test_a_plan_with_another_scope_stops_everything(world: World, place: str) -> None:
    world.run(table(COLUMNS, LIVE))
    file = {**reviewed(world), place: "elsewhere"}

    with pytest.raises(StalePlanError, match=place):
        check_reviewed(world.plan(table(COLUMNS, WANTED)), file)


def test_an_unreviewed_deletion_stops_everything(world: World) -> None:
    world.run(table(COLUMNS, LIVE), table(name="U"))
    file = reviewed(world)

    with pytest.raises(StalePlanError, match="delete is not in the reviewed plan"):
        check_reviewed(world.plan(table(COLUMNS, WANTED), allow_delete=frozenset({"DataTable/U"})), file)


EVERY = [
    key("K", validation={"ignoreCase": True}),
    attribute("N", "NUMBER"),
    attribute("L", "TEXT_LIST"),
    attribute("B", "BOOLEAN"),
]


def test_the_digest_of_a_file_is_the_digest_of_its_plan(world: World) -> None:
    first = [{"K": "a", "N": "1", "L": '["x"]', "B": "true"}, {"K": "b", "N": "2"}]
    later = [{"K": "A", "N": "1.50", "L": '["x", "y"]', "B": "false"}, {"K": "c", "N": "=1 + 1"}]
    world.run(table(EVERY, first, spec={"description": "one"}))
    plan = world.plan(table(EVERY, later, default={"N": "7"}, spec={"description": "two\u00e9"}, prune=True))
    file = json.loads(dumps(plan_json(plan)))

    assert len(plan.changes[0].table.cells) == 6
    assert digest_of(file) == digest(plan) == file["digest"]
    check_whole(file, "plan.json")


def edited_cell(file: dict[str, Any]) -> dict[str, Any]:
    return {**file["changes"][0]["cells"][0], "before": "theirs"}


def nested(depth: int) -> Any:
    value: Any = None
    for _ in range(depth):
        value = [value]
    return value


EDITS: dict[str, Any] = {
    "after of a cell": lambda file: file["changes"][0]["cells"][0].update(after="9"),
    "before of a cell": lambda file: file["changes"][0]["cells"][0].update(before="9"),
    "key of a cell": lambda file: file["changes"][0]["cells"][0].update(key={"K": "z"}),
    "value type of a cell": lambda file: file["changes"][0]["cells"][0].update(valueType="FANCY"),
    "after of a field": lambda file: file["changes"][0]["fields"][0].update(after="9"),
    "before of a field": lambda file: file["changes"][0]["fields"][0].update(before="9"),
    "action": lambda file: file["changes"][0].update(action="delete"),
    "address": lambda file: file["changes"][0].update(address="DataTable/Other"),
    "keys": lambda file: file["changes"][0].pop("keys"),
    "one change more": lambda file: file["changes"].append({**file["changes"][0], "address": "DataTable/Other"}),
    "value type that means the same values": lambda file: file["changes"][0]["cells"][0].update(valueType="BOOLEAN"),
    "how keys are folded": lambda file: file["changes"][0]["keys"][0].update(ignoreCase=True),
    "letters of a key": lambda file: file["changes"][0]["cells"][0].update(key={"K": "A"}),
    "a key's second name": lambda file: file["changes"][0]["cells"][0]["key"].update(Other="x"),
    "irreversible": lambda file: file["changes"][0].update(irreversible=True),
    "part of another": lambda file: file["changes"][0].update(partOf="DataTable/Other"),
    "blocked change with cells": lambda file: file["changes"].append(
        {**file["changes"][0], "address": "DataTable/Other", "action": "blocked"}
    ),
    "blocked twin with another before": lambda file: file["changes"].append(
        {**file["changes"][0], "action": "blocked", "fields": [], "cells": [edited_cell(file)]}
    ),
    "one change twice": lambda file: file["changes"].append(file["changes"][0]),
    "one cell twice": lambda file: file["changes"][0]["cells"].append(edited_cell(file)),
    "value nested too deep": lambda file: file["changes"][0]["fields"][0].update(before=nested(100_000)),
    "instance": lambda file: file.update(instance="elsewhere"),
    "digest": lambda file: file.update(digest="0" * 64),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edited_file_is_not_the_reviewed_plan(world: World, edit: Any) -> None:
    """S-2: also if the edited part does not change the work of apply."""
    world.run(table(COLUMNS, LIVE, spec={"description": "one"}))
    file = reviewed(world, spec={"description": "two"})
    edit(file)

    with pytest.raises(StalePlanError, match=r"^plan\.json: its content does not match its digest"):
        check_whole(file, "plan.json")


def test_an_unreviewed_cell_is_named_as_in_reports(world: World) -> None:
    world.run(table(COLUMNS, LIVE))
    file = reviewed(world)

    with pytest.raises(StalePlanError, match=r"^DataTable/T K=b · B: is not in the reviewed plan; nothing was written"):
        check_reviewed(world.plan(table(COLUMNS, [*WANTED[:1], {"K": "b", "A": "2", "B": "2"}])), file)


def test_a_blocked_change_of_a_file_is_not_reviewed(world: World) -> None:
    """S-2: a blocked change neither permits an update nor replaces the reviewed `before` of a real one."""
    world.run(table(COLUMNS, LIVE), table(COLUMNS, LIVE, name="U"))
    both = [table(COLUMNS, WANTED), table(COLUMNS, WANTED, name="U")]
    file = dict(json.loads(dumps(plan_json(world.plan(*both)))))
    file["changes"][1]["action"] = "blocked"

    with pytest.raises(StalePlanError, match=r"^DataTable/U: update is not in the reviewed plan; nothing was written"):
        check_reviewed(world.plan(*both), file)


def test_a_file_is_checked_by_its_whole_content(world: World) -> None:
    """S-2: an edited file is refused although its digest is right by the actionable changes alone."""
    world.run(table(COLUMNS, LIVE))
    file = reviewed(world)
    file["changes"].append({**file["changes"][0], "action": "blocked", "cells": [edited_cell(file)]})

    assert digest_of(file) == file["digest"]
    with pytest.raises(StalePlanError, match="it was edited"):
        check_whole(file, "plan.json")


def test_a_part_and_a_resource_with_one_address_are_distinguished(world: World) -> None:
    year = {"config": [], "effectiveFrom": "2030-01-01", "effectiveTill": "2030-01-02"}
    hours = {"timeZone": "UTC", "config": [{"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}]}
    override = {"overrides": [{"name": "B", **year}]}
    world.run(manifest("HoursOfOperation", "A", {**hours, **override}), manifest("HoursOfOperation", "A/B", hours))
    wanted = [
        manifest("HoursOfOperation", "A", {**hours, "overrides": []}),
        manifest("HoursOfOperation", "A/B", {**hours, "description": "new"}),
    ]
    plan = world.plan(*wanted, prune=True)
    file = json.loads(dumps(plan_json(plan)))

    assert [each["address"] for each in file["changes"]] == ["HoursOfOperation/A/B"] * 2
    check_whole(file, "plan.json")
    assert check_reviewed(plan, file) == {}


def test_a_replace_shows_its_losses_and_a_review_notices_an_edit(world: World) -> None:
    world.run(manifest("SecurityProfile", "S1", {"description": "x"}))
    renamed = manifest("SecurityProfile", "S2", {"description": "x"}, renamed_from="S1")
    allowed = {"allow_delete": frozenset({"SecurityProfile/S2"})}
    before = world.plan(renamed, **allowed)
    id = world.preview(renamed, **allowed).world.live[renamed.ref].id
    world.connect.update_security_profile(InstanceId=INSTANCE_ID, SecurityProfileId=id, Description="theirs")

    now = world.plan(renamed, **allowed)

    assert [change.action for change in now.changes] == [Action.REPLACE]
    assert digest(now) != digest(before)
