"""Serves the stand-in on a port of 127.0.0.1, with faults, a log of requests, and orders from another process.

    GET  /_standin              {"now", "requests": {path: count}, "faults": {kind: count}}
    POST /_standin/faults       a list of faults, each as the fields of `Fault`
    POST /_standin/clock        {"advance": seconds}
    POST /_standin/records      {"company", "table", "records": [...], "stamp"?}
    POST /_standin/delete       {"company", "table", "ids": [...]}

An order needs the header X-Sandbox-Token with the server's token.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from reconciler.sandbox.connectwise import answers
from reconciler.sandbox.connectwise.answers import RestAnswer
from reconciler.sandbox.connectwise.faults import Fault, FaultQueue
from reconciler.sandbox.connectwise.records import Clock, Companies, Company
from reconciler.sandbox.connectwise.switches import Behaviour

HOST = "127.0.0.1"
LOGIN = "/login/companyinfo/"
ORDERS = "/_standin"
TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105 - the name of a header


@dataclass(frozen=True)
class Arrival:
    """One request that arrived, and the status that it got; 0: the connection was dropped."""

    company: str
    path: str
    query: str
    status: int


@dataclass
class StandIn:
    """The server as its owner sees it. `before` is called with each request's path and query before it is answered."""

    url: str = ""
    companies: Companies = field(default_factory=Companies)
    behaviour: Behaviour = field(default_factory=Behaviour)
    faults: FaultQueue = field(default_factory=FaultQueue)
    requests: list[Arrival] = field(default_factory=list)
    token: str = field(default_factory=secrets.token_urlsafe)
    before: Callable[[str], None] | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def clock(self) -> Clock:
        return self.companies.clock

    def company(self, id: str) -> Company:
        """Returns the company, which exists from its first use."""
        return self.companies.company(id)

    def credentials(self, id: str) -> dict[str, str]:
        """Returns the content of the secret of a tenant."""
        company = self.company(id)
        return {
            "company_id": id,
            "public_key": company.public_key,
            "private_key": company.private_key,
            "client_id": company.client_id,
        }

    def log(self, company: str, address: str, status: int) -> None:
        parts = urlsplit(address)
        with self._lock:
            self.requests.append(Arrival(company, parts.path, parts.query, status))

    def answer(self, address: str, headers: Any) -> RestAnswer:
        """Answers a GET without faults."""
        path, query = urlsplit(address).path, urlsplit(address).query
        if path.startswith(LOGIN):
            return answers.company_info(path.removeprefix(LOGIN), self.companies.all, self.behaviour)
        company = self._caller(headers)
        if company is None:
            return answers.refusal(401, "Unauthorized", "The keys or the clientId are not valid.")
        forward = headers.get("pagination-type", "") == "forward-only"
        return answers.answer(company, path, query, self.url, self.behaviour, forward=forward)

    def _caller(self, headers: Any) -> Company | None:
        """Returns the company whose keys the request has: Basic with `company+public:private`, and the clientId."""
        scheme, _, encoded = headers.get("Authorization", "").partition(" ")
        try:
            name, _, private = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return None
        id, _, public = name.partition("+")
        company = self.companies.all.get(id)
        if company is None or scheme != "Basic":
            return None
        given = f"{public}\0{private}\0{headers.get('clientId', '')}"
        expected = f"{company.public_key}\0{company.private_key}\0{company.client_id}"
        return company if hmac.compare_digest(given.encode(), expected.encode()) else None

    def state(self) -> dict[str, Any]:
        with self._lock:
            counts = Counter(request.path for request in self.requests)
        return {"now": self.clock.stamp(), "requests": counts, "faults": self.faults.served}

    def obey(self, order: str, content: Any) -> None:
        """Carries out an order. Raises `ValueError`, `KeyError` or `TypeError` for one that is not valid."""
        match order:
            case "faults":
                self.faults.add(*map(Fault.read, content))
            case "clock":
                self.clock.advance(float(content["advance"]))
            case "records":
                company = self.company(content["company"])
                company.put_all(content["table"], content["records"], stamp=content.get("stamp"))
            case "delete":
                for id in content["ids"]:
                    self.company(content["company"]).delete(content["table"], id)
            case _:
                raise ValueError(f"{order} is not an order")


@contextmanager
def standing_in(behaviour: Behaviour | None = None, port: int = 0) -> Iterator[StandIn]:
    """Serves a stand-in inside the block, on a free port unless one is given."""
    vendor = StandIn(behaviour=behaviour or Behaviour())
    server = ThreadingHTTPServer((HOST, port), type("Handler", (_StandInHandler,), {"vendor": vendor}))
    server.daemon_threads = True
    vendor.url = f"http://{HOST}:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _StandInHandler(BaseHTTPRequestHandler):
    vendor: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        if self.path.partition("?")[0] == ORDERS:
            self._send(answers.json_answer(200, self.vendor.state()))
            return
        if self.vendor.before:
            self.vendor.before(self.path)
        self.vendor.clock.advance(self.vendor.behaviour.seconds_a_request)
        fault = self.vendor.faults.take(self.path)
        answer = _failed(fault, self.vendor, self.path, self.headers) if fault else None
        whole = answer or self.vendor.answer(self.path, self.headers)
        self.vendor.log(self._company(), self.path, 0 if fault and fault.kind == "drop" else whole.status)
        if fault and fault.kind == "drop":
            self.close_connection = True
        elif fault and fault.kind == "half":
            self._send(whole, len(whole.body) // 2)
            self.close_connection = True
        else:
            self._send(whole)

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        given = self.headers.get(TOKEN_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.vendor.token.encode()):
            self._send(answers.refusal(403, "Forbidden", f"the header {TOKEN_HEADER} needs the token"))
            return
        try:
            self.vendor.obey(self.path.removeprefix(f"{ORDERS}/"), json.loads(content))
        except (ValueError, KeyError, TypeError) as wrong:
            self._send(answers.refusal(400, "WrongOrder", str(wrong)))
            return
        self._send(answers.json_answer(200, self.vendor.state()))

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.vendor.clock.now.astimezone(UTC), usegmt=True)

    def _company(self) -> str:
        try:
            name = base64.b64decode(self.headers.get("Authorization", "").partition(" ")[2]).decode()
        except ValueError:
            return ""
        return name.partition("+")[0]

    def _send(self, answer: RestAnswer, length: int | None = None) -> None:
        """Sends an answer, or only `length` bytes of its body although its head promises all of them."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("api-current-version", "2025.1")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[:length])
        self.wfile.flush()


def _failed(fault: Fault, vendor: StandIn, address: str, headers: Any) -> RestAnswer | None:
    """Returns the answer of a fault; None if the fault is in how a right answer is sent."""
    match fault.kind:
        case "status":
            answer = answers.refusal(fault.status, "Failed", "An error occurred.")
            if fault.retry_after is not None:
                answer.headers["Retry-After"] = fault.retry_after
            return answer
        case "timeout":
            return answers.refusal(500, "InternalError", "Execution Timeout Expired. The timeout period elapsed.")
        case "html":
            return answers.page_of_html(fault.status)
        case "page":
            return answers.page_of_html(200)
        case "null":
            return answers.json_answer(200, None)
        case "truncated":
            whole = vendor.answer(address, headers)
            return RestAnswer(whole.status, whole.body[: len(whole.body) // 2], whole.headers)
        case _:
            return None
