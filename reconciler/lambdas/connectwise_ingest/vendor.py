"""The REST API of ConnectWise: one GET that returns a right answer, or an error that says why not.

An error is never an empty answer. A request that may succeed later is repeated in time; the answer to it is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests

from reconciler.lambdas.connectwise_ingest.bodies import read_json
from reconciler.lambdas.connectwise_ingest.failures import Behind, PageTooLarge, PairFailed
from reconciler.lambdas.connectwise_ingest.rate import Rate
from reconciler.lambdas.connectwise_ingest.waits import LONGEST_ASKED, backoff, retry_after
from reconciler.lambdas.shared.deadline import Deadline

FIXED_CODEBASE = "v4_6_release/"
VERSION = "application/vnd.connectwise.com+json; version=2025.1"
CONNECT_TIMEOUT = 5.0
RESERVE = 15.0  # seconds that writing a file and the ledger may take after the last request
_CODEBASE = re.compile(r"[\w.]{1,40}/")
_FORWARD = {"pagination-type": "forward-only"}
_TIMED_OUT = re.compile(rb"(?i)time-?\s?out")


class WrongFilter(Exception):  # noqa: N818 - the name says what happened
    """The server refuses the conditions (400)."""


class NoRecord(Exception):  # noqa: N818 - the name says what happened
    """The server has no such record (404 in its own form)."""


@dataclass(frozen=True)
class Credentials:
    """The tenant's secret. `pii_key`: the key of hashes of personal data, or nothing."""

    company_id: str
    public_key: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str = field(repr=False)
    pii_key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Reply:
    """`content` is the value of the body. `headers` ignore case."""

    content: Any
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Traffic:
    """The requests of a pass. `throttled` are answers that ask for a wait."""

    requests: int = 0
    retries: int = 0
    throttled: int = 0


@dataclass
class Vendor:
    """`codebase` ends with a slash. `keep_codebase` is called with a new one. `timeout` is in seconds."""

    session: requests.Session
    url: str
    company_id: str
    codebase: str
    keep_codebase: Callable[[str], None]
    rate: Rate
    deadline: Deadline
    sleep: Callable[[float], None]
    random: Callable[[], float]
    timeout: float
    most_retries: int
    counts: Traffic = field(default_factory=Traffic)
    _has_moved: bool = False

    def get(
        self,
        path: str,
        query: Mapping[str, str],
        *,
        of: type = list,
        read: Callable[[bytes], Any] = read_json,
        forward: bool = False,
        shrinks: bool = False,
    ) -> Reply:
        """Returns the answer to `{codebase}apis/3.0/{path}`, which is a list, or an object for `of=dict`.

        `read` returns the value of a body, or raises `ValueError`. `forward` asks for forward-only paging. `shrinks`: a
        time-out raises `PageTooLarge` at once. Raises `PairFailed`, `Behind`, `WrongFilter` or `NoRecord`.
        """
        failures = waits = 0
        while True:
            response = self._send(f"{self.url}/{self.codebase}apis/3.0/{path}", query, _FORWARD if forward else {})
            if response is None:
                code = "NETWORK"
            elif response.status_code == 200:
                if isinstance(content := _content(response, read), of):
                    return Reply(content, response.headers, response.content)
                code = "BODY"
            elif response.status_code == 429:
                self._wait_as_asked(response, waits)
                waits += 1
                continue
            elif response.status_code == 404 and self._moves(response):
                continue
            elif response.status_code >= 500:
                code = "SERVER"
                if shrinks and _TIMED_OUT.search(response.content):
                    raise PageTooLarge
            else:
                raise _refusal(response)
            if failures >= self.most_retries:
                raise PairFailed(code, f"after {failures + 1} tries")
            self._back_off(failures)
            failures += 1

    def _send(self, address: str, query: Mapping[str, str], headers: Mapping[str, str]) -> requests.Response | None:
        """Sends one request in time. Returns None if the connection failed or ended early."""
        self._pause(self.rate.take())
        self.counts.requests += 1
        try:
            return self.session.get(
                address,
                params=dict(query),
                headers=dict(headers),
                timeout=(CONNECT_TIMEOUT, self.timeout),
                allow_redirects=False,
            )
        except requests.RequestException:
            return None

    def _pause(self, seconds: float) -> None:
        """Raises `Behind` if no request may begin after the pause, and makes the pause otherwise."""
        if self.deadline.left < seconds + self.timeout + RESERVE:
            raise Behind("no time for another request")
        if seconds > 0:
            self.sleep(seconds)

    def _back_off(self, failures: int) -> None:
        self.counts.retries += 1
        self._pause(backoff(failures, self.random))

    def _wait_as_asked(self, response: requests.Response, attempt: int) -> None:
        self.counts.throttled += 1
        self.counts.retries += 1
        seconds = retry_after(response.headers)
        if seconds is not None and seconds > LONGEST_ASKED:
            raise Behind(f"the server wants a wait of {seconds:.0f} s", seconds)
        self._pause(backoff(attempt, self.random) if seconds is None else seconds)

    def _moves(self, response: requests.Response) -> bool:
        """Asks for the codebase once, if a page of HTML says that it may have moved. Returns whether to repeat."""
        if self._has_moved or _is_json(response):
            return False
        self._has_moved = True
        answer = self._send(f"{self.url}/login/companyinfo/{quote(self.company_id, safe='')}", {}, {})
        codebase = _codebase(answer)
        if codebase is None or codebase == self.codebase:
            return False
        self.codebase = codebase
        self.keep_codebase(codebase)
        return True


def open_session(credentials: Credentials) -> requests.Session:
    """Returns a session that sends the tenant's keys. It obeys no proxy or netrc of the environment."""
    session = requests.Session()
    session.trust_env = False
    session.auth = (f"{credentials.company_id}+{credentials.public_key}", credentials.private_key)
    session.headers.update({"clientId": credentials.client_id, "Accept": VERSION, "User-Agent": "reconcile"})
    return session


def _codebase(response: requests.Response | None) -> str | None:
    """Returns the codebase of an answer of companyinfo. It becomes part of addresses, so its form is checked."""
    if response is None or response.status_code != 200:
        return None
    content = _content(response, read_json)
    codebase = content.get("Codebase") if isinstance(content, dict) else None
    return codebase if isinstance(codebase, str) and _CODEBASE.fullmatch(codebase) else None


def _content(response: requests.Response, read: Callable[[bytes], Any]) -> Any:
    """Returns the value of an answer; None if its body is not JSON."""
    try:
        return read(response.content)
    except ValueError:
        return None


def _is_json(response: requests.Response) -> bool:
    return "json" in response.headers.get("Content-Type", "")


def _refusal(response: requests.Response) -> Exception:
    """Returns the error of an answer below 500. No word of the answer is in it."""
    match response.status_code:
        case 400:
            return WrongFilter()
        case 401:
            return PairFailed("AUTH")
        case 403:
            return PairFailed("FORBIDDEN")
        case 404 if _is_json(response):
            return NoRecord()
        case 404:
            return PairFailed("NOT_FOUND")
        case status:
            return PairFailed("REFUSED", f"HTTP {status}")
