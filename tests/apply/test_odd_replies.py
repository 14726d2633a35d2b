"""Unexpected replies: their texts are not trusted."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.errors import CallError, UnreadableAnswerError
from reconciler.model import Status
from reconciler.pacing import Rates
from reconciler.sandbox import INSTANCE_ID
from tests.builders.tables import many
from tests.worlds.world import World, session


@pytest.fixture
def aws(world: World) -> Aws:
    return Aws(session(), INSTANCE_ID, Pacer(Rates(default=None)))


def test_a_repeated_page_token_stops_the_reading(world: World, aws: Aws) -> None:
    world.run(*(many(1, others=1, name=f"T{at}") for at in range(4)))
    world.control.set_faults({"pageCap": 1})
    seen: list[str] = []

    def repeat(parsed: dict[str, Any], **_: Any) -> None:
        seen.append(parsed["NextToken"])
        parsed["NextToken"] = seen[0]

    events = aws._client("connect", False).meta.events
    events.register("after-call.connect.ListDataTables", repeat)

    pages = aws.pages("connect", "ListDataTables", "DataTableSummaryList", {})

    with pytest.raises(UnreadableAnswerError, match="same page token twice"):
        list(pages)


def test_values_missing_in_a_reply_are_looked_up(world: World) -> None:
    """A value that is missing in the reply is not a success."""
    world.run(many(5, others=1))
    events = world.aws._client("connect", True).meta.events

    def forget(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Successful"] = parsed["Successful"][:2]

    events.register("after-call.connect.BatchUpdateDataTableValue", forget)
    try:
        done = world.run(many(5, others=1, changed=5))
    finally:
        events.unregister("after-call.connect.BatchUpdateDataTableValue", forget)

    assert done.totals.done == 5
    assert sum(result.looked for result in done.results.values()) == 3


@pytest.mark.parametrize("text", ["Value not found.", "Concurrency conflict", "ok", "", "¿qué?"])
def test_the_text_of_a_failure_decides_nothing(world: World, text: str) -> None:
    """The service's message is reported, but decides nothing."""
    world.run(many(3, others=1))
    events = world.aws._client("connect", True).meta.events

    def say(parsed: dict[str, Any], **_: Any) -> None:
        moved = parsed["Successful"].pop()
        parsed["Failed"].append({key: moved[key] for key in ("PrimaryValues", "AttributeName")} | {"Message": text})

    events.register("after-call.connect.BatchUpdateDataTableValue", say)
    try:
        done = world.run(many(3, others=1, changed=3))
    finally:
        events.unregister("after-call.connect.BatchUpdateDataTableValue", say)

    # The run cannot know which writer made the refused value live, so undo leaves it alone.
    assert sorted(result.status for result in done.results.values()) == [Status.DONE, Status.DONE, Status.UNCHANGED]
    assert done.exit_code == 0


@pytest.mark.parametrize("code", ["ServiceQuotaExceededException", "LimitExceededException"])
def test_quota_errors_are_final_whatever_their_status(world: World, code: str) -> None:
    """A 402, and a 429 that does not mean throttling."""
    operation = "CreateDataTable" if code.startswith("Service") else "UpdateDataTableAttribute"
    world.control.set_faults({"error": {"every": 1, "code": code, "operations": [operation]}})
    aws = Aws(session(), INSTANCE_ID, Pacer(Rates(default=None)))
    params: dict[str, Any] = {"Name": "T", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED"}
    if operation == "UpdateDataTableAttribute":
        params = {"DataTableId": "t", "AttributeName": "A", "Name": "A", "ValueType": "TEXT"}

    with pytest.raises(CallError) as raised:
        aws.write("connect", operation, params)

    assert (raised.value.code, raised.value.fate.value) == (code, "refused")
    assert world.calls() == {operation: 1}


def test_a_conflict_shows_the_value_time_and_region(world: World) -> None:
    world.run(many(2, level="VALUE", others=1))
    seen = world.preview(many(2, level="VALUE", others=1, changed=2))
    world.edit("T", {"K": "k0001"}, "A0", "77")

    done = world.apply(seen)

    (result,) = [result for result in done.results.values() if result.status is Status.CONFLICT]
    assert result.found == "77"
    assert " at 20" in result.message
    assert "us-east-1" in result.message
