"""Counting, emptying, and many callers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from reconciler.sandbox import INSTANCE_ARN, Control

from .calls import cell, keyed, make, refused

R = {"k": "r"}


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
    assert [connect.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"] for _ in range(2)] == [[], []]
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


def test_counts_name_services_as_boto3_does(sandbox: Control, session: Any) -> None:
    place = {"region_name": "us-east-1"}
    session.create_client("s3", **place).create_bucket(Bucket="some-bucket")
    session.create_client("lambda", **place).list_functions()

    assert sandbox.stats()["calls"] == {"lambda:ListFunctions": 1, "s3:CreateBucket": 1}
