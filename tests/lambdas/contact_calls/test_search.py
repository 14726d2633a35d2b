"""Searching and describing: all pages, each contact once, and a failed read ends the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.lambdas.contact_calls.asking import Asking
from reconciler.lambdas.contact_calls.describe import describe_all
from reconciler.lambdas.contact_calls.failures import SearchFailed
from reconciler.lambdas.contact_calls.function import PATIENCE
from reconciler.lambdas.contact_calls.search import Wanted, find
from reconciler.lambdas.shared.calls import Calls, OutOfTime
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.pace import OTHERS, Pace, Rate
from reconciler.sandbox import INSTANCE_ID
from tests.lambdas.contact_calls.pipeline import Clock, Pipeline

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
END = START + timedelta(hours=2)
DOCUMENTED = {"SearchContacts": Rate(0.5, 1), "DescribeContact": Rate(10, 15)}


def asking(bare: Pipeline, rates: Mapping[str, Rate] | None = None, seconds: float = 900) -> Asking:
    deadline = Deadline.within(seconds, bare.clock)
    calls = Calls(deadline, bare.clock.sleep, lambda: 1.0, PATIENCE)
    pace = Pace(
        rates or dict.fromkeys(DOCUMENTED, Rate(1e6, 1000000)), lambda: deadline.left, bare.clock, bare.clock.sleep
    )
    return Asking(bare.client("connect"), calls, pace, INSTANCE_ID)


def found(bare: Pipeline, wanted: Wanted | None = None, asked: Asking | None = None) -> list[str]:
    parts = find((asked or asking(bare)).search, wanted or Wanted(), START, END)
    return [each["Id"] for part in parts for each in part.contacts]


def test_every_page_is_read_though_the_second_is_refused_at_first(bare: Pipeline) -> None:
    """S3-10: three pages; page 2 is throttled twice."""
    bare.seed_many(250, "10:00", "12:00")
    connect = ThrottledOnPage2(bare.client("connect"))

    ids = found(bare, asked=replace(asking(bare), client=connect))

    assert (len(ids), len(set(ids))) == (250, 250)
    assert connect.outcomes == ["ok", "throttled", "throttled", "ok", "ok"]


class ThrottledOnPage2:
    """A Connect that refuses a page with a token twice."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.outcomes: list[str] = []

    def search_contacts(self, **asked: Any) -> Any:
        if "NextToken" in asked and self.outcomes.count("throttled") < 2:
            self.outcomes.append("throttled")
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "SearchContacts")
        self.outcomes.append("ok")
        return self._client.search_contacts(**asked)


@pytest.mark.parametrize("faults", [{"pageCap": 1}, {"emptyPage": {"every": 2}}, {"latencyMs": 700}])
def test_odd_pages_give_the_same_contacts(bare: Pipeline, faults: dict[str, Any]) -> None:
    bare.seed_many(30, "10:00", "12:00")
    expected = found(bare)

    bare.sandbox.set_faults(faults)

    assert found(bare) == expected


def test_a_window_is_half_open_and_what_ended_first_comes_first(bare: Pipeline) -> None:
    """S3-9: the service takes in both ends of a range; a contact belongs to one window alone."""
    for id, ended in (("b", "11:00"), ("a", "10:00"), ("next", "12:00"), ("before", "09:59:59.999")):
        bare.seed(id, ended)

    assert found(bare) == ["a", "b"]


def test_a_long_call_is_found_in_the_window_in_which_it_ended(bare: Pipeline) -> None:
    """S3-10: it began three hours before."""
    bare.seed("long", "11:30", InitiationTimestamp=START.timestamp() - 5400)

    assert found(bare) == ["long"]


def test_other_contacts_are_left_out_and_counted(bare: Pipeline) -> None:
    bare.seed("call", "11:00")
    bare.seed("chat", "11:00", Channel="CHAT")
    bare.seed("monitored", "11:00", InitiationMethod="MONITOR")

    (part,) = find(asking(bare).search, Wanted(), START, END)

    assert ([each["Id"] for each in part.contacts], part.seen) == (["call"], 2)
    assert set(found(bare, Wanted(channels=()))) == {"call", "chat"}


def test_a_search_that_counts_too_many_is_cut_in_two_until_none_does(bare: Pipeline) -> None:
    """S3-27."""
    bare.seed_many(300, "10:00", "12:00")

    parts = list(find(asking(bare).search, Wanted(largest=50), START, END))

    ids = [each["Id"] for part in parts for each in part.contacts]
    assert (len(ids), len(set(ids))) == (300, 300)
    assert all(len(part.contacts) <= 50 for part in parts)
    assert (parts[0].start, parts[-1].end) == (START, END)
    assert all(one.end == other.start for one, other in pairwise(parts))


def test_too_many_within_a_moment_are_a_failure_and_not_a_part_of_them(bare: Pipeline) -> None:
    for number in range(12):
        bare.seed(f"c{number}", "11:00:00")

    with pytest.raises(SearchFailed, match="too many"):
        list(find(asking(bare).search, Wanted(largest=10), START, END))


def test_a_span_of_more_than_eight_weeks_is_searched_in_parts(bare: Pipeline) -> None:
    bare.seed("c", "11:00")

    parts = list(find(asking(bare).search, Wanted(), START - timedelta(weeks=20), END))

    assert [each["Id"] for part in parts for each in part.contacts] == ["c"]
    assert len(parts) >= 3


def test_a_page_that_can_not_be_had_in_the_end_is_a_failure(bare: Pipeline) -> None:
    """S3-25: bounded tries, then loudly."""
    bare.seed_many(150, "10:00", "12:00")
    bare.sandbox.set_faults({"error": {"probability": 1.0, "operations": ["SearchContacts"]}})

    with pytest.raises(SearchFailed, match=r"page 1 .*InternalServiceException"):
        found(bare)
    assert bare.calls("connect:SearchContacts") == PATIENCE.tries


def answers(*pages: dict[str, Any]) -> Any:
    left = list(pages)
    return lambda **_: left.pop(0)


def test_a_search_that_gives_fewer_than_it_counts_is_a_failure() -> None:
    contact = {"Id": "a", "Channel": "VOICE", "DisconnectTimestamp": START}

    with pytest.raises(SearchFailed, match="counted 2 contacts and gave 1"):
        list(find(answers({"TotalCount": 2, "Contacts": [contact]}), Wanted(), START, END))


def test_a_contact_that_comes_twice_stands_in_for_no_other() -> None:
    contact = {"Id": "a", "Channel": "VOICE", "DisconnectTimestamp": START}

    with pytest.raises(SearchFailed, match="counted 2 contacts and gave 1"):
        list(find(answers({"TotalCount": 2, "Contacts": [contact, contact]}), Wanted(), START, END))


def test_a_listing_whose_token_comes_twice_is_a_failure() -> None:
    clock = Clock()
    calls = Calls(Deadline.within(900, clock), clock.sleep, lambda: 1.0, PATIENCE)
    page = {"UserSummaryList": [], "NextToken": "t"}
    client = SimpleNamespace(list_users=lambda **_: page)

    with pytest.raises(SearchFailed, match="ListUsers answered the same page token twice"):
        list(Asking(client, calls, Pace({}, lambda: 900.0, clock, clock.sleep), INSTANCE_ID).users())


def test_a_token_that_comes_twice_is_a_failure() -> None:
    page = {"TotalCount": 0, "Contacts": [], "NextToken": "t"}

    with pytest.raises(SearchFailed, match="same page token twice"):
        list(find(answers(page, page), Wanted(), START, END))


def test_a_contact_that_moves_from_page_to_page_is_there_once() -> None:
    contact = {"Id": "a", "Channel": "VOICE", "DisconnectTimestamp": START}
    pages = ({"TotalCount": 1, "Contacts": [contact], "NextToken": "t"}, {"TotalCount": 1, "Contacts": [contact]})

    (part,) = find(answers(*pages), Wanted(), START, END)

    assert len(part.contacts) == 1


def test_the_service_never_has_to_say_too_fast(bare: Pipeline) -> None:
    """S3-25: SearchContacts 0.5 a second, burst 1; DescribeContact 10, burst 15; eight workers share them."""
    rates = {"SearchContacts": (0.5, 1), "DescribeContact": (10, 15)}
    buckets = {name: {"perSecond": each, "burst": burst} for name, (each, burst) in rates.items()}
    bare.sandbox.set_faults({"rate": {"operations": buckets}})
    bare.seed_many(250, "10:00", "12:00")
    asked = asking(bare, DOCUMENTED)

    ids = found(bare, asked=asked)
    describe_all(asked.describe, ids, 8)

    assert bare.sandbox.stats()["throttled"] == {}
    assert len(ids) == 250


def test_a_wait_that_would_outlast_the_deadline_is_not_begun() -> None:
    clock = Clock()
    pace = Pace({"SearchContacts": Rate(0.01, 1)}, lambda: 30.0, clock, clock.sleep)
    pace.wait("SearchContacts")

    with pytest.raises(OutOfTime):
        pace.wait("SearchContacts")
    assert clock.at == Clock().at


def test_a_bucket_fills_up_again_and_no_further_than_its_burst() -> None:
    clock, waits = Clock(), []
    pace = Pace({}, lambda: 900.0, clock, waits.append)
    for _ in range(OTHERS.burst):
        pace.wait("ListUsers")
    clock.sleep(3600)
    for _ in range(OTHERS.burst + 1):
        pace.wait("ListUsers")

    (last,) = waits
    assert 0 < last <= 1 / OTHERS.per_second + 0.1


def test_two_workers_do_not_take_the_same_token() -> None:
    clock, lock, waits = Clock(), Lock(), []

    def sleep(seconds: float) -> None:
        with lock:
            waits.append(round(seconds, 2))

    pace = Pace({"DescribeContact": Rate(10, 1)}, lambda: 900.0, clock, sleep)
    describe_all(lambda id: (pace.wait("DescribeContact"), {"Id": id})[1], [str(n) for n in range(5)], 5)

    assert sorted(waits) == [0.15, 0.25, 0.35, 0.45]
