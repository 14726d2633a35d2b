"""One pair of tenant and table: takes its lease, runs the pass of its mode, and judges how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Any

from reconciler.lambdas.connectwise.clock import RUN, iso, read_instant
from reconciler.lambdas.connectwise.failures import LeaseLost, LedgerFailed
from reconciler.lambdas.connectwise.waiting import QUIET, after_pass
from reconciler.lambdas.connectwise_ingest import changes, history, sweep
from reconciler.lambdas.connectwise_ingest.changes import Ending
from reconciler.lambdas.connectwise_ingest.failures import Behind, PairFailed
from reconciler.lambdas.connectwise_ingest.results import Result, Status
from reconciler.lambdas.connectwise_ingest.vendor import WrongFilter
from reconciler.lambdas.connectwise_ingest.work import Work

FAILURES = 3
ERRORS = "errors"  # the last failure of each mode but the incremental one
WAIT = "wait_until"  # the instant before which the server wants no request
RETRY_AFTER = timedelta(hours=1)
LEASED = "LEASED: another run works on this pair"


def run_pair(work: Work, pair: Mapping[str, Any]) -> Result:
    """Runs the pair under its lease and returns its result. Raises nothing but defects."""
    mode = str(pair.get("mode", changes.MODE))
    try:
        held = _poisoned(work) or _waiting(work)
        if held:
            work.place.end({})
            return held
        try:
            return _ended(work, mode, *_pass(work, mode, pair))
        except Behind as wrong:
            return _behind(work, mode, wrong)
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
            return "done", Ending(removes=(history.CONTENT,))
        case "backfill" if pair.get("from"):
            history.read_span(work, str(pair["from"]), str(pair.get("to", "")))
            return "done", Ending(removes=(history.REPLAY,))
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


def _ended(work: Work, mode: str, status: Status, ending: Ending) -> Result:
    """Writes the last changes, gives the lease back, and forgets earlier failures of the pair."""
    waits: dict[str, Any] = {}
    if mode == changes.MODE or work.counts.rows:
        # A sweep that finds nothing says nothing about the next poll.
        is_quiet = status == "done" and not work.counts.rows
        waits = after_pass(work.place.state, is_quiet=is_quiet, slot=iso(work.place.clock.start))
    counts = {"totals": changes.changed_rows(work)} if work.counts.rows else {}
    sets = {**ending.sets, **counts, **waits, "failures": 0, "updated_at": iso(work.place.clock.now())}
    removes = {*ending.removes, "error", "retry_at", WAIT} - ending.sets.keys()
    errors = dict(work.place.state.get(ERRORS, {}))
    if status != "behind" and errors.pop(mode, None):
        # The errors of other modes stay until those succeed.
        sets, removes = ({**sets, ERRORS: errors}, removes) if errors else (sets, {*removes, ERRORS})
    work.place.end(sets, sorted(removes))
    return _result(work, "quiet" if status == "done" and not work.counts.rows else status)


def _behind(work: Work, mode: str, wrong: Behind) -> Result:
    """Ends the pass for now. If the server wants no requests for a while, the ledger keeps until when."""
    until = work.place.clock.now() + timedelta(seconds=wrong.wait)
    result = _ended(work, mode, "behind", Ending({WAIT: iso(until)} if wrong.wait else {}))
    return replace(result, error=f"BEHIND: {wrong}", wait=ceil(wrong.wait))


def _failed(work: Work, mode: str, wrong: PairFailed) -> Result:
    """Notes the failure. Only failures of the incremental pass make a pair wait: it is the one that repeats itself.

    The failure of another mode stays in the ledger until that mode succeeds.
    """
    now, state = work.place.clock.now(), work.place.state
    sets: dict[str, Any] = {"updated_at": iso(now), QUIET: 0}
    if mode != changes.MODE:
        sets[ERRORS] = {**state.get(ERRORS, {}), mode: str(wrong)}
    else:
        failures = int(state.get("failures", 0)) + 1
        sets |= {"failures": failures, "error": str(wrong)}
        if failures >= FAILURES:
            sets["retry_at"] = iso(now + RETRY_AFTER)
    work.place.end(sets)
    return _result(work, "failed", str(wrong))


def _poisoned(work: Work) -> Result | None:
    """Returns the result of a pair that is not tried now. A run by hand always tries: the cause may be repaired."""
    retry_at = work.place.state.get("retry_at")
    if not retry_at or _is_by_hand(work) or work.place.clock.now() >= read_instant(retry_at):
        return None
    return _result(work, "failed", f"POISONED: {work.place.state.get('error', '')}; tried again at {retry_at}")


def _waiting(work: Work) -> Result | None:
    """Returns the result of a pair whose server still wants no request. A run by hand always asks."""
    until = work.place.state.get(WAIT)
    seconds = (read_instant(until) - work.place.clock.now()).total_seconds() if until else 0.0
    if seconds <= 0 or _is_by_hand(work):
        return None
    result = _result(work, "behind", f"BEHIND: the server wants no request before {until}")
    return replace(result, wait=ceil(seconds))


def _is_by_hand(work: Work) -> bool:
    run = RUN.fullmatch(work.run)
    return run is not None and run[2] is not None


def _result(work: Work, status: Status, error: str = "") -> Result:
    traffic = work.vendor.counts
    work.counts.requests, work.counts.retries = traffic.requests, traffic.retries
    work.counts.throttled = traffic.throttled
    return Result(status, work.counts, str(work.place.state.get("last_updated", "")), error)
