"""Flows and modules of an instance, from the manifest to AWS: circles, contracts, drafts, refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.model import Action, Manifest, Outcome, Status
from reconciler.model.content import ContentFile
from reconciler.report import plan_text
from tests.builders.manifests import HERE as SOURCE
from tests.builders.manifests import manifest
from tests.worlds.flows import (
    HERE,
    block,
    content,
    contract,
    described,
    flow,
    goes_to,
    id_of,
    invokes,
    live_content,
    module,
    module_id_of,
    save,
    says,
)
from tests.worlds.world import World

DRAFT = ":$SAVED"


def statuses(outcome: Outcome) -> set[Status]:
    return {result.status for result in outcome.results.values()}


def messages(outcome: Outcome) -> list[str]:
    return [result.message for result in outcome.results.values() if result.message]


def writes(world: World) -> list[str]:
    """Returns the operations of flows and modules that wrote since the last read."""
    calls = world.calls().items()
    return sorted(
        name for name, count in calls for _ in range(count) if name.startswith(("Create", "Update", "Delete"))
    )


def converges(world: World, *manifests: Manifest) -> Outcome:
    """Runs the manifests. Afterwards nothing is left to do."""
    done = world.run(*manifests)
    assert done.exit_code == 0, messages(done)
    assert not world.plan(*manifests).changes
    return done


# Circles.


def test_a_flow_is_created_after_what_it_names(world: World) -> None:
    week = manifest("HoursOfOperation", "Week", {"timeZone": "UTC", "config": []})
    check = block("CheckHoursOfOperation", "Open?", HoursOfOperationId="${HoursOfOperation/Week.id}")
    check["Transitions"] = {
        "Conditions": [
            {"NextAction": "End", "Condition": {"Operator": "Equals", "Operands": [answer]}}
            for answer in ("True", "False")
        ],
        "Errors": [{"NextAction": "End", "ErrorType": "NoMatchingError"}],
        "NextAction": "End",
    }

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

    assert described(world, "Day", DRAFT)["Status"] == "SAVED"


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


# Drafts.


def test_a_flow_that_is_only_a_draft_is_published(world: World) -> None:
    converges(world, flow("Main", says("Hello"), status="SAVED"))

    converges(world, flow("Main", says("Hello")))

    assert described(world, "Main")["Status"] == "PUBLISHED"


def test_a_published_flow_is_not_taken_back(world: World) -> None:
    converges(world, flow("Main", says("Hello")))

    done = world.run(flow("Main", says("Hello"), status="SAVED"))

    assert done.exit_code == 3
    assert [change.reason for change in done.plan.changes] == [
        "AWS cannot take back a published flow; write status: PUBLISHED, or state: ARCHIVED to retire it"
    ]


def test_a_draft_of_another_writer_is_a_conflict_and_stays(world: World) -> None:
    converges(world, flow("Main", says("Hello")))
    save(world, "Main", content(says("Half done")), DRAFT)

    done = world.run(flow("Main", says("Good day")))

    assert statuses(done) == {Status.CONFLICT}
    assert "another writer saved a draft of the content that is not published" in messages(done)[0]
    assert live_content(world, "Main") == content(says("Hello"))
    assert live_content(world, "Main", DRAFT) == content(says("Half done"))


def test_a_draft_that_is_only_reordered_is_no_conflict(world: World) -> None:
    converges(world, flow("Main", says("Hello")))
    shuffled = content(says("Hello"))
    save(world, "Main", {**shuffled, "Actions": shuffled["Actions"][::-1]}, DRAFT)

    converges(world, flow("Main", says("Good day")))

    assert live_content(world, "Main")["Actions"][0]["Parameters"]["Text"] == "Good day"


def test_a_draft_does_not_stop_other_changes_of_the_flow(world: World) -> None:
    converges(world, flow("Main", says("Hello")))
    save(world, "Main", content(says("Half done")), DRAFT)

    done = world.run(flow("Main", says("Hello"), description="The entry"))

    assert done.exit_code == 0, messages(done)
    assert live_content(world, "Main", DRAFT) == content(says("Half done"))


def test_a_flow_that_another_writer_published_meanwhile_is_a_conflict(world: World) -> None:
    converges(world, flow("Main", says("Hello")))
    seen = world.preview(flow("Main", says("Good day")))
    save(world, "Main", content(says("Good evening")))

    done = world.apply(seen)

    assert statuses(done) == {Status.CONFLICT}
    assert live_content(world, "Main") == content(says("Good evening"))


# Refusals.


def from_file(main: Manifest, path: Any, text: str) -> Manifest:
    """Returns the manifest as if its content were in a file."""
    path.write_text(text)
    files: Mapping[str, ContentFile] = {"content": ContentFile(path, "manifests/base/main.json")}
    return main.__class__(**{**main.__dict__, "documents": files})


def test_a_refused_flow_names_the_block_and_the_line_of_the_file(world: World) -> None:
    wrong = content(block("TransferToFlow", "Go wrong", ContactFlowId="12345678-0000-4000-8000-000000000000"))
    main = manifest("ContactFlow", "Main", {"content": wrong})

    done = world.run(from_file(main, world.environment.root / "main.json", json.dumps(wrong, indent=1)))

    assert (done.exit_code, statuses(done)) == (1, {Status.FAILED})
    (message,) = set(messages(done))
    assert '(block "Go wrong", manifests/base/main.json:7)' in message
    assert {result.code for result in done.results.values()} == {"InvalidContactFlowException"}


def test_a_refused_flow_does_not_stop_the_others(world: World) -> None:
    wrong = block("TransferToFlow", "Go wrong", ContactFlowId="12345678-0000-4000-8000-000000000000")

    done = world.run(flow("Wrong", wrong), flow("Right", says("Hello")))

    assert done.exit_code == 5
    assert described(world, "Right")["Status"] == "PUBLISHED"


# Drift.


def console_save(value: dict[str, Any]) -> dict[str, Any]:
    """Returns a content as the console saves it: other Identifiers, another order, a layout, no empty lists."""
    ids = {it["Identifier"]: f"{at:08x}-0000-4000-8000-000000000000" for at, it in enumerate(value["Actions"])}
    text = json.dumps(value)
    for name, id in ids.items():
        text = text.replace(json.dumps(name), json.dumps(id))
    saved = json.loads(text)
    layout = {id: {"position": {"x": 10.5 * at, "y": 20}} for at, id in enumerate(ids.values())}
    saved["Metadata"] = {"entryPointPosition": {"x": 1, "y": 2}, "ActionMetadata": layout}
    saved["Actions"].reverse()
    for action in saved["Actions"]:
        action["Transitions"] = {key: item for key, item in action["Transitions"].items() if item}
    return dict(saved)


def test_a_save_in_the_console_that_shuffles_everything_is_no_drift(world: World) -> None:
    main = flow("Main", says("Hello", leads_to="Bye"), says("Goodbye", name="Bye"))
    converges(world, main)

    save(world, "Main", console_save(content(says("Hello", leads_to="Bye"), says("Goodbye", name="Bye"))))

    assert not world.plan(main).changes


def test_one_changed_text_is_one_line_and_keeps_the_layout(world: World) -> None:
    blocks = says("Hello", leads_to="Bye"), says("Goodbye", name="Bye")
    converges(world, flow("Main", *blocks))
    save(world, "Main", console_save(content(*blocks)))
    changed = flow("Main", says("Hello", leads_to="Bye"), says("See you", name="Bye"))

    plan = world.plan(changed)
    converges(world, changed)

    ((path, before, after),) = [(it.path, it.before, it.after) for change in plan.changes for it in change.fields]
    assert (before, after) == ("Goodbye", "See you")
    assert path.startswith("content.blocks")
    assert [line for line in plan_text(plan, colour=False).splitlines() if "See you" in line] != []
    assert len(live_content(world, "Main")["Metadata"]["ActionMetadata"]) == 3


@pytest.mark.parametrize("searched", ["left_out", "shown"])
def test_a_search_with_or_without_contents_gives_the_same_plan(world: World, searched: str) -> None:
    world.control.set_faults({"switches": {"searchedContent": searched}})

    converges(world, flow("Main", says("Hello")), module("Greet", says("Hello")))


def test_a_deleted_flow_is_gone(world: World) -> None:
    converges(world, flow("Main", says("Hello")))

    done = world.run(prune=True, allow_delete=frozenset({"ContactFlow/Main"}))

    assert done.exit_code == 0, messages(done)
    assert "Main" not in {it["Name"] for it in world.connect.list_contact_flows(**HERE)["ContactFlowSummaryList"]}


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
    wrong = says("Hello")
    wrong["Transitions"]["Errors"] = []

    done = world.run(
        flow("Main", invokes("Ask", "Yes", "No", name="Ask it")), module("Ask", wrong, settings=contract("Yes", "No"))
    )

    assert statuses(done) == {Status.FAILED, Status.SKIPPED}
    assert len(live_content(world, "Main")["Actions"][0]["Transitions"]["Conditions"]) == 1
