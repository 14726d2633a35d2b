"""A run is one execution of the real state machine; its report says which pairs failed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.errors import UsageError
from reconciler.lambdas.connectwise.keys import report_key
from reconciler.lambdas.connectwise.tenants import Skipped, Tenant
from reconciler.pipelines import executions
from reconciler.pipelines.connectwise_run import FailedPair, execution_name, report_of, step_of
from reconciler.pipelines.reading import PipelineError
from reconciler.pipelines.requests import RunEnding, RunRequest
from tests.worlds.world import World

from .connectwise_world import BUCKET, Lake, client

URL, SECRET, RUN = "https://api-na.myconnectwise.net", "connectwise/harbor-dental/lab", "20260105T120000Z-1a2b3c4d"
HARBOR = Tenant("harbor-dental", URL, SECRET)
RETIRED = Tenant("lakeside-it", URL, SECRET, is_enabled=False)
ROWS = (HARBOR, RETIRED, Skipped("broken", "connectwise_url must be https://HOST"))
SPAN = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}


@pytest.mark.parametrize(
    ("request_", "event", "asks"),
    [
        (RunRequest(), {}, False),
        (RunRequest(tenant="harbor-dental"), {"tenant_id": "harbor-dental"}, False),
        (RunRequest(mode="ids", table="time/entries"), {"mode": "ids", "table_name": "time/entries"}, False),
        (RunRequest(mode="content"), {"mode": "content"}, False),
        (RunRequest(mode="rebuild"), {"mode": "rebuild"}, True),
        (RunRequest(mode="backfill"), {"mode": "backfill"}, True),
        (RunRequest(**SPAN), {"mode": "backfill", "from": SPAN["start"], "to": SPAN["end"]}, True),
        (
            RunRequest(tenant="harbor-dental", accepts_deletes=True),
            {"mode": "ids", "tenant_id": "harbor-dental", "accept_deletes": True},
            True,
        ),
    ],
)
def test_a_request_becomes_an_event(request_: RunRequest, event: Mapping[str, Any], asks: bool) -> None:
    step = step_of(request_, ROWS)

    assert (step.event, bool(step.about)) == (event, asks)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (RunRequest(mode="increment"), "mode 'increment' is not known. Did you mean \"incremental\"?"),
        (RunRequest(table="service/ticket"), 'Did you mean "service/tickets"?'),
        (RunRequest(tenant="harbor"), 'Did you mean "harbor-dental"?'),
        (RunRequest(tenant="lakeside-it"), "there is nothing to run: lakeside-it: disabled"),
        (RunRequest(tenant="broken"), "broken: connectwise_url must be https://HOST"),
        (RunRequest(start=SPAN["start"]), "from and to belong together"),
        (RunRequest(mode="ids", **SPAN), "from and to are for the mode backfill"),
        (RunRequest(start="2026-01-01", end="2026-01-02"), "must be an instant with an offset"),
        (RunRequest(accepts_deletes=True), "--accept-deletes is for a sweep of one tenant"),
        (RunRequest(tenant="harbor-dental", mode="content", accepts_deletes=True), "and no --mode but ids"),
        (RunRequest(event={"gaps": True}), "--event is for pipelines of type contact_calls"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_starts(request_: RunRequest, message: str) -> None:
    with pytest.raises(UsageError) as wrong:
        step_of(request_, ROWS)

    assert message in str(wrong.value)


def test_without_any_tenant_there_is_nothing_to_run() -> None:
    with pytest.raises(UsageError, match="no tenant is declared"):
        step_of(RunRequest(), ())


def test_two_executions_of_one_second_have_different_names() -> None:
    now = datetime(2026, 1, 5, 12, tzinfo=UTC)

    assert execution_name(now, "1a2b3c4d") == "by-hand-20260105T120000Z-1a2b3c4d"
    assert execution_name(now, "1a2b3c4d") != execution_name(now, "1a2b3c4e")


def machine(failed: int, error: str = "PairsFailed") -> dict[str, Any]:
    """Returns a machine with the states by which the pipeline's own one plans, reports and judges."""
    judged = [{"Variable": "$.result.report.failed", "NumericGreaterThan": 0, "Next": "Failed"}]
    states = {
        "Plan": {"Type": "Pass", "Result": {"run": RUN}, "ResultPath": "$.plan", "Next": "Report"},
        "Report": {
            "Type": "Pass",
            "Result": {"done": 1, "failed": failed},
            "ResultPath": "$.result.report",
            "Next": "Judge",
        },
        "Judge": {"Type": "Choice", "Choices": judged, "Default": "Done"},
        "Failed": {"Type": "Fail", "Error": error, "Cause": "some pairs failed"},
        "Done": {"Type": "Succeed"},
    }
    return {"StartAt": "Plan", "States": states}


def ended(world: World, lake: Lake, definition: Mapping[str, Any]) -> executions.Execution:
    arn = executions.start(world.aws, lake.start_machine(definition), "by-hand", {"mode": "ids"})
    return executions.wait(world.aws, arn, lambda: time.sleep(0.05))


def put_report() -> None:
    pair = {"tenant_id": "harbor-dental", "table_name": "service/tickets"}
    pairs = [
        {**pair, "status": "failed", "error": "AUTH: no"},
        {**pair, "table_name": "time/entries", "status": "done"},
    ]
    report = {"run": RUN, "totals": {"due": 2, "done": 1, "failed": 1}, "pairs": pairs}
    client("s3").put_object(Bucket=BUCKET, Key=report_key(RUN), Body=json.dumps(report).encode())


def test_a_run_that_succeeds_is_done_with_the_totals_of_its_report(world: World) -> None:
    execution = ended(world, Lake.created(), machine(0))

    report = report_of(world.aws, BUCKET, execution)

    assert (report.ending, report.run, report.failed) == (RunEnding.DONE, RUN, ())
    assert report.totals == {"done": 1, "failed": 0}


def test_a_run_in_which_a_pair_failed_is_partial_and_names_it(world: World) -> None:
    """S2-33."""
    execution = ended(world, Lake.created(), machine(1))
    put_report()

    report = report_of(world.aws, BUCKET, execution)

    assert (report.ending, report.run) == (RunEnding.PARTIAL, RUN)
    assert report.totals == {"due": 2, "done": 1, "failed": 1}
    assert report.failed == (FailedPair("harbor-dental", "service/tickets", "AUTH: no"),)


def test_a_run_that_stops_has_failed(world: World) -> None:
    execution = ended(world, Lake.created(), machine(1, "LoadStopped"))

    report = report_of(world.aws, BUCKET, execution)

    assert (report.ending, execution.error, execution.cause) == (RunEnding.FAILED, "LoadStopped", "some pairs failed")


def test_a_machine_that_is_not_deployed_is_an_error(world: World) -> None:
    arn = executions.machine_arn(world.environment.scope, "gone")

    with pytest.raises(PipelineError, match="the state machine gone is not live; deploy it with reconcile apply"):
        executions.start(world.aws, arn, "by-hand", {})
