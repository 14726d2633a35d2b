"""Faults of earlier versions of apply. A review found each, and a test proved it before the fix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model import Action, Status
from reconciler.model.environment import Ignore, Retries
from reconciler.review.policy import refusals
from tests.shapes import attribute, key, many, table
from tests.world import World

GUARDED = ["DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]
every_guarded_level = pytest.mark.parametrize("level", GUARDED)
COLUMNS = [key(), attribute("A"), attribute("N", "NUMBER")]


@every_guarded_level
def test_a_listing_by_one_batch_does_not_let_others_overwrite(world: World, level: str) -> None:
    rows = [{"K": f"k{at:03}", "A": "0", "N": "0"} for at in range(150)]
    world.run(table(COLUMNS, rows, level=level))
    seen = world.preview(table(COLUMNS, [{**row, "A": "1", "N": "1"} for row in rows], level=level))
    for name in ("k000", "k075", "k149"):
        world.edit("T", {"K": name}, "A", "theirs")

    done = world.apply(seen)

    assert {world.cells("T")[(name,), "A"] for name in ("k000", "k075", "k149")} == {"theirs"}
    assert (done.totals.conflict, done.totals.failed) == (3, 0)


@pytest.mark.parametrize("level", ["DATA_TABLE", "ATTRIBUTE"])
@pytest.mark.parametrize(
    "after",
    [
        {"spec": {"description": "new"}},
        {"attributes": [key(), attribute("A", description="new"), attribute("N", "NUMBER")]},
        {"attributes": [*COLUMNS, attribute("Z")]},
    ],
    ids=["table", "attribute", "new attribute"],
)
def test_a_lock_of_an_unchecked_call_is_not_trusted(world: World, level: str, after: dict[str, object]) -> None:
    world.run(table(COLUMNS, [{"K": "a", "A": "0"}], level=level))
    columns = after.get("attributes", COLUMNS)
    seen = world.preview(table(columns, [{"K": "a", "A": "1"}], level=level, spec=after.get("spec")))  # type: ignore[arg-type]
    world.edit("T", {"K": "a"}, "A", "theirs")

    done = world.apply(seen)

    assert world.cells("T")[("a",), "A"] == "theirs"
    assert done.totals.conflict == 1


@pytest.mark.parametrize("every", [2, 3, 4])
@every_guarded_level
def test_an_edit_between_two_pages_of_one_listing_is_kept(world: World, level: str, every: int) -> None:
    rows = [{"K": name, "A": "0", "N": "0"} for name in "abcdef"]
    world.run(table(COLUMNS, rows, level=level))
    before = world.cells("T")
    writer = {"every": every, "mode": "change", "operations": ["ListDataTableValues"]}
    world.control.set_faults({"pageCap": 1, "otherWriter": writer})
    seen = world.preview(table(COLUMNS, [{**row, "A": "9", "N": "9"} for row in rows], level=level))
    world.control.set_faults({})
    edited = {place: value for place, value in world.cells("T").items() if value != before[place]}

    world.apply(seen)

    planned = {((cell.key["K"],), cell.attribute): cell.before for change in seen.plan.changes for cell in change.cells}
    unseen = {place: value for place, value in edited.items() if planned.get(place) == before[place]}
    assert {place: world.cells("T")[place] for place in unseen} == unseen


@every_guarded_level
def test_a_renamed_key_and_a_moved_row_go_in_one_run(world: World, level: str) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "0"}, {"K": "b", "A": "0"}], level=level))
    renamed = [key("Q", renamedFrom="K"), attribute("A")]

    done = world.run(
        table(renamed, [{"Q": "c", "A": "1"}, {"Q": "b", "A": "0"}], level=level, moved=[({"Q": "a"}, {"Q": "c"})])
    )

    assert (done.exit_code, done.retries) == (0, 0)
    assert world.cells("T") == {(("c",), "A"): "1", (("b",), "A"): "0"}


@every_guarded_level
def test_a_move_continues_with_a_fresh_lock(world: World, level: str) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "0"}], level=level))
    seen = world.preview(
        table([key(), attribute("A")], [{"K": "b", "A": "0"}], level=level, moved=[({"K": "a"}, {"K": "b"})])
    )
    world.edit("T", {"K": "a"}, "A", "0")

    assert world.apply(seen).exit_code == 0
    assert world.cells("T") == {(("b",), "A"): "0"}


def test_a_renamed_attribute_with_a_lost_reply_is_done(world: World) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "0"}]))
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["UpdateDataTableAttribute"]}})

    done = world.run(table([key(), attribute("B", renamedFrom="A")], [{"K": "a", "B": "1"}]))

    assert done.exit_code == 0
    assert world.cells("T") == {(("a",), "B"): "1"}


def test_references_in_a_circle_are_never_done(world: World) -> None:
    tables = [
        table(name=one, spec={"description": f"${{DataTable/{other}.arn}}"}) for one, other in (("A", "B"), ("B", "A"))
    ]
    linked = [_linked(it) for it in tables]

    done = world.run(*linked)

    assert (done.exit_code, done.totals.done) == (1, 0)
    assert all("circle" in result.message for result in done.results.values())


def test_throttling_does_not_use_up_the_rounds_of_a_conflict(world: World) -> None:
    world.run(table(COLUMNS, [{"K": f"k{at}", "A": "0"} for at in range(10)], level="DATA_TABLE"))
    world.control.set_faults(
        {"switches": {"compareLocks": "item"}, "error": {"every": 6, "code": "ThrottlingException"}}
    )

    done = world.run(table(COLUMNS, [{"K": f"k{at}", "A": "1"} for at in range(10)], level="DATA_TABLE"))

    assert (done.exit_code, done.totals.done) == (0, 10)


def test_one_missing_cell_does_not_fail_the_batch_that_is_refused_whole(world: World) -> None:
    world.run(table(COLUMNS, [{"K": f"k{at}", "A": "0"} for at in range(10)]))
    seen = world.preview(table(COLUMNS, [{"K": f"k{at}", "A": "1"} for at in range(10)]))
    world.connect.batch_delete_data_table_value(
        InstanceId=world.control.instance,
        DataTableId=world.table_id("T"),
        Values=[
            {"PrimaryValues": [{"AttributeName": "K", "Value": "k3"}], "AttributeName": "A", "LockVersion": {}},
        ],
    )
    world.control.set_faults({"switches": {"existingOrMissingCell": "request"}})

    done = world.apply(seen)

    assert (done.totals.done, done.totals.conflict, done.totals.failed) == (9, 1, 0)


@pytest.mark.parametrize("level", GUARDED[:3])
def test_requests_that_conflict_with_themselves_are_split(world: World, level: str) -> None:
    world.run(many(40, level=level, others=2))
    world.control.set_faults({"switches": {"compareLocks": "item", "staleLock": "request"}})

    done = world.run(many(40, level=level, others=2, changed=40))

    assert done.exit_code == 0


def test_values_wait_for_the_lock_level_that_they_were_packed_for(world: World) -> None:
    world.run(many(60, level="DATA_TABLE", others=2))
    world.control.set_faults(
        {"error": {"every": 1, "code": "AccessDeniedException", "operations": ["UpdateDataTableMetadata"]}}
    )

    done = world.run(many(60, level="NONE", others=2, changed=60))

    assert {result.status for result in done.results.values()} == {Status.FAILED, Status.SKIPPED}
    assert done.totals.failed == 1


def test_a_protected_table_is_not_rebuilt(world: World) -> None:
    world.run(table([key(), attribute("V")], [{"K": "x", "V": "1"}], protect=True))
    before = world.table_id("T")
    rekeyed = table([key(), key("V"), attribute("W")], [{"K": "x", "V": "1", "W": "1"}])

    done = world.run(rekeyed, allow_delete=frozenset({"DataTable/T"}))

    assert (done.exit_code, world.table_id("T")) == (3, before)


def test_another_case_of_a_table_s_name_is_a_rename(world: World) -> None:
    world.run(table(name="Foo", rows=[{"K": "a", "A": "x"}]))
    identity = world.table_id("Foo")
    renamed = table(name="foo", rows=[{"K": "a", "A": "x"}])

    done = world.run(renamed, prune=True)

    assert [change.action for change in done.plan.changes] == [Action.UPDATE]
    assert world.table_id("foo") == identity
    assert not world.plan(renamed).changes


def test_a_rename_of_a_column_hides_no_deletion_from_the_policy(world: World) -> None:
    world.run(table([key(), attribute("A")], [{"K": f"k{at}", "A": "1"} for at in range(40)]))
    seen = world.preview(table([key(), attribute("B", renamedFrom="A")], [{"K": "k0", "B": "1"}], prune=True))

    found = refusals(seen.plan, world.environment, seen.world.live)

    assert ["delete rows of DataTable/T: 39 of 40" in line for line in found] == [True]


def test_a_blocked_key_keeps_a_lossy_type_change_blocked(world: World) -> None:
    world.run(table(COLUMNS, [{"K": "a", "A": "x", "N": "1"}]))

    plan = world.plan(table([key(), attribute("A", "NUMBER"), key("N", "NUMBER")]))

    assert {str(change.ref) for change in plan.changes if change.action is Action.BLOCKED} == {
        "DataTable/T/A",
        "DataTable/T/N",
    }


def test_an_ignored_attribute_that_is_not_live_is_skipped(world: World) -> None:
    world.run(table([key(), attribute("B")], [{"K": "a", "B": "1"}]))
    ignoring = world.with_settings(ignore=(Ignore("DataTable/T", "attributes[A]"),))

    plan = ignoring.plan(table([key(), attribute("A"), attribute("B")], [{"K": "a", "A": "1", "B": "1"}]))

    assert not plan.changes


def test_an_ignored_attribute_is_not_an_orphan(world: World) -> None:
    world.run(table([key(), attribute("A")]))
    ignoring = world.with_settings(ignore=(Ignore("DataTable/T", "attributes[A]"),))

    plan = ignoring.plan(table([key()]), prune=True)

    assert (plan.changes, plan.orphans) == ((), ())


def test_a_live_name_takes_precedence_over_its_old_name(world: World) -> None:
    for name in ("Old", "New"):
        world.connect.create_data_table(
            InstanceId=world.control.instance, Name=name, TimeZone="UTC", ValueLockLevel="NONE", Status="PUBLISHED"
        )
    it = table(name="New", renamed_from="Old")

    live = world.preview(it).world.live[it.ref]

    assert live.spec.name == "New"


def test_references_in_attributes_and_tags_converge(world: World) -> None:
    world.run(table(name="B"))
    arn = world.preview(table(name="B")).world.live[table(name="B").ref].arn
    it = _linked(table([key(), attribute("A", description="see ${DataTable/B.arn}")], name="A"))

    world.run(it, table(name="B"))

    assert not world.plan(it, table(name="B")).changes
    literal = table([key(), attribute("A", description=f"see {arn}")], name="A")
    assert not world.plan(literal, table(name="B")).changes


def test_a_description_with_a_reference_can_be_changed(world: World) -> None:
    world.run(table(name="B"), _linked(table(name="A", spec={"description": "one ${DataTable/B.arn}"})))

    done = world.run(table(name="B"), _linked(table(name="A", spec={"description": "two ${DataTable/B.arn}"})))

    assert done.exit_code == 0


def test_a_stray_tag_of_this_program_is_not_a_difference(world: World) -> None:
    world.run(table())
    arn = world.preview(table()).world.live[table().ref].arn
    world.connect.tag_resource(resourceArn=arn, tags={"reconciler:x": "1", "reconciler:protect": "false"})

    assert not world.plan(table()).changes


def test_only_resolved_conflicts_are_counted(world: World) -> None:
    world.control.set_faults(
        {"error": {"every": 1, "code": "ConflictException", "operations": ["CreateDataTableAttribute"]}}
    )

    done = world.with_settings(retries=Retries(attempts=3)).run(table())

    assert (done.conflicts_resolved, done.exit_code) == (0, 5)


def test_long_numbers_are_not_rounded(world: World) -> None:
    number = "1234567890123456789012345678901"
    world.run(table(COLUMNS, [{"K": "a", "N": number}]))

    plan = world.plan(table(COLUMNS, [{"K": "a", "N": f"{number[:-1]}2"}]))

    assert [cell.after for change in plan.changes for cell in change.cells] == [f"{number[:-1]}2"]


def _linked(it: object) -> object:
    from reconciler.model import Linked, Manifest

    assert isinstance(it, Manifest)

    def link(value: object) -> object:
        return Linked(value) if isinstance(value, str) and "${" in value else value

    spec = it.spec
    parts = tuple(part.model_copy(update={"description": link(part.description)}) for part in spec.attributes)  # type: ignore[attr-defined]
    update = {"description": link(spec.description), "attributes": parts}  # type: ignore[attr-defined]
    changed = {name: value for name, value in update.items() if name in spec.model_fields_set}
    return replace(it, spec=spec.model_copy(update=changed))
