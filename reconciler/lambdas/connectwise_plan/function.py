"""One invocation: reads settings, event and tenants, writes the lanes and answers where they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.connectwise.clock import run_name
from reconciler.lambdas.connectwise.failures import Failed, LedgerFailed
from reconciler.lambdas.connectwise.keys import lanes_key, tagging
from reconciler.lambdas.connectwise.lanes import Selection, begin_of, lanes_of, pairs_of, read_selection
from reconciler.lambdas.connectwise.settings import Common, read_common
from reconciler.lambdas.connectwise.tenants import Skipped, read_tenants
from reconciler.lambdas.connectwise_plan.due import due_pairs
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime, Patience
from reconciler.lambdas.shared.metrics import Metric, embedded
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

NAMESPACE = "reconcile/connectwise"
MARGIN = 3.0  # seconds that the runtime needs afterwards
UNLIMITED = 300.0  # the time-out in operations.json
PATIENCE = Patience(connect=2.0, read=10.0, tries=5, pause=0.2)
SUFFIX = 8  # hex digits of the name of a run by hand


def answer(event: Any, context: Any, around: Surroundings) -> dict[str, Any]:
    """Returns {run, bucket, key, lanes, pairs, waiting, skipped}. Raises `Failed`: then the execution fails at once."""
    passed = around.stopwatch()
    log = around.log(context)
    function = function_name(context, "connectwise-plan")
    deadline = around.deadline(context, UNLIMITED, MARGIN)
    try:
        calls = around.calls(deadline, PATIENCE)
        result, skipped = _planned(read_common(around.environ, needs_role=False), read_selection(event), calls, around)
    except Failed as failed:
        log.line("ERROR", "connectwise plan: stopped", {"reason": f"{type(failed).__name__}: {failed}"})
        raise
    broken = sum(row.reason != DISABLED for row in skipped)
    metrics: dict[str, Metric] = {"PairsDue": (result["pairs"], "Count"), "TenantsSkipped": (broken, "Count")}
    metrics["PairsWaiting"] = (result["waiting"], "Count")
    metrics["Duration"] = (passed(), "Milliseconds")
    line = embedded(NAMESPACE, {"FunctionName": function}, metrics, around.now())
    log.line("WARNING" if broken else "INFO", "connectwise plan: done", result, line)
    return result


DISABLED = "disabled"


def _planned(
    common: Common, selection: Selection, calls: Calls, around: Surroundings
) -> tuple[dict[str, Any], Sequence[Skipped]]:
    dynamodb = around.client("dynamodb", common.region, PATIENCE)
    try:
        rows = read_tenants(dynamodb, calls, common.tenants, allows_http=common.allows_http)
        chosen, skipped = pairs_of(rows, selection)
        pairs = due_pairs(dynamodb, calls, common.ledger, rows.tenants, chosen, selection)
        # A scheduled run is named after its slot, so that a second delivery of the slot is the same run.
        suffix = "" if selection.slot else around.new_id()[:SUFFIX]
        now = datetime.fromtimestamp(int(around.now()), UTC)
        slot = begin_of(selection, selection.slot) if selection.slot else now
        run = run_name(slot, suffix)
        lanes = lanes_of(pairs, run, slot)
        body, key = json.dumps(lanes).encode(), lanes_key(run)
        s3 = around.client("s3", common.region, PATIENCE)
        put = {"Bucket": common.bucket, "Key": key, "Body": body, "Tagging": tagging("state")}
        calls.make("s3:PutObject", lambda: s3.put_object(**put))
    except (CallFailed, OutOfTime) as wrong:
        raise LedgerFailed(f"AWS does not answer: {wrong}") from wrong
    named = [{"tenant_id": row.tenant, "reason": row.reason} for row in skipped]
    counts = {"lanes": len(lanes), "pairs": len(pairs), "waiting": len(chosen) - len(pairs), "skipped": named}
    return {"run": run, "bucket": common.bucket, "key": key, **counts}, skipped
