"""Every fault, served to administrative resources too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox import Control, in_process

from .administrative import HERE, MAKERS, QUEUE, add_hours, add_queue, basic_hours
from .calls import INVALID, MISSING, THROTTLED, refused

INTERNAL = ("InternalServiceException", 500)
every_listing = pytest.mark.parametrize("verb", ["list_queues", "search_queues"])


def names(client: Any, verb: str, **more: Any) -> list[list[str]]:
    """Returns the names of every page."""
    found = client.get_paginator(verb).paginate(**HERE, **more)
    return [[row["Name"] for row in page.get("Queues", page.get("QueueSummaryList"))] for page in found]


@pytest.fixture
def five(connect: Any) -> Any:
    for number in range(4):
        add_queue(connect, f"Q{number}")
    return connect


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.name)
def test_errors_strike_every_type(sandbox: Control, connect: Any, maker: Any) -> None:
    sandbox.set_faults({"error": {"every": 1}})

    assert refused(lambda: getattr(connect, f"search_{maker.plural}")(**HERE)) == INTERNAL


@every_listing
def test_pages_are_capped_and_emptied(sandbox: Control, five: Any, verb: str) -> None:
    sandbox.set_faults({"pageCap": 2, "emptyPage": {"every": 2}})

    pages = names(five, verb)

    assert [name for page in pages for name in page] == ["BasicQueue", "Q0", "Q1", "Q2", "Q3"]
    assert [] in pages
    assert max(map(len, pages)) == 2
    assert {"pageCap", "emptyPage"} <= set(sandbox.stats()["faults"])


@every_listing
def test_pages_are_shuffled_and_complete(sandbox: Control, five: Any, verb: str) -> None:
    def shuffled(seed: int) -> list[str]:
        sandbox.set_faults({"seed": seed, "shuffle": True})
        return [name for page in names(five, verb, PaginationConfig={"PageSize": 2}) for name in page]

    # Ids are random, so two seeds may agree: one of 120 orders is equal by chance.
    orders = [shuffled(seed) for seed in range(8)]

    assert shuffled(0) == orders[0]
    assert len({tuple(order) for order in orders}) > 1
    assert all(sorted(order) == ["BasicQueue", "Q0", "Q1", "Q2", "Q3"] for order in orders)


def test_each_operation_has_its_bucket(client: Any) -> None:
    with in_process({"rate": {"perSecond": 2, "burst": 1}}, clock=lambda: 0.0, sleep=lambda seconds: None):
        client.list_queues(**HERE)

        assert refused(lambda: client.list_queues(**HERE)) == THROTTLED
        client.search_queues(**HERE)


def test_latency_is_slept(client: Any) -> None:
    slept: list[float] = []
    with in_process({"latencyMs": 50}, sleep=slept.append):
        client.list_queues(**HERE)

    assert slept == [0.05]


@pytest.mark.parametrize(
    "call",
    [
        lambda client, hours: add_queue(client, "Q", HoursOfOperationId=hours),
        lambda client, hours: client.list_hours_of_operation_overrides(**HERE, HoursOfOperationId=hours),
        lambda client, hours: client.delete_hours_of_operation(**HERE, HoursOfOperationId=hours),
        lambda client, hours: client.tag_resource(
            resourceArn=f"{HERE['InstanceId']}/operating-hours/{hours}", tags={"a": "b"}
        ),
    ],
)
def test_whoever_names_a_new_id_too_early_does_not_find_it(
    sandbox: Control, connect: Any, call: Callable[[Any, str], Any]
) -> None:
    connect.list_queues(**HERE)
    sandbox.set_faults({"consistency": {"calls": 2}})
    hours = add_hours(connect)

    assert refused(lambda: call(connect, hours)) == MISSING
    connect.list_queues(**HERE)
    call(connect, hours)


def test_a_missing_reference_is_one_that_is_not_visible_yet_too(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"consistency": {"calls": 9}, "switches": {"missingReference": "InvalidParameterException"}})
    hours = add_hours(connect)

    assert refused(lambda: QUEUE.make(connect, "Q", HoursOfOperationId=hours)) == INVALID


def test_search_lag_holds_back_tags_and_links(sandbox: Control, connect: Any) -> None:
    queue = add_queue(connect)
    arn = QUEUE.arn_of(QUEUE.described(connect, queue))
    sandbox.set_faults({"searchLag": {"calls": 1}})

    connect.tag_resource(resourceArn=arn, tags={"a": "b"})
    seen = [[row.get("Tags") for row in QUEUE.searched(connect) if row["Name"] == "Q"] for _ in range(2)]

    assert seen == [[None], [{"a": "b"}]]


@pytest.mark.slow
def test_five_hundred_queues_come_in_one_search(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"quotas": {"queues": 501}})
    hours = basic_hours(connect)
    for number in range(499):
        connect.create_queue(**HERE, Name=f"Q{number}", HoursOfOperationId=hours)

    found = connect.search_queues(**HERE, MaxResults=500)

    assert len(found["Queues"]) == found["ApproximateTotalCount"] == 500
    assert refused(lambda: connect.search_queues(**HERE, MaxResults=501)) == INVALID
