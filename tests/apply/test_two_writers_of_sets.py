"""Another writer adds, removes or changes items of a set between plan and write."""

from __future__ import annotations

import pytest

from reconciler.model import AS_WANTED, Status
from tests.apply.meanwhile import meanwhile, statuses
from tests.builders.resources import queue, routing, taken
from tests.worlds.other_writer import OtherWriter, pair_of, pairs, quick_connects
from tests.worlds.world import World


@pytest.mark.parametrize("link", ["InvalidRequestException", "accepted"])
def test_items_added_by_another_writer_stay(world: World, link: str) -> None:
    world.control.set_faults({"switches": {"existingLink": link}})

    def edit(by: OtherWriter) -> None:
        ids = [by.id("QuickConnect", name) for name in ("boss", "shop")]
        by.calls("associate_queue_quick_connects", "Queue", "billing", QuickConnectIds=ids)

    done, by = meanwhile(world, queue(quickConnects=[]), queue(quickConnects=["boss", "desk"]), edit)

    assert done.exit_code == 0
    assert set(statuses(done).values()) <= {*AS_WANTED}
    assert quick_connects(by) == {"boss", "desk", "shop"}


@pytest.mark.parametrize("link", ["ResourceNotFoundException", "InvalidRequestException", "accepted"])
def test_items_removed_by_another_writer_count(world: World, link: str) -> None:
    world.control.set_faults({"switches": {"missingLink": link}})

    def edit(by: OtherWriter) -> None:
        ids = [by.id("QuickConnect", "boss")]
        by.calls("disassociate_queue_quick_connects", "Queue", "billing", QuickConnectIds=ids)

    before, after = queue(quickConnects=["boss", "desk", "shop"]), queue(quickConnects=["shop"])
    done, by = meanwhile(world, before, after, edit)

    assert done.exit_code == 0
    assert set(statuses(done).values()) <= {*AS_WANTED}
    assert quick_connects(by) == {"shop"}


def test_an_edited_priority_is_a_conflict(world: World) -> None:
    before = routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT"), taken("support", "CHAT")])
    later = [taken("billing", "VOICE", 2), taken("billing", "CHAT", 2), taken("support", "CHAT", 2)]

    def edit(by: OtherWriter) -> None:
        edited = [pair_of(by, "billing", "CHAT", 9)]
        by.calls("update_routing_profile_queues", "RoutingProfile", "first line", QueueConfigs=edited)

    done, by = meanwhile(world, before, routing(queueConfigs=later), edit)

    assert pairs(by) == {("billing", "VOICE"): (2, 0), ("billing", "CHAT"): (9, 0), ("support", "CHAT"): (2, 0)}
    assert statuses(done) == {
        "queueConfigs[billing/VOICE].priority": Status.DONE,
        "queueConfigs[billing/CHAT].priority": Status.CONFLICT,
        "queueConfigs[support/CHAT].priority": Status.DONE,
    }
    assert done.exit_code == 5


@pytest.mark.parametrize("link", ["InvalidRequestException", "accepted"])
def test_a_pair_added_with_another_priority_is_a_conflict(world: World, link: str) -> None:
    world.control.set_faults({"switches": {"existingLink": link}})
    after = routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT"), taken("support", "CHAT")])

    def edit(by: OtherWriter) -> None:
        edited = [pair_of(by, "billing", "CHAT", 9), pair_of(by, "support", "CHAT", 1)]
        by.calls("associate_routing_profile_queues", "RoutingProfile", "first line", QueueConfigs=edited)

    done, by = meanwhile(world, routing(queueConfigs=[taken("billing", "VOICE")]), after, edit)

    assert pairs(by) == {("billing", "VOICE"): (1, 0), ("billing", "CHAT"): (9, 0), ("support", "CHAT"): (1, 0)}
    assert statuses(done) == {
        "queueConfigs[billing/CHAT]": Status.CONFLICT,
        "queueConfigs[support/CHAT]": Status.UNCHANGED,
    }


def test_an_edited_pair_is_not_removed(world: World) -> None:
    before = routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT"), taken("support", "CHAT")])

    def edit(by: OtherWriter) -> None:
        edited = [pair_of(by, "billing", "CHAT", 9)]
        by.calls("update_routing_profile_queues", "RoutingProfile", "first line", QueueConfigs=edited)

    done, by = meanwhile(world, before, routing(queueConfigs=[taken("billing", "VOICE")]), edit)

    assert pairs(by) == {("billing", "VOICE"): (1, 0), ("billing", "CHAT"): (9, 0)}
    assert statuses(done) == {
        "queueConfigs[billing/CHAT]": Status.CONFLICT,
        "queueConfigs[support/CHAT]": Status.DONE,
    }


def test_a_removed_pair_is_not_changed(world: World) -> None:
    def edit(by: OtherWriter) -> None:
        gone = [pair_of(by, "billing", "CHAT")]
        by.calls("disassociate_routing_profile_queues", "RoutingProfile", "first line", QueueReferences=gone)

    before = routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT")])
    after = routing(queueConfigs=[taken("billing", "VOICE", 2), taken("billing", "CHAT", 2)])
    done, by = meanwhile(world, before, after, edit)

    assert pairs(by) == {("billing", "VOICE"): (2, 0)}
    assert sorted(statuses(done).values()) == [Status.CONFLICT, Status.DONE]


def test_items_are_not_added_to_a_deleted_resource(world: World) -> None:
    def edit(by: OtherWriter) -> None:
        by.calls("delete_queue", "Queue", "billing")

    done, _ = meanwhile(world, queue(quickConnects=["desk"]), queue(quickConnects=["boss"]), edit)

    assert statuses(done) == {"quickConnects[boss]": Status.CONFLICT, "quickConnects[desk]": Status.UNCHANGED}
    assert done.exit_code == 5
