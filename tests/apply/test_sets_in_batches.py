"""The number of set items in a call, and the order of the calls."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Manifest
from reconciler.model.events import CallMade
from tests.builders.manifests import manifest
from tests.builders.resources import CHAT, VOICE, connect, hours, queue, routing, taken
from tests.worlds.other_writer import OtherWriter, pairs, quick_connects
from tests.worlds.world import World

OPEN = [VOICE, CHAT, {"channel": "TASK", "concurrency": 1}]


def queues(count: int) -> list[Manifest]:
    return [queue(), *(queue(f"q{at:02}") for at in range(count))]


def profile(wanted: list[dict[str, Any]], **more: Any) -> Manifest:
    return routing(mediaConcurrencies=OPEN, queueConfigs=wanted, **more)


def of_queues(start: int, end: int, *channels: str) -> list[dict[str, Any]]:
    return [taken(f"q{at:02}", channel) for at in range(start, end) for channel in channels]


def set_calls(world: World) -> list[str]:
    """Returns the calls that changed a set since the last call of this function, in their order."""
    operations = [event.operation.removeprefix("connect:") for event in world.events if isinstance(event, CallMade)]
    world.events.clear()
    return [
        operation for operation in operations if "ssociate" in operation or operation == "UpdateRoutingProfileQueues"
    ]


def test_a_create_carries_ten_pairs_and_the_rest_follow(world: World) -> None:
    wanted = [*of_queues(0, 12, "VOICE", "CHAT"), taken("q12", "TASK")]

    done = world.run(hours(), *queues(13), profile(wanted))

    seen = world.preview(hours(), *queues(13), profile(wanted))
    assert (done.exit_code, set_calls(world)) == (0, ["AssociateRoutingProfileQueues"] * 2)
    assert len(pairs(OtherWriter(world, seen))) == 25
    assert not seen.plan.changes


def test_pairs_are_added_before_others_are_removed(world: World) -> None:
    world.run(hours(), *queues(13), profile(of_queues(0, 12, "VOICE", "CHAT")))
    set_calls(world)
    kept = [taken(f"q{at:02}", "VOICE", 7) for at in range(12)]
    wanted = [*kept, *of_queues(0, 13, "TASK")]

    done = world.run(hours(), *queues(13), profile(wanted))

    assert done.exit_code == 0
    assert set_calls(world) == [
        *["AssociateRoutingProfileQueues"] * 2,
        *["DisassociateRoutingProfileQueues"] * 2,
        *["UpdateRoutingProfileQueues"] * 2,
    ]
    assert not world.plan(hours(), *queues(13), profile(wanted)).changes


def test_removals_come_first_at_the_limit(world: World) -> None:
    world.run(hours(), *queues(25), profile(of_queues(0, 25, "VOICE", "CHAT")))
    set_calls(world)
    wanted = [*of_queues(0, 25, "VOICE"), *of_queues(0, 25, "TASK")]

    done = world.run(hours(), *queues(25), profile(wanted))

    assert done.exit_code == 0
    assert set_calls(world) == [*["DisassociateRoutingProfileQueues"] * 3, *["AssociateRoutingProfileQueues"] * 3]


def test_pairs_assigned_by_hand_make_room_for_each_other_too(world: World) -> None:
    def by_hand(channel: str) -> Manifest:
        pairs = [{"queueReference": {"queue": f"q{at:02}", "channel": channel}} for at in range(26)]
        return profile([], manualAssignmentQueueConfigs=pairs)

    world.run(hours(), *queues(26), by_hand("CHAT"))

    done = world.run(hours(), *queues(26), by_hand("TASK"))

    assert done.exit_code == 0, {result.message for result in done.results.values()}
    assert not world.plan(hours(), *queues(26), by_hand("TASK")).changes


def test_quick_connects_are_sent_in_batches_of_fifty(world: World) -> None:
    world.control.set_faults({"quotas": {"quickConnects": 200}})
    connects = [connect(f"c{at:03}") for at in range(120)]
    listed = [each.ref.name for each in connects]

    made = world.run(hours(), *connects, queue(quickConnects=listed[:60]))
    born = set_calls(world)
    changed = world.run(hours(), *connects, queue(quickConnects=listed[60:]))

    assert [made.exit_code, changed.exit_code] == [0, 0]
    assert born == ["AssociateQueueQuickConnects"]
    assert set_calls(world) == [*["AssociateQueueQuickConnects"] * 2, *["DisassociateQueueQuickConnects"] * 2]
    seen = world.preview(hours(), *connects, queue(quickConnects=listed[60:]))
    assert quick_connects(OtherWriter(world, seen)) == set(listed[60:])


@pytest.mark.parametrize("count", [49, 50])
def test_a_queue_can_have_the_most_addresses_allowed(world: World, count: int) -> None:
    """Forty-nine addresses and the default outbound one (service model)."""
    texts = [f"a{at:02}@example.com" for at in range(count)]
    outbound = {"outboundEmailConfig": {"outboundEmailAddress": texts[-1]}}
    it = queue(emailAddresses=texts, **outbound)
    world.seed(it)

    done = world.run(hours(), it)

    assert done.exit_code == 0, {result.message for result in done.results.values()}
    assert not world.plan(hours(), it).changes


def test_new_parents_come_first_unless_at_the_limit(world: World) -> None:
    places = [hours(name) for name in "abcdef"]
    world.run(*places, hours("day", parentHoursOfOperations=["a"]))
    set_calls(world)
    world.run(*places, hours("day", parentHoursOfOperations=["b", "c"]))
    first = set_calls(world)

    done = world.run(*places, hours("day", parentHoursOfOperations=["d", "e", "f"]))

    assert first == ["AssociateHoursOfOperations", "DisassociateHoursOfOperations"]
    assert set_calls(world) == ["DisassociateHoursOfOperations", "AssociateHoursOfOperations"]
    assert done.exit_code == 0


def test_one_call_adds_one_item_and_writes_nothing_else(world: World) -> None:
    before = manifest("Queue", "billing", {"hoursOfOperation": "day", "quickConnects": ["desk"]})
    world.run(hours(), connect("desk"), connect("boss"), before)
    world.calls()

    world.run(hours(), connect("desk"), connect("boss"), queue(quickConnects=["desk", "boss"]))

    writes = {name: count for name, count in world.calls().items() if not name.startswith(("List", "Search"))}
    assert writes == {"AssociateQueueQuickConnects": 1}
