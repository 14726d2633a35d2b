"""Pairs that are too large for the function: it names them and why, and leaves their work to a Spark job."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.lambdas.connectwise.failures import WrongSettings
from reconciler.lambdas.connectwise_transform.sizes import Size, Thresholds, reason_of
from tests.lambdas.connectwise_transform.world import SOURCE, TABLE, TENANT, TransformWorld, seen

PAIR = {"tenant_id": TENANT, "table_name": SOURCE, "mode": "incremental", "status": "done", "rows": 3}
RESULT = f"{TENANT}/runs/20260105T121500Z/service.tickets.json"


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (Size(100, 10), ""),
        (Size(101, 10), "tickets has 101 open rows, which is above 100"),
        (Size(100, 11), "tickets has 11 new rows, which is above 10"),
        (Size(0, 0, 51), "tickets has 51 rows to rebuild, which is above 50"),
        (Size(1000, 0), ""),
    ],
)
def test_the_size_decides_and_the_reason_has_both_numbers(size: Size, reason: str) -> None:
    """Without new rows and without a rebuild, the function has nothing large to do."""
    assert reason_of("tickets", size, Thresholds(100, 10, 50)) == reason


def test_without_thresholds_no_pair_is_too_large() -> None:
    assert reason_of("tickets", Size(10**12, 10**12, 10**12), Thresholds()) == ""


def test_a_pair_above_the_threshold_is_the_work_of_a_job(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a"), seen(2, 900, "a")])
    world.add_raw([seen(3, 900, "a")])

    answered = world.invoke(world.lane(PAIR), SPARK_NEW_ROWS="2")

    reason = "tickets has 3 new rows, which is above 2"
    assert answered["spark"]["pairs"] == answered["pairs"] == [{**PAIR, "spark": reason}]
    assert (answered["spark"]["run"], answered["spark"]["round"]) == ("20260105T121500Z", 1)
    assert answered["more"] is False
    assert "fence" not in world.item()
    assert any(reason in line for line in world.lines)


def test_a_pair_whose_job_leaves_no_result_has_failed(world: TransformWorld) -> None:
    """The job replaces the result; a job that dies does not."""
    world.add_raw([seen(1, 900, "a")])

    world.invoke(world.lane(PAIR), SPARK_NEW_ROWS="0")

    stored = json.loads(world.get(RESULT))
    assert (stored["status"], stored["error"].partition(":")[0]) == ("failed", "SPARK")
    metrics = json.loads(world.lines[-1])
    assert metrics["PairsFailed"] == 0


def test_the_job_does_the_work_and_replaces_the_result(world: TransformWorld) -> None:
    """The same code, with the lane of the answer and without thresholds."""
    world.add_raw([seen(1, 900, "a")])
    lane = world.invoke(world.lane(PAIR), SPARK_NEW_ROWS="0")["spark"]

    answered = world.invoke(lane)

    assert "spark" not in answered
    assert json.loads(world.get(RESULT)) == answered["pairs"][0]
    assert (answered["pairs"][0]["status"], answered["pairs"][0]["canonical"][0]["commit"]) == ("done", 1)
    assert len(world.rows()) == 1


def test_open_rows_are_those_of_the_base_and_the_changes_since(world: TransformWorld) -> None:
    world.add_raw([seen(number, 900, "a") for number in range(4)])
    world.run()
    world.add_raw([seen(9, 1000, "a")])

    assert "spark" in world.invoke(world.lane(PAIR), SPARK_OPEN_ROWS="3")
    assert "spark" not in world.invoke(world.lane(PAIR), SPARK_OPEN_ROWS="4")


def test_a_rebuild_counts_all_raw_rows(world: TransformWorld) -> None:
    for number in range(3):
        world.add_raw([seen(number, 900, "a")])
    world.run()

    lane = world.lane({**PAIR, "mode": "rebuild"})

    assert "spark" not in world.invoke(lane, SPARK_REBUILT_ROWS="3")
    again = world.lane({**PAIR, "mode": "rebuild"})
    answered = world.invoke(again, SPARK_REBUILT_ROWS="2")
    assert answered["spark"]["pairs"][0]["spark"] == f"{TABLE} has 3 rows to rebuild, which is above 2"


def test_only_the_large_pairs_of_a_lane_become_a_job(world: TransformWorld) -> None:
    world.add_tenant("acme")
    world.add_raw([seen(1, 900, "a"), seen(2, 900, "a")])
    world.add_raw([seen(1, 900, "a")], tenant="acme")

    answered = world.invoke(world.lane({**PAIR, "tenant_id": "acme"}, PAIR), SPARK_NEW_ROWS="1")

    assert [pair["tenant_id"] for pair in answered["spark"]["pairs"]] == [TENANT]
    assert len(world.rows(tenant="acme")) == 1


def test_a_quiet_pair_is_never_too_large(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])
    world.run()

    assert "spark" not in world.invoke(world.lane({**PAIR, "status": "quiet"}), SPARK_OPEN_ROWS="0")


@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_a_threshold_that_is_no_number_is_an_error_at_the_start(world: TransformWorld, value: Any) -> None:
    with pytest.raises(WrongSettings, match="SPARK_OPEN_ROWS must be a whole number"):
        world.invoke(world.lane(PAIR), SPARK_OPEN_ROWS=value)
