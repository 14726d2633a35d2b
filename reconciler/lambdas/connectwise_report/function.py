"""One invocation: collects the states of all pairs, sends messages, writes the report and answers with the totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.connectwise.clock import RUN, RunClock, iso, run_name, slot_of
from reconciler.lambdas.connectwise.failures import Failed, WrongEvent
from reconciler.lambdas.connectwise.keys import report_key
from reconciler.lambdas.connectwise.lanes import pairs_of, read_selection
from reconciler.lambdas.connectwise.tenants import read_tenants
from reconciler.lambdas.connectwise_report import alerts
from reconciler.lambdas.connectwise_report.anomalies import Anomaly, find_anomalies
from reconciler.lambdas.connectwise_report.pairs import PairState, by_hand, state_of, totals_of, with_load
from reconciler.lambdas.connectwise_report.settings import Settings, read_settings
from reconciler.lambdas.connectwise_report.sources import ReportFailed, Sources, together
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log, code_places
from reconciler.lambdas.shared.metrics import Metric, embedded
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

NAMESPACE = "reconcile/connectwise"
MARGIN = 5.0  # seconds that the runtime needs afterwards
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=2.0, read=10.0, tries=5, pause=0.2)
SUFFIX = 8  # hex digits of the name of a run by hand
# The parts of the load's result in a report. Results of older releases lack some.
LOAD: Mapping[str, Any] = {"tables": {}, "failed": [], "cut": []}


@dataclass(frozen=True)
class Tools:
    """The tools of one invocation. `has_run`: a run left results; by hand there is the ledger alone."""

    settings: Settings
    sources: Sources
    sns: Any
    calls: Calls
    run: str
    has_run: bool
    clock: RunClock
    log: Log


def answer(event: Any, context: Any, around: Surroundings) -> dict[str, Any]:
    """Returns {run, due, done, quiet, behind, failed}. Raises `Failed` if no report can be made."""
    log = around.log(context)
    function = function_name(context, "connectwise-report")
    deadline = around.deadline(context, UNLIMITED, MARGIN)
    try:
        tools, pairs = _begun(event, around, deadline, log)
        return _reported(tools, pairs, function, around)
    except (Failed, CallFailed, OutOfTime) as failed:
        log.line("ERROR", "connectwise report: failed", {"reason": f"{type(failed).__name__}: {failed}"})
        raise failed if isinstance(failed, Failed) else ReportFailed(str(failed)) from None
    except Exception as wrong:
        # The message of an unforeseen error may repeat the content of a record, so it is not logged.
        log.line("ERROR", "connectwise report: defect", {"error": type(wrong).__name__, "where": code_places(wrong)})
        raise ReportFailed(f"unforeseen {type(wrong).__name__}; the log says where") from None


def _begun(event: Any, around: Surroundings, deadline: Deadline, log: Log) -> tuple[Tools, Sequence[Mapping[str, Any]]]:
    """Returns the tools, and the pairs of the run or of the event."""
    settings = read_settings(around.environ)
    common = settings.common
    calls = around.calls(deadline, PATIENCE)

    def client(service: str) -> Any:
        return around.client(service, common.region, PATIENCE)

    sources = Sources(client("s3"), client("dynamodb"), calls, common.bucket, common.ledger)
    now = datetime.fromtimestamp(around.now(), UTC)
    run = _run_of(event)
    start = slot_of(run) if run else now
    name = run or run_name(now, around.new_id()[:SUFFIX])
    sns = client("sns") if settings.topic else None
    tools = Tools(settings, sources, sns, calls, name, bool(run), RunClock.at(start, around.clock), log)
    if run:
        return tools, sources.lanes(run)
    rows = read_tenants(sources.dynamodb, calls, common.tenants, allows_http=common.allows_http)
    pairs, _ = pairs_of(rows, read_selection(event))
    return tools, pairs


def _run_of(event: Any) -> str:
    """Returns the run of the event, or "" for a report by hand. Raises `WrongEvent`."""
    if not isinstance(event, Mapping) or "run" not in event:
        return ""
    run = event["run"]
    if len(event) > 1 or not isinstance(run, str) or not RUN.fullmatch(run):
        raise WrongEvent('the event of a run is {"run": "20260105T120000Z"}, and nothing else')
    return run


def _reported(tools: Tools, pairs: Sequence[Mapping[str, Any]], function: str, around: Surroundings) -> dict[str, Any]:
    now = tools.clock.now()
    load = tools.sources.load(tools.run) if tools.has_run else None
    failed = {(one["tenant_id"], one["canonical_table"]): str(one["error"]) for one in (load or {}).get("failed", ())}
    states = [with_load(state, failed) for state in _collected(tools, pairs)]
    states = together(lambda state: _notified(tools, state, now), states)
    anomalies = list(find_anomalies(states, now.date()))
    totals = totals_of(states)
    report = {
        "run": tools.run,
        "at": iso(now),
        "totals": totals,
        "pairs": [state.as_json() for state in states],
        "load": {name: load.get(name, empty) for name, empty in LOAD.items()} if load else None,
        "anomalies": [anomaly.as_json() for anomaly in anomalies],
    }
    tools.sources.put(report_key(tools.run), report)
    seconds = max(0.0, around.now() - slot_of(tools.run).timestamp())
    _log_end(tools, states, anomalies, seconds, embedded_at=around.now(), function=function)
    return {"run": tools.run, **totals}


def _collected(tools: Tools, pairs: Sequence[Mapping[str, Any]]) -> list[PairState]:
    """Returns the state of each pair; the canonical items of a tenant are read once."""
    tenants = sorted({str(pair["tenant_id"]) for pair in pairs})
    canonical = dict(zip(tenants, together(tools.sources.canonical, tenants), strict=True))

    def collect(pair: Mapping[str, Any]) -> PairState:
        tenant = str(pair["tenant_id"])
        item = tools.sources.ledger(tenant).read(str(pair["table_name"]))
        if not tools.has_run:
            return by_hand(pair, item, canonical[tenant])
        return state_of(pair, tools.sources.result(tools.run, pair), item, canonical[tenant])

    return together(collect, pairs)


def _notified(tools: Tools, state: PairState, now: datetime) -> PairState:
    """Sends and notes the message that is due. Returns the pair with the begin of its failure."""
    ledger, name = tools.sources.ledger(state.tenant), alerts.alert_name(state.table)
    known = ledger.read(name)
    alert = alerts.decide(state, known, now)
    if alert.kind and not _is_sent(tools, state, alert, now):
        return replace(state, since=alert.since)
    if alert.item is not None and dict(alert.item) != dict(known):
        ledger.put(name, alert.item)
    if alert.item is None and known:
        _forget(tools, state.tenant, name)
    return replace(state, since=alert.since if state.status == "failed" else None)


def _is_sent(tools: Tools, state: PairState, alert: alerts.Alert, now: datetime) -> bool:
    """Returns whether a message was sent, or has no topic. One that was not is tried again by the next run."""
    if tools.sns is None:
        return True
    report = f"s3://{tools.settings.common.bucket}/{report_key(tools.run)}"
    message = alerts.message(state, alert, tools.run, report, now)
    try:
        tools.calls.make("sns:Publish", lambda: tools.sns.publish(TopicArn=tools.settings.topic, **message))
    except CallFailed as wrong:
        named = {"tenant_id": state.tenant, "table_name": state.table}
        tools.log.line("ERROR", "connectwise report: a message was not sent", {**named, "reason": str(wrong)})
        return False
    return True


def _forget(tools: Tools, tenant: str, name: str) -> None:
    key = {"tenant_id": {"S": tenant}, "table_name": {"S": name}}
    table = tools.settings.common.ledger
    tools.calls.make("dynamodb:DeleteItem", lambda: tools.sources.dynamodb.delete_item(TableName=table, Key=key))


def _log_end(
    tools: Tools,
    states: Sequence[PairState],
    anomalies: Sequence[Anomaly],
    seconds: float,
    *,
    embedded_at: float,
    function: str,
) -> None:
    totals, now = totals_of(states), tools.clock.now()
    metrics: dict[str, Metric] = {
        "PairsFailed": (totals["failed"], "Count"),
        "PairsBehind": (totals["behind"], "Count"),
        "OldestWatermarkAge": (round(max((state.age(now) for state in states), default=0.0), 3), "Seconds"),
        "RecordCountAnomalies": (len(anomalies), "Count"),
        "RunDuration": (round(seconds, 3), "Seconds"),
    }
    line = embedded(NAMESPACE, {"FunctionName": function}, metrics, embedded_at)
    level = "ERROR" if totals["failed"] else "INFO"
    tools.log.line(level, "connectwise report: end", {"run": tools.run, **totals}, line)
