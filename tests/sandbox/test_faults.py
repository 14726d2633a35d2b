"""Faults: that each is really served, and the same again for a seed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from reconciler.sandbox import INSTANCE_ARN, Control, in_process
from reconciler.sandbox.errors import WrongSetting

from .calls import THROTTLED, cell, keyed, make, refused

R = {"k": "r"}


class VirtualTime:
    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def outcomes(call: Callable[[], Any], count: int) -> list[str]:
    """Returns the results of so many calls, one after another."""
    found = []
    for _ in range(count):
        try:
            call()
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
        except ConnectionClosedError:
            found.append("closed")
        else:
            found.append("ok")
    return found


def listing(client: Any) -> Callable[[], Any]:
    return lambda: client.list_data_tables(InstanceId=INSTANCE_ARN)


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"rates": {}}, "'rates' is unknown; known are claim, consistency, creation, deletion, dropBefore"),
        ({"rate": {"perSecond": 2}}, "rate: needs both perSecond and burst"),
        ({"rate": {}}, "rate: needs perSecond and burst, or operations"),
        ({"rate": {"perSecond": 0, "burst": 5}}, "rate.perSecond: must be above 0"),
        ({"rate": {"operations": {"Nope": {"perSecond": 1, "burst": 1}}}}, "'Nope' is not an operation"),
        ({"error": {}}, "error: needs either probability or every"),
        ({"error": {"probability": 2}}, "error.probability: must be within 0 and 1"),
        ({"error": {"every": 2, "code": "NoSuchException"}}, "error.code: 'NoSuchException' is not an error"),
        ({"error": {"every": 2, "burst": 3}}, "error.burst: must not be above every"),
        ({"lostReply": {"every": 0}}, "lostReply.every: must be a whole number above 0"),
        ({"lostReply": {"every": 2, "operations": "CreateDataTable"}}, "operations: must be a list"),
        ({"otherWriter": {"every": 2, "mode": "steal"}}, "otherWriter.mode: must be one of bump, change"),
        ({"emptyPage": {"every": 1}}, "no listing would ever end"),
        ({"pageCap": "3"}, "pageCap: must be a whole number"),
        ({"shuffle": 1}, "shuffle: must be true or false"),
        ({"searchLag": {}}, "searchLag.calls: must be a whole number"),
        ({"consistency": {}}, "consistency.calls: must be a whole number"),
        ({"propagation": {}}, "propagation.calls: must be a whole number"),
        ({"deletion": {"calls": 0}}, "deletion.calls: must be a whole number"),
        ({"creation": {"calls": 0}}, "creation.calls: must be a whole number"),
        ({"creation": {"fails": True}}, "creation.fails: must be a reason"),
        ({"seed": "x"}, "seed: must be a whole number"),
        ({"latencyMs": -1}, "latencyMs: must be above 0"),
        ({"switches": {"nope": 1}}, "switches.nope: unknown; known are"),
        ({"quotas": {"cells": -1}}, "quotas.cells: must be"),
        ({"quotas": []}, "quotas: must be an object"),
        ([], "faults: must be an object"),
    ],
)
def test_faults_that_mean_nothing_are_a_clear_error(sandbox: Control, faults: Any, words: str) -> None:
    with pytest.raises(WrongSetting, match=words):
        sandbox.set_faults(faults)


def test_wrong_faults_leave_the_ones_before_in_force(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"error": {"every": 1}})
    with pytest.raises(WrongSetting):
        sandbox.set_faults({"nope": 1})

    assert outcomes(listing(connect), 1) == ["InternalServiceException"]
    sandbox.set_faults(None)
    assert outcomes(listing(connect), 1) == ["ok"]


def test_the_rate_is_a_full_bucket_that_refills(client: Any) -> None:
    """Admin guide: two a second with a burst of five, per operation."""
    time = VirtualTime()
    with in_process({"rate": {"perSecond": 2, "burst": 5}}, time.clock, time.sleep) as sandbox:
        assert outcomes(listing(client), 7) == ["ok"] * 5 + ["ThrottlingException"] * 2
        assert refused(listing(client)) == THROTTLED
        time.now += 0.5
        assert outcomes(listing(client), 2) == ["ok", "ThrottlingException"]
        time.now += 60
        assert outcomes(listing(client), 6).count("ok") == 5
        assert sandbox.stats()["calls"] == {"connect:ListDataTables": 11}
        assert sandbox.stats()["throttled"] == {"connect:ListDataTables": 5}


def test_each_operation_has_its_own_bucket_and_may_have_its_own_rate(client: Any) -> None:
    time = VirtualTime()
    slow = {"SearchDataTables": {"perSecond": 1, "burst": 1}}
    with in_process({"rate": {"perSecond": 2, "burst": 2, "operations": slow}}, time.clock, time.sleep):
        search = lambda: client.search_data_tables(InstanceId=INSTANCE_ARN)  # noqa: E731
        assert outcomes(search, 2) == ["ok", "ThrottlingException"]
        assert outcomes(listing(client), 3) == ["ok", "ok", "ThrottlingException"]


def test_a_caller_who_paces_exactly_is_never_throttled(client: Any) -> None:
    time = VirtualTime()
    with in_process({"rate": {"perSecond": 3, "burst": 1}}, time.clock, time.sleep) as sandbox:
        for _ in range(50):
            listing(client)()
            time.now += 1 / 3
        assert sandbox.stats()["throttled"] == {}


def test_latency_is_slept_before_each_call_on_the_given_clock(client: Any) -> None:
    time = VirtualTime()
    with in_process({"latencyMs": 50}, time.clock, time.sleep):
        listing(client)()
        made = make(client)
        assert time.slept == [0.05, 0.05]
        assert made.described()["CreatedTime"].timestamp() == pytest.approx(time.now - 0.05)


def test_errors_strike_by_probability_the_same_for_a_seed(sandbox: Control, connect: Any) -> None:
    def run(seed: int) -> list[str]:
        sandbox.set_faults({"seed": seed, "error": {"probability": 0.3}})
        return outcomes(listing(connect), 40)

    first, again, other = run(1), run(1), run(2)

    assert first == again != other
    assert 0 < first.count("InternalServiceException") < 40


def test_the_calls_of_one_operation_do_not_disturb_anothers_chances(sandbox: Control, connect: Any) -> None:
    faults = {"error": {"probability": 0.3}}
    sandbox.set_faults(faults)
    alone = outcomes(listing(connect), 20)
    sandbox.set_faults(faults)
    search = lambda: connect.search_data_tables(InstanceId=INSTANCE_ARN)  # noqa: E731

    mixed = [outcomes(listing(connect), 1)[0] for _ in range(20) if outcomes(search, 1)]

    assert mixed == alone


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalServiceException", 500),
        ("ThrottlingException", 429),
        ("ServiceQuotaExceededException", 402),
        ("AccessDeniedException", 403),
        ("ExpiredTokenException", 403),
        ("ServiceUnavailable", 503),
    ],
)
def test_any_error_of_the_service_can_be_asked_for(sandbox: Control, connect: Any, code: str, status: int) -> None:
    sandbox.set_faults({"error": {"every": 1, "code": code, "operations": ["CreateDataTable"]}})

    assert refused(lambda: make(connect)) == (code, status)
    listing(connect)()


def test_errors_come_in_bursts_and_before_anything_happened(sandbox: Control, connect: Any) -> None:
    burst = {"every": 5, "burst": 3, "code": "ThrottlingException", "operations": ["CreateDataTable"]}
    sandbox.set_faults({"error": burst})
    numbers = iter(range(10))

    became = outcomes(lambda: make(connect, f"T{next(numbers)}"), 10)

    assert became == (["ok"] * 2 + ["ThrottlingException"] * 3) * 2
    assert len(listing(connect)()["DataTableSummaryList"]) == 4
    assert sandbox.stats()["throttled"] == {"connect:CreateDataTable": 6}
    assert sandbox.stats()["calls"]["connect:CreateDataTable"] == 4
    assert sandbox.stats()["faults"] == {"error": 6}


def test_several_errors_may_be_asked_for_at_once(sandbox: Control, connect: Any) -> None:
    two = [
        {"every": 2, "operations": ["ListDataTables"]},
        {"every": 3, "code": "AccessDeniedException", "operations": ["ListDataTables"]},
    ]
    sandbox.set_faults({"error": two})

    became = outcomes(listing(connect), 6)

    assert {"InternalServiceException", "AccessDeniedException", "ok"} == set(became)


def test_a_lost_reply_comes_after_the_write(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"lostReply": {"every": 2}})
    numbers = iter(range(4))

    became = outcomes(lambda: make(connect, f"T{next(numbers)}"), 4)

    assert became == ["ok", "closed", "ok", "closed"]
    assert outcomes(listing(connect), 3) == ["ok"] * 3
    assert len(listing(connect)()["DataTableSummaryList"]) == 4
    assert sandbox.stats()["faults"] == {"lostReply": 2}


def test_a_retry_after_a_lost_create_meets_its_own_first_attempt(sandbox: Control, connect: Any, session: Any) -> None:
    """No operation has a client token [service model]."""
    sandbox.set_faults({"lostReply": {"every": 1, "operations": ["CreateDataTable"]}})
    retrying = session.create_client("connect", region_name="us-east-1", config=Config(retries={"mode": "standard"}))

    with pytest.raises(retrying.exceptions.DuplicateResourceException):
        make(retrying)


def test_a_refused_write_has_a_reply_to_lose_but_keeps_it(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"lostReply": {"every": 1}})

    assert refused(lambda: make(connect, "aws:x"))[0] == "InvalidParameterException"


def test_dropped_before_means_that_nothing_happened_and_nothing_is_counted(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"dropBefore": {"every": 2, "operations": ["CreateDataTable"]}})
    numbers = iter(range(4))

    assert outcomes(lambda: make(connect, f"T{next(numbers)}"), 4) == ["ok", "closed"] * 2
    assert len(listing(connect)()["DataTableSummaryList"]) == 2
    assert sandbox.stats()["calls"]["connect:CreateDataTable"] == 2
    assert sandbox.stats()["faults"] == {"dropBefore": 2}


def test_every_nth_item_of_the_batches_fails(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    sandbox.set_faults({"itemFailure": {"every": 4}})

    first = table.create(*(cell("a", "1", {"k": str(n)}) for n in range(6)))
    second = table.create(*(cell("b", "1", {"k": str(n)}) for n in range(6)))

    assert [item["PrimaryValues"][0]["Value"] for item in first["Failed"]] == ["3"]
    assert [item["PrimaryValues"][0]["Value"] for item in second["Failed"]] == ["1", "5"]
    assert len(table.values()) == 9
    assert sandbox.stats()["faults"] == {"itemFailure": 3}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stalled_call_gets_no_answer_until_the_faults_are_replaced(sandbox: Control, connect: Any, when: str) -> None:
    table = make(connect)
    sandbox.set_faults({"stall": {"call": 2, "when": when}})
    connect.list_data_tables(InstanceId=INSTANCE_ARN)
    found: list[str] = []
    caller = Thread(
        target=lambda: found.extend(
            outcomes(lambda: connect.delete_data_table(InstanceId=INSTANCE_ARN, DataTableId=table.id), 1)
        )
    )

    caller.start()
    while caller.is_alive() and not sandbox.stats()["faults"]:
        caller.join(0.01)
    stalled = (caller.is_alive(), list(found))
    sandbox.set_faults({})
    caller.join()

    assert stalled == (True, [])
    assert found == ["closed"]
    left = connect.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]
    assert len(left) == (1 if when == "before" else 0)


def test_a_stall_counts_the_calls_of_its_operations_alone(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"stall": {"call": 1, "when": "before", "operations": ["DeleteDataTable"]}})

    assert connect.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"] == []
    assert not sandbox.stats()["faults"]


def test_a_stall_is_before_or_after(sandbox: Control) -> None:
    with pytest.raises(WrongSetting, match="before or after"):
        sandbox.set_faults({"stall": {"call": 1, "when": "never"}})
