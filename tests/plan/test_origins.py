"""A change names the document that its resource comes from, and the document's address covers its resources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model import Action, Manifest, Origin, Plan, Ref
from reconciler.report import plan_json, plan_text
from reconciler.report.rebuilding import plan_of
from reconciler.review.digest import digest, digest_of
from tests.builders.composites import branch, branches
from tests.builders.manifests import manifest
from tests.worlds.world import World

BERLIN, MITTE = Ref("Branch", "Berlin"), Ref("Branch", "Mitte")
SEVEN = "kind: Queue\nmetadata: {name: Sales, overrides: Branch/Berlin}\nspec: {maxContacts: 7}\n"
FUNCTION = "arn:aws:lambda:ca-central-1:111122223333:function:calls"


def children(root: Path, spec: str) -> list[Manifest]:
    desired = branches(root, {"base/it.yaml": branch("Berlin", spec)}).desired
    assert desired
    return list(desired.manifests.values())


def origins(plan: Plan) -> dict[str, Ref | None]:
    return {str(change.ref): change.origin for change in plan.changes}


def test_each_change_of_a_child_names_the_authors_document(world: World, tmp_path: Path) -> None:
    own = manifest("HoursOfOperation", "Other", {"timeZone": "UTC", "config": []})

    plan = world.plan(own, *children(tmp_path, ", queues: [Sales], below: [Mitte]"))

    assert origins(plan) == {
        "HoursOfOperation/Berlin hours": BERLIN,
        "HoursOfOperation/Mitte hours": BERLIN,
        "HoursOfOperation/Other": None,
        "Queue/Sales": BERLIN,
    }


def test_a_child_is_created_changed_and_settled_like_any_resource(world: World, tmp_path: Path) -> None:
    world.run(*children(tmp_path, ", queues: [Sales]"))
    settled = world.plan(*children(tmp_path, ", queues: [Sales]"))

    changed = branches(
        tmp_path, {"base/it.yaml": branch("Berlin", ", queues: [Sales]"), "base/over.yaml": SEVEN}
    ).desired
    assert changed
    (change,) = world.plan(*changed.manifests.values()).changes

    assert settled.changes == ()
    assert (change.action, change.origin) == (Action.UPDATE, BERLIN)


def test_a_plan_counts_the_resources_of_each_document_that_changes(world: World, tmp_path: Path) -> None:
    world.run(*children(tmp_path, ", queues: [Sales, Support]"))

    plan = world.plan(*children(tmp_path, ", queues: [Sales, Support, Returns]"))

    assert plan.origins == (Origin(BERLIN, 4),)
    assert plan_of(plan_json(plan)).origins == plan.origins
    assert "Branch/Berlin · 1 of 4 resources" in plan_text(plan, colour=False)


def test_a_blocked_change_names_its_origin(world: World, tmp_path: Path) -> None:
    world.connect.create_hours_of_operation(
        InstanceId=world.environment.instance.rpartition("/")[2], Name="Berlin hours", TimeZone="UTC", Config=[]
    )

    (change,) = world.plan(*children(tmp_path, "")).changes

    assert (change.action, change.origin) == (Action.BLOCKED, BERLIN)


def test_children_of_a_deleted_composite_are_orphans(world: World, tmp_path: Path) -> None:
    world.run(*children(tmp_path, ", queues: [Sales]"))

    plan = world.plan()

    assert set(plan.orphans) == {Ref("HoursOfOperation", "Berlin hours"), Ref("Queue", "Sales")}


@pytest.mark.parametrize(
    ("selection", "covered"),
    [
        ({"target": ("Branch/Berlin",)}, {"Berlin hours", "Mitte hours"}),
        ({"target": ("Branch/Mitte",)}, {"Mitte hours"}),
        ({"target": ("HoursOfOperation/Berlin*",)}, {"Berlin hours"}),
        ({"exclude": ("Branch/Mitte",)}, {"Berlin hours", "Other"}),
        ({"target": ("Branch/*",), "exclude": ("HoursOfOperation/Mitte hours",)}, {"Berlin hours"}),
    ],
)
def test_the_address_of_a_composite_covers_its_children(
    world: World, tmp_path: Path, selection: dict[str, tuple[str, ...]], covered: set[str]
) -> None:
    own = manifest("HoursOfOperation", "Other", {"timeZone": "UTC", "config": []})

    plan = world.plan(own, *children(tmp_path, ", below: [Mitte]"), **selection)

    assert {change.ref.name for change in plan.changes} == covered


def test_a_new_child_without_tags_is_a_finding_if_no_sibling_can_remember_it(world: World, tmp_path: Path) -> None:
    """Nothing shows who created it once its composite is gone."""
    family = children(tmp_path, f", functions: ['{FUNCTION}']")

    remembered = world.plan(*family)
    plan = world.plan(*(replace(it, untagged=()) for it in family))

    (finding,) = [finding for finding in plan.findings if finding.address.startswith("LambdaAssociation/")]
    assert finding.message.startswith("AWS cannot tag it, so it will stay when Branch/Berlin is deleted")
    assert finding.severity == "info"
    assert not [it for it in remembered.findings if it.address.startswith("LambdaAssociation/")]


def test_the_origin_is_not_part_of_the_digest(world: World, tmp_path: Path) -> None:
    manifests = children(tmp_path, ", queues: [Sales]")

    plan = world.plan(*manifests)
    alone = world.plan(*(replace(it, origins=()) for it in manifests))

    assert origins(plan) != origins(alone)
    assert digest(plan) == digest(alone) == digest_of(plan_json(plan))


def test_a_plan_from_json_has_its_origins_and_an_older_one_has_none(world: World, tmp_path: Path) -> None:
    document = plan_json(world.plan(*children(tmp_path, "")))
    (change,) = document["changes"]
    older = {**document, "changes": [{key: value for key, value in change.items() if key != "origin"}]}

    assert origins(plan_of(document)) == {"HoursOfOperation/Berlin hours": BERLIN}
    assert origins(plan_of(older)) == {"HoursOfOperation/Berlin hours": None}
