"""One run: from the watermark to the schedule's last boundary, window by window, each as far as there is time.

Windows are searched, described in chunks, loaded, and only then passed. A run that ends early has loaded what it says;
the next one goes on from there. Whatever can not be had in the end ends the run with an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.lambdas.contact_calls import privacy
from reconciler.lambdas.contact_calls.asking import Asking
from reconciler.lambdas.contact_calls.columns import needs_describing
from reconciler.lambdas.contact_calls.describe import describe_all
from reconciler.lambdas.contact_calls.failures import Failed, NoTime, WrongEvent
from reconciler.lambdas.contact_calls.ledger import Ledger, State, spelled
from reconciler.lambdas.contact_calls.search import Contact, Found, Wanted, find
from reconciler.lambdas.contact_calls.settings import Settings
from reconciler.lambdas.contact_calls.shelves import Shelves
from reconciler.lambdas.contact_calls.tally import Tally
from reconciler.lambdas.contact_calls.transform import make_rows
from reconciler.lambdas.contact_calls.warehouse import Load, Warehouse
from reconciler.lambdas.contact_calls.windows import Window
from reconciler.lambdas.shared.calls import OutOfTime
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log

# Seconds for loading a chunk and writing it down: a Redshift that wakes, and a watermark whose writing may take 13.
RESERVE = 60.0
CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True)
class Tools:
    """All that a run reaches the world with."""

    settings: Settings
    ledger: Ledger
    asking: Asking
    shelves: Shelves
    warehouse: Warehouse
    deadline: Deadline
    log: Log
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    phone: Callable[[], Callable[[str], str]]
    """How addresses are kept; asked when there are some, since a key may have to be fetched."""


def run_scheduled(tools: Tools, at: datetime) -> dict[str, Any]:
    """Catch up to the last boundary that is `delay` before the schedule's own time, whenever this is really run."""
    _must_have_come("time", at, tools)
    settings, state = tools.settings, tools.ledger.state()
    target = settings.grid.last_boundary(at - settings.delay)
    if state.paused:
        return {"status": "paused", "watermark": _told(state.watermark)} | _lag(state.watermark, target)
    begin = state.watermark or settings.grid.whole(target - timedelta(milliseconds=1)).start
    if begin >= target:
        return {"status": "nothing to do", "watermark": _told(begin)} | _lag(begin, target)
    run = _Run(tools, state, begin, moves_watermark=True)
    is_whole = run.load_windows(begin, target)
    reached = tools.ledger.state().watermark
    status = "done" if is_whole else "behind"
    return {"status": status, "watermark": _told(reached), **run.tally.told()} | _lag(reached, target)


def run_replay(tools: Tools, start: datetime, end: datetime) -> dict[str, Any]:
    """Load a span again, or for the first time; the watermark stays. What was done of it, if not all, is told."""
    _must_have_come("to", end, tools)
    run = _Run(tools, tools.ledger.state(), start, moves_watermark=False)
    is_whole = run.load_windows(start, end)
    return {"status": "done" if is_whole else "behind", "loadedUntil": spelled(run.reached), **run.tally.told()}


class _Run:
    """What becomes of one invocation: how far it came, and its counts."""

    def __init__(self, tools: Tools, state: State, begin: datetime, *, moves_watermark: bool) -> None:
        self.tools, self.state, self.reached = tools, state, begin
        self.moves_watermark = moves_watermark
        self.tally = Tally()

    def load_windows(self, start: datetime, end: datetime) -> bool:
        """False where time ran out before the end. Raises `NoTime` where it did so before anything was loaded."""
        try:
            # Late contacts: what ended before the span and was not there when its time came, or has changed since.
            look_back = self.tools.settings.overlap if self.moves_watermark else timedelta(0)
            for window in self.tools.settings.grid.windows(start, end):
                self._load_window(window, look_back)
                look_back = timedelta(0)
        except OutOfTime as wrong:
            if self.reached <= start:
                raise NoTime(f"nothing could be loaded before the deadline (at {wrong.operation})") from wrong
            return False
        return True

    def _load_window(self, window: Window, look_back: timedelta) -> None:
        before, whole = self.tally, self.tools.settings.grid.whole(window.start)
        try:
            for part in find(self.tools.asking.search, self._wanted(), window.start - look_back, window.end):
                self._load_part(window, part)
        except Failed as failed:
            counts = (self.tally - before).counts()
            self.tools.ledger.note(whole, "failed", counts, f"{type(failed).__name__}: {failed}", self.tools.now())
            raise
        # A replay of a window's second half does not make it done; behind the watermark the first half is.
        if window.end == whole.end and (self.moves_watermark or window.start == whole.start):
            self.tools.ledger.note(whole, "done", (self.tally - before).counts(), at=self.tools.now())

    def _load_part(self, window: Window, part: Found) -> None:
        ours = [each for each in part.contacts if each["Id"] not in self.state.quarantined]
        passed = part.seen - len(ours)
        self.tally = self.tally.searched(part.seen, passed, len(part.contacts) - len(ours))
        for chunk, until in self._chunks(ours, part.end):
            self._load_chunk(window, chunk, until, passed)
            passed = 0
        self._pass(part.end)

    def _chunks(self, contacts: list[Contact], end: datetime) -> Iterator[tuple[list[Contact], datetime]]:
        """As many as can be described in time, with the instant before which all are then loaded."""
        while contacts:
            left = self.tools.deadline.left - RESERVE
            rate = self.tools.settings.rates["DescribeContact"].per_second
            affordable = int(left * rate) if needs_describing(self.tools.settings.columns) else int(left * 1000)
            if affordable < 1:
                raise OutOfTime("the next chunk")
            size = min(affordable, self.tools.settings.chunk)
            chunk, contacts = contacts[:size], contacts[size:]
            yield chunk, contacts[0]["DisconnectTimestamp"].astimezone(UTC) if contacts else end

    def _load_chunk(self, window: Window, chunk: list[Contact], until: datetime, passed: int) -> None:
        tools, settings = self.tools, self.tools.settings
        described = 0
        records: list[Mapping[str, Any]] = list(chunk)
        if needs_describing(settings.columns):
            found = describe_all(tools.asking.describe, [each["Id"] for each in chunk], settings.workers)
            # What the two tell is the same where both tell it.
            records = [{**known, **more} for known, more in zip(chunk, found, strict=True)]
            described = len(found)
        phone = tools.phone()
        rows = make_rows(records, settings.grid.zone, phone, settings.columns)
        load_id, at = tools.new_id(), tools.now().astimezone(UTC).replace(tzinfo=None)
        tools.shelves.keep_raw(load_id, window.start, [privacy.raw(each, settings.phones, phone) for each in records])
        manifest = tools.shelves.put_rows(load_id, window.start, rows, at) if len(rows) > settings.insert_below else ""
        load = Load(
            load_id, window.start, window.end, len(chunk) + passed, len(chunk), described, at, manifest, settings.role
        )
        loaded = tools.warehouse.load(load, rows)
        self.tally = self.tally.merged(described, loaded)
        tools.log.line("INFO", "loaded", {"load": load_id, "until": spelled(until), **asdict(loaded)})
        self._pass(until)

    def _pass(self, until: datetime) -> None:
        """Everything that ended before this instant is loaded."""
        if until > self.reached:
            self.reached = until
            if self.moves_watermark:
                self.tools.ledger.advance(until)

    def _wanted(self) -> Wanted:
        settings = self.tools.settings
        return Wanted(settings.channels, settings.passed_over, settings.largest_search)


def _must_have_come(name: str, instant: datetime, tools: Tools) -> None:
    """A time to come would move the watermark past contacts that have yet to end, and none of them would be loaded."""
    if instant > tools.now() + CLOCKS_DIFFER:
        raise WrongEvent(f"{name} is still to come: contacts can end before it")


def _lag(reached: datetime | None, target: datetime) -> dict[str, Any]:
    return {"lagSeconds": int((target - reached).total_seconds()) if reached and reached < target else 0}


def _told(instant: datetime | None) -> str:
    return spelled(instant) if instant else ""
