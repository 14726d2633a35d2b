"""One run: from the watermark to the schedule's last boundary, window by window, as far as there is time.

Windows are searched, described in chunks and loaded; then the watermark passes them. A run that stops early reports
what it has loaded, and the next run continues there. A read that finally fails ends the run with an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.lambdas.contact_calls import quarantine
from reconciler.lambdas.contact_calls.columns import needs_describing
from reconciler.lambdas.contact_calls.describe import Described, describe_all
from reconciler.lambdas.contact_calls.failures import Failed, LedgerFailed, NoTime, WrongEvent
from reconciler.lambdas.contact_calls.ledger import State, spelled
from reconciler.lambdas.contact_calls.loading import Batch, Tools, load_batch
from reconciler.lambdas.contact_calls.search import Contact, Found, Wanted, find
from reconciler.lambdas.contact_calls.tally import Tally
from reconciler.lambdas.contact_calls.windows import Window
from reconciler.lambdas.shared.calls import OutOfTime

# Seconds to load a chunk and record it: Redshift may wake up, and writing the watermark may take 13.
RESERVE = 60.0
CLOCKS_DIFFER = timedelta(minutes=1)


def run_scheduled(tools: Tools, at: datetime) -> dict[str, Any]:
    """Loads up to the last boundary that is `delay` before the schedule's time, whenever the run really starts."""
    _must_have_come("time", at, tools)
    settings, state = tools.settings, tools.ledger.state()
    target = settings.grid.last_boundary(at - settings.delay)
    begin = state.watermark or tools.ledger.begin(settings.grid.whole(target - timedelta(milliseconds=1)).start)
    if state.paused:
        return {"status": "paused", "watermark": spelled(begin)} | _lag(begin, target)
    if begin >= target:
        return {"status": "nothing to do", "watermark": spelled(begin)} | _lag(begin, target)
    run = _Run(tools, state, begin, moves_watermark=True)
    is_whole = run.load_windows(begin, target)
    reached = tools.ledger.state().watermark or begin
    status = "done" if is_whole else "behind"
    return {"status": status, "watermark": spelled(reached), **run.tally.as_json()} | _lag(reached, target)


def run_replay(tools: Tools, start: datetime, end: datetime) -> dict[str, Any]:
    """Loads a span, again or for the first time, and returns how far it came. The watermark stays."""
    _must_have_come("to", end, tools)
    run = _Run(tools, tools.ledger.state(), start, moves_watermark=False)
    is_whole = run.load_windows(start, end)
    return {"status": "done" if is_whole else "behind", "loadedUntil": spelled(run.reached), **run.tally.as_json()}


class _Run:
    """The state of one invocation: how far it came, and its counts."""

    def __init__(self, tools: Tools, state: State, begin: datetime, *, moves_watermark: bool) -> None:
        self.tools, self.state, self.begin, self.reached = tools, state, begin, begin
        self.moves_watermark = moves_watermark
        self.tally = Tally()

    def load_windows(self, start: datetime, end: datetime) -> bool:
        """Returns False if the time ran out before the end. Raises `NoTime` if it did before anything was loaded."""
        try:
            # Late contacts: they ended before the span, and appeared or changed after its load.
            look_back = self.tools.settings.overlap if self.moves_watermark else timedelta(0)
            for window in self.tools.settings.grid.windows(start, end):
                self._load_window(window, look_back)
                look_back = timedelta(0)
        except OutOfTime:
            return False
        return True

    def _load_window(self, window: Window, look_back: timedelta) -> None:
        before, whole = self.tally, self.tools.settings.grid.whole(window.start)
        try:
            for part in find(self.tools.asking.search, self._wanted(), window.start - look_back, window.end):
                self._load_part(window, part)
        except OutOfTime as wrong:
            if self.reached > self.begin:
                raise
            failed = NoTime(f"nothing could be loaded before the deadline (at {wrong.operation})")
            self._note_failed(whole, before, failed)
            raise failed from wrong
        except Failed as failed:
            self._note_failed(whole, before, failed)
            raise
        # A replay of a second half does not complete a window; before the watermark its first half is done.
        if window.end == whole.end and (self.moves_watermark or window.start == whole.start):
            self.tools.ledger.note(whole, "done", (self.tally - before).counts(), at=self.tools.now())

    def _note_failed(self, window: Window, before: Tally, failed: Failed) -> None:
        """Notes a failure. The error itself is what the caller must see, also if the ledger does not answer."""
        reason = f"{type(failed).__name__}: {failed}"
        try:
            self.tools.ledger.note(window, "failed", (self.tally - before).counts(), reason, self.tools.now())
        except (LedgerFailed, OutOfTime) as wrong:
            fields = {"window": spelled(window.start), "reason": reason, "ledger": str(wrong)}
            self.tools.log.line("ERROR", "a failed window could not be noted", fields)

    def _load_part(self, window: Window, part: Found) -> None:
        contacts = [contact for contact in part.contacts if contact["Id"] not in self.state.quarantined]
        passed = part.seen - len(contacts)
        self.tally = self.tally.searched(part.seen, passed, len(part.contacts) - len(contacts))
        for chunk, until in self._chunks(contacts, part.end):
            self._load_chunk(window, chunk, until, passed)
            passed = 0
        self._pass(part.end)

    def _chunks(self, contacts: list[Contact], end: datetime) -> Iterator[tuple[list[Contact], datetime]]:
        """Yields chunks that can be described in time. All contacts before a chunk's instant are then loaded."""
        while contacts:
            left = self.tools.deadline.left - RESERVE
            rate = self.tools.settings.rates["DescribeContact"].per_second
            affordable = int(left * rate) if needs_describing(self.tools.settings.columns) else int(left * 1000)
            if affordable < 1:
                raise OutOfTime("the next chunk")
            size = min(affordable, self.tools.settings.chunk)
            chunk, contacts = contacts[:size], contacts[size:]
            yield chunk, contacts[0]["DisconnectTimestamp"].astimezone(UTC) if contacts else end

    def _load_chunk(self, window: Window, chunk: list[Contact], until: datetime, skipped: int) -> None:
        tools, settings = self.tools, self.tools.settings
        described = Described((), {})
        records: list[Mapping[str, Any]] = list(chunk)
        if needs_describing(settings.columns):
            described = describe_all(tools.asking.describe, [contact["Id"] for contact in chunk], settings.workers)
            quarantine.must_be_single(tools, window, described)
            known = {contact["Id"]: contact for contact in chunk}
            # Search and describe agree on the members that both have.
            records = [{**known[contact["Id"]], **contact} for contact in described.contacts]
        skipped += len(described.refused)
        loaded = load_batch(tools, Batch(window, records, len(described.contacts), skipped, until))
        self.tally = self.tally.merged(len(described.contacts), loaded).set_aside(len(described.refused))
        # After the load: a run that dies in between describes and sets aside again.
        quarantine.set_aside(tools, described, {contact["Id"]: contact["DisconnectTimestamp"] for contact in chunk})
        self._pass(until)

    def _pass(self, until: datetime) -> None:
        """Marks that every contact that ended before this instant is loaded."""
        if until > self.reached:
            self.reached = until
            if self.moves_watermark:
                self.tools.ledger.advance(until)

    def _wanted(self) -> Wanted:
        settings = self.tools.settings
        return Wanted(settings.channels, settings.passed_over, settings.largest_search)


def _must_have_come(name: str, instant: datetime, tools: Tools) -> None:
    """Refuses a future instant: the watermark would pass contacts that have not ended yet."""
    if instant > tools.now() + CLOCKS_DIFFER:
        raise WrongEvent(f"{name} is in the future: contacts can end before it")


def _lag(reached: datetime, target: datetime) -> dict[str, Any]:
    return {"lagSeconds": max(0, int((target - reached).total_seconds()))}
