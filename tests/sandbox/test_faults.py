"""Faults: that each is really served, and the same again for a seed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from reconciler.sandbox import INSTANCE_ARN, Control, in_process
from reconciler.sandbox.errors import WrongSetting

from .calls import CONFLICT, THROTTLED, Table, cell, keyed, make, refused

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
    """What became of so many calls, one after another."""
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


def rows(table: Table, count: int) -> None:
    for start in range(0, count, 12):
        keys = [f"{n:03}" for n in range(start, min(start + 12, count))]
        table.create(*(cell(name, "v", {"k": key}) for key in keys for name in ("a", "b")))


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"rates": {}}, "'rates' is unknown; known are dropBefore, emptyPage, error"),
        ({"rate": {"perSecond": 2}}, "rate: needs both perSecond and burst"),
        ({"rate": {}}, "rate: needs perSecond and burst, or operations"),
        ({"rate": {"perSecond": 0, "burst": 5}}, "rate.perSecond: must be above 0"),
        ({"rate": {"operations": {"Nope": {"perSecond": 1, "burst": 1}}}}, "'Nope' is no operation"),
        ({"error": {}}, "error: needs either probability or every"),
        ({"error": {"probability": 2}}, "error.probability: must be within 0 and 1"),
        ({"error": {"every": 2, "code": "NoSuchException"}}, "error.code: 'NoSuchException' is no error"),
        ({"error": {"every": 2, "burst": 3}}, "error.burst: must not be above every"),
        ({"lostReply": {"every": 0}}, "lostReply.every: must be a whole number above 0"),
        ({"lostReply": {"every": 2, "operations": "CreateDataTable"}}, "operations: must be a list"),
        ({"otherWriter": {"every": 2, "mode": "steal"}}, "otherWriter.mode: must be one of bump, change"),
        ({"emptyPage": {"every": 1}}, "no listing would ever end"),
        ({"pageCap": "3"}, "pageCap: must be a whole number"),
        ({"shuffle": 1}, "shuffle: must be true or false"),
        ({"searchLag": {}}, "searchLag.calls: must be a whole number"),
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


def test_another_writer_bumps_locks_between_a_read_and_the_write(sandbox: Control, connect: Any) -> None:
    table = keyed(connect, level="DATA_TABLE")
    made = table.create(cell("a", "1", R, table.described()["LockVersion"]))
    assert made["Successful"]
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "bump"}})

    read = table.values()[0]
    became = table.update(cell("a", "2", R, read["LockVersion"]))

    assert "Concurrency conflict" in became["Failed"][0]["Message"]
    assert table.values()[0]["Value"] == "1"
    assert sandbox.stats()["faults"]["otherWriter"] == 3


def test_another_writer_changes_a_value_to_one_that_the_rules_allow(sandbox: Control, connect: Any) -> None:
    table = make(connect)
    table.attribute("e", Validation={"Enum": {"Strict": True, "Values": ["on", "off"]}})
    table.create(cell("e", "on"))
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "change"}})

    seen = [table.values()[0]["Value"] for _ in range(3)]

    assert seen == ["on", "off", "on"]


def test_another_writer_deletes_values(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 3)
    sandbox.set_faults({"otherWriter": {"every": 2, "mode": "delete"}})

    assert [len(table.values()) for _ in range(5)] == [6, 6, 5, 5, 4]


def test_another_writer_fills_gaps_and_then_makes_records(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", R))
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "create"}})

    counts = [(len(table.values()), len(table.records())) for _ in range(4)]

    assert counts == [(1, 1), (2, 2), (3, 2), (4, 3)]


def test_what_the_other_writer_does_is_the_same_for_a_seed(connect: Any, sandbox: Control) -> None:
    def run(seed: int) -> list[list[str]]:
        table = keyed(connect, f"seed {seed} {len(listing(connect)()['DataTableSummaryList'])}")
        rows(table, 12)
        sandbox.set_faults({"seed": seed, "otherWriter": {"every": 1, "mode": "delete"}})
        seen = [[f"{v['PrimaryValues'][0]['Value']} {v['AttributeName']}" for v in table.values()] for _ in range(4)]
        sandbox.set_faults(None)
        return seen

    assert run(1) == run(1) != run(2)


def test_an_empty_table_gives_the_other_writer_nothing_to_do(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "delete"}})

    assert table.values() == []
    assert sandbox.stats()["faults"] == {}


def tokens(client: Any, table: Table, **asked: Any) -> tuple[list[int], list[str]]:
    """The sizes of all pages, and the values' keys in their order."""
    sizes, keys, more = [], [], asked
    while True:
        page = client.list_data_table_values(**table.ids, **more)
        sizes.append(len(page["Values"]))
        keys += [f"{value['PrimaryValues'][0]['Value']} {value['AttributeName']}" for value in page["Values"]]
        if "NextToken" not in page:
            return sizes, keys
        assert page["NextToken"] != more.get("NextToken")
        assert len(sizes) < 100, "the listing does not end"
        more = asked | {"NextToken": page["NextToken"]}


def test_pages_are_capped(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 5)
    sandbox.set_faults({"pageCap": 3})

    sizes, keys = tokens(connect, table, MaxResults=1000)

    assert sizes == [3, 3, 3, 1]
    assert len(set(keys)) == 10
    assert sandbox.stats()["faults"] == {"pageCap": 3}


def test_some_pages_are_empty_and_lead_on(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 5)
    sandbox.set_faults({"pageCap": 3, "emptyPage": {"every": 2}})

    sizes, keys = tokens(connect, table)

    assert sizes == [3, 0, 3, 0, 3, 0, 1]
    assert len(set(keys)) == 10


def test_shuffled_lists_page_whole_and_alike_for_a_seed(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 12)
    _, plain = tokens(connect, table)

    def run(seed: int) -> list[str]:
        sandbox.set_faults({"seed": seed, "shuffle": True})
        return tokens(connect, table, MaxResults=5)[1]

    first, again, other = run(1), run(1), run(2)
    assert first == again
    assert len({tuple(first), tuple(other), tuple(plain)}) == 3
    assert sorted(first) == plain


def searched(client: Any) -> list[tuple[str, dict[str, str]]]:
    return [(t["Name"], t.get("Tags", {})) for t in client.search_data_tables(InstanceId=INSTANCE_ARN)["DataTables"]]


def test_search_sees_a_new_table_some_calls_later(sandbox: Control, connect: Any) -> None:
    """The admin guide speaks of rare delays; the List operation has none."""
    sandbox.set_faults({"searchLag": {"calls": 3}})
    make(connect)

    assert [searched(connect) for _ in range(3)] == [[], [], []]
    assert searched(connect) == [("T", {})]


def test_search_sees_changes_and_tags_some_calls_later(sandbox: Control, connect: Any) -> None:
    table = make(connect)
    arn = table.described()["Arn"]
    sandbox.set_faults({"searchLag": {"calls": 2}})

    connect.tag_resource(resourceArn=arn, tags={"a": "b"})
    connect.update_data_table_metadata(**table.ids, Name="T2", TimeZone="UTC", ValueLockLevel="NONE")

    assert [searched(connect) for _ in range(3)] == [[("T", {})], [("T", {})], [("T2", {"a": "b"})]]
    assert sandbox.stats()["faults"] == {"searchLag": 2}


def test_stats_count_attempts_of_every_service(sandbox: Control, connect: Any, session: Any) -> None:
    session.create_client("sts", region_name="us-east-1").get_caller_identity()
    refused(lambda: make(connect, "aws:x"))
    arn = make(connect).described()["Arn"]
    connect.list_tags_for_resource(resourceArn=arn)

    assert sandbox.stats()["calls"] == {
        "connect:CreateDataTable": 2,
        "connect:DescribeDataTable": 1,
        "connect:ListTagsForResource": 1,
        "sts:GetCallerIdentity": 1,
    }
    assert sandbox.stats()["total"] == 5
    sandbox.reset_stats()
    assert sandbox.stats()["total"] == 0


def test_reset_empties_everything_and_keeps_the_instance(sandbox: Control, connect: Any, session: Any) -> None:
    sandbox.set_faults({"error": {"every": 2}})
    make(connect)
    queues = session.create_client("sqs", region_name="us-east-1")
    queues.create_queue(QueueName="q")

    sandbox.reset()

    assert sandbox.stats() == {"calls": {}, "total": 0, "throttled": {}, "faults": {}}
    assert [listing(connect)()["DataTableSummaryList"] for _ in range(2)] == [[], []]
    assert "QueueUrls" not in queues.list_queues()


def test_threads_lose_no_write_and_no_count(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)

    def write(number: int) -> int:
        return len(table.create(*(cell("a", "v", {"k": f"{number} {n}"}) for n in range(5)))["Successful"])

    with ThreadPoolExecutor(8) as pool:
        written = sum(pool.map(write, range(40)))

    assert written == len(table.values()) == 200
    assert sandbox.stats()["calls"]["connect:BatchCreateDataTableValue"] == 40


def test_under_one_lock_only_one_of_many_threads_wins(sandbox: Control, connect: Any) -> None:
    table = keyed(connect, level="VALUE")
    lock = table.create(cell("a", "0", R))["Successful"][0]["LockVersion"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: table.update(cell("a", str(n), R, lock)), range(16)))

    assert sum(len(answer["Successful"]) for answer in answers) == 1


def test_another_writer_comes_before_a_key_change_too(sandbox: Control, connect: Any) -> None:
    table = keyed(connect, level="PRIMARY_VALUE")
    table.create(cell("a", "1", R))
    lock = table.lock("a", R)
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "bump"}})

    assert refused(lambda: table.rename(R, {"k": "s"}, lock)) == CONFLICT


def test_another_writer_may_come_for_named_operations_only(sandbox: Control, connect: Any) -> None:
    table = keyed(connect)
    rows(table, 3)
    once = {"every": 1, "mode": "delete", "operations": ["ListDataTableValues"]}
    sandbox.set_faults({"otherWriter": once})

    table.update(cell("a", "x", {"k": "000"}))
    table.describe_values(cell("a", "x", {"k": "000"}))

    assert [len(table.values()) for _ in range(2)] == [6, 5]


@pytest.mark.parametrize("mode", ["bump", "change", "delete", "create"])
def test_where_nothing_can_be_done_the_other_writer_does_nothing(sandbox: Control, connect: Any, mode: str) -> None:
    table = make(connect)
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": mode}})

    assert table.values() == []
    assert sandbox.stats()["faults"] == {}


def test_another_writers_new_records_obey_the_keys_rules(sandbox: Control, connect: Any) -> None:
    table = make(connect)
    table.attribute("n", "NUMBER", Primary=True, Validation={"Minimum": 5})
    table.attribute("f", "BOOLEAN", Primary=True)
    table.attribute("a", "NUMBER_LIST", Validation={"MinValues": 2})
    table.create(cell("a", "[1,2]", {"n": "5", "f": "true"}))
    sandbox.set_faults({"otherWriter": {"every": 1, "mode": "create"}})

    counts = [len(table.values()) for _ in range(3)]

    assert counts == [1, 2, 3]
    assert all(float(record["PrimaryValues"][1]["Value"]) >= 5 for record in table.records())


def test_counts_name_services_as_boto3_does(sandbox: Control, session: Any) -> None:
    place = {"region_name": "us-east-1"}
    session.create_client("s3", **place).create_bucket(Bucket="some-bucket")
    session.create_client("lambda", **place).list_functions()

    assert sandbox.stats()["calls"] == {"lambda:ListFunctions": 1, "s3:CreateBucket": 1}
