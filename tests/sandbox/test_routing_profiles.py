"""Routing profiles: channels, pairs of queue and channel, and who holds them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .administrative import HERE, ROUTING_PROFILE, VOICE, add_profile, add_queue, basic_queue, by_hand, pair
from .calls import IN_USE, INVALID, INVALID_REQUEST, MISSING, refused

BOTH = [{"Channel": "VOICE", "Concurrency": 1}, {"Channel": "CHAT", "Concurrency": 3}]
CROSS = {"BehaviorType": "ROUTE_ANY_CHANNEL"}


def pairs(client: Any, profile: str) -> list[tuple[str, str, int, int]]:
    found = client.list_routing_profile_queues(**HERE, RoutingProfileId=profile)
    rows = found["RoutingProfileQueueConfigSummaryList"]
    return [(row["QueueName"], row["Channel"], row["Priority"], row["Delay"]) for row in rows]


def manual(client: Any, profile: str) -> list[tuple[str, str]]:
    found = client.list_routing_profile_manual_assignment_queues(**HERE, RoutingProfileId=profile)
    rows = found["RoutingProfileManualAssignmentQueueConfigSummaryList"]
    return [(row["QueueName"], row["Channel"]) for row in rows]


def associate(client: Any, profile: str, *configs: Any, **more: Any) -> Any:
    given = {"QueueConfigs": list(configs)} if configs else {}
    return client.associate_routing_profile_queues(**HERE, RoutingProfileId=profile, **given, **more)


def disassociate(client: Any, profile: str, *references: Any, **more: Any) -> Any:
    given = {"QueueReferences": list(references)} if references else {}
    return client.disassociate_routing_profile_queues(**HERE, RoutingProfileId=profile, **given, **more)


def test_pairs_are_set_at_creation_and_listed(connect: Any) -> None:
    queue = add_queue(connect)

    profile = add_profile(
        connect,
        MediaConcurrencies=BOTH,
        QueueConfigs=[pair(queue, "VOICE", 2, 30), pair(queue, "CHAT")],
        ManualAssignmentQueueConfigs=[by_hand(queue)],
    )

    assert pairs(connect, profile) == [("Q", "CHAT", 1, 0), ("Q", "VOICE", 2, 30)]
    assert manual(connect, profile) == [("Q", "CHAT")]


def test_describe_and_search_each_leave_out_what_they_are_documented_to(connect: Any) -> None:
    """Service model: describe has no AssociatedQueueIds, search no cross-channel behaviour and no timer."""
    queue = add_queue(connect)
    channels = [{"Channel": "VOICE", "Concurrency": 1, "CrossChannelBehavior": CROSS}]
    profile = add_profile(connect, MediaConcurrencies=channels, QueueConfigs=[pair(queue)])

    described = ROUTING_PROFILE.described(connect, profile)
    (searched,) = [row for row in ROUTING_PROFILE.searched(connect) if row["Name"] == "R"]

    assert described["MediaConcurrencies"] == channels
    assert "AssociatedQueueIds" not in described
    assert searched["MediaConcurrencies"] == VOICE
    assert searched["AssociatedQueueIds"] == [queue]
    assert not {"AgentAvailabilityTimer", "LastModifiedTime", "LastModifiedRegion"} & set(searched)
    assert described["NumberOfAssociatedQueues"] == searched["NumberOfAssociatedQueues"] == 1


def test_cross_channel_behaviour_may_be_echoed_as_its_default(sandbox: Control, connect: Any) -> None:
    """Inferred, as for other unset members."""
    profile = add_profile(connect)

    sandbox.set_faults({"switches": {"unsetMembers": "defaults"}})

    (channel,) = ROUTING_PROFILE.described(connect, profile)["MediaConcurrencies"]
    assert channel["CrossChannelBehavior"] == {"BehaviorType": "ROUTE_CURRENT_CHANNEL_ONLY"}


def test_profiles_are_searched_by_their_queues(connect: Any) -> None:
    queue = add_queue(connect)
    add_profile(connect, "With", QueueConfigs=[pair(queue)])
    add_profile(connect, "Without")
    condition = {"FieldName": "associatedQueueIds", "Value": queue, "ComparisonType": "EXACT"}

    found = ROUTING_PROFILE.searched(connect, SearchCriteria={"StringCondition": condition})

    assert [row["Name"] for row in found] == ["With"]


def test_pairs_come_change_and_go(connect: Any) -> None:
    one, two = add_queue(connect, "One"), add_queue(connect, "Two")
    profile = add_profile(connect, QueueConfigs=[pair(one)])

    associate(connect, profile, pair(two, priority=5))
    connect.update_routing_profile_queues(**HERE, RoutingProfileId=profile, QueueConfigs=[pair(two, delay=9)])
    disassociate(connect, profile, {"QueueId": one, "Channel": "VOICE"})

    assert pairs(connect, profile) == [("Two", "VOICE", 1, 9)]


def test_manual_pairs_are_apart_from_the_others(connect: Any) -> None:
    queue = add_queue(connect)
    profile = add_profile(connect, MediaConcurrencies=BOTH)

    associate(connect, profile, pair(queue, "CHAT"), ManualAssignmentQueueConfigs=[by_hand(queue)])
    disassociate(connect, profile, {"QueueId": queue, "Channel": "CHAT"})

    assert (pairs(connect, profile), manual(connect, profile)) == ([], [("Q", "CHAT")])
    gone = [{"QueueId": queue, "Channel": "CHAT"}]
    disassociate(connect, profile, ManualAssignmentQueueReferences=gone)
    assert manual(connect, profile) == []


def test_nothing_to_associate_or_disassociate_is_refused(connect: Any) -> None:
    """Inferred: no member is required."""
    profile = add_profile(connect)

    assert refused(lambda: associate(connect, profile)) == INVALID_REQUEST
    assert refused(lambda: disassociate(connect, profile)) == INVALID_REQUEST


def test_updating_a_pair_that_is_not_associated_is_an_invalid_request(connect: Any) -> None:
    """Service model: "queues must first be associated"; the error is seen in an issue of an SDK."""
    queue, profile = add_queue(connect), add_profile(connect)
    call = {"RoutingProfileId": profile, "QueueConfigs": [pair(queue)]}

    assert refused(lambda: connect.update_routing_profile_queues(**HERE, **call)) == INVALID_REQUEST


def test_pairs_that_are_there_or_not_there_are_refused_unless_switched(sandbox: Control, connect: Any) -> None:
    """Neither is stated: switches. All or none."""
    one, two = add_queue(connect, "One"), add_queue(connect, "Two")
    profile = add_profile(connect, QueueConfigs=[pair(one)])
    reference = {"QueueId": two, "Channel": "VOICE"}

    assert refused(lambda: associate(connect, profile, pair(two), pair(one))) == INVALID_REQUEST
    assert refused(lambda: disassociate(connect, profile, reference)) == MISSING
    assert pairs(connect, profile) == [("One", "VOICE", 1, 0)]
    sandbox.set_faults({"switches": {"existingLink": "accepted", "missingLink": "accepted"}})
    associate(connect, profile, pair(one, priority=7))
    disassociate(connect, profile, reference)
    assert pairs(connect, profile) == [("One", "VOICE", 7, 0)]


def test_ten_pairs_a_call(connect: Any) -> None:
    """Service model: for disassociation in words alone."""
    configs = [pair(add_queue(connect, f"Q{number:02}")) for number in range(11)]
    profile = add_profile(connect, QueueConfigs=configs[:10])

    assert refused(lambda: add_profile(connect, "Other", QueueConfigs=configs)) == INVALID
    associate(connect, profile, configs[10])
    references = [config["QueueReference"] for config in configs]
    assert refused(lambda: disassociate(connect, profile, *references)) == INVALID
    call = {"RoutingProfileId": profile, "QueueConfigs": configs}
    assert refused(lambda: connect.update_routing_profile_queues(**HERE, **call)) == INVALID
    disassociate(connect, profile, *references[:10])
    assert [name for name, *_ in pairs(connect, profile)] == ["Q10"]


def test_fifty_pairs_a_profile(sandbox: Control, connect: Any) -> None:
    """Service quotas page; the model has no error for more [inferred]."""
    sandbox.set_faults({"quotas": {"routingProfileQueues": 2}})
    one, two = add_queue(connect, "One"), add_queue(connect, "Two")
    profile = add_profile(connect, MediaConcurrencies=BOTH, QueueConfigs=[pair(one), pair(two)])

    assert refused(lambda: associate(connect, profile, pair(one, "CHAT"))) == INVALID_REQUEST
    associate(connect, profile, ManualAssignmentQueueConfigs=[by_hand(one), by_hand(two)])


def test_a_pair_is_given_once(connect: Any) -> None:
    """Inferred."""
    queue = add_queue(connect)

    assert refused(lambda: add_profile(connect, QueueConfigs=[pair(queue), pair(queue, priority=2)])) == INVALID


@pytest.mark.parametrize(
    "channels",
    [
        [{"Channel": "VOICE", "Concurrency": 2}],
        [{"Channel": "VOICE", "Concurrency": 0}],
        [{"Channel": "CHAT", "Concurrency": 11}],
        [{"Channel": "TASK"}],
        [{"Channel": "CHAT", "Concurrency": 1}, {"Channel": "CHAT", "Concurrency": 2}],
    ],
)
def test_concurrency_has_its_range(connect: Any, channels: list[Any]) -> None:
    """Service model, in words; that a channel comes once is inferred."""
    assert refused(lambda: add_profile(connect, MediaConcurrencies=channels)) == INVALID
    call = {"RoutingProfileId": add_profile(connect), "MediaConcurrencies": channels}
    assert refused(lambda: connect.update_routing_profile_concurrency(**HERE, **call)) == INVALID


def test_concurrency_may_be_left_to_workload_types(connect: Any) -> None:
    """Inferred: the model requires neither."""
    channels = [{"Channel": "TASK", "WorkloadTypeConcurrencies": [{"WorkloadType": "w", "Concurrency": 2}]}]

    profile = add_profile(connect, MediaConcurrencies=channels)

    assert ROUTING_PROFILE.described(connect, profile)["MediaConcurrencies"] == channels


def test_pairs_need_their_channel(connect: Any) -> None:
    """Inferred."""
    queue = add_queue(connect)
    profile = add_profile(connect, MediaConcurrencies=BOTH, QueueConfigs=[pair(queue, "CHAT")])

    assert refused(lambda: add_profile(connect, "Other", QueueConfigs=[pair(queue, "CHAT")])) == INVALID_REQUEST
    assert refused(lambda: associate(connect, profile, pair(queue, "TASK"))) == INVALID_REQUEST
    call = {"RoutingProfileId": profile, "MediaConcurrencies": VOICE}
    assert refused(lambda: connect.update_routing_profile_concurrency(**HERE, **call)) == INVALID_REQUEST


def test_whether_voice_can_be_assigned_by_hand_is_a_switch(sandbox: Control, connect: Any) -> None:
    """Service model: for agent-first callbacks; older texts exclude it."""
    queue, profile = add_queue(connect), add_profile(connect)
    call = lambda: associate(connect, profile, ManualAssignmentQueueConfigs=[by_hand(queue, "VOICE")])  # noqa: E731

    sandbox.set_faults({"switches": {"manualVoice": "refused"}})
    assert refused(call) == INVALID
    sandbox.set_faults({})
    call()
    assert manual(connect, profile) == [("Q", "VOICE")]


def test_the_default_outbound_queue_and_the_timer_change(connect: Any) -> None:
    queue, profile = add_queue(connect), add_profile(connect)
    named = {"RoutingProfileId": profile}

    connect.update_routing_profile_default_outbound_queue(**HERE, **named, DefaultOutboundQueueId=queue)
    timer = "TIME_SINCE_LAST_ACTIVITY"
    connect.update_routing_profile_agent_availability_timer(**HERE, **named, AgentAvailabilityTimer=timer)

    found = ROUTING_PROFILE.described(connect, profile)
    assert (found["DefaultOutboundQueueId"], found["AgentAvailabilityTimer"]) == (queue, timer)
    wrong = {"RoutingProfileId": profile, "DefaultOutboundQueueId": "nowhere"}
    assert refused(lambda: connect.update_routing_profile_default_outbound_queue(**HERE, **wrong)) == MISSING


def test_a_profile_with_users_stays(sandbox: Control, connect: Any) -> None:
    """Service model models the error."""
    profile = add_profile(connect)
    sandbox.seed("User", {"Username": "ada", "RoutingProfileId": profile})

    assert ROUTING_PROFILE.described(connect, profile)["NumberOfAssociatedUsers"] == 1
    assert refused(lambda: ROUTING_PROFILE.delete(connect, profile)) == IN_USE


def test_the_default_profile_stays(connect: Any) -> None:
    """Inferred."""
    (found,) = [row for row in ROUTING_PROFILE.searched(connect) if row["IsDefault"]]

    assert refused(lambda: ROUTING_PROFILE.delete(connect, found["RoutingProfileId"])) == INVALID_REQUEST
    assert pairs(connect, found["RoutingProfileId"])[0][0] == "BasicQueue"
    assert found["DefaultOutboundQueueId"] == basic_queue(connect)
