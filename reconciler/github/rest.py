"""Calls GitHub's REST API, and never repeats a write that succeeded.

Sources, all at docs.github.com/rest:
- "Rate limits for the REST API" (403 and 429, Retry-After, x-ratelimit-reset),
- "Using pagination in the REST API" (Link headers), "API versions",
- "Troubleshooting the REST API" (refusals).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import count
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from reconciler.github.refusals import HOW_TO_AUTHENTICATE, GitHubError, LostError, RefusedByGitHubError, refusal

Json = dict[str, Any]
Look = Callable[[], Json | None]

VERSION = "2022-11-28"
PAGE = 100  # the most items of a page
ATTEMPTS = 5
PATIENCE = 150.0  # seconds that one call may wait in total.
MINUTE = 60.0  # seconds to wait if a limit gives no time
REDIRECT = 302
LONGEST_FILE = 512 * 2**20  # bytes; the plan of a million cells is smaller.
TIMEOUTS = (10, 30)  # seconds for the connection and for the answer; GitHub itself stops after 10
_TOKEN = re.compile(r"[\x21-\x7e]+")
_LOCAL = ("127.0.0.1", "::1", "localhost")


class Bearer(AuthBase):
    """The token as an `auth`, so that requests does not read credentials from a .netrc. It is never printed."""

    def __init__(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise GitHubError(f"the token cannot be sent: {HOW_TO_AUTHENTICATE}")
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Rest:
    """A client of the API.

    `needs` is the permission that all its calls need; an error names it. `wait` takes seconds.
    """

    def __init__(
        self,
        api: str,
        token: str,
        needs: str,
        *,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._api, self._needs, self._wait, self._clock = _checked(api), needs, wait, clock
        self._session = requests.Session()
        self._session.auth = Bearer(token)
        self._session.headers.update(
            {
                "Accept": "application/vnd.github+json",
                "User-Agent": f"reconcile-connect/{version('reconcile-connect')}",
                "X-GitHub-Api-Version": VERSION,
            }
        )

    def __enter__(self) -> Rest:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._session.close()

    def get(self, path: str) -> Json:
        return _object(self._repeated("GET", self._api + path))

    def pages(self, path: str, *, member: str = "", **params: str) -> Iterator[Json]:
        """Yields every item of every page. `member` is the name of the list if a page is an object."""
        url, query = self._api + path, {**params, "per_page": str(PAGE)}
        while url:
            reply = self._repeated("GET", url, params=query)
            yield from _objects(reply, member)
            url, query = str(reply.links.get("next", {}).get("url", "")), {}
            if url and urlsplit(url)[:2] != urlsplit(self._api)[:2]:
                raise GitHubError(f"GET {path}: the next page is on another host, {url}")

    def download(self, path: str) -> bytes:
        """Returns a file.

        GitHub redirects to a signed address on another host, which must not get our token. The address is valid for a
        minute, so each attempt requests a new one. Source: docs.github.com/rest, "Download an artifact".
        """
        for attempt in range(1, ATTEMPTS + 1):
            reply = self._repeated("GET", self._api + path, success=REDIRECT + 1)
            address = str(reply.headers.get("location", ""))
            if reply.status_code != REDIRECT or not address:
                raise _not_understood(reply)
            try:
                return _fetched(_checked(address, "GitHub's address of the file"), f"GET {path}")
            except LostError:
                if attempt == ATTEMPTS:
                    raise
                self._before(attempt + 1)
        raise AssertionError("counting has no end")

    def patch(self, path: str, body: Json) -> Json:
        """Changes an object. Sending the same change twice has no further effect, so it is safe to repeat."""
        return _object(self._repeated("PATCH", self._api + path, json=body))

    def post(self, path: str, body: Json, look: Look) -> Json:
        """Creates an object and returns it.

        If a reply was lost, `look` searches for the object before the next attempt.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _object(self._in_turn("POST", self._api + path, json=body))
            except LostError:
                if existing := look():
                    return existing
                self._before(attempt + 1)
        raise LostError(f"POST {path}: no answer, {ATTEMPTS} times, and the object does not exist")

    def _repeated(self, method: str, url: str, **more: Any) -> requests.Response:
        """Makes a call that may be repeated if its reply was lost."""
        for attempt in range(1, ATTEMPTS):
            try:
                return self._in_turn(method, url, **more)
            except LostError:
                self._before(attempt + 1)
        return self._in_turn(method, url, **more)

    def _before(self, attempt: int) -> None:
        if attempt <= ATTEMPTS:
            self._wait(2.0 ** (attempt - 2))

    def _in_turn(self, method: str, url: str, *, success: int = 300, **more: Any) -> requests.Response:
        """Returns the successful reply, with a status below `success`. It waits as long as GitHub limits the rate.

        Raises `LostError` if the result is unknown, and `RefusedByGitHubError` if GitHub refused.
        """
        waited, call = 0.0, f"{method} {urlsplit(url).path}"
        for attempt in count(1):
            reply = self._once(method, url, call, **more)
            if reply.status_code < success:
                return reply
            if not _is_limited(reply):
                raise _failure(reply, call, self._needs)
            pause = _pause(reply, attempt, self._clock())
            waited += pause
            if waited > PATIENCE or attempt == ATTEMPTS:
                raise GitHubError(
                    f"{call}: GitHub's rate limit is reached; {pause:.0f} s to wait; run the command again later"
                )
            self._wait(pause)
        raise AssertionError("counting has no end")

    def _once(self, method: str, url: str, call: str, **more: Any) -> requests.Response:
        try:
            # A redirect would turn a POST into a GET. GITHUB_REPOSITORY has the repository's current name.
            return self._session.request(method, url, timeout=TIMEOUTS, allow_redirects=False, **more)
        except requests.exceptions.SSLError as wrong:
            raise GitHubError(f"{call}: the certificate cannot be verified: {wrong}") from wrong
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as wrong:
            raise LostError(f"{call}: no answer from {urlsplit(url).netloc}: {wrong}") from wrong
        except requests.RequestException as wrong:
            raise GitHubError(f"{call}: {type(wrong).__name__}: {wrong}") from wrong


def login_of(rest: Rest, otherwise: str) -> str:
    """Returns the login that owns the token.

    For an app's token it returns `otherwise`, because an app may not ask (403 "not accessible by integration").
    """
    try:
        answer = rest.get("/user")
    except RefusedByGitHubError as refused:
        if refused.status == 403:
            return otherwise
        raise
    return str(answer.get("login", otherwise))


def _checked(url: str, name: str = "GITHUB_API_URL") -> str:
    """Returns the URL. The token and signed addresses are sent only over TLS, or to this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise GitHubError(f"{name} is {url!r}; the token is sent only to https:// addresses")
    return url.rstrip("/")


def _fetched(address: str, call: str) -> bytes:
    """Returns the content of a signed address.

    Raises `LostError` if it cannot be read, and `GitHubError` if it is too long.
    """
    content = bytearray()
    try:
        # An `auth` that adds nothing, because requests would otherwise read credentials from a .netrc.
        with requests.get(address, auth=lambda request: request, timeout=TIMEOUTS, stream=True) as reply:
            if reply.status_code != 200:
                raise LostError(f"{call}: the file's address answers {reply.status_code}")
            for part in reply.iter_content(2**16):
                content += part
                if len(content) > LONGEST_FILE:
                    raise GitHubError(f"{call}: the file is longer than {LONGEST_FILE // 2**20} MiB")
    except requests.RequestException as wrong:
        raise LostError(f"{call}: the file cannot be read: {type(wrong).__name__}") from wrong
    return bytes(content)


def _is_limited(reply: requests.Response) -> bool:
    if reply.status_code == 429:
        return True
    if reply.status_code != 403:
        return False
    message = str((_maybe_json(reply) or {}).get("message", ""))
    return (
        "retry-after" in reply.headers
        or reply.headers.get("x-ratelimit-remaining") == "0"
        or "rate limit" in message.lower()
    )


def _pause(reply: requests.Response, attempt: int, now: float) -> float:
    """Returns the seconds to wait, by the rules and in the order of the documentation."""
    if (after := reply.headers.get("retry-after", "")).isdecimal():
        return float(after)
    reset = reply.headers.get("x-ratelimit-reset", "")
    if reply.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(float(reset) - now, 1.0)
    return MINUTE * 2.0 ** (attempt - 1)


def _failure(reply: requests.Response, call: str, needs: str) -> GitHubError:
    if reply.status_code >= 500:
        return LostError(f"{call}: GitHub answers {reply.status_code}; see www.githubstatus.com for outages")
    return refusal(reply.status_code, call, needs, _maybe_json(reply), reply.headers)


def _json(reply: requests.Response) -> Any:
    try:
        return reply.json()
    except ValueError as wrong:
        raise _not_understood(reply) from wrong


def _object(reply: requests.Response) -> Json:
    if not isinstance(answer := _json(reply), dict):
        raise _not_understood(reply)
    return answer


def _objects(reply: requests.Response, member: str) -> list[Json]:
    answer = _object(reply).get(member) if member else _json(reply)
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        raise _not_understood(reply)
    return answer


def _not_understood(reply: requests.Response) -> GitHubError:
    return GitHubError(f"GitHub answers {reply.status_code} with undocumented content; check GITHUB_API_URL")


def _maybe_json(reply: requests.Response) -> Json | None:
    try:
        answer = reply.json()
    except ValueError:  # an HTML page of a proxy; its status is enough
        return None
    return answer if isinstance(answer, dict) else None
