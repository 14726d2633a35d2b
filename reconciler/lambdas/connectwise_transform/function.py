"""One invocation: reads settings and event, continues the history of each pair, and answers the lane."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.session import Session

from reconciler.lambdas.connectwise.clock import NOW, RunClock, iso, run_name
from reconciler.lambdas.connectwise.failures import Failed, LeaseLost, LedgerFailed
from reconciler.lambdas.connectwise.keys import result_key
from reconciler.lambdas.connectwise.lanes import Selection, pairs_of
from reconciler.lambdas.connectwise.ledger import Ledger, canonical_name
from reconciler.lambdas.connectwise.session import TenantRole
from reconciler.lambdas.connectwise.tenants import read_tenants
from reconciler.lambdas.connectwise_transform.canonical import TableResult, Tools, continue_history, is_quiet
from reconciler.lambdas.connectwise_transform.engine import HERE, Engine
from reconciler.lambdas.connectwise_transform.events import LONGEST_WAITS, MOST_ROUNDS, Lane, read_event
from reconciler.lambdas.connectwise_transform.failures import TableFailed
from reconciler.lambdas.connectwise_transform.lake import Lake
from reconciler.lambdas.connectwise_transform.mapping import TableMapping, WrongMapping
from reconciler.lambdas.connectwise_transform.mappings import Mappings, of_source
from reconciler.lambdas.connectwise_transform.reporting import PairResult, Reporting
from reconciler.lambdas.connectwise_transform.settings import Settings, read_settings
from reconciler.lambdas.connectwise_transform.sizes import reason_of, size_of
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import code_places
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

MARGIN = 5.0  # seconds that the runtime needs afterwards
# Seconds that a commit may need: none begins with less.
ENOUGH = 60.0
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=2.0, read=20.0, tries=5, pause=0.2)
SUFFIX = 8  # hex digits of the name of a run by hand
FIRST_CANONICAL, LAST_CANONICAL = "canonical/", "canonical0"  # 0 follows /


@dataclass
class Invocation:
    """The tools of one invocation, of no tenant."""

    settings: Settings
    around: Surroundings
    calls: Calls
    deadline: Deadline
    lane: Lane
    clock: RunClock
    role: TenantRole
    mappings: Mappings
    engine: Engine
    default: Mapping[str, TableMapping | WrongMapping] | None = None

    def client(self, service: str, session: Session | None = None) -> Any:
        return self.around.client(service, self.settings.common.region, PATIENCE, session)


def answer(event: Any, context: Any, around: Surroundings, engine: Engine = HERE) -> dict[str, Any]:
    """Works on a lane, or on pairs that a person chose. Raises `Failed` if it cannot work at all.

    A failed pair is a result. `more` is true if pairs are behind; then the answer has only those. `spark` is the lane
    of the pairs that are too large for this function; there is none without such pairs.
    """
    passed = around.stopwatch()
    log = around.log(context)
    reporting = Reporting(log, function_name(context, "connectwise-transform"), around.now)
    deadline = around.deadline(context, UNLIMITED, MARGIN)
    try:
        invocation = _invocation(event, around, deadline, engine)
    except Failed as failed:
        reporting.end(passed(), f"{type(failed).__name__}: {failed}")
        raise
    answers = [_work(pair, invocation, reporting) for pair in invocation.lane.pairs]
    reporting.end(passed())
    return _answered(invocation.lane, answers, invocation.clock.now())


def _answered(lane: Lane, answers: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """Returns the lane with all pairs, or with those that go on after `wait` seconds.

    A pair whose server wants a longer wait than the lane has left goes on in a later run.
    """
    left = LONGEST_WAITS - lane.waited
    large = [pair for pair in answers if "spark" in pair]
    behind = [pair for pair in answers if pair.get("status") == "behind" and pair.get("wait", 0) <= left]
    behind = [pair for pair in behind if "spark" not in pair]
    # The job of an earlier round, and why it failed, are over.
    content = {name: value for name, value in lane.content.items() if name not in ("spark", "job")}
    if large:
        clock = {name: content[name] for name in ("run", "slot", NOW) if name in content}
        content["spark"] = {**clock, "round": 1, "pairs": large}
    if not behind or lane.round >= MOST_ROUNDS:
        return {**content, "pairs": answers, "more": False, "wait": 0}
    wait = min(int(pair.get("wait", 0)) for pair in behind)
    begin = iso(now + timedelta(seconds=wait))
    again = {"round": lane.round + 1, "more": True, "wait": wait, "waited": lane.waited + wait, NOW: begin}
    return {**content, "pairs": behind, **again}


def _invocation(event: Any, around: Surroundings, deadline: Deadline, engine: Engine) -> Invocation:
    settings = read_settings(around.environ)
    calls = around.calls(deadline, PATIENCE)

    def client(service: str) -> Any:
        return around.client(service, settings.common.region, PATIENCE, None)

    lane = _lane(read_event(event), settings, calls, around)
    return Invocation(
        settings=settings,
        around=around,
        calls=calls,
        deadline=deadline,
        lane=lane,
        clock=RunClock.at(lane.begin, around.clock),
        role=engine.new_role(client("sts"), calls, settings.common.tenant_role),
        mappings=Mappings(client("s3"), calls, settings.common.bucket),
        engine=engine,
    )


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
    return Lane(run, slot, tuple(pairs), {"run": run, "slot": iso(slot), "round": 1, "skipped": named})


def _work(pair: Mapping[str, Any], invocation: Invocation, reporting: Reporting) -> dict[str, Any]:
    """Continues the history of one pair, whatever comes of it, and leaves its result in the bucket."""
    pair = {name: value for name, value in pair.items() if name != "spark"}  # the reason of an earlier round
    folder = Path(tempfile.mkdtemp(prefix="connectwise-"))
    lake: list[Lake] = []
    try:
        result = _opened(pair, invocation, folder, lake)
    except TableFailed as wrong:
        result = PairResult(error=str(wrong))
    except (LedgerFailed, CallFailed, OutOfTime) as wrong:
        result = PairResult(error=f"AWS: {wrong}")
    except Exception as wrong:
        # The message of an unforeseen error may repeat the content of a record, so it is not logged.
        reporting.log.line(
            "ERROR", "connectwise transform: defect", {"error": type(wrong).__name__, "where": code_places(wrong)}
        )
        result = PairResult(error=f"UNFORESEEN: {type(wrong).__name__}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    content = result.answer(pair)
    for opened in lake:
        key = result_key(str(pair["tenant_id"]), invocation.lane.run, str(pair["table_name"]))
        try:
            opened.put_bytes(key, json.dumps(result.stored(pair)).encode(), "run")
        except TableFailed as wrong:
            result = PairResult(result.tables, str(wrong), result.written)
            content = result.answer(pair)
    reporting.pair(pair, result)
    return content


def _opened(pair: Mapping[str, Any], invocation: Invocation, folder: Path, opened: list[Lake]) -> PairResult:
    """Opens the tenant's part of AWS, and continues each canonical table of the pair."""
    tenant, table, mode = str(pair["tenant_id"]), str(pair["table_name"]), str(pair.get("mode", "incremental"))
    settings, run, engine = invocation.settings, invocation.lane.run, invocation.engine
    common = settings.common
    session = invocation.role.session(tenant, run)
    lake = Lake(invocation.client("s3", session), invocation.calls, common.bucket, folder)
    opened.append(lake)
    tools = Tools(
        ledger=Ledger(invocation.client("dynamodb", session), invocation.calls, common.ledger, tenant),
        lake=lake,
        clock=invocation.clock,
        run=run,
        folder=folder,
        connect=lambda spill: engine.connect(spill, settings.database_megabytes, settings.threads),
        limits=settings.limits,
        has_time=lambda: invocation.deadline.left >= ENOUGH,
        hold=lambda lease: engine.hold(tools.ledger, lease, tools.clock),
    )
    items = dict(tools.ledger.items(FIRST_CANONICAL, LAST_CANONICAL))
    if is_quiet(tools, table, items, mode):
        return PairResult()
    results = []
    mappings = of_source(_mappings(invocation, tenant), table)
    if settings.spark.are_set:
        for mapping in mappings:
            item = items.get(canonical_name(mapping.canonical_table), {})
            size = size_of(tools, item, mapping, mode)
            if reason := reason_of(mapping.canonical_table, size, settings.spark):
                return PairResult(spark=reason)
    for mapping in mappings:
        try:
            results.append(continue_history(tools, mapping, table, mode))
        except LeaseLost:
            results.append(TableResult(mapping.canonical_table, is_busy=True))
    return PairResult(tuple(results), written=lake.written)


def _mappings(invocation: Invocation, tenant: str) -> Mapping[str, TableMapping | WrongMapping]:
    if invocation.default is None:
        invocation.default = invocation.mappings.read_default()
    return invocation.mappings.read_own(tenant, invocation.default)
