"""Undo of flows: the whole content comes back, and nothing that another writer has changed since."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from tests.worlds.flows import (
    content,
    contract,
    described,
    flow,
    goes_to,
    id_of,
    invokes,
    live_content,
    module,
    save,
    says,
)
from tests.worlds.undoing import as_json, blocked, undone, way_back
from tests.worlds.world import World

MAIN = "ContactFlow/Main"


def in_order(value: Any) -> Any:
    """Returns a content with its blocks by name. Their order means nothing."""
    return {**value, "Actions": sorted(value["Actions"], key=itemgetter("Identifier"))}


def target_of(value: Any) -> str:
    return next(it["Parameters"]["ContactFlowId"] for it in value["Actions"] if it["Identifier"] == "Go")


def test_a_flow_gets_back_its_whole_content_with_its_layout(world: World) -> None:
    world.run(flow("Main", says("Hello", leads_to="Bye"), says("Goodbye", name="Bye")))
    before = content(says("Hello", leads_to="Bye"), says("Goodbye", name="Bye"))
    places = {name: {"position": {"x": at, "y": 2}} for at, name in enumerate(("Say", "Bye"))}
    before["Metadata"] = {"ActionMetadata": places}
    save(world, "Main", before)
    run = world.run(flow("Main", says("Entirely new")))

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert in_order(live_content(world, "Main")) == in_order(before)


def test_references_of_a_content_come_back(world: World) -> None:
    night = flow("Night", says("Closed"))
    world.run(flow("Main", goes_to("Night")), night)
    run = world.run(flow("Main", says("Hello")), night)

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert target_of(live_content(world, "Main")).endswith(id_of(world, "Night"))


def test_a_flow_that_another_writer_changed_since_is_left_alone(world: World) -> None:
    world.run(flow("Main", says("Hello")))
    run = world.run(flow("Main", says("Good day")))
    save(world, "Main", content(says("Good evening")))

    done = undone(world, run)

    assert blocked(done.plan) == {
        f"{MAIN}/content.blocks.Say.Text": "the document changed since the run; it is left alone"
    }
    assert live_content(world, "Main") == content(says("Good evening"))


def test_a_flow_that_the_console_only_shuffled_since_is_undone(world: World) -> None:
    world.run(flow("Main", says("Hello")))
    run = world.run(flow("Main", says("Good day")))
    saved = content(says("Good day"))
    save(world, "Main", {**saved, "Actions": saved["Actions"][::-1]})

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert live_content(world, "Main")["Actions"][1]["Parameters"]["Text"] == "Hello"


def test_an_undone_run_leaves_nothing_to_undo(world: World) -> None:
    world.run(flow("Main", says("Hello")))
    run = world.run(flow("Main", says("Good day")))
    undone(world, run)

    assert not way_back(world, run).plan.changes


def test_a_draft_that_another_writer_saved_since_stays(world: World) -> None:
    world.run(flow("Main", says("Hello")))
    run = world.run(flow("Main", says("Good day")))
    save(world, "Main", content(says("Half done")), ":$SAVED")

    done = undone(world, run)

    assert done.exit_code != 0
    assert live_content(world, "Main", ":$SAVED") == content(says("Half done"))


def test_a_created_flow_is_deleted(world: World) -> None:
    run = world.run(flow("Main", goes_to("Main")))

    done = undone(world, run, allow_delete=frozenset({MAIN}))

    assert done.exit_code == 0, done


def test_a_contract_comes_back_with_the_flow_that_uses_it(world: World) -> None:
    world.run(module("Ask", settings=contract("Yes")), flow("Main", invokes("Ask", "Yes", name="Ask it")))
    run = world.run(
        module("Ask", settings=contract("Yes", "No")), flow("Main", invokes("Ask", "Yes", "No", name="Ask it"))
    )
    assert run.exit_code == 0, run.results

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert len(live_content(world, "Main")["Actions"][0]["Transitions"]["Conditions"]) == 1


def test_a_publication_cannot_be_undone(world: World) -> None:
    world.run(flow("Main", says("Hello"), status="SAVED"))
    run = world.run(flow("Main", says("Hello")))

    done = undone(world, run)

    assert "cannot take back a published flow" in " ".join(blocked(done.plan).values())
    assert described(world, "Main")["Status"] == "PUBLISHED"


def test_an_outcome_has_the_documents_with_their_hashes(world: World) -> None:
    world.run(flow("Main", says("Hello")))

    outcome = as_json(world.run(flow("Main", says("Good day"), description="Entry")))

    (change,) = outcome["changes"]
    assert list(change["documents"]) == ["content"]
    sides = change["documents"]["content"]
    assert [sides[side]["value"]["Actions"][0]["Parameters"]["Text"] for side in ("before", "after")] == [
        "Hello",
        "Good day",
    ]
    assert len({side["sha256"] for side in sides.values()}) == 2
