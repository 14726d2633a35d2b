"""Pages of bodies without a server: each request gets the next body as it is."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from reconciler.lambdas.connectwise_ingest.pages import KEYSET, Page, Pages
from reconciler.lambdas.connectwise_ingest.rate import Rate
from reconciler.lambdas.connectwise_ingest.vendor import Vendor
from reconciler.lambdas.shared.deadline import Deadline

ADDRESS = "http://cw.example.com"


def pages_of(table: str, bodies: Iterable[bytes], read: Callable[[bytes], Any]) -> Iterator[Page]:
    """Yields the pages of these bodies; behind the last one, the vendor has no more records."""
    vendor = Vendor(
        session=session_of(bodies),
        url=ADDRESS,
        company_id="harbor",
        codebase="",
        keep_codebase=lambda codebase: None,
        rate=Rate(1e6, lambda: 0.0),
        deadline=Deadline.within(1000.0, lambda: 0.0),
        sleep=lambda seconds: None,
        random=lambda: 0.5,
        timeout=1.0,
        most_retries=0,
    )
    yield from Pages(vendor, table, "", 1000, KEYSET, read=read)


def session_of(bodies: Iterable[bytes]) -> requests.Session:
    session = requests.Session()
    session.mount(ADDRESS, Canned(bodies))
    return session


class Canned(BaseAdapter):
    """Answers each request with the next body."""

    def __init__(self, bodies: Iterable[bytes]) -> None:
        super().__init__()
        self._bodies = iter(bodies)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, str(request.url)
        response.raw = HTTPResponse(io.BytesIO(next(self._bodies, b"[]")), status=200, preload_content=False)
        return response

    def close(self) -> None:
        """Has no connection."""
