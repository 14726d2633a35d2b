"""Cases of one user that the sandbox's AWS does not have: answers are given by plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.lambdas.agent_roster.failures import Refused, TryAgain
from reconciler.lambdas.agent_roster.ledger import Ledger
from reconciler.lambdas.agent_roster.records import read_records
from reconciler.lambdas.agent_roster.settings import WrongSettings
from reconciler.lambdas.agent_roster.users import KnownUsers, Users
from reconciler.lambdas.agents.connect_user import Wanted
from reconciler.lambdas.agents.item import Request
from reconciler.lambdas.shared.calls import CallFailed
from tests.lambdas.agent_roster.desk import ADA, KEY, OWNER

REQUEST = Request(ADA, ADA.hash, KEY, "0" * 32, 2, "2026-03-04T05:06:07Z")
WANTED = Wanted(ADA, "r", ("s",))
UNUSED: Any = {"password": str, "note_change": lambda: None}


def users(**answers: Any) -> Users:
    """Returns users of an AWS that gives these answers, by operation; an exception is raised."""

    def connect(operation: str, **params: Any) -> Mapping[str, Any]:
        answer = answers[operation]
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    return Users(connect, KnownUsers(), OWNER)


def failed(operation: str, code: str) -> CallFailed:
    return CallFailed(f"connect:{operation}", code, is_transient=False, may_be_done=False)


def test_a_user_with_another_name_by_now_is_refused() -> None:
    live = {"Id": "u", "Username": "augusta", "Tags": {"reconciler:stack": OWNER}}

    with pytest.raises(Refused, match="another name in Amazon Connect by now"):
        users(DescribeUser={"User": live}).bring(REQUEST, WANTED, "u", **UNUSED)


def test_a_user_that_exists_and_is_not_listed_yet_is_tried_again() -> None:
    """Lists of Amazon Connect may lag behind."""
    lagging = users(CreateUser=failed("CreateUser", "DuplicateResourceException"), ListUsers={"UserSummaryList": []})

    with pytest.raises(TryAgain, match="no list shows it yet"):
        lagging.bring(REQUEST, WANTED, "", **UNUSED)


def test_a_user_that_may_not_be_read_is_a_result() -> None:
    with pytest.raises(Refused, match="role may not call DescribeUser"):
        users(DescribeUser=failed("DescribeUser", "AccessDeniedException")).bring(REQUEST, WANTED, "u", **UNUSED)


def test_a_deleted_item_that_cannot_be_read_still_names_its_user() -> None:
    keys = {"instance_id": {"S": "i"}, "username": {"S": "ada"}}
    change = {"Keys": keys, "OldImage": {**keys, "odd": {"NS": ["1"]}}, "SequenceNumber": "1"}

    (record,) = read_records({"Records": [{"eventName": "REMOVE", "dynamodb": change}]})

    assert record.removed is not None
    assert (record.removed.username, record.removed.user_id) == ("ada", None)


def test_keys_that_aws_does_not_process_at_once_are_asked_for_again() -> None:
    item = {"instance_id": {"S": "i"}, "username": {"S": "ada"}}
    answers = [
        {"Responses": {"t": []}, "UnprocessedKeys": {"t": {"Keys": [item]}}},
        {"Responses": {"t": [item]}, "UnprocessedKeys": {}},
    ]

    there = Ledger(lambda operation, params: answers.pop(0), "t").current([("i", "ada")])

    assert list(there) == [("i", "ada")]
    assert answers == []


def test_the_handler_reads_its_environment_with_the_first_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROSTER_TABLE", raising=False)
    from reconciler.lambdas.agent_roster.handler import handler

    with pytest.raises(WrongSettings, match="ROSTER_TABLE is missing"):
        handler({"Records": []}, None)
