"""Defects, refusals that repeat a request, and events of another source: no log or trace has an agent's data."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import Any

import pytest

from reconciler.lambdas.agent_roster.failures import BatchFailed, WrongEvent
from reconciler.lambdas.shared.calls import CallFailed
from tests.lambdas.agent_roster.desk import ADA, PASSWORD, Desk
from tests.lambdas.invocations import Context
from tests.lambdas.repeating import Repeating

pytestmark = pytest.mark.slow


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


def test_no_line_has_a_password_or_an_agents_data(desk: Desk) -> None:
    """S4-31."""
    desk.create_user("bob")
    desk.upload(ADA, replace(ADA, username="bob"))
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
