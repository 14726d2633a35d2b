"""S-3: a resource of an earlier or parallel run is never `done` in this one, and undo leaves it alone."""

from __future__ import annotations

from typing import Any

from reconciler.model import Action, Manifest, Outcome, Status
from reconciler.sandbox import INSTANCE_ID
from tests.apply.meanwhile import statuses
from tests.builders.examples import EXAMPLES, SWITCHES, example, permitted, surroundings
from tests.builders.manifests import manifest
from tests.builders.tables import attribute, key, table
from tests.tiers import of_kinds
from tests.worlds.undoing import undone, way_back
from tests.worlds.world import World

HOURS = manifest("HoursOfOperation", "Day", {"timeZone": "UTC", "config": []})
LAG = {"searchLag": {"calls": 60}}  # more calls than a plan makes
KINDS = sorted({*EXAMPLES} - {"ConnectInstance", "DataTable"})


def queue(**spec: Any) -> Manifest:
    return manifest("Queue", "Sales", {"hoursOfOperation": "Day", **spec})


def live(world: World) -> dict[str, Any]:
    queues = world.connect.list_queues(InstanceId=INSTANCE_ID, MaxResults=1000)["QueueSummaryList"]
    id = next(each["Id"] for each in queues if each.get("Name") == "Sales")
    return dict(world.connect.describe_queue(InstanceId=INSTANCE_ID, QueueId=id)["Queue"])


def unseen(world: World, *manifests: Manifest) -> Outcome:
    """Makes a run whose resources AWS's next search does not return yet."""
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


def test_a_different_queue_of_an_earlier_run_is_a_conflict(world: World) -> None:
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


def test_a_resource_of_an_earlier_run_is_unchanged(world: World) -> None:
    world.run(HOURS)
    wanted = queue(maxContacts=5, tags={"Team": "x"})
    first = unseen(world, HOURS, wanted)

    second = world.run(HOURS, wanted)

    assert (second.exit_code, second.status, second.totals.done) == (0, "unchanged", 0)
    assert {*statuses(second).values()} == {Status.UNCHANGED}
    catch_up(world)
    assert ways_back(world, second) == []
    assert ways_back(world, first) == [Action.DELETE]


def test_undo_of_the_slower_of_two_runs_deletes_nothing(world: World) -> None:
    wanted = [HOURS, queue()]
    seen = [world.preview(*wanted), world.preview(*wanted)]

    first, second = (world.apply(each) for each in seen)

    assert (first.exit_code, second.exit_code, second.totals.done) == (0, 0, 0)
    assert undone(world, second).exit_code == 0
    assert not world.plan(*wanted).changes


def test_the_second_of_two_revisions_conflicts(world: World) -> None:
    world.run(HOURS)
    seen = [world.preview(HOURS, queue(maxContacts=count)) for count in (5, 100)]

    first, second = (world.apply(each) for each in seen)

    assert (first.exit_code, second.exit_code, live(world)["MaxContacts"]) == (0, 5, 5)


def test_undo_deletes_a_create_with_a_lost_reply(world: World) -> None:
    world.run(HOURS)
    seen = world.preview(HOURS, queue())
    world.control.set_faults({"lostReply": {"every": 1}})

    done = world.apply(seen)

    world.control.set_faults({})
    assert {*statuses(done).values()} == {Status.DONE}
    assert ways_back(world, done) == [Action.DELETE]


def test_undo_keeps_rows_of_a_parallel_run(world: World) -> None:
    columns = [key(), attribute("A")]
    both = [table(columns, [{"K": "one", "A": "1"}]), table(columns, [{"K": "one", "A": "1"}, {"K": "two", "A": "2"}])]
    seen = [world.preview(each) for each in both]

    first, second = (world.apply(each) for each in seen)

    assert (first.exit_code, second.exit_code, second.totals.done) == (0, 0, 1)
    assert undone(world, second).exit_code == 0
    assert world.cells("T") == {(("one",), "A"): "1"}


@of_kinds(KINDS)
def test_two_parallel_runs_create_any_kind_once(world: World, kind: str) -> None:
    it = example(kind)
    every = [it, *surroundings(it)]
    world.control.set_faults({"switches": SWITCHES})
    world.seed(*every)
    seen = [world.preview(*every, **permitted(*every)) for _ in range(2)]

    first, second = (world.apply(each) for each in seen)

    assert (first.exit_code, second.exit_code, second.totals.done) == (0, 0, 0), second.results
    assert not way_back(world, second).plan.changes
    assert not world.plan(*every).changes
