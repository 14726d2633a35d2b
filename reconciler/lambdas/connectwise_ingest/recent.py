"""The rows of the overlap that an earlier pass has written: the same record with the same stamp and the same content.

A record is known by its id, its stamp and its content together. A changed record with a known id is always written.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import orjson

from reconciler.lambdas.connectwise_ingest.pages import Page
from reconciler.lambdas.connectwise_ingest.questions import stamp_of

MOST = 500
_PART = "·"


class Recent:
    """`entries` are the ledger's, as id·stamp·hash. Stamps are epoch microseconds.

    Rows with a stamp below `floor` count as known too: a table without a filter is read whole.
    """

    def __init__(self, entries: Iterable[str], floor: int | None = None) -> None:
        self._known, self._floor = set(entries), floor
        self._met: dict[str, int] = {}

    def new(self, page: Page) -> tuple[Page, int]:
        """Returns the page without the rows that are known, and the number of those."""
        ids, records = [], []
        for id, record in zip(page.ids, page.records, strict=True):
            stamp = stamp_of(record)
            entry = _entry(id, stamp, record)
            if stamp is not None:
                self._met[entry] = stamp
            is_old = self._floor is not None and stamp is not None and stamp < self._floor
            if entry not in self._known and not is_old:
                ids.append(id)
                records.append(record)
        return Page(ids, records, page.rejected), len(page.ids) - len(ids)

    def entries(self, since: int) -> list[str]:
        """Returns the entries from `since` on, the newest ones if there are too many."""
        for entry in self._known:
            stamp = entry.split(_PART)[1]
            if stamp:
                self._met.setdefault(entry, int(stamp))
        newest = sorted((stamp, entry) for entry, stamp in self._met.items() if stamp >= since)
        return [entry for _, entry in newest[-MOST:]]


def _entry(id: int, stamp: int | None, record: Any) -> str:
    content = sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
    return _PART.join((str(id), "" if stamp is None else str(stamp), content))
