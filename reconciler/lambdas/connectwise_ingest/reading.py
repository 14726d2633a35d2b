"""Reads the pages of one pass into raw files. A cursor in the ledger says where the next call goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.lambdas.connectwise_ingest.failures import Behind, PairFailed
from reconciler.lambdas.connectwise_ingest.pages import Page, Pages
from reconciler.lambdas.connectwise_ingest.recent import Recent
from reconciler.lambdas.connectwise_ingest.values import microseconds
from reconciler.lambdas.connectwise_ingest.vendor import WrongFilter
from reconciler.lambdas.connectwise_ingest.work import Work, Writer

_MILLION = 1_000_000


@dataclass(frozen=True)
class Cursor:
    """A pass that is not over. Stamps are epoch microseconds, None for no limit; `until` of a chunk is exclusive.

    `last_id` is None before the first page. `newest` is the newest stamp that was read. `is_exact` is false if `until`
    is the server's clock, because it refuses to be asked for its newest stamp.
    """

    mode: str
    run: str
    since: int | None = None
    until: int | None = None
    last_id: int | None = None
    page_size: int = 1000
    newest: int | None = None
    is_exact: bool = True

    @classmethod
    def read(cls, item: Mapping[str, Any] | None) -> Cursor | None:
        return cls(**item) if item else None

    def item(self) -> dict[str, Any]:
        return dict(vars(self))


def read_pages(work: Work, name: str, cursor: Cursor, condition: str, recent: Recent | None = None) -> Cursor:
    """Reads every page behind the cursor and writes its rows; `name` is the attribute of the cursor.

    Returns the cursor at the end. Raises `Behind`, `PairFailed` or `WrongFilter` after rows in hand are written.
    """
    writer = Writer(work, cursor.mode)
    paging = str(work.place.state.get("paging", ""))
    pages = Pages(
        work.vendor,
        work.table.name,
        condition,
        cursor.page_size,
        paging,
        cursor.last_id,
        read=work.flattener.records.read,
    )
    try:
        for page in pages:
            new, repeated = recent.new(page) if recent else (page, 0)
            work.counts.repeated += repeated
            writer.add(new, work.place.seen_at())
            newest = _newest(cursor.newest, page)
            cursor = replace(cursor, last_id=pages.last_id, page_size=pages.size, newest=newest)
            if writer.is_due():
                writer.flush({name: cursor.item()})
    except (Behind, PairFailed, WrongFilter):
        writer.flush({name: cursor.item(), **_paging(pages), **_noted(work, recent)})
        raise
    if writer.has_any or (pages.paging and pages.paging != paging):
        writer.flush({name: cursor.item(), **_paging(pages)})
    return cursor


def overlap_start(work: Work) -> int | None:
    """Returns where the overlap before the watermark begins, in epoch microseconds. None without a watermark."""
    watermark = microseconds(work.place.state.get("last_updated"))
    return None if watermark is None else watermark - work.settings.overlap * _MILLION


def _noted(work: Work, recent: Recent | None) -> dict[str, Any]:
    """Returns the rows of the overlap that a cut pass has written: the next one finds them again."""
    since = overlap_start(work)
    return {"recent": recent.entries(since)} if recent and since is not None else {}


def _paging(pages: Pages) -> dict[str, str]:
    return {"paging": pages.paging} if pages.paging else {}


def _newest(before: int | None, page: Page) -> int | None:
    stamps = [stamp for stamp in page.stamps if stamp is not None]
    return max([*stamps, *([] if before is None else [before])], default=None)
