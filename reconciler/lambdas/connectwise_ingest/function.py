"""One invocation: reads settings and event, works on pairs in order while there is time, and answers the lane."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.connectwise.clock import NOW, RunClock, iso, run_name
from reconciler.lambdas.connectwise.failures import Failed, LedgerFailed
from reconciler.lambdas.connectwise.lanes import Selection, pairs_of
from reconciler.lambdas.connectwise.session import TenantRole
from reconciler.lambdas.connectwise.tenants import read_tenants
from reconciler.lambdas.connectwise_ingest.events import Lane, read_event
from reconciler.lambdas.connectwise_ingest.failures import PairFailed
from reconciler.lambdas.connectwise_ingest.opening import (
    PATIENCE,
    Bench,
    open_shelf,
    open_tenant,
    take_lease,
)
from reconciler.lambdas.connectwise_ingest.pair import LEASED, run_pair
from reconciler.lambdas.connectwise_ingest.reporting import Reporting
from reconciler.lambdas.connectwise_ingest.results import Counts, Result
from reconciler.lambdas.connectwise_ingest.settings import Settings, read_settings
from reconciler.lambdas.connectwise_ingest.shelf import Shelf
from reconciler.lambdas.connectwise_ingest.vendor import RESERVE
from reconciler.lambdas.shared.calls import Calls
from reconciler.lambdas.shared.logs import code_places
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

MARGIN = 3.0  # seconds that the runtime needs afterwards
UNLIMITED = 900.0  # the maximum duration of a Lambda
SUFFIX = 8  # hex digits of the name of a run by hand


def answer(event: Any, context: Any, around: Surroundings) -> dict[str, Any]:
    """Works on a lane, or on pairs that a person chose. Raises `Failed` if it cannot work at all.

    A failed pair is a result. A pair for which there was no time is `behind`.
    """
    passed = around.stopwatch()
    log = around.log(context)
    reporting = Reporting(log, function_name(context, "connectwise-ingest"), around.now)
    deadline = around.deadline(context, UNLIMITED, MARGIN)
    try:
        settings = read_settings(around.environ)
        calls = around.calls(deadline, PATIENCE)
        lane = _lane(read_event(event), settings, calls, around)
    except Failed as failed:
        reporting.stopped(f"{type(failed).__name__}: {failed}", passed())
        raise
    clock = RunClock.at(lane.begin, around.clock)
    bench = Bench(settings, around, calls, deadline, clock, lane.run)
    role = TenantRole(bench.client("sts"), calls, settings.common.tenant_role)
    results = [_work(pair, bench, role, reporting) for pair in lane.pairs]
    reporting.invocation(results, passed())
    pairs = [result.answer(pair) for result, pair in zip(results, lane.pairs, strict=True)]
    return {**lane.content, "pairs": pairs, NOW: iso(clock.now())}


def _lane(request: Lane | Selection, settings: Settings, calls: Calls, around: Surroundings) -> Lane:
    """Returns the lane of the event; a call by hand plans for itself, with a run and a clock of its own."""
    if isinstance(request, Lane):
        return request
    common = settings.common
    client = around.client("dynamodb", common.region, PATIENCE, None)
    rows = read_tenants(client, calls, common.tenants, allows_http=common.allows_http)
    pairs, skipped = pairs_of(rows, request)
    slot = request.slot or datetime.fromtimestamp(around.now(), UTC)
    run = run_name(slot, around.new_id()[:SUFFIX])
    named = [{"tenant_id": row.tenant, "reason": row.reason} for row in skipped]
    content = {"run": run, "slot": iso(slot), "round": 1, "skipped": named}
    return Lane(run, slot, tuple(pairs), content)


def _work(pair: Mapping[str, Any], bench: Bench, role: TenantRole, reporting: Reporting) -> Result:
    """Works on one pair, whatever comes of it, and leaves its result in the bucket."""
    shelf: Shelf | None = None

    def keep(opened: Shelf) -> None:
        nonlocal shelf
        shelf = opened

    try:
        result = _opened(pair, bench, role, keep)
    except PairFailed as wrong:
        result = Result("failed", Counts(), error=str(wrong))
    except LedgerFailed as wrong:
        result = Result("failed", Counts(), error=f"LEDGER: {wrong}")
    except Exception as wrong:
        # The message of an unforeseen error may repeat the content of a record, so it is not logged.
        reporting.log.line(
            "ERROR", "connectwise ingest: defect", {"error": type(wrong).__name__, "where": code_places(wrong)}
        )
        result = Result("failed", Counts(), error=f"UNFORESEEN: {type(wrong).__name__}")
    reporting.pair(pair, result)
    if shelf is not None:
        try:
            shelf.put_result(bench.run, str(pair["table_name"]), result.answer(pair))
        except PairFailed as wrong:
            return Result("failed", result.counts, result.watermark, str(wrong))
    return result


def _opened(pair: Mapping[str, Any], bench: Bench, role: TenantRole, keep: Callable[[Shelf], None]) -> Result:
    if bench.deadline.left < bench.settings.api_timeout + RESERVE:
        return Result("behind", Counts(), error="BEHIND: no time for this pair")
    tenant, table = str(pair["tenant_id"]), str(pair["table_name"])
    session, shelf = open_shelf(bench, role, tenant)
    keep(shelf)
    opened = open_tenant(bench, session, shelf, table)
    work = take_lease(bench, opened, table)
    return Result("quiet", Counts(), error=LEASED) if work is None else run_pair(work, pair)
