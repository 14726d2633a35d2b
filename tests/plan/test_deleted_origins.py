"""The resources of a document that is gone: their tags remember the document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from reconciler.model import Action, Manifest, Origin, Plan, Ref
from reconciler.report import drift_text, plan_html, plan_json, plan_markdown, plan_text
from reconciler.report.rebuilding import plan_of
from reconciler.sandbox import INSTANCE_ID
from tests.builders.composites import branch, branches
from tests.builders.manifests import manifest
from tests.worlds.world import World

BERLIN = Ref("Branch", "Berlin")
HOURS, SALES = Ref("HoursOfOperation", "Berlin hours"), Ref("Queue", "Sales")
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:calls"
CALLS = Ref("LambdaAssociation", "calls")
ALL = {"prune": True, "allow_delete": frozenset({str(HOURS), str(SALES)})}
WHOLE = f", queues: [Sales], functions: ['{FUNCTION}']"

Report = Callable[[Plan], str]
REPORTS: list[Report] = [
    partial(plan_text, colour=False),
    plan_markdown,
    plan_html,
    partial(drift_text, colour=False),
]


def children(root: Path, spec: str = WHOLE) -> list[Manifest]:
    desired = branches(root, {"base/it.yaml": branch("Berlin", spec)}).desired
    assert desired
    return list(desired.manifests.values())


@pytest.fixture
def family(world: World, tmp_path: Path) -> list[Manifest]:
    """The children of a branch, which exist."""
    manifests = children(tmp_path)
    assert world.run(*manifests).exit_code == 0
    return manifests


def test_orphans_of_a_deleted_document_are_listed_together_with_those_that_aws_cannot_tag(
    world: World, family: list[Manifest]
) -> None:
    plan = world.plan()

    assert plan.orphans == (HOURS, CALLS, SALES)
    assert plan.origins == (Origin(BERLIN, 3, (HOURS, CALLS, SALES), is_deleted=True),)


def test_deletions_of_a_deleted_document_have_its_origin_and_delete_all_of_it(
    world: World, family: list[Manifest]
) -> None:
    plan = world.plan(**ALL)

    done = world.run(**ALL)

    assert {str(change.ref): (change.action, change.origin) for change in plan.changes} == {
        str(ref): (Action.DELETE, BERLIN) for ref in (HOURS, CALLS, SALES)
    }
    assert done.exit_code == 0
    assert world.plan(**ALL).changes == ()
    assert world.plan().orphans == ()


def test_the_address_of_a_deleted_document_covers_what_it_stood_for(world: World, family: list[Manifest]) -> None:
    own = manifest("AgentStatus", "Lunch", {"state": "ENABLED"})
    world.run(own)

    plan = world.plan(prune=True, target=("Branch/Berlin",))

    assert {change.ref for change in plan.changes} == {HOURS, CALLS, SALES}


def test_a_child_that_its_document_no_longer_has_is_an_orphan_of_the_document(
    world: World, family: list[Manifest], tmp_path: Path
) -> None:
    left = children(tmp_path, ", queues: [Sales]")

    plan = world.plan(*left)

    assert plan.orphans == (CALLS,)
    assert plan.origins == (Origin(BERLIN, 2, (CALLS,)),)


def test_an_untagged_orphan_is_remembered_until_it_is_deleted(
    world: World, family: list[Manifest], tmp_path: Path
) -> None:
    left = children(tmp_path, ", queues: [Sales]")
    world.run(*left)
    still = world.plan(*left)

    pruned = world.run(*left, prune=True)

    assert (still.changes, still.orphans) == ((), (CALLS,))
    assert pruned.exit_code == 0
    assert world.plan(*left).orphans == ()
    assert world.plan(*left).changes == ()


def test_a_child_that_another_stack_has_is_none_of_its_orphans(world: World, family: list[Manifest]) -> None:
    """The tag of the stack decides, and the address of the document does not."""
    other = world.with_settings(stack="another")

    assert other.plan().orphans == ()


def test_a_child_that_gets_a_document_of_its_own_is_no_orphan(world: World, family: list[Manifest]) -> None:
    own = manifest("LambdaAssociation", "calls", {"functionArn": FUNCTION})

    plan = world.plan(own)

    assert plan.orphans == (HOURS, SALES)


def test_resources_that_were_created_before_get_the_tag(world: World, family: list[Manifest]) -> None:
    """A stack of an earlier release has no such tags."""
    queue = next(it for it in world.connect.search_queues(InstanceId=INSTANCE_ID)["Queues"] if it["Name"] == "Sales")
    world.connect.untag_resource(resourceArn=queue["QueueArn"], tagKeys=["reconciler:origin"])

    (change,) = world.plan(*family).changes
    world.run(*family)

    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("metadata.origin", None, "Branch/Berlin")
    ]
    assert world.plan(*family).changes == ()


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_names_the_deleted_document(world: World, family: list[Manifest], report: Report) -> None:
    plan = world.plan()

    text = report(plan)

    assert "(document deleted) · 3 resources stay" in text
    assert text.count("Branch/Berlin") == 1


@pytest.mark.parametrize("report", REPORTS[:3])
def test_every_report_groups_the_deletions_of_a_deleted_document(
    world: World, family: list[Manifest], report: Report
) -> None:
    plan = world.plan(**ALL)

    assert "(document deleted) · all 3 resources" in report(plan)


def test_json_has_the_origin_of_each_orphan_and_reports_of_it_are_the_same(
    world: World, family: list[Manifest]
) -> None:
    plan = world.plan()
    document = plan_json(plan)

    assert document["origins"] == [{"address": "Branch/Berlin", "resources": 3, "deleted": True}]
    assert document["orphans"] == [{"address": str(ref), "origin": "Branch/Berlin"} for ref in (HOURS, CALLS, SALES)]
    assert REPORTS[0](plan_of(document)) == REPORTS[0](plan)
