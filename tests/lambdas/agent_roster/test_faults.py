"""Throttles, lost replies, poison and ends of the function: each row gets its result, and no user is made twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.lambdas.agents.item import item_key
from tests.lambdas.agent_roster.desk import ADA, OWNER, PASSWORD, ROSTER, Desk

pytestmark = pytest.mark.slow

THREE = (ADA, replace(ADA, username="bob"), replace(ADA, username="cyd"))


FAULTS = ("lostReply", "throttle", "error", "dropBefore")


def faulty(fault: str, *operations: str) -> dict[str, Any]:
    """Returns a setting by which every second call fails."""
    code = {"code": "ThrottlingException"} if fault == "throttle" else {}
    return {"error" if fault == "throttle" else fault: {"every": 2, "operations": list(operations), **code}}


@pytest.mark.parametrize("operation", ["CreateUser", "ListRoutingProfiles", "ListSecurityProfiles"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_call_is_lived_through(desk: Desk, operation: str, fault: str) -> None:
    sequencer = desk.upload(*THREE)
    desk.control.set_faults(faulty(fault, operation))

    desk.run_until_done()

    desk.control.set_faults({})
    assert desk.results(sequencer) == {agent.username: ("created", "") for agent in THREE}
    assert {agent.username for agent in THREE} <= desk.users().keys()


@pytest.mark.parametrize("operation", ["UpdateUserRoutingProfile", "UpdateUserIdentityInfo", "TagResource"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_an_update_is_lived_through(desk: Desk, operation: str, fault: str) -> None:
    desk.upload(*THREE)
    desk.run()
    connect, instance = desk.clients["connect"], desk.environ["INSTANCE_ID"]
    queue = connect.list_queues(InstanceId=instance, QueueTypes=["STANDARD"])["QueueSummaryList"][0]["Id"]
    media = [{"Channel": "VOICE", "Concurrency": 1}]
    connect.create_routing_profile(
        InstanceId=instance, Name="Second", Description="x", DefaultOutboundQueueId=queue, MediaConcurrencies=media
    )
    desk.clock.sleep(1)
    change: dict[str, Any] = {"routing_profile": "Second", "last_name": "King", "tags": (("Site", "London"),)}
    sequencer = desk.upload(*(replace(agent, **change) for agent in THREE))
    desk.control.set_faults(faulty(fault, operation))

    desk.run_until_done()

    desk.control.set_faults({})
    user = desk.users()["bob"]
    assert {result for result, _ in desk.results(sequencer).values()} <= {"changed", "unchanged"}
    assert (user["IdentityInfo"]["LastName"], user["Tags"]["Site"]) == ("King", "London")
    assert user["Tags"]["reconciler:stack"] == OWNER


def broken(*operations: str) -> dict[str, Any]:
    return {"error": {"every": 1, "operations": list(operations)}}


def test_a_row_that_never_succeeds_keeps_back_no_other_and_is_given_up_with_its_reason(desk: Desk) -> None:
    """S4-33: a poison row. The reason is in the item, in the result file and in the dead-letter queue."""
    desk.create_user("bob", reconciler_stack=OWNER)
    sequencer = desk.upload(*THREE)
    desk.control.set_faults(broken("UpdateUserIdentityInfo"))

    first = desk.records()
    report = desk.run(first)
    between = {name: desk.item(name) for name in ("ada", "bob", "cyd")}
    for _ in range(4):
        assert report
        report = desk.run(first)

    assert report == []
    assert (between["ada"]["status"], between["cyd"]["status"]) == ("ACTIVE", "ACTIVE")
    assert (between["bob"]["status"], "it is tried again" in between["bob"]["last_error"]) == ("PENDING", True)
    item, results = desk.item("bob"), desk.results(sequencer)
    assert (item["status"], item["last_result"]) == ("FAILED", "failed")
    assert {name: result for name, (result, _) in results.items()} == {
        "ada": "created",
        "bob": "failed",
        "cyd": "created",
    }
    assert "UpdateUserIdentityInfo (InternalServiceException), in 5 tries" in results["bob"][1]
    (letter,) = desk.dead_letters()
    assert (letter["upload"]["row"], "in 5 tries" in letter["reason"]) == (3, True)
    assert PASSWORD not in str(letter)


def test_a_row_that_was_given_up_is_taken_up_by_the_next_upload(desk: Desk) -> None:
    desk.environ["MOST_TRIES"] = "1"
    desk.function = desk.container()
    desk.control.set_faults(broken("CreateUser"))
    desk.upload(ADA)
    desk.run()
    desk.control.set_faults({})
    sequencer = desk.upload(ADA, key="uploads/again.csv")

    desk.run()

    assert desk.results(sequencer, "uploads/again.csv") == {"ada": ("created", "")}
    assert "tries" not in desk.item()


def test_without_a_queue_the_reason_is_in_the_roster_alone(desk: Desk) -> None:
    desk.environ |= {"MOST_TRIES": "1", "DEAD_LETTERS_URL": ""}
    desk.function = desk.container()
    desk.control.set_faults(broken("CreateUser"))
    sequencer = desk.upload(ADA)

    assert desk.run() == []

    desk.control.set_faults({})
    assert desk.results(sequencer)["ada"][0] == "failed"
    assert desk.dead_letters() == []


def test_an_item_that_cannot_be_read_is_marked_and_keeps_back_no_other(desk: Desk) -> None:
    """An operator may write anything into the table."""
    spoilt = {"status": {"S": "PENDING"}, "agent": {"S": "ada"}}
    key = item_key(desk.environ["INSTANCE_ID"], "odd")
    desk.clients["dynamodb"].put_item(TableName=ROSTER, Item={**key, **spoilt})
    worse = {**item_key(desk.environ["INSTANCE_ID"], "worse"), **spoilt, "x": {"NS": ["1"]}}
    desk.clients["dynamodb"].put_item(TableName=ROSTER, Item=worse)
    sequencer = desk.upload(ADA)

    assert desk.run() == []

    assert desk.results(sequencer)["ada"][0] == "created"
    assert {desk.item(name)["status"] for name in ("odd", "worse")} == {"FAILED"}
    assert len(desk.dead_letters()) == 2


def test_a_batch_without_time_goes_on_in_the_next_invocation(desk: Desk) -> None:
    """A row that was not begun does not count as a try."""
    sequencer = desk.upload(*THREE)
    records = desk.records()

    (first,) = desk.run(records, seconds=30)

    assert first in {record["dynamodb"]["SequenceNumber"] for record in records[:2]}
    assert desk.calls() == {}
    assert desk.run(records) == []
    assert {result for result, _ in desk.results(sequencer).values()} == {"created"}


def test_a_row_that_a_later_upload_overtakes_has_no_effect(desk: Desk) -> None:
    """Records of both are in one batch: the item shows which one counts."""
    earlier = desk.upload(replace(ADA, first_name="Augusta"), key="uploads/a.csv")
    later = desk.upload(ADA, key="uploads/b.csv")

    assert desk.run() == []

    assert desk.results(later, "uploads/b.csv") == {"ada": ("created", "")}
    result, reason = desk.results(earlier, "uploads/a.csv")["ada"]
    assert (result, "a later upload" in reason) == ("refused", True)
    assert desk.calls()["CreateUser"] == 1


def test_a_record_that_comes_twice_is_done_once(desk: Desk) -> None:
    sequencer = desk.upload(ADA)
    records = desk.records()
    desk.run(records)
    desk.calls()

    assert desk.run(records) == []

    assert desk.calls() == {}
    assert desk.results(sequencer) == {"ada": ("created", "")}


def test_an_item_that_was_deleted_before_its_turn_is_settled(desk: Desk) -> None:
    sequencer = desk.upload(ADA)
    records = desk.records()
    desk.forget("ada")

    desk.run(records)

    assert desk.results(sequencer)["ada"][0] == "refused"
    assert "ada" not in desk.users()


@pytest.mark.parametrize(
    ("code", "result", "words"),
    [
        ("LimitExceededException", "failed", "as many users as its quota allows"),
        ("AccessDeniedException", "failed", "role may not call CreateUser"),
        ("InvalidRequestException", "refused", "refuses a value of this row"),
        ("IdempotencyException", "failed", "AWS refuses CreateUser with IdempotencyException"),
    ],
)
def test_a_refusal_of_aws_is_a_result_with_a_remedy(desk: Desk, code: str, result: str, words: str) -> None:
    """S4-34: none of these is tried again."""
    sequencer = desk.upload(ADA)
    desk.control.set_faults({"error": {"every": 1, "code": code, "operations": ["CreateUser"]}})

    assert desk.run() == []

    desk.control.set_faults({})
    known, reason = desk.results(sequencer)["ada"]
    assert (known, words in reason) == (result, True)


def test_the_lists_are_read_to_their_end(desk: Desk) -> None:
    """S4-35: one name a page gives the same result."""
    desk.create_user("ada", reconciler_stack=OWNER)
    sequencer = desk.upload(*THREE)
    desk.control.set_faults({"pageCap": 1})

    desk.run()

    desk.control.set_faults({})
    assert {result for result, _ in desk.results(sequencer).values()} == {"changed", "created"}
