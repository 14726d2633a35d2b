"""Flows and modules of an instance, from the manifest to AWS: circles, contracts and names."""

from __future__ import annotations

from reconciler.model import Action, Manifest, Status
from tests.builders.manifests import HERE as SOURCE
from tests.builders.manifests import manifest
from tests.worlds.flows import (
    HERE,
    block,
    contract,
    converges,
    described,
    flow,
    goes_to,
    id_of,
    invokes,
    live_content,
    messages,
    module,
    module_id_of,
    says,
    statuses,
    writes,
)
from tests.worlds.world import World

# Circles.


def test_a_flow_is_created_after_what_it_names(world: World) -> None:
    week = manifest("HoursOfOperation", "Week", {"timeZone": "UTC", "config": []})
    check = block("CheckHoursOfOperation", "Open?", HoursOfOperationId="${HoursOfOperation/Week.id}")
    check["Transitions"]["Conditions"] = [
        {"NextAction": "End", "Condition": {"Operator": "Equals", "Operands": [answer]}} for answer in ("True", "False")
    ]

    converges(world, flow("Main", check), week)

    assert described(world, "Main")["Status"] == "PUBLISHED"


def test_a_flow_may_lead_to_itself(world: World) -> None:
    world.calls()

    converges(world, flow("Main", goes_to("Main")))

    assert writes(world) == ["CreateContactFlow", "UpdateContactFlowContent"]
    assert live_content(world, "Main")["Actions"][0]["Parameters"]["ContactFlowId"].endswith(id_of(world, "Main"))
    assert described(world, "Main")["Status"] == "PUBLISHED"


def test_two_flows_may_lead_to_each_other(world: World) -> None:
    converges(world, flow("Day", goes_to("Night")), flow("Night", goes_to("Day")))

    assert {described(world, name)["Status"] for name in ("Day", "Night")} == {"PUBLISHED"}


def test_a_module_may_lead_to_the_flow_that_invokes_it(world: World) -> None:
    converges(world, flow("Main", invokes("Greet")), module("Greet", goes_to("Main")))

    assert described(world, "Main")["Status"] == "PUBLISHED"


def test_a_draft_in_a_circle_stays_a_draft(world: World) -> None:
    converges(world, flow("Day", goes_to("Night"), status="SAVED"), flow("Night", goes_to("Day")))

    assert described(world, "Day", ":$SAVED")["Status"] == "SAVED"


def test_a_circle_that_is_archived_is_archived_at_the_end(world: World) -> None:
    converges(world, flow("Main", goes_to("Main"), state="ARCHIVED", description="Old"))

    assert (described(world, "Main")["State"], described(world, "Main")["Description"]) == ("ARCHIVED", "Old")


def test_a_run_that_ended_between_draft_and_content_is_completed(world: World) -> None:
    """The tags are on the draft already, so the next run recognises it."""
    day, night = flow("Day", goes_to("Night")), flow("Night", goes_to("Day"))
    refused = {"every": 1, "code": "InvalidRequestException", "operations": ["connect:UpdateContactFlowContent"]}
    world.control.set_faults({"error": refused})
    stopped = world.run(day, night)
    world.control.set_faults({})

    plan = world.plan(day, night)
    converges(world, day, night)

    assert stopped.exit_code != 0
    assert {change.action for change in plan.changes} == {Action.UPDATE}
    assert {described(world, name)["Status"] for name in ("Day", "Night")} == {"PUBLISHED"}


def test_a_circle_that_exceeds_the_quota_says_so(world: World) -> None:
    """The create of the first draft carries no field, and its failure is that of its content."""
    world.control.set_faults({"quotas": {"contactFlows": 8}})

    done = world.run(flow("Day", goes_to("Night")), flow("Night", goes_to("Day")))

    results = {str(done.plan.changes[item.change].ref): result for item, result in done.results.items()}
    assert results["ContactFlow/Day"].code == "LimitExceededException"
    assert results["ContactFlow/Night"].message == "waits for CreateContactFlow of ContactFlow/Day, which was not done"


def test_a_draft_whose_create_got_no_reply_is_the_runs_own_and_is_published(world: World) -> None:
    """The draft has another status than the manifest: the content publishes it."""
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["CreateContactFlow"]}})

    converges(world, flow("Day", goes_to("Night")), flow("Night", goes_to("Day")))

    assert {described(world, name)["Status"] for name in ("Day", "Night")} == {"PUBLISHED"}


# Contracts.


def test_a_module_and_a_flow_of_its_new_contract_are_updated_in_one_run_module_first(world: World) -> None:
    converges(world, module("Ask", settings=contract("Yes")), flow("Main", invokes("Ask", "Yes", name="Ask it")))
    world.calls()

    done = converges(
        world, flow("Main", invokes("Ask", "Yes", "No", name="Ask it")), module("Ask", settings=contract("Yes", "No"))
    )

    assert statuses(done) == {Status.DONE}
    assert writes(world) == ["UpdateContactFlowContent", "UpdateContactFlowModuleContent"]


def test_a_module_and_a_flow_that_no_longer_uses_a_branch_are_updated_in_one_run(world: World) -> None:
    """The module loses the branch first, although the live flow still has it: AWS checks the flow that is sent."""
    converges(world, module("Ask", settings=contract("Yes", "No")), flow("Main", invokes("Ask", "Yes", "No")))

    converges(world, module("Ask", settings=contract("Yes")), flow("Main", invokes("Ask", "Yes")))


def test_a_contract_is_removed(world: World) -> None:
    converges(world, module("Ask", settings=contract("Yes")))

    converges(world, module("Ask", settings=None))

    id = module_id_of(world, "Ask")
    answer = world.connect.describe_contact_flow_module(**HERE, ContactFlowModuleId=id)["ContactFlowModule"]
    assert answer.get("Settings") == "{}"


# Names and ids.


def test_a_renamed_flow_keeps_its_id_and_those_that_lead_to_it_stay(world: World) -> None:
    converges(world, flow("Main", goes_to("Night")), flow("Night", says("Closed")))
    id = id_of(world, "Night")
    renamed = Manifest(flow("Evening", says("Closed")).spec, SOURCE, renamed_from="Night")
    world.calls()

    converges(world, flow("Main", goes_to("Evening")), renamed)

    assert id_of(world, "Evening") == id
    assert writes(world) == ["UpdateContactFlowMetadata"]


def test_a_recreated_flow_has_another_id_and_those_that_lead_to_it_follow(world: World) -> None:
    converges(world, flow("Main", goes_to("Night")), flow("Night", says("Closed")))
    old = id_of(world, "Night")
    changed = flow("Main", goes_to("Night")), flow("Night", says("Closed"), type="QUEUE_TRANSFER")

    done = world.run(*changed, allow_delete=frozenset({"ContactFlow/Night"}))

    assert done.exit_code == 0, messages(done)
    assert not world.plan(*changed).changes
    target = live_content(world, "Main")["Actions"][0]["Parameters"]["ContactFlowId"]
    assert target.endswith(id_of(world, "Night"))
    assert not target.endswith(old)


def test_a_circle_is_deleted(world: World) -> None:
    converges(world, flow("Day", goes_to("Night")), flow("Night", goes_to("Day")))

    done = world.run(prune=True, allow_delete=frozenset({"ContactFlow/Day", "ContactFlow/Night"}))

    assert done.exit_code == 0, messages(done)


def test_a_flow_waits_for_a_module_that_aws_refuses_and_is_skipped(world: World) -> None:
    converges(world, module("Ask", settings=contract("Yes")), flow("Main", invokes("Ask", "Yes", name="Ask it")))
    wrong = goes_to("Night")
    wrong["Transitions"]["Errors"] = []

    done = world.run(
        flow("Main", invokes("Ask", "Yes", "No", name="Ask it")),
        module("Ask", wrong, settings=contract("Yes", "No")),
        flow("Night", says("Closed")),
    )

    results = {str(done.plan.changes[item.change].ref): result.status for item, result in done.results.items()}
    assert results == {
        "ContactFlow/Main": Status.SKIPPED,
        "ContactFlowModule/Ask": Status.FAILED,
        "ContactFlow/Night": Status.DONE,
    }
    assert len(live_content(world, "Main")["Actions"][0]["Transitions"]["Conditions"]) == 1
