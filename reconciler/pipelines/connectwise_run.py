"""Runs pipelines of type connectwise: one execution of the state machine for all pairs, a tenant, or one pair."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.errors import CallError, UsageError
from reconciler.kinds.services import S3
from reconciler.lambdas.connectwise.clock import run_name
from reconciler.lambdas.connectwise.failures import WrongEvent
from reconciler.lambdas.connectwise.keys import report_key
from reconciler.lambdas.connectwise.lanes import pairs_of, read_selection
from reconciler.lambdas.connectwise.tenants import Rows, Skipped, Tenant
from reconciler.pipelines.executions import SUCCEEDED, Execution, last_input
from reconciler.pipelines.requests import RunEnding, RunRequest, RunStep
from reconciler.port import AwsPort

ABOUT = {
    "backfill": "fetches history again; the watermarks stay",
    "rebuild": "computes the history of canonical tables again from all raw files",
}
ACCEPTS = "deletes every record that is absent, however many there are"
PAIRS_FAILED = "PairsFailed"  # the error of a run in which some pair failed


@dataclass(frozen=True)
class FailedPair:
    """A pair that failed in a run, with the error."""

    tenant: str
    table: str
    error: str


@dataclass(frozen=True)
class RunReport:
    """The end of a run. `totals` counts pairs by their status; it is empty if no report was written."""

    execution: Execution
    ending: RunEnding
    run: str = ""
    totals: Mapping[str, int] | None = None
    failed: tuple[FailedPair, ...] = ()


def step_of(request: RunRequest, rows: Sequence[Tenant | Skipped]) -> RunStep:
    """Returns the event of a request. `rows` are those of the table of tenants.

    Raises `UsageError`, with the function's own reason if it would refuse the event.
    """
    if request.event is not None:
        raise UsageError("--event is for pipelines of type contact_calls; use --mode, --tenant and --table")
    mode = request.mode or ("ids" if request.accepts_deletes else "backfill" if request.start or request.end else "")
    if request.accepts_deletes and (mode != "ids" or not request.tenant):
        raise UsageError("--accept-deletes is for a sweep of one tenant: give --tenant, and no --mode but ids")
    texts = {"mode": mode, "tenant_id": request.tenant, "table_name": request.table}
    texts |= {"from": request.start, "to": request.end}
    event: dict[str, Any] = {name: text for name, text in texts.items() if text}
    if request.accepts_deletes:
        event["accept_deletes"] = True
    _check(event, rows)
    return RunStep(event, ACCEPTS if request.accepts_deletes else ABOUT.get(mode, ""))


def execution_name(now: datetime, suffix: str) -> str:
    """Returns the name of an execution by hand, such as by-hand-20260105T120000Z-1a2b3c4d. AWS takes a name once."""
    return f"by-hand-{run_name(now, suffix)}"


def report_of(aws: AwsPort, bucket: str, execution: Execution) -> RunReport:
    """Returns the end of an execution, with the report of the run if there is one."""
    has_failed = execution.status != SUCCEEDED
    state = (last_input(aws, execution.arn) if has_failed else execution.output) or {}
    run = str(state.get("plan", {}).get("run", ""))
    report = _read_report(aws, bucket, run) if run else {}
    failed = tuple(
        FailedPair(str(pair["tenant_id"]), str(pair["table_name"]), str(pair.get("error", "")))
        for pair in report.get("pairs", ())
        if pair.get("status") == "failed"
    )
    totals = report.get("totals") or state.get("result", {}).get("report")
    counts = {name: count for name, count in (totals or {}).items() if isinstance(count, int)}
    ending = RunEnding.DONE
    if has_failed:
        ending = RunEnding.PARTIAL if execution.error == PAIRS_FAILED else RunEnding.FAILED
    return RunReport(execution, ending, run, counts, failed)


def _check(event: Mapping[str, Any], rows: Sequence[Tenant | Skipped]) -> None:
    """Raises `UsageError` if the function `plan` would refuse the event."""
    tenants = tuple(row for row in rows if isinstance(row, Tenant))
    skipped = tuple(row for row in rows if isinstance(row, Skipped))
    try:
        selection = read_selection(event)
        pairs, left_out = pairs_of(Rows(tenants, skipped), selection)
    except WrongEvent as wrong:
        raise UsageError(f"the pipeline would refuse the run: {wrong}") from None
    if not pairs:
        reasons = "; ".join(f"{row.tenant}: {row.reason}" for row in left_out)
        raise UsageError(f"there is nothing to run: {reasons or 'no tenant is declared, or none has this table'}")


def _read_report(aws: AwsPort, bucket: str, run: str) -> Mapping[str, Any]:
    try:
        body = aws.read(S3.name, "GetObject", {"Bucket": bucket, "Key": report_key(run)})["Body"]
    except CallError as wrong:
        if not wrong.is_gone:
            raise
        return {}
    report: Mapping[str, Any] = json.loads(body)
    return report
