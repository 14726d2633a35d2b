"""Pages of a table that changes while it is read: no row is skipped and none comes twice.

Both ways of paging go by id. Forward-only paging follows the server's link, whose id is put into a request of our own.
Keyset paging asks for ids above the last one, until a page is empty: a short page proves nothing, as a server may clamp
the page size. A server without forward-only paging sends no Link header, whereas its last page has an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests.utils import parse_header_links

from reconciler.lambdas.connectwise_ingest.bodies import read_json
from reconciler.lambdas.connectwise_ingest.failures import PageTooLarge, PairFailed
from reconciler.lambdas.connectwise_ingest.questions import stamps_of
from reconciler.lambdas.connectwise_ingest.records import TypedRecord
from reconciler.lambdas.connectwise_ingest.values import whole_number
from reconciler.lambdas.connectwise_ingest.vendor import Reply, Vendor

FORWARD, KEYSET = "forward", "keyset"
SMALLEST = 50  # records a page
Record = Mapping[str, Any] | TypedRecord


@dataclass(frozen=True)
class Page:
    """Records with their ids, in the order of ids: typed ones or JSON objects, but never both.

    `rejected`: values that have no whole number as id. `body` is that of the answer.
    """

    ids: list[int]
    records: list[Record]
    rejected: list[Any]
    body: bytes = field(default=b"", repr=False)

    @cached_property
    def stamps(self) -> list[int | None]:
        """Returns the epoch microseconds of each record's last change, None for a record without it."""
        return stamps_of(self.records)

    def json_records(self) -> Sequence[Any]:
        """Returns the records as JSON objects."""
        is_typed = any(isinstance(record, TypedRecord) for record in self.records[:1])
        return read_json(self.body) if is_typed else self.records


@dataclass
class Pages:
    """The pages of the records that satisfy `condition`, "" for all, with ids above `last_id`.

    `read` returns the records of a body. `paging` is the way that is known to work, or "". After the first page it has
    the way that does. `last_id` moves with each page, `size` shrinks if the server gives up on one.
    """

    vendor: Vendor
    table: str
    condition: str
    size: int
    paging: str = ""
    last_id: int | None = None
    fields: str = ""
    read: Callable[[bytes], Any] = read_json
    _link_id: int | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[Page]:
        """Yields pages until the last one. Raises `PairFailed`, `Behind` or `WrongFilter`."""
        while True:
            reply = self._next()
            following = _Link.read(reply.headers) if self.paging != KEYSET else None
            if self.paging != KEYSET and following is None:
                # No link, or one of another way of paging: rows may come in any order, so they are not used.
                self.paging = KEYSET
                continue
            page = self._page(reply)
            is_last = following.id is None if following else not reply.content
            if page.records or page.rejected:
                yield page
            if is_last:
                return
            self._go_on(page, following)

    def _next(self) -> Reply:
        while True:
            try:
                return self.vendor.get(
                    self.table,
                    self._query(),
                    read=self.read,
                    forward=self.paging != KEYSET,
                    shrinks=self.size > SMALLEST,
                )
            except PageTooLarge:
                self.size = max(SMALLEST, self.size // 2)
                self.vendor.counts.retries += 1

    def _query(self) -> dict[str, str]:
        parts = [self.condition] if self.condition else []
        query = {"pageSize": str(self.size), **({"fields": self.fields} if self.fields else {})}
        if self.paging != KEYSET and self._link_id is not None:
            query["pageId"] = str(self._link_id)
        elif self.last_id is not None:
            parts.append(f"id > {self.last_id}")
        if self.paging == KEYSET:
            query |= {"orderBy": "id asc", "page": "1"}
        return {**query, **({"conditions": " and ".join(parts)} if parts else {})}

    def _page(self, reply: Reply) -> Page:
        page, last = Page([], [], [], reply.body), self.last_id
        for record in reply.content:
            id = _id_of(record)
            if id is None:
                page.rejected.append(record)
                continue
            if last is not None and id <= last:
                raise PairFailed("ORDER", f"id {id} after {last}")
            last = id
            page.ids.append(id)
            page.records.append(record)
        self.last_id = last
        return page

    def _go_on(self, page: Page, following: _Link | None) -> None:
        """Moves behind a page. Raises `PairFailed` if the next request would ask the same again."""
        if following is None:
            if not page.ids:
                raise PairFailed("ORDER", "a page has no id to go on from")
            return
        if following.id is None or (self._link_id is not None and following.id <= self._link_id):
            raise PairFailed("ORDER", "the links of pages do not move on")
        self._link_id, self.paging = following.id, FORWARD


def _id_of(record: Any) -> int | None:
    if isinstance(record, TypedRecord):
        return record.id
    return whole_number(record.get("id")) if isinstance(record, dict) else None


@dataclass(frozen=True)
class _Link:
    """The link of a forward-only page: the id behind which the next page begins, None on the last page."""

    id: int | None

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> _Link | None:
        """Returns None without a link of forward-only paging. Only the id is used, never the address."""
        text = headers.get("Link")
        if text is None:
            return None
        if not text.strip():
            return cls(None)
        for link in parse_header_links(text):
            if link.get("rel") == "next":
                ids = parse_qs(urlsplit(link.get("url", "")).query).get("pageId", [""])
                return cls(int(ids[0])) if ids[0].isdecimal() else None
        return None
