"""A recreated resource has a new id. References to it are updated in the same run."""

from __future__ import annotations

from reconciler.model import Action, Linked, Manifest, Plan, Records, Status
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import HERE, manifest
from tests.builders.resources import group, levels
from tests.worlds.other_writer import names
from tests.worlds.world import World

LEVELS = manifest("UserHierarchy", "main", {"levelOne": {"name": "Site"}, "levelTwo": {"name": "Team"}})
NORTH, SOUTH = manifest("UserHierarchyGroup", "North", {}), manifest("UserHierarchyGroup", "South", {})
ALLOWED = {"allow_delete": frozenset({"UserHierarchyGroup/South/Berlin", "DataTable/Tiers"})}
REMADE = {"allow_delete": frozenset({"UserHierarchyGroup/team", "SecurityProfile/agents"})}
KEY = {"name": "K", "valueType": "TEXT", "primary": True}
TEXT = {"name": "V", "valueType": "TEXT"}


def leads(path: str) -> Manifest:
    return manifest("SecurityProfile", "Leads", {"allowedAccessControlHierarchyGroup": path})


BEFORE = [LEVELS, NORTH, SOUTH, group("North/Berlin"), leads("North/Berlin")]
MOVED = [LEVELS, NORTH, SOUTH, group("South/Berlin", renamed_from="North/Berlin"), leads("South/Berlin")]


def table(name: str, text: str, *attributes: dict[str, object], **more: object) -> Manifest:
    spec = {"timeZone": "UTC", "valueLockLevel": "NONE", "attributes": list(attributes) or [KEY, TEXT]}
    return manifest("DataTable", name, spec, [{"K": "1", "V": text, **more}])


def pointing(name: str) -> Manifest:
    """Returns a table with a cell that refers to another table."""
    it = table(name, "x")
    (row,) = it.records.rows
    cells = {"V": Linked("see ${DataTable/Tiers.arn}")}
    return Manifest(it.spec, HERE, Records((row.__class__(row.key, cells, HERE),)))


def findings(plan: Plan) -> list[str]:
    return [f"{each.address} {each.message}" for each in plan.findings if "recreated" in each.message]


def test_a_field_follows_a_recreated_target(world: World) -> None:
    world.run(*BEFORE)

    done = world.run(*MOVED, **ALLOWED)

    assert done.exit_code == 0
    assert {str(change.ref): change.action for change in done.plan.changes} == {
        "UserHierarchyGroup/South/Berlin": Action.REPLACE,
        "SecurityProfile/Leads": Action.UPDATE,
    }
    assert findings(done.plan) == []
    assert world.plan(*MOVED).changes == ()


def test_the_plan_shows_the_old_id_beside_the_name(world: World) -> None:
    world.run(*BEFORE)
    seen = world.preview(*MOVED, **ALLOWED)

    ((before, after),) = [
        (field.before, field.after)
        for change in seen.plan.changes
        if change.ref == MOVED[-1].ref
        for field in change.fields
    ]

    assert (before, after) == (seen.world.live[MOVED[-2].ref].id, "South/Berlin")


def test_a_cell_follows_a_recreated_target(world: World) -> None:
    world.run(table("Tiers", "x"), pointing("Menu"))
    rekeyed = table("Tiers", "x", KEY, {**TEXT, "primary": True}, {"name": "W", "valueType": "TEXT"}, W="y")

    done = world.run(rekeyed, pointing("Menu"), **ALLOWED)

    assert done.exit_code == 0
    arn = world.connect.describe_data_table(InstanceId=INSTANCE_ID, DataTableId=world.table_id("Tiers"))["DataTable"]
    assert world.cells("Menu")[("1",), "V"] == f"see {arn['Arn']}"
    assert world.plan(rekeyed, pointing("Menu")).changes == ()


def test_stale_references_outside_the_plan_are_reported(world: World) -> None:
    world.run(*BEFORE)

    plan = world.plan(*MOVED, target=("UserHierarchyGroup/*",), **ALLOWED)

    assert findings(plan) == [
        "SecurityProfile/Leads refers to UserHierarchyGroup/South/Berlin, which is recreated with a new id; this plan "
        "does not update it: plan again"
    ]


def test_references_wait_if_the_replacement_fails(world: World) -> None:
    world.run(*BEFORE)
    refused = {"probability": 1, "operations": ["CreateUserHierarchyGroup"], "code": "LimitExceededException"}
    world.control.set_faults({"error": refused})

    done = world.run(*MOVED, **ALLOWED)
    world.control.set_faults({})

    (change,) = [at for at, each in enumerate(done.plan.changes) if each.ref == MOVED[-1].ref]
    assert {result.status for item, result in done.results.items() if item.change == change} == {Status.SKIPPED}
    assert world.run(*MOVED).exit_code == 0
    assert world.plan(*MOVED).changes == ()


def test_recreated_resources_may_refer_to_each_other(world: World) -> None:
    above = (levels("one", "two", "three"), group("North"))
    below, top = ({"allowedAccessControlHierarchyGroup": path} for path in ("North/team", "team"))
    world.run(*above, group("North/team"), manifest("SecurityProfile", "clerks", below))
    moved = group("team", renamed_from="North/team")

    done = world.run(*above, moved, manifest("SecurityProfile", "agents", top, renamed_from="clerks"), **REMADE)

    assert [change.action for change in done.plan.changes] == [Action.REPLACE, Action.REPLACE]
    assert done.exit_code == 0
    assert "agents" in names(world, "SecurityProfile")


def test_an_unfinished_replacement_is_reported(world: World) -> None:
    world.run(manifest("SecurityProfile", "clerks", {}))
    seen = world.preview(manifest("SecurityProfile", "agents", {}, renamed_from="clerks"), **REMADE)
    world.control.set_faults(
        {"error": {"every": 1, "code": "LimitExceededException", "operations": ["CreateSecurityProfile"]}}
    )

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.FAILED}
    assert all(result.message.startswith("deleted, and not recreated: ") for result in done.results.values())


def test_a_replace_keeps_undeclared_fields(world: World) -> None:
    world.run(manifest("PredefinedAttribute", "P1", {}))
    params = {"InstanceId": INSTANCE_ID, "Name": "P1", "Values": {"StringList": ["en", "de"]}}
    world.connect.update_predefined_attribute(**params)

    renamed = manifest("PredefinedAttribute", "P2", {}, renamed_from="P1")
    done = world.run(renamed, allow_delete=frozenset({"PredefinedAttribute/P2"}))

    assert done.exit_code == 0
    described = world.connect.describe_predefined_attribute(InstanceId=INSTANCE_ID, Name="P2")["PredefinedAttribute"]
    assert sorted(described["Values"]["StringList"]) == ["de", "en"]
