"""The incremental pass: what changed since the watermark, with an overlap before it.

The watermark becomes the newest stamp that was visible before the pass began. A record that changes during the pass has
a later stamp, or one within the overlap of the next pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reconciler.lambdas.connectwise_ingest.failures import PairFailed
from reconciler.lambdas.connectwise_ingest.history import begin_history
from reconciler.lambdas.connectwise_ingest.questions import NO_FILTER, Newest, find_filter, find_newest, written
from reconciler.lambdas.connectwise_ingest.reading import Cursor, overlap_start, read_pages
from reconciler.lambdas.connectwise_ingest.recent import Recent
from reconciler.lambdas.connectwise_ingest.values import microseconds
from reconciler.lambdas.connectwise_ingest.vendor import WrongFilter
from reconciler.lambdas.connectwise_ingest.work import Work

NAME = "cursor"
MODE = "incremental"
MOST_DAYS = 28
_MILLION = 1_000_000


@dataclass(frozen=True)
class Ending:
    """The last changes of the item of a pass that is over."""

    sets: dict[str, Any] = field(default_factory=dict)
    removes: tuple[str, ...] = ()


def read_changes(work: Work) -> Ending:
    """Runs or continues the pass. Raises `Behind`, `PairFailed` or an error of the ledger."""
    spelling = str(work.place.state.get("filter", "")) or find_filter(work.vendor, work.table.name)
    try:
        return _pass(work, spelling)
    except WrongFilter:
        # The server has stopped to honour this spelling.
        other = find_filter(work.vendor, work.table.name)
        if other == spelling:
            raise PairFailed("REFUSED", "the server refuses the filter that it honoured when it was asked") from None
        return _pass(work, other)


def _pass(work: Work, spelling: str) -> Ending:
    place = work.place
    watermark = microseconds(place.state.get("last_updated"))
    cursor = Cursor.read(place.state.get(NAME))
    if cursor is None:
        newest = find_newest(work.vendor, work.table.name)
        if watermark is None and spelling != NO_FILTER:
            return _begin(work, spelling, newest)
        cursor = _new_cursor(work, spelling, newest, watermark)
        place.write({NAME: cursor.item(), "filter": spelling})
    floor = cursor.since if spelling == NO_FILTER else None
    recent = Recent(place.state.get("recent", ()), overlap_start(work), floor)
    cursor = read_pages(work, NAME, cursor, _condition(spelling, cursor.since), recent)
    reached = _reached(cursor, watermark, spelling)
    if reached is None:
        return Ending({"filter": spelling}, (NAME,))
    entries = recent.entries(reached - work.settings.overlap * _MILLION)
    return Ending({"last_updated": written(reached), "filter": spelling, "recent": entries}, (NAME,))


def _begin(work: Work, spelling: str, newest: Newest) -> Ending:
    """Sets the first watermark. The history before it comes in chunks."""
    overlap = work.settings.overlap * _MILLION
    start = newest.stamp if newest.is_exact or newest.date is None else _of_date(newest) - overlap
    if start is None:
        return Ending({"filter": spelling})
    begin_history(work, start, {"last_updated": written(start), "filter": spelling})
    return Ending()


def _new_cursor(work: Work, spelling: str, newest: Newest, watermark: int | None) -> Cursor:
    since = None if watermark is None else watermark - work.settings.overlap * _MILLION
    until = newest.stamp if newest.is_exact or newest.date is None else _of_date(newest)
    return Cursor(MODE, work.run, since, until, page_size=work.settings.page_size, is_exact=newest.is_exact)


def _reached(cursor: Cursor, watermark: int | None, spelling: str) -> int | None:
    """Returns the new watermark. It never moves backwards, also if the newest record is gone by now."""
    if cursor.is_exact:
        reached = cursor.until
    elif cursor.newest is None:
        # Rows without stamps: the whole table was read after the server's clock showed this time.
        reached = cursor.until if spelling == NO_FILTER and cursor.last_id is not None else watermark
    else:
        reached = cursor.newest if cursor.until is None else min(cursor.until, cursor.newest)
    return max((stamp for stamp in (reached, watermark) if stamp is not None), default=None)


def _condition(spelling: str, since: int | None) -> str:
    return "" if spelling == NO_FILTER or since is None else f"({spelling} >= [{written(since)}])"


def _of_date(newest: Newest) -> int:
    if newest.date is None:
        raise PairFailed("REFUSED", "the server refuses the order and has no clock")
    return int(newest.date.timestamp()) * _MILLION


def changed_rows(work: Work) -> list[dict[str, Any]]:
    """Returns `totals`: the changed rows of the last 28 days with any, each as {day, rows}, the newest last."""
    day = work.place.clock.now().date().isoformat()
    totals = [dict(total) for total in work.place.state.get("totals", ())]
    if not totals or totals[-1]["day"] != day:
        totals.append({"day": day, "rows": 0})
    totals[-1]["rows"] += work.counts.rows
    return totals[-MOST_DAYS:]
