"""Throttles, lost replies, poison and ends of the function: each row gets its result, and no user is made twice."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import Any

import pytest

from reconciler.lambdas.agent_roster.failures import BatchFailed, WrongEvent
from reconciler.lambdas.agents.item import item_key
from reconciler.lambdas.shared.calls import CallFailed
from tests.lambdas.agent_roster.desk import ADA, OWNER, PASSWORD, ROSTER, Desk
from tests.lambdas.invocations import Context
from tests.lambdas.repeating import Repeating

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


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": {"id": {"S": "1"}}}}]}, "not of a roster table"),
        ({"Event": "s3:TestEvent"}, "has no Records"),
    ],
)
def test_an_event_that_is_not_of_a_roster_is_refused_with_the_remedy(
    desk: Desk, event: dict[str, Any], words: str
) -> None:
    with pytest.raises(WrongEvent, match=f"{words}; connect this function to the stream of the roster table alone"):
        desk.function.answer(event, Context("agents-roster"))
    assert desk.calls() == {}


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


def test_no_line_has_a_password_or_an_agents_data(desk: Desk) -> None:
    """S4-31."""
    desk.create_user("bob")
    desk.upload(*THREE)
    desk.run()

    lines = "".join(desk.lines)
    assert [word for word in (PASSWORD, "Lovelace", "example.com", "bob") if word in lines] == []


def test_a_defect_of_the_function_is_a_failed_row_and_its_message_is_not_shown(desk: Desk) -> None:
    """The message of an unforeseen error may repeat the row."""
    desk.environ["MOST_TRIES"] = "1"
    desk.function = desk.container()
    sequencer = desk.upload(ADA)
    desk.clients = {**desk.clients, "secretsmanager": Broken()}

    assert desk.run() == []

    result, reason = desk.results(sequencer)["ada"]
    assert (result, "the function failed with ZeroDivisionError" in reason) == ("failed", True)
    assert PASSWORD not in reason + "".join(desk.lines)


def test_a_password_is_in_no_trace_and_no_reason_even_if_aws_repeats_it(desk: Desk) -> None:
    """S4-31."""
    sequencer = desk.upload(ADA)
    real = desk.clients["connect"]
    desk.clients = {**desk.clients, "connect": Repeating(real, "create_user", "InvalidRequestException")}

    assert desk.run() == []

    assert desk.results(sequencer)["ada"][0] == "refused"
    kept = [*desk.lines, str(desk.item()), str(desk.result_rows(sequencer)), str(desk.dead_letters())]
    assert [text for text in kept if PASSWORD in text] == []


def test_the_trace_of_a_failed_batch_has_no_agents_data_even_if_aws_repeats_it(desk: Desk) -> None:
    desk.upload(ADA)
    records = desk.records()
    real = desk.clients["dynamodb"]
    desk.clients = {**desk.clients, "dynamodb": Repeating(real, "batch_get_item", "ValidationException")}

    with pytest.raises(CallFailed, match=r"^dynamodb:BatchGetItem: ValidationException$") as raised:
        desk.run(records)

    trace = "".join(traceback.format_exception(raised.value))
    assert [text for text in (trace, *desk.lines) if "'ada'" in text] == []


def test_a_defect_outside_a_row_fails_the_batch_and_its_message_is_not_shown(desk: Desk) -> None:
    """Lambda logs the message of an error, which may repeat a row."""
    desk.upload(ADA)
    records = desk.records()
    desk.clients = {**desk.clients, "dynamodb": Broken()}

    with pytest.raises(BatchFailed, match=r"^unforeseen ZeroDivisionError; the log says where$") as raised:
        desk.run(records)

    assert (raised.value.__cause__, raised.value.__suppress_context__) == (None, True)
    (line, last) = desk.logged()
    assert (line["type"], bool(line["where"]), last["message"]) == ("ZeroDivisionError", True, "agent roster: failed")
    assert PASSWORD not in "".join(desk.lines)


def test_a_secret_that_is_being_deleted_is_a_failed_row_with_the_remedy(desk: Desk) -> None:
    sequencer = desk.upload(ADA)
    desk.clients["secretsmanager"].delete_secret(SecretId=desk.item()["password_secret"], RecoveryWindowInDays=7)

    assert desk.run() == []

    (row,) = desk.result_rows(sequencer)
    assert (row["result"], row["column"]) == ("failed", "password")
    assert row["reason"].startswith("the secret with the password cannot be read, perhaps because it is being deleted")
    assert row["reason"].endswith("upload the row again, with its password")


class Broken:
    def get_secret_value(self, **params: Any) -> Any:
        raise ZeroDivisionError(PASSWORD)

    def batch_get_item(self, **params: Any) -> Any:
        raise ZeroDivisionError(PASSWORD)
