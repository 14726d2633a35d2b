"""Changes of a table's definition, and the reasons that block them."""

from __future__ import annotations

from reconciler.model import Action, FieldChange, Linked
from reconciler.review.digest import digest
from tests.builders.tables import attribute, key, table
from tests.plan.tables import blocked, describe_table, fields, list_attributes
from tests.worlds.world import World


def test_a_changed_rule_is_one_field(world: World) -> None:
    """S0-35."""
    world.run(table([key(), attribute("A", validation={"maxLength": 20})]))

    plan = world.plan(table([key(), attribute("A", validation={"maxLength": 40})]))

    assert fields(plan) == [FieldChange("attributes", 20, 40, item="A", inner="validation.maxLength")]


def test_undeclared_members_of_an_attribute_stay(world: World) -> None:
    world.run(table([key(), attribute("A", description="why", validation={"maxLength": 20})]))

    world.run(table([key(), attribute("A", description="because")]))

    (live,) = [a for a in list_attributes(world) if a["Name"] == "A"]
    assert (live["Description"], live["Validation"]["MaxLength"]) == ("because", 20)


def test_an_empty_validation_removes_the_rules(world: World) -> None:
    world.run(table([key(), attribute("A", validation={"maxLength": 20})]))

    world.run(table([key(), attribute("A", validation={})]))

    assert not any(a.get("Validation", {}).get("MaxLength") for a in list_attributes(world))


def test_an_undeclared_attribute_is_an_orphan_and_stays(world: World) -> None:
    world.run(table([key(), attribute("A"), attribute("B")]))

    plan = world.plan(table([key(), attribute("A")]))

    assert not plan.changes
    assert [str(ref) for ref in plan.orphans] == ["DataTable/T/B"]


def test_prune_deletes_an_undeclared_attribute_without_values(world: World) -> None:
    world.run(table([key(), attribute("A"), attribute("B")]))

    world.run(table([key(), attribute("A")]), prune=True)

    assert {a["Name"] for a in list_attributes(world)} == {"K", "A"}


def test_an_attribute_with_values_needs_permission(world: World) -> None:
    world.run(table([key(), attribute("A"), attribute("B")], [{"K": "a", "A": "1", "B": "2"}]))
    fewer = table([key(), attribute("A")], [{"K": "a", "A": "1"}])

    stopped = world.run(fewer, prune=True)
    done = world.run(fewer, allow_delete=frozenset({"DataTable/T/B"}))

    assert "irreversible" in blocked(stopped.plan)["DataTable/T/B"]
    assert stopped.exit_code == 3
    assert [(str(c.ref), c.action, c.irreversible) for c in done.plan.changes] == [
        ("DataTable/T/B", Action.DELETE, True)
    ]
    assert world.cells("T") == {(("a",), "A"): "1"}


def test_a_tombstone_allows_its_deletion(world: World) -> None:
    world.run(table(name="T"), table(name="U"))

    done = world.run(table(name="U"), removed=["DataTable/T"])

    assert [(str(c.ref), c.action) for c in done.plan.changes] == [("DataTable/T", Action.DELETE)]
    assert not world.plan(table(name="U"), removed=["DataTable/T"]).changes


def test_pruning_a_table_needs_permission(world: World) -> None:
    world.run(table())

    done = world.run(prune=True)

    assert "--allow-delete DataTable/T" in blocked(done.plan)["DataTable/T"]
    assert world.table_id("T")


def test_a_protected_table_is_never_deleted(world: World) -> None:
    world.run(table(protect=True))

    done = world.run(allow_delete=frozenset({"DataTable/T"}))

    assert "protected" in blocked(done.plan)["DataTable/T"]
    assert done.exit_code == 3


def test_only_the_manifest_changes_protection(world: World) -> None:
    world.run(table())

    on = world.run(table(protect=True))
    kept = world.plan(table())
    off = world.run(table(protect=False))
    gone = world.run(allow_delete=frozenset({"DataTable/T"}))

    assert fields(on.plan) == [FieldChange("metadata", None, True, inner="protect")]
    assert not kept.changes
    assert fields(off.plan) == [FieldChange("metadata", True, None, inner="protect")]
    assert gone.exit_code == 0


def test_a_type_change_is_blocked_while_values_are_stored(world: World) -> None:
    """S0-35."""
    world.run(table([key(), attribute("A"), attribute("B")], [{"K": "a", "A": "1", "B": "x"}]))
    retyped = table([key(), attribute("A", "NUMBER"), attribute("B")], [{"K": "a", "A": "2", "B": "y"}])

    stopped = world.run(retyped)
    allowed = world.run(retyped, allow_delete=frozenset({"DataTable/T/A"}))

    assert "--allow-delete DataTable/T/A" in blocked(stopped.plan)["DataTable/T/A"]
    assert (stopped.exit_code, stopped.totals.done) == (3, 1)
    assert [change.irreversible for change in allowed.plan.changes] == [True]
    assert world.cells("T") == {(("a",), "A"): "2", (("a",), "B"): "y"}
    assert not world.plan(retyped).changes


def test_a_type_change_without_stored_values_is_an_update(world: World) -> None:
    world.run(table([key(), attribute("A")]))

    done = world.run(table([key(), attribute("A", "NUMBER")]))

    assert fields(done.plan) == [FieldChange("attributes", "TEXT", "NUMBER", item="A", inner="valueType")]
    assert done.exit_code == 0


def test_keys_cannot_change_while_there_are_rows(world: World) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "1"}]))
    rekeyed = table([key(), key("L"), attribute("A")], [{"K": "a", "L": "b", "A": "1"}])

    stopped = world.run(rekeyed)

    assert list(blocked(stopped.plan)) == ["DataTable/T/L"]
    assert world.cells("T") == {(("a",), "A"): "1"}


def test_a_table_is_recreated_with_other_keys_if_allowed(world: World) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "1"}]))
    rekeyed = table([key(), key("L"), attribute("A")], [{"K": "a", "L": "b", "A": "1"}])

    done = world.run(rekeyed, allow_delete=frozenset({"DataTable/T"}))

    assert [(change.action, change.irreversible) for change in done.plan.changes] == [(Action.REPLACE, True)]
    assert world.cells("T") == {(("a", "b"), "A"): "1"}
    assert not world.plan(rekeyed).changes


def test_keys_can_change_without_rows(world: World) -> None:
    world.run(table([key(), attribute("A")]))

    done = world.run(table([key(), key("L"), attribute("A")]))

    assert done.exit_code == 0
    assert not world.plan(table([key(), key("L"), attribute("A")])).changes


def test_names_can_use_any_script(world: World) -> None:
    it = table([key("Größe in m²"), attribute("数量 Ⅷ")], [{"Größe in m²": "a", "数量 Ⅷ": "1"}], name="Räume ½")

    assert world.run(it).exit_code == 0
    assert not world.plan(it).changes


def test_undeclared_tags_follow_the_manifest(world: World) -> None:
    world.run(table(spec={"tags": {"Team": "A"}}))
    _tag(world, {"Console": "x"})

    kept = world.plan(table())
    done = world.run(table(spec={"tags": {"Team": "B"}}))

    assert not kept.changes
    assert fields(done.plan) == [
        FieldChange("tags", "x", None, item="Console"),
        FieldChange("tags", "A", "B", item="Team"),
    ]
    assert not world.plan(table(spec={"tags": {"Team": "B"}})).changes


def test_target_and_exclude_select_resources(world: World) -> None:
    tables = [table(name="One"), table(name="Two")]

    assert [str(c.ref) for c in world.plan(*tables, target=("DataTable/O*",)).changes] == ["DataTable/One"]
    assert [str(c.ref) for c in world.plan(*tables, exclude=("DataTable/O*",)).changes] == ["DataTable/Two"]


def test_a_table_of_another_stack_is_left_alone(world: World) -> None:
    world.with_settings(stack="other").run(table())

    plan = world.plan(table(spec={"description": "mine"}))

    assert "is managed by other/test" in blocked(plan)["DataTable/T"]


def _tag(world: World, tags: dict[str, str]) -> None:
    world.connect.tag_resource(resourceArn=describe_table(world)["Arn"], tags=tags)


def test_a_deletion_lists_the_lost_values(world: World) -> None:
    world.run(table([key(), attribute("A"), attribute("B")], [{"K": "a", "A": "1", "B": "2"}]))

    whole = world.plan(allow_delete=frozenset({"DataTable/T"}))
    part = world.plan(table([key(), attribute("A")]), allow_delete=frozenset({"DataTable/T/B"}))

    assert FieldChange("values", [{"K": "a", "A": "1", "B": "2"}], None) in fields(whole)
    assert FieldChange("values", [{"K": "a", "B": "2"}], None) in fields(part)


def test_a_recreated_table_lists_lost_values_and_references(world: World) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "1"}]))
    other = table(name="U", rows=[{"K": "a", "A": Linked("${DataTable/T.arn}")}])
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "1"}]), other)

    plan = world.plan(table([key(), key("L"), attribute("A")]), other, allow_delete=frozenset({"DataTable/T"}))

    assert FieldChange("values", [{"K": "a", "A": "1"}], None) in fields(plan)
    (cell,) = [cell for change in plan.changes if change.ref == other.ref for cell in change.table.cells]
    assert (cell.before or "").startswith("arn:")
    assert cell.after == Linked("${DataTable/T.arn}")


def test_the_digest_of_a_deletion_depends_on_its_values(world: World) -> None:
    world.run(table(rows=[{"K": "a", "A": "1"}]))
    before = digest(world.plan(allow_delete=frozenset({"DataTable/T"})))

    world.edit("T", {"K": "a"}, "A", "2")

    assert digest(world.plan(allow_delete=frozenset({"DataTable/T"}))) != before


def test_a_used_tombstone_is_reported(world: World) -> None:
    plan = world.plan(removed=["DataTable/Gone"])

    assert [finding.address for finding in plan.findings] == ["DataTable/Gone"]


def test_adopt_true_is_for_resources_that_refuse_tags(world: World) -> None:
    world.connect.create_data_table(
        InstanceId=world.control.instance, Name="T", TimeZone="UTC", ValueLockLevel="NONE", Status="PUBLISHED"
    )
    world.control.set_faults({"error": {"every": 1, "code": "AccessDeniedException", "operations": ["TagResource"]}})

    done = world.run(table(adopt=True, spec={"description": "ours"}))

    assert done.exit_code == 0
    assert describe_table(world)["Description"] == "ours"
    assert not world.plan(table(adopt=True, spec={"description": "ours"})).changes


def test_a_protected_table_is_not_rebuilt(world: World) -> None:
    world.run(table([key(), attribute("V")], [{"K": "x", "V": "1"}], protect=True))
    before = world.table_id("T")
    rekeyed = table([key(), key("V"), attribute("W")], [{"K": "x", "V": "1", "W": "1"}])

    done = world.run(rekeyed, allow_delete=frozenset({"DataTable/T"}))

    assert (done.exit_code, world.table_id("T")) == (3, before)


def test_a_blocked_key_keeps_a_lossy_type_change_blocked(world: World) -> None:
    world.run(table([key(), attribute("A"), attribute("N", "NUMBER")], [{"K": "a", "A": "x", "N": "1"}]))

    plan = world.plan(table([key(), attribute("A", "NUMBER"), key("N", "NUMBER")]))

    assert {str(change.ref) for change in plan.changes if change.action is Action.BLOCKED} == {
        "DataTable/T/A",
        "DataTable/T/N",
    }


def test_a_stray_tag_of_this_program_is_not_a_difference(world: World) -> None:
    world.run(table())
    arn = world.preview(table()).world.live[table().ref].arn
    world.connect.tag_resource(resourceArn=arn, tags={"reconciler:x": "1", "reconciler:protect": "false"})

    assert not world.plan(table()).changes
