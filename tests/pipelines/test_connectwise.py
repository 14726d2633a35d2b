"""The status of pairs follows from the ledger that the functions write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.errors import UsageError
from reconciler.pipelines.connectwise import alert_name, read_pairs, read_tenants
from reconciler.pipelines.reading import PipelineError
from reconciler.pipelines.state import BackfillProgress, PairStatus, TableCommit, Verdict
from tests.worlds.scripted_aws import ScriptedAws
from tests.worlds.world import World

from .connectwise_world import LEDGER, TENANTS, Lake, pipeline

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
TICKETS = "service/tickets"


@pytest.fixture
def lake(world: World) -> Lake:
    return Lake.created()


def only(world: World, **more: Any) -> PairStatus:
    (pair,) = read_pairs(world.aws, pipeline(**more), "", NOW)
    return pair


def test_a_pair_has_watermark_age_backfill_and_commits(world: World, lake: Lake) -> None:
    lake.add_tenant("harbor-dental")
    lake.put("harbor-dental", TICKETS, {"last_updated": "2026-01-05T11:40:00Z", "updated_at": "2026-01-05T11:55:30Z"})
    lake.put(
        "harbor-dental",
        f"backfill#{TICKETS}",
        {"from": "2025-01-01T00:00:00Z", "to": "2025-01-05T00:00:00Z", "done_to": "2025-01-02T00:00:00Z"},
    )
    lake.put("harbor-dental", "canonical/tickets", {"commit": 7, "loaded_commit": 6, "consumed": {TICKETS: 12}})

    pair = only(world)

    assert (pair.tenant, pair.table, pair.verdict, pair.error) == ("harbor-dental", TICKETS, Verdict.FRESH, "")
    assert (pair.watermark, pair.age_seconds) == (datetime(2026, 1, 5, 11, 40, tzinfo=UTC), 270)
    assert isinstance(pair.backfill, BackfillProgress)
    assert pair.backfill.percent == 75
    assert pair.commits == (TableCommit("tickets", 7, 6),)


@pytest.mark.parametrize(
    ("item", "verdict"),
    [
        ({}, Verdict.BEHIND),
        ({"updated_at": "2026-01-05T11:00:00Z"}, Verdict.FRESH),
        ({"updated_at": "2026-01-05T10:59:59Z"}, Verdict.BEHIND),
        ({"updated_at": "2026-01-05T11:59:00Z", "error": "AUTH: the server refuses the keys"}, Verdict.FAILED),
        ({"updated_at": "2026-01-05T11:59:00Z", "errors": {"ids": "MASS_DELETE: 60 of 120 records"}}, Verdict.FAILED),
        ({"updated_at": "spoilt"}, Verdict.BEHIND),
    ],
)
def test_age_and_error_decide_the_verdict(world: World, lake: Lake, item: dict[str, Any], verdict: Verdict) -> None:
    lake.add_tenant("harbor-dental")
    lake.put("harbor-dental", TICKETS, item)

    assert only(world).verdict is verdict


def test_the_errors_of_other_modes_are_shown_behind_their_names(world: World, lake: Lake) -> None:
    lake.add_tenant("harbor-dental")
    errors = {"ids": "MASS_DELETE: 60 of 120 records", "content": "FORBIDDEN"}
    lake.put("harbor-dental", TICKETS, {"updated_at": "2026-01-05T11:59:00Z", "error": "AUTH", "errors": errors})

    assert only(world).error == "AUTH; mode content: FORBIDDEN; mode ids: MASS_DELETE: 60 of 120 records"


def test_the_threshold_of_the_freshness_alarm_is_the_longest_age(world: World, lake: Lake) -> None:
    lake.add_tenant("harbor-dental")
    lake.put("harbor-dental", TICKETS, {"updated_at": "2026-01-05T10:00:00Z"})

    assert only(world).verdict is Verdict.BEHIND
    assert only(world, threshold=7200).verdict is Verdict.FRESH


def test_a_refused_sweep_is_a_failure_by_the_report_of_its_run(world: World, lake: Lake) -> None:
    lake.add_tenant("harbor-dental")
    lake.put("harbor-dental", TICKETS, {"updated_at": "2026-01-05T11:59:00Z"})
    lake.put("harbor-dental", alert_name(TICKETS), {"error": "MASS_DELETE: run with --accept-deletes", "since": "x"})

    assert only(world).error == "MASS_DELETE: run with --accept-deletes"


def test_a_tenant_that_is_not_enabled_is_retired_and_fresh(world: World, lake: Lake) -> None:
    lake.add_tenant("harbor-dental", enabled={"BOOL": False})
    lake.put("harbor-dental", TICKETS, {"updated_at": "2025-01-05T11:59:00Z", "error": "AUTH: no"})

    pair = only(world)

    assert (pair.is_retired, pair.verdict) == (True, Verdict.FRESH)


def test_a_broken_row_is_a_failed_pair_and_hides_no_other_tenant(world: World, lake: Lake) -> None:
    lake.add_tenant("harbor-dental")
    lake.add_tenant("broken", connectwise_url={"S": "ftp://example.com"})

    broken, harbor = read_pairs(world.aws, pipeline(), "", NOW)

    assert (broken.tenant, broken.table, broken.verdict) == ("broken", "", Verdict.FAILED)
    assert "connectwise_url must be https://HOST" in broken.error
    assert harbor.tenant == "harbor-dental"


def test_one_tenant_is_chosen_by_its_exact_name(world: World, lake: Lake) -> None:
    for name in ("harbor-dental", "lakeside-it"):
        lake.add_tenant(name)

    assert [pair.tenant for pair in read_pairs(world.aws, pipeline(), "lakeside-it", NOW)] == ["lakeside-it"]
    with pytest.raises(UsageError, match='no tenant "lakeside"; did you mean "lakeside-it"'):
        read_pairs(world.aws, pipeline(), "lakeside", NOW)


def test_no_tenant_at_all_has_no_pairs(world: World, lake: Lake) -> None:
    assert read_pairs(world.aws, pipeline(), "", NOW) == ()
    with pytest.raises(UsageError, match="there is none yet"):
        read_pairs(world.aws, pipeline(), "harbor-dental", NOW)


def test_a_pipeline_that_is_not_deployed_is_an_error(world: World) -> None:
    with pytest.raises(PipelineError, match="deploy it with reconcile apply"):
        read_pairs(world.aws, pipeline(), "", NOW)


def settings() -> dict[str, Any]:
    variables = {"BUCKET_NAME": "b", "TENANT_SERVICES_TABLE": TENANTS, "LAST_UPDATED_TABLE": LEDGER}
    return {"lambda:GetFunctionConfiguration": {"Environment": {"Variables": variables}}}


def rows(count: int) -> dict[str, Any]:
    def row(number: int) -> dict[str, Any]:
        name = f"tenant-{number:04}"
        url, secret = "https://api-na.myconnectwise.net", f"connectwise/{name}/lab"
        return {"tenant_id": {"S": name}, "connectwise_url": {"S": url}, "secret_name": {"S": secret}}

    return {"dynamodb:Scan": {"Items": [row(number) for number in range(count)]}}


def test_a_thousand_tenants_cost_some_hundred_calls() -> None:
    aws = ScriptedAws({**settings(), **rows(1000)})

    pairs = read_pairs(aws, pipeline(), "", NOW)

    assert len(pairs) == 4000
    assert len(aws.asked) <= 135
    assert (
        max(len(call["RequestItems"][LEDGER]["Keys"]) for name, call in aws.asked if name.endswith("BatchGetItem"))
        == 100
    )


def test_items_that_dynamodb_leaves_out_are_asked_for_again() -> None:
    item = {
        "tenant_id": {"S": "tenant-0000"},
        "table_name": {"S": TICKETS},
        "updated_at": {"S": "2026-01-05T11:59:00Z"},
    }
    answers = iter([{"UnprocessedKeys": {LEDGER: {"Keys": [{}]}}}, {"Responses": {LEDGER: [item]}}])
    aws = ScriptedAws({**settings(), **rows(1), "dynamodb:BatchGetItem": lambda params: next(answers)})

    pairs = read_pairs(aws, pipeline(), "", NOW)

    assert [pair.table for pair in pairs if pair.verdict is Verdict.FRESH] == [TICKETS]


def test_a_ledger_that_stays_busy_is_an_error() -> None:
    busy = {"UnprocessedKeys": {LEDGER: {"Keys": [{}]}}}
    aws = ScriptedAws({**settings(), **rows(1), "dynamodb:BatchGetItem": busy})

    with pytest.raises(PipelineError, match="is busy and leaves items out"):
        read_pairs(aws, pipeline(), "", NOW)


def test_a_function_without_its_variables_is_an_error() -> None:
    aws = ScriptedAws({"lambda:GetFunctionConfiguration": {}})

    with pytest.raises(PipelineError, match="has no variable BUCKET_NAME"):
        read_pairs(aws, pipeline(), "", NOW)


def test_tenants_are_read_by_pages_in_the_order_of_their_names() -> None:
    scanned = rows(3)["dynamodb:Scan"]
    aws = ScriptedAws({"dynamodb:Scan": {"Items": [*reversed(scanned["Items"])]}})

    found = read_tenants(aws, TENANTS)

    assert [getattr(row, "id", "") for row in found] == ["tenant-0000", "tenant-0001", "tenant-0002"]


def test_a_pair_that_ran_in_the_future_is_not_older_than_nothing(world: World, lake: Lake) -> None:
    """The clocks of machines differ by seconds."""
    lake.add_tenant("harbor-dental")
    lake.put("harbor-dental", TICKETS, {"updated_at": (NOW + timedelta(seconds=5)).isoformat()})

    assert only(world).age_seconds == 0
