"""The history before the first watermark, newest first, in chunks; a replay of a span; and whole reads.

A chunk has the stamps from one instant on and before another. The ledger has the oldest instant that is done, so each
chunk is fetched once. A chunk that was cut goes on behind its cursor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.lambdas.connectwise.ledger import backfill_name
from reconciler.lambdas.connectwise_ingest.failures import PairFailed
from reconciler.lambdas.connectwise_ingest.questions import NO_FILTER, find_filter, written
from reconciler.lambdas.connectwise_ingest.reading import Cursor, overlap_start, read_pages
from reconciler.lambdas.connectwise_ingest.recent import Recent
from reconciler.lambdas.connectwise_ingest.values import microseconds
from reconciler.lambdas.connectwise_ingest.work import Work

NAME, REPLAY, CONTENT = "backfill_cursor", "replay_cursor", "content_cursor"
GOES_ON = "backfilling"
# Chunks of one call: the next call begins with the changes, so history never holds them up for long.
SECONDS_A_CALL = 60.0
_DAY = 86_400_000_000
_SECOND = 1_000_000


def begin_history(work: Work, start: int, sets: Mapping[str, Any]) -> None:
    """Notes that the history up to `start` is to be fetched, together with other changes of the item."""
    days = work.tenant.backfill
    until = start + _SECOND
    item = {
        "from": written(until - days.days * _DAY),
        "to": written(until),
        "done_to": written(until),
        "chunk_days": days.chunk_days,
    }
    work.place.write({**sets, GOES_ON: True}, others={backfill_name(work.table.name): item})


def read_history(work: Work) -> bool:
    """Fetches chunks for a while. Returns whether the history is complete."""
    begin = work.passed()
    while work.place.state.get(GOES_ON):
        if work.passed() - begin > SECONDS_A_CALL or work.counts.rows >= work.settings.flush_rows:
            return False
        _read_chunk(work)
    return True


def _read_chunk(work: Work) -> None:
    place, name = work.place, backfill_name(work.table.name)
    item = dict(place.ledger.read(name))
    floor, done = (microseconds(item.get(key)) for key in ("from", "done_to"))
    if floor is None or done is None or done <= floor:
        place.write({}, (GOES_ON, NAME))
        return
    cursor = Cursor.read(place.state.get(NAME))
    if cursor is None:
        since = max(floor, done - int(item["chunk_days"]) * _DAY)
        cursor = Cursor("backfill", work.run, since, done, page_size=work.settings.page_size)
    # The next incremental pass begins before the watermark, and finds the newest rows of the history again.
    overlap = overlap_start(work)
    recent = Recent(place.state.get("recent", ()), overlap)
    cursor = read_pages(work, NAME, cursor, _span(work, cursor.since, cursor.until), recent)
    reached = floor if cursor.since is None else cursor.since
    ended = (NAME, GOES_ON) if reached <= floor else (NAME,)
    place.write({"recent": recent.entries(overlap)}, ended, others={name: {**item, "done_to": written(reached)}})


def read_span(work: Work, since: str, until: str) -> None:
    """Fetches the records with stamps from `since` on and before `until` again. The watermark stays."""
    first, last = microseconds(since), microseconds(until)
    if first is None or last is None or first >= last:
        raise PairFailed("REFUSED", "from and to must be instants with an offset, and from the earlier one")
    cursor = Cursor.read(work.place.state.get(REPLAY))
    if cursor is None or (cursor.since, cursor.until) != (first, last):
        cursor = Cursor("backfill", work.run, first, last, page_size=work.settings.page_size)
    read_pages(work, REPLAY, cursor, _span(work, first, last))


def read_content(work: Work) -> None:
    """Fetches every record whole: so changes without a new stamp are seen, such as renamed references."""
    cursor = Cursor.read(work.place.state.get(CONTENT))
    read_pages(work, CONTENT, cursor or Cursor("content", work.run, page_size=work.settings.page_size), "")


def _span(work: Work, since: int | None, until: int | None) -> str:
    spelling = str(work.place.state.get("filter", "")) or find_filter(work.vendor, work.table.name)
    if spelling == NO_FILTER or since is None or until is None:
        return ""
    return f"({spelling} >= [{written(since)}]) and ({spelling} < [{written(until)}])"


def restart_history(work: Work) -> None:
    """Begins the history of the tenant's days again, if none goes on. Raises `PairFailed` before the first run."""
    if not work.place.state.get(GOES_ON):
        start = microseconds(work.place.state.get("last_updated"))
        if start is None:
            raise PairFailed("REFUSED", "the table has no watermark yet; run it without a mode first")
        # All rows are written again, also those of the overlap.
        begin_history(work, start, {"recent": []})
