"""Describing: each contact once, the refused ones twice, and an outage ends it."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest

from reconciler.lambdas.contact_calls.asking import Asking
from reconciler.lambdas.contact_calls.describe import describe_all
from reconciler.lambdas.contact_calls.failures import DescribeFailed
from reconciler.lambdas.contact_calls.function import PATIENCE
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.pace import Pace, Rate
from reconciler.sandbox import INSTANCE_ID
from tests.lambdas.contact_calls.pipeline import Pipeline


def asking(bare: Pipeline) -> Asking:
    deadline = Deadline.within(900, bare.clock)
    calls = Calls(deadline, bare.clock.sleep, lambda: 1.0, PATIENCE)
    pace = Pace({"DescribeContact": Rate(1e6, 1000000)}, lambda: deadline.left, bare.clock, bare.clock.sleep)
    return Asking(bare.client("connect"), calls, pace, INSTANCE_ID)


def seeded(bare: Pipeline, count: int) -> list[str]:
    ids = [f"c{number}" for number in range(count)]
    for id in ids:
        bare.seed(id, "11:00")
    return ids


def test_each_contact_is_described_once_and_they_keep_their_order(bare: Pipeline) -> None:
    """S3-11."""
    ids = seeded(bare, 60)

    described = describe_all(asking(bare).describe, [*ids, *ids], 8)

    assert [each["Id"] for each in described.contacts] == ids
    assert bare.calls("connect:DescribeContact") == 60


def test_describing_goes_on_past_throttling_and_errors(bare: Pipeline) -> None:
    """S3-25."""
    ids = seeded(bare, 40)
    codes = ("ThrottlingException", "InternalServiceException")
    bare.sandbox.set_faults(
        {"error": [{"every": 3, "code": code, "operations": ["DescribeContact"]} for code in codes]}
    )

    assert [each["Id"] for each in describe_all(asking(bare).describe, ids, 1).contacts] == ids


def test_contacts_that_can_not_be_described_are_asked_for_twice_and_named(bare: Pipeline) -> None:
    """S3-11: never filled with nulls."""
    bare.seed("there", "11:00")

    described = describe_all(asking(bare).describe, ["there", "gone"], 1)

    assert [each["Id"] for each in described.contacts] == ["there"]
    assert str(described.failure()) == "DescribeContact: ResourceNotFoundException for 1 of 2 contacts: gone"
    assert bare.calls("connect:DescribeContact") == 3


def test_more_failing_contacts_than_a_defect_explains_end_the_describing(bare: Pipeline) -> None:
    ids = [f"gone {number}" for number in range(100)]

    with pytest.raises(DescribeFailed, match=r"ResourceNotFoundException for \d+ of 100 contacts"):
        describe_all(asking(bare).describe, ids, 1)


def test_denied_access_concerns_all_contacts(bare: Pipeline) -> None:
    ids = seeded(bare, 5)
    bare.sandbox.set_faults({"error": {"every": 1, "code": "AccessDeniedException", "operations": ["DescribeContact"]}})

    with pytest.raises(DescribeFailed, match="AccessDeniedException"):
        describe_all(asking(bare).describe, ids, 1)


def test_a_failure_that_concerns_all_comes_before_those_of_single_contacts() -> None:
    both = Barrier(2)

    def describe(id: str) -> dict[str, Any]:
        both.wait()
        if id == "late":
            raise OutOfTime("DescribeContact")
        raise CallFailed("DescribeContact", "X", is_transient=False, may_be_done=False)

    with pytest.raises(OutOfTime):
        describe_all(describe, ["a", "late"], 2)
