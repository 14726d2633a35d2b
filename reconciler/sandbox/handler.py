"""How the server answers one request.

Connections to the sandbox's own services and to /_sandbox stay open; moto's own application answers the rest and closes
its connections. `guard` refuses requests that no client of AWS sends.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from reconciler.sandbox import door, guard, services
from reconciler.sandbox.errors import Dropped
from reconciler.sandbox.functions.killing import call_of, killing
from reconciler.sandbox.idle import Idle

HOST = "127.0.0.1"
REFUSED_BODY = 65_536  # bytes to read of a refused request, so that its sender reads the answer


class Server(ThreadedWSGIServer):
    """The HTTP server. Its maker sets the attributes that its handlers need."""

    token: str
    idle: Idle
    orders: Callable[[str, str, bytes], door.Reply] | None = None  # None: no order to the sandbox itself is taken
    is_closed = False  # its state is being kept: nothing may change it


class Handler(MotoRequestHandler):
    """Keeps connections open for the sandbox's own answers, and logs nothing."""

    server: Server
    protocol_version = "HTTP/1.1"
    # Small answers must not wait for the acknowledgement of their own headers.
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        if refusal := self._refusal():
            self._refuse(*refusal)
            return
        with self.server.idle.busy():
            self._run()

    def _run(self) -> None:
        if self._is_for_door():
            try:
                self._send(self._answer())
            except Dropped:
                self.close_connection = True
            except Exception as wrong:  # The caller must see that the sandbox itself failed.
                traceback.print_exc()
                self._send(door.mistake(repr(wrong)))
        else:
            self.close_connection = True
            super().run_wsgi()

    def _refusal(self) -> tuple[int, str] | None:
        if why := guard.misdirected(self.headers, self.server.port):
            return 421, why
        if why := guard.from_a_page(self.headers):
            return 403, why
        if self.command != "GET" and self._service() in guard.RUNNING_CODE:
            client = self.client_address[1]
            if why := guard.from_another_user(client, self.server.port, os.getuid()):
                return 403, why
        is_order = self.path.startswith(guard.PREFIX)
        if self.server.is_closed and not is_order:
            return 503, "the sandbox is stopping"
        if is_order and (why := guard.without_token(self.command, self.headers, self.server.token)):
            return 403, why
        return None

    def _refuse(self, status: int, why: str) -> None:
        self.close_connection = True
        length = self.headers.get("Content-Length") or "0"
        if length.isdecimal():
            self.rfile.read(min(int(length), REFUSED_BODY))
        self._send(door.Reply(status, json.dumps({"message": why}).encode(), {"Content-Type": "application/json"}))

    def log(self, type: str, message: str, *args: Any) -> None:
        """Does nothing: requests are counted, not logged."""
        if type == "error":
            sys.stderr.write(f"{message % args if args else message}\n")

    def _is_for_door(self) -> bool:
        if self.headers.get("Transfer-Encoding"):
            return False
        return self.path.startswith(guard.PREFIX) or self._service() in services.SERVICES

    def _service(self) -> str:
        """Returns the service that the request is signed for, or an empty text."""
        scope = door.CREDENTIAL_SCOPE.search(self.headers.get("Authorization") or "")
        return scope["service"] if scope else ""

    def _answer(self) -> door.Reply:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith(guard.PREFIX):
            if self.server.orders is None:
                return door.Reply(404, b"{}", {"Content-Type": "application/json"})
            return self.server.orders(self.command, self.path, body)
        authorization = self.headers.get("Authorization") or ""
        call = call_of(self.command, self.path, self.headers.get("X-Amz-Target"))
        if killing.strikes(authorization, "before", call):
            raise Dropped
        url = f"http://{self.headers['Host']}{self.path}"
        reply = door.answer(door.Request(self.command, url, body, self.headers))
        if killing.strikes(authorization, "after", call):
            raise Dropped
        return reply

    def _send(self, reply: door.Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
