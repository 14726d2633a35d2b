"""Serves HTTP: checks the token, injects faults, and answers. `/_stand_in/…` lets another process set the scene."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import actions, rules, scene
from .faults import Fault
from .replies import Answer, Request
from .routes import answer
from .rules import NoError
from .world import World

LIMITS = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "999", "X-RateLimit-Reset": "1900000000"}


class StandIn(ThreadingHTTPServer):
    """The server. `asked` has the method, the path and the token's text of every request, in order."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.world, self.faults, self.lock = World(), list[Fault](), Lock()
        self.asked: list[tuple[str, str]] = []
        self.headers: list[Mapping[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def writes(self) -> list[str]:
        """Returns the requests that change something, as `POST /path`."""
        return [f"{method} {path}" for method, path in self.asked if method != "GET"]


@contextmanager
def serving(port: int = 0) -> Iterator[StandIn]:
    with StandIn(port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        path, body = urlsplit(self.path).path, self._body()
        with self.server.lock:
            if path.startswith(scene.DOOR):
                return self._send(scene.act(self.server, self.command, path, body))
            if path.startswith(actions.BLOBS):
                return self._send(actions.blob(self.server.world, path, dict(self.headers)))
            self.server.asked.append((self.command, path))
            self.server.headers.append(dict(self.headers))
            fault = next((each for each in self.server.faults if each.strikes(self.command, path)), None)
            reply = self._answer(path, body) if fault is None or fault.written else None
        if fault is None:
            assert reply is not None
            return self._send(reply)
        if fault.status:
            return self._send(Answer(fault.status, fault.body, fault.headers))
        self.close_connection = True
        self.connection.close()
        return None

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names that http.server looks for

    def _answer(self, path: str, body: bytes) -> Answer:
        world = self.server.world
        try:
            headers = dict(self.headers)
            rules.check_headers(headers)
            token = rules.check_token(world, headers)
            query = dict(parse_qsl(urlsplit(self.path).query))
            request = Request(self.command, self.server.url + path, query, _json(body), token)
            return answer(world, request, path)
        except NoError as no:
            return Answer(no.status, no.body, no.headers)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, reply: Answer) -> None:
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        values = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(content))}
        for name, text in (values | LIMITS | dict(reply.headers)).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Discards the log."""


def _json(body: bytes) -> dict[str, Any]:
    """ "Troubleshooting the REST API": 400 for a body that is not JSON, or not an object."""
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise NoError(400, "Problems parsing JSON") from None
    if not isinstance(values, dict):
        raise NoError(400, "Body should be a JSON object")
    return values
