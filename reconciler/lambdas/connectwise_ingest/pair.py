"""One pair of tenant and table: takes its lease, runs the pass of its mode, and judges how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from reconciler.lambdas.connectwise.clock import RUN, iso, read_instant
from reconciler.lambdas.connectwise.failures import LeaseLost, LedgerFailed
from reconciler.lambdas.connectwise_ingest import changes, history, sweep
from reconciler.lambdas.connectwise_ingest.changes import Ending
from reconciler.lambdas.connectwise_ingest.failures import Behind, PairFailed
from reconciler.lambdas.connectwise_ingest.results import Result, Status
from reconciler.lambdas.connectwise_ingest.vendor import WrongFilter
from reconciler.lambdas.connectwise_ingest.work import Work

FAILURES = 3
RETRY_AFTER = timedelta(hours=1)
LEASED = "LEASED: another run works on this pair"


def run_pair(work: Work, pair: Mapping[str, Any]) -> Result:
    """Runs the pair under its lease and returns its result. Raises nothing but defects."""
    mode = str(pair.get("mode", changes.MODE))
    try:
        held = _poisoned(work)
        if held:
            work.place.end({})
            return _result(work, "failed", held)
        try:
            return _ended(work, *_pass(work, mode, pair))
        except Behind as wrong:
            return _ended(work, "behind", error=f"BEHIND: {wrong}")
        except PairFailed as wrong:
            return _failed(work, mode, wrong)
        except WrongFilter:
            return _failed(work, mode, PairFailed("REFUSED", "the server refuses the conditions"))
    except LeaseLost:
        return _result(work, "done" if work.counts.files else "quiet", LEASED)
    except LedgerFailed as wrong:
        return _result(work, "failed", f"LEDGER: {wrong}")


def _pass(work: Work, mode: str, pair: Mapping[str, Any]) -> tuple[Status, Ending]:
    """Runs the pass. Returns `behind` if history is left over, and the last changes of the item."""
    match mode:
        case "ids":
            sweep.read_ids(work, accepts_deletes=pair.get("accept_deletes") is True)
        case "content":
            history.read_content(work)
            return "done", Ending({}, (history.CONTENT,))
        case "backfill" if pair.get("from"):
            history.read_span(work, str(pair["from"]), str(pair.get("to", "")))
            return "done", Ending({}, (history.REPLAY,))
        case "backfill":
            history.restart_history(work)
            return "done" if history.read_history(work) else "behind", Ending()
        case "rebuild":
            pass  # Transform alone works: it reads the raw files again.
        case _:
            return _incremental(work)
    return "done", Ending()


def _incremental(work: Work) -> tuple[Status, Ending]:
    ending = changes.read_changes(work)
    if not work.place.state.get(history.GOES_ON):
        return "done", ending
    if ending.sets or ending.removes:
        work.place.write(ending.sets, ending.removes)
    return "done" if history.read_history(work) else "behind", Ending()


def _ended(work: Work, status: Status, ending: Ending = Ending(), error: str = "") -> Result:  # noqa: B008 - frozen
    """Writes the last changes, gives the lease back, and forgets earlier failures of the pair."""
    counts = {"totals": changes.changed_rows(work)} if work.counts.rows else {}
    sets = {**ending.sets, **counts, "failures": 0, "updated_at": iso(work.place.clock.now())}
    work.place.end(sets, (*ending.removes, "error", "retry_at"))
    return _result(work, "quiet" if status == "done" and not work.counts.rows else status, error)


def _failed(work: Work, mode: str, wrong: PairFailed) -> Result:
    """Notes the failure. Only failures of the incremental pass make a pair wait: it is the one that repeats itself."""
    now, state = work.place.clock.now(), work.place.state
    sets: dict[str, Any] = {"updated_at": iso(now)}
    if mode == changes.MODE:
        failures = int(state.get("failures", 0)) + 1
        sets |= {"failures": failures, "error": str(wrong)}
        if failures >= FAILURES:
            sets["retry_at"] = iso(now + RETRY_AFTER)
    work.place.end(sets)
    return _result(work, "failed", str(wrong))


def _poisoned(work: Work) -> str:
    """Returns why the pair is not tried now, or "". A run by hand always tries: the cause may be repaired."""
    retry_at, run = work.place.state.get("retry_at"), RUN.fullmatch(work.run)
    is_by_hand = run is not None and run[2] is not None
    if not retry_at or is_by_hand or work.place.clock.now() >= read_instant(retry_at):
        return ""
    return f"POISONED: {work.place.state.get('error', '')}; tried again at {retry_at}"


def _result(work: Work, status: Status, error: str) -> Result:
    traffic = work.vendor.counts
    work.counts.requests, work.counts.retries = traffic.requests, traffic.retries
    work.counts.throttled = traffic.throttled
    return Result(status, work.counts, str(work.place.state.get("last_updated", "")), error)
