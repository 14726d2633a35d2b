"""S-13: names that JSON escapes, in cells that hold lists; and a cell that fails alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.directory import AwsIds, Directory
from reconciler.kinds.registry import KINDS
from reconciler.model import Linked, Manifest, Ref, Status
from reconciler.model.cells import array, items, split
from reconciler.report import dumps, plan_json
from reconciler.review.agreement import check_reviewed, check_whole
from reconciler.review.digest import digest, digest_of
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.builders.tables import attribute, key, table
from tests.worlds.exporting import exported
from tests.worlds.undoing import undone
from tests.worlds.world import World

HOURS = manifest("HoursOfOperation", "Day", {"timeZone": "UTC", "config": []})
COLUMNS = [key(), attribute("A"), attribute("L", "TEXT_LIST")]
odd_name = pytest.mark.parametrize("name", ['Sales "EN"', "back\\slash", "a\\nb", 'a, "b"', "Größe", "tab\there"])


def queue(name: str) -> Manifest:
    return manifest("Queue", name, {"hoursOfOperation": "Day"})


def arn_of(world: World, name: str) -> str:
    queues = world.connect.list_queues(InstanceId=INSTANCE_ID, MaxResults=1000)["QueueSummaryList"]
    return str(next(each["Arn"] for each in queues if each.get("Name") == name))


def listing(*texts: Any, **cells: str) -> Manifest:
    return table(COLUMNS, [{"K": "k1", "L": texts, **cells}])


@odd_name
def test_a_list_holds_the_arn_of_any_name(world: World, name: str) -> None:
    wanted = listing(Linked(f"${{Queue/{name}.arn}}"), "b", A="a")

    done = world.run(HOURS, queue(name), wanted)

    assert done.exit_code == 0, done.results
    assert json.loads(world.cells("T")[("k1",), "L"]) == [arn_of(world, name), "b"]
    assert world.plan(HOURS, queue(name), wanted).changes == ()


@pytest.mark.slow
@odd_name
def test_a_reviewed_list_of_references_can_be_undone(world: World, name: str) -> None:
    world.run(HOURS, queue(name), listing("old"))
    seen = world.preview(HOURS, queue(name), listing(Linked(f"${{Queue/{name}.arn}}")))
    file = json.loads(dumps(plan_json(seen.plan)))

    check_whole(file, "plan.json")
    assert digest_of(file) == digest(seen.plan)
    done = world.apply(seen, check_reviewed(seen.plan, file))

    assert done.exit_code == 0
    assert undone(world, done).exit_code == 0
    assert json.loads(world.cells("T")[("k1",), "L"]) == ["old"]


@odd_name
def test_lists_as_text_or_json_are_the_same(world: World, name: str) -> None:
    reference = f"${{Queue/{name}.arn}}"
    world.run(HOURS, queue(name), listing(Linked(reference), "b"))

    for text in (f"{reference}, b", f'["{reference}", "b"]'):
        assert world.plan(HOURS, queue(name), table(COLUMNS, [{"K": "k1", "L": Linked(text)}])).changes == ()


@pytest.mark.slow
@odd_name
def test_an_exported_list_needs_no_change(world: World, tmp_path: Any, name: str) -> None:
    world.run(HOURS, queue(name), listing(Linked(f"${{Queue/{name}.arn}}"), "b"))

    found = exported(world, tmp_path, kinds=KINDS)

    assert not [note for note in found.notes if note.address == "DataTable/T"]


def test_a_literal_in_a_list_that_becomes_a_reference_is_a_difference(world: World) -> None:
    """S-1, for lists: a literal and a reference look the same in JSON."""
    text = "${Queue/Sales.arn}"
    world.run(HOURS, queue("Sales"), listing(text))
    plan = world.plan(HOURS, queue("Sales"), listing(Linked(text)))

    assert len(plan.changes) == 1
    assert digest(plan) != digest(world.plan(HOURS, queue("Sales"), listing("else")))
    assert digest_of(json.loads(dumps(plan_json(plan)))) == digest(plan)


def test_a_cell_with_an_unknown_reference_fails_alone(world: World) -> None:
    rows = [{"K": f"k{at}", "A": "a", "L": ["b"]} for at in range(10)]
    world.run(HOURS, table(COLUMNS, rows[:1]))

    done = world.run(HOURS, table(COLUMNS, [*rows, {"K": "x", "A": Linked("${Queue/Nowhere.arn}")}]))

    statuses = [result.status for item, result in done.results.items() if item.part == "cell"]
    assert statuses.count(Status.DONE) == 18
    assert [result.message for result in done.results.values() if result.status is Status.FAILED] == [
        "Queue/Nowhere is neither live nor created by this plan; declare it or fix the reference"
    ]


PIECES = st.sampled_from(['"', "\\", ",", "a", " ", "\n", "${Queue/x.arn}", '${Queue/say "x", \\ y.id}'])
TEXTS = st.lists(PIECES, min_size=1).map("".join)


@given(st.lists(TEXTS, max_size=4))
def test_a_list_of_texts_with_references_is_read_back(texts: list[str]) -> None:
    every = [Linked(text) if "${" in text else text for text in texts]

    assert list(items("TEXT_LIST", array(every))) == every


@given(st.lists(TEXTS.map(str.strip).filter(lambda text: text and not text.startswith("[")), min_size=1, max_size=4))
def test_a_comma_in_a_reference_does_not_split_it(texts: list[str]) -> None:
    plain = [text for text in texts if "," not in text.replace('${Queue/say "x", \\ y.id}', "")]

    if plain:
        joined = ", ".join(plain)
        assert split(Linked(joined) if "${" in joined else joined) == [
            Linked(text) if "${" in text else text for text in plain
        ]


def test_an_id_that_json_escapes_is_escaped() -> None:
    directory = Directory([(Ref("PredefinedAttribute", "p"), AwsIds('say "p"', ""))])

    sent = array(directory.by_id(items("TEXT_LIST", Linked('["${PredefinedAttribute/p.id}"]'))))

    assert json.loads(sent) == ['say "p"']
