"""S-3: what an earlier or a parallel run of this stack made is never called done, and undo leaves it alone."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Manifest, Outcome, Status
from reconciler.sandbox import INSTANCE_ID
from tests.apply.small import told
from tests.shapes import attribute, key, table
from tests.undo.ways_back import undone, way_back
from tests.world import EXAMPLES, World, example, manifest, permitted, surroundings

HOURS = manifest("HoursOfOperation", "Day", {"timeZone": "UTC", "config": []})
LAG = {"searchLag": {"calls": 60}}  # more than a plan reads
KINDS = sorted({*EXAMPLES} - {"ConnectInstance", "DataTable"})


def queue(**said: Any) -> Manifest:
    return manifest("Queue", "Sales", {"hoursOfOperation": "Day", **said})


def live(world: World) -> dict[str, Any]:
    queues = world.connect.list_queues(InstanceId=INSTANCE_ID, MaxResults=1000)["QueueSummaryList"]
    id = next(each["Id"] for each in queues if each.get("Name") == "Sales")
    return dict(world.connect.describe_queue(InstanceId=INSTANCE_ID, QueueId=id)["Queue"])


def unseen(world: World, *manifests: Manifest) -> Outcome:
    """A run after which AWS's next search does not know yet what was made."""
    world.control.set_faults(LAG)
    done = world.run(*manifests)
    world.control.set_faults({})
    return done


def catch_up(world: World) -> None:
    for _ in range(60):
        world.connect.list_queues(InstanceId=INSTANCE_ID)


def ways_back(world: World, done: Outcome) -> list[Action]:
    allowed = {"allow_delete": frozenset({"Queue/Sales"})}
    return [change.action for change in way_back(world, done, **allowed).plan.changes]


def test_a_queue_that_an_earlier_revision_made_is_a_conflict_that_names_what_differs(world: World) -> None:
    world.run(HOURS)
    unseen(world, HOURS, queue(maxContacts=5, description="first"))
    wanted = queue(maxContacts=100, description="second")

    done = world.run(HOURS, wanted)

    assert (done.exit_code, done.totals.done, live(world)["MaxContacts"]) == (5, 0, 5)
    (message,) = {result.message for result in done.results.values() if result.status is Status.CONFLICT}
    assert message == (
        "another run of this stack created it meanwhile, with another description and maxContacts; it is left alone; "
        "plan again"
    )
    catch_up(world)
    assert world.run(HOURS, wanted).exit_code == 0
    assert not world.plan(HOURS, wanted).changes


def test_what_an_earlier_run_made_as_declared_is_unchanged_and_undo_leaves_it_alone(world: World) -> None:
    world.run(HOURS)
    wanted = queue(maxContacts=5, tags={"Team": "x"})
    first = unseen(world, HOURS, wanted)

    second = world.run(HOURS, wanted)

    assert (second.exit_code, second.status, second.totals.done) == (0, "unchanged", 0)
    assert {*told(second).values()} == {Status.UNCHANGED}
    catch_up(world)
    assert ways_back(world, second) == []
    assert ways_back(world, first) == [Action.DELETE]


def test_of_two_applies_at_once_one_made_it_and_undo_of_the_other_deletes_nothing(world: World) -> None:
    wanted = [HOURS, queue()]
    seen = [world.preview(*wanted), world.preview(*wanted)]

    first, second = (world.apply(each) for each in seen)

    assert (first.exit_code, second.exit_code, second.totals.done) == (0, 0, 0)
    assert undone(world, second).exit_code == 0
    assert not world.plan(*wanted).changes


def test_of_two_applies_of_two_revisions_the_second_is_a_conflict(world: World) -> None:
    world.run(HOURS)
    seen = [world.preview(HOURS, queue(maxContacts=count)) for count in (5, 100)]

    first, second = (world.apply(each) for each in seen)

    assert (first.exit_code, second.exit_code, live(world)["MaxContacts"]) == (0, 5, 5)


def test_a_create_whose_reply_was_lost_is_done_and_undo_deletes_it(world: World) -> None:
    world.run(HOURS)
    seen = world.preview(HOURS, queue())
    world.control.set_faults({"lostReply": {"every": 1}})

    done = world.apply(seen)

    world.control.set_faults({})
    assert {*told(done).values()} == {Status.DONE}
    assert ways_back(world, done) == [Action.DELETE]


def test_rows_that_a_parallel_run_wrote_stay_when_the_other_run_is_undone(world: World) -> None:
    columns = [key(), attribute("A")]
    both = [table(columns, [{"K": "one", "A": "1"}]), table(columns, [{"K": "one", "A": "1"}, {"K": "two", "A": "2"}])]
    seen = [world.preview(each) for each in both]

    first, second = (world.apply(each) for each in seen)

    assert (first.exit_code, second.exit_code, second.totals.done) == (0, 0, 1)
    assert undone(world, second).exit_code == 0
    assert world.cells("T") == {(("one",), "A"): "1"}


@pytest.mark.parametrize("kind", KINDS)
def test_two_applies_at_once_of_any_kind_make_it_once(world: World, kind: str) -> None:
    it = example(kind)
    every = [it, *surroundings(it)]
    world.seed(*every)
    seen = [world.preview(*every, **permitted(*every)) for _ in range(2)]

    first, second = (world.apply(each) for each in seen)

    assert (first.exit_code, second.exit_code, second.totals.done) == (0, 0, 0), second.results
    assert not way_back(world, second).plan.changes
    assert not world.plan(*every).changes
