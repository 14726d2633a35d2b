"""The content of live flows: drafts of other writers, refusals by block and line, and saves in the console."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.model import Manifest, Status
from reconciler.model.content import ContentFile
from reconciler.report import plan_text
from tests.builders.manifests import manifest
from tests.worlds.flows import (
    HERE,
    RETURN,
    SETTINGS,
    block,
    content,
    converges,
    described,
    flow,
    live_content,
    messages,
    module,
    module_id_of,
    save,
    says,
    statuses,
)
from tests.worlds.world import World

DRAFT = ":$SAVED"


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


def test_a_draft_of_a_module_is_a_conflict_too(world: World) -> None:
    converges(world, module("Greet", says("Hello")))
    draft = content(says("Half done"), end=RETURN, Settings=SETTINGS)
    place = {**HERE, "ContactFlowModuleId": module_id_of(world, "Greet") + DRAFT}
    world.connect.update_contact_flow_module_content(**place, Content=json.dumps(draft))

    done = world.run(module("Greet", says("Good day")))

    assert statuses(done) == {Status.CONFLICT}
    live = world.connect.describe_contact_flow_module(**place)["ContactFlowModule"]
    assert json.loads(live["Content"]) == draft


def test_a_draft_keeps_its_flow_from_being_deleted(world: World) -> None:
    converges(world, flow("Main", says("Hello")))
    save(world, "Main", content(says("Half done")), DRAFT)

    done = world.run(prune=True, allow_delete=frozenset({"ContactFlow/Main"}))

    assert statuses(done) == {Status.CONFLICT}
    assert live_content(world, "Main", DRAFT) == content(says("Half done"))


def test_a_flow_that_was_never_published_is_deleted(world: World) -> None:
    converges(world, flow("Main", says("Hello"), status="SAVED"))

    done = world.run(prune=True, allow_delete=frozenset({"ContactFlow/Main"}))

    assert done.exit_code == 0, messages(done)


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
