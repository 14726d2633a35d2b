"""The Lambda Runtime API: containers fetch their events here, and send their answers.

Each container has a port of its own, as at AWS. Other users of the machine reach it too, and get 403: an event may hold
secrets, and another user's answer would count. The client would take a path in AWS_LAMBDA_RUNTIME_API for most calls,
but not for errors of its start.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

from reconciler.sandbox import guard
from reconciler.sandbox.functions.containers import Blueprint, Container, Invocation, Message
from reconciler.sandbox.functions.own_clock import clock_offset
from reconciler.sandbox.functions.shifted_clock import SECONDS
from reconciler.sandbox.functions.shipped import BOOT, link_distributions

HOST = "127.0.0.1"
POLL = 0.02  # seconds until a server notices that it is to stop
LARGEST_ANSWER = 6_291_556  # bytes [quotas: 6 MB each for request and response]
NO_TRACE = "Root=1-00000000-000000000000000000000000;Sampled=0"


class RuntimeApi:
    """Starts containers, and speaks to them. `stop` ends them all."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="reconcile-functions-"))
        self.shipped = self.folder / "runtime"
        link_distributions(self.shipped)
        self._servers: dict[Container, _Server] = {}
        # A container ends with the thread that started it (`BOOT`), so one thread starts them all.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="containers")

    def start(self, blueprint: Blueprint) -> Container:
        return self._starter.submit(self._start, blueprint).result()

    def end(self, container: Container) -> None:
        """Ends a container. Ending it twice does no harm."""
        container.kill()
        if server := self._servers.pop(container, None):
            server.shutdown()
            server.server_close()
            shutil.rmtree(container.log.parent, ignore_errors=True)

    def stop(self) -> None:
        self._starter.shutdown()
        for container in list(self._servers):
            self.end(container)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, blueprint: Blueprint) -> Container:
        folder = self.folder / uuid4().hex
        (folder / "tmp").mkdir(parents=True)
        log, server = folder / "log", _Server((HOST, 0), _Handler)
        server.clock = _Clock(folder / "clock", clock_offset(self.folder))
        server.clock.set(blueprint.ahead)
        own = self._own_variables(server, blueprint)
        environ = _variables(folder / "tmp") | dict(blueprint.environ) | own
        with log.open("ab") as sink:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-I", "-S", "-c", BOOT],
                cwd=blueprint.root,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        server.container = container = Container(blueprint, process, log)
        self._servers[container] = server
        Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
        return container

    def _own_variables(self, server: _Server, blueprint: Blueprint) -> dict[str, str]:
        """Returns the variables of the runtime itself."""
        return {
            "LAMBDA_TASK_ROOT": str(blueprint.root),
            "LAMBDA_RUNTIME_DIR": str(self.shipped),
            "_HANDLER": blueprint.handler,
            "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{server.server_port}",
            "SANDBOX_PID": str(os.getpid()),
            # A container whose clock is the machine's keeps Python's own functions.
            "SANDBOX_CLOCK": str(server.clock.path) if blueprint.ahead or server.clock.offset else "",
            "SANDBOX_LAYERS": os.pathsep.join(str(path) for path in blueprint.layers),
        }


def _variables(folder: Path) -> dict[str, str]:
    """Returns the variables that a function may replace."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "TMPDIR": str(folder),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@dataclass(frozen=True)
class _Clock:
    """The file by which a container knows how far its clock is ahead. `offset`: as `clock_offset` returns it."""

    path: Path
    offset: float

    def set(self, ahead: float) -> None:
        """Writes in place: the container has the file in its memory."""
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(file, SECONDS.pack(ahead + self.offset))
        finally:
            os.close(file)


class _Server(ThreadingHTTPServer):
    """Serves one container, from the moment that it is known."""

    daemon_threads = True
    container: Container
    clock: _Clock

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Does nothing: a container was ended in the middle of a request."""


class _Handler(BaseHTTPRequestHandler):
    """GET …/invocation/next waits for an event; POST …/response, …/error and …/init/error are answers."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        ports = self.client_address[1], self.server.server_port
        self._foreign = guard.from_another_user(*ports, os.getuid())

    def do_GET(self) -> None:
        if self._foreign:
            self._send(403, self._foreign.encode(), {})
            return
        container = self.server.container
        invocation = container.events.get()
        if invocation is None:
            self._send(410, b"", {})
            return
        self.server.clock.set(invocation.ahead)
        container.messages.put(Message("taken"))
        self._send(200, invocation.event, _headers(container.blueprint, invocation))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._foreign:
            self._send(403, self._foreign.encode(), {})
            return
        self._send(202, b"", {})
        # …/runtime/invocation/ID/response, …/runtime/invocation/ID/error, …/runtime/init/error
        kind = "init" if self.path.endswith("/init/error") else self.path.rpartition("/")[2]
        if kind == "response" and len(body) > LARGEST_ANSWER:
            kind, body = "error", _TOO_LARGE
        self.server.container.messages.put(Message(kind, body))

    def log_message(self, *args: Any) -> None:
        """Does nothing: what a function writes is logged, not its requests."""

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


_TOO_LARGE = (
    b'{"errorType": "Function.ResponseSizeTooLarge", "errorMessage": "Response payload size exceeded maximum allowed '
    b'payload size (6291556 bytes)."}'
)


def _headers(blueprint: Blueprint, invocation: Invocation) -> dict[str, str]:
    context = {"Lambda-Runtime-Client-Context": invocation.client_context} if invocation.client_context else {}
    return {
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + invocation.ahead + invocation.timeout) * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": blueprint.arn,
        "Lambda-Runtime-Trace-Id": NO_TRACE,
        "Content-Type": "application/json",  # without it the client ends with a segmentation fault
        **context,
    }
