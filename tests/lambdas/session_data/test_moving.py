"""The page about moving over from the session updater: its settings and its event are used as they stand there."""

from __future__ import annotations

import json

from tests.docs.pages import blocks
from tests.lambdas.session_data.flow import OTHER_SESSION, Flow

PAGE = "docs/guides/moving-from-the-session-updater.md"
BLOCKS = {block.title: block.text for block in blocks(PAGE)}


def test_the_event_of_an_old_flow_is_answered_in_the_old_form_and_written(flow: Flow) -> None:
    """S1-64: a code and a text of JSON; the empty value that lost everything is left out."""
    flow.environ |= json.loads(BLOCKS["environment.json"])

    answer = flow.send(json.loads(BLOCKS["event.json"]))

    assert answer["statusCode"] == 200
    assert set(json.loads(answer["body"])) == {"message"}
    assert flow.holds() == {"intent": "billing"}


def test_a_contact_that_connect_does_not_know_is_a_500_with_the_call(flow: Flow) -> None:
    flow.environ |= json.loads(BLOCKS["environment.json"])
    event = json.loads(BLOCKS["event.json"])
    event["Details"]["ContactData"]["ContactId"] = OTHER_SESSION

    answer = flow.send(event)

    assert answer["statusCode"] == 500
    assert "DescribeContact" in json.loads(answer["body"])["error"]


def test_a_parameter_that_the_session_updater_ignored_counts_as_the_page_says(flow: Flow) -> None:
    for stale, code in (("not-an-id", "BAD_EVENT"), (OTHER_SESSION, "NOT_ALLOWED")):
        assert flow.answer({"CONNECT_INSTANCE_ID": stale, "a": "1"})["errorCode"] == code
    flow.environ["ALLOWED_INSTANCE_IDS"] = OTHER_SESSION

    assert flow.answer({"CONNECT_INSTANCE_ID": OTHER_SESSION, "a": "1"})["errorCode"] == "AWS_ERROR"


def test_after_the_move_the_new_form_is_a_flat_map(flow: Flow) -> None:
    """S1-64: the last step deletes one variable."""
    environ = json.loads(BLOCKS["environment.json"])
    del environ["ANSWER_FORMAT"]
    flow.environ |= environ

    assert flow.send(json.loads(BLOCKS["event.json"]))["status"] == "updated"
