"""The rows of the overlap that an earlier pass has written: the same record with the same stamp and the same content.

A record is known by its id, its stamp and its content together. A changed record with a known id is always written.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import orjson

from reconciler.lambdas.connectwise_ingest.pages import Page

MOST = 500
_PART = "·"


class Recent:
    """`entries` are the ledger's, as id·stamp·hash. Stamps are epoch microseconds.

    Rows with a stamp below `since` are outside of the overlap, so their content is not compared. Rows with a stamp
    below `floor` count as known: a table without a filter is read whole.
    """

    def __init__(self, entries: Iterable[str], since: int | None, floor: int | None = None) -> None:
        self._known, self._since, self._floor = set(entries), since, floor
        self._known_ids = {entry.partition(_PART)[0] for entry in self._known}
        self._met: dict[str, int] = {}

    def new(self, page: Page) -> tuple[Page, int]:
        """Returns the page without the rows that are known, and the number of those."""
        ids, records = [], []
        compared = [self._is_compared(id, stamp) for id, stamp in zip(page.ids, page.stamps, strict=True)]
        contents = page.json_records() if any(compared) else page.records
        rows = zip(page.ids, page.stamps, page.records, contents, compared, strict=True)
        for id, stamp, record, content, is_compared in rows:
            if self._floor is not None and stamp is not None and stamp < self._floor:
                continue
            if not (is_compared and self._is_known(id, stamp, content)):
                ids.append(id)
                records.append(record)
        return Page(ids, records, page.rejected), len(page.ids) - len(ids)

    def entries(self, since: int | None) -> list[str]:
        """Returns the entries from `since` on, the newest ones if there are too many."""
        for entry in self._known:
            stamp = entry.split(_PART)[1]
            if stamp:
                self._met.setdefault(entry, int(stamp))
        newest = sorted((stamp, entry) for entry, stamp in self._met.items() if since is None or stamp >= since)
        return [entry for _, entry in newest[-MOST:]]

    def _is_compared(self, id: int, stamp: int | None) -> bool:
        return str(id) in self._known_ids or (stamp is not None and (self._since is None or stamp >= self._since))

    def _is_known(self, id: int, stamp: int | None, content: Any) -> bool:
        """Returns whether an earlier pass has written this row, and notes the row."""
        digest = sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
        entry = _PART.join((str(id), "" if stamp is None else str(stamp), digest))
        if stamp is not None:
            self._met[entry] = stamp
        return entry in self._known
