"""A Lambda as AWS runs it: the built archive under AWS's own runtime client, in a process that has nothing else.

Its modules come from the archive, the standard library and what the runtime ships (boto3). Neither this repository nor
what is installed beside it can be imported. Events go in and answers come out by the Lambda Runtime API.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any
from uuid import uuid4

SHIPPED = (
    *("awslambdaric", "simplejson", "snapshot-restore-py"),
    *("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"),
)
BOOT = """
import os, sys
sys.path[:] = [os.environ["LAMBDA_TASK_ROOT"], *(path for path in sys.path if path), os.environ["LAMBDA_RUNTIME_DIR"]]
import awslambdaric.__main__ as client
client.main(["awslambdaric", os.environ["_HANDLER"]])
"""


@dataclass(frozen=True)
class Answer:
    body: Any
    is_error: bool
    seconds: float


@dataclass
class Lambda:
    """One container, which stays warm; `invoke` is for one caller at a time."""

    process: subprocess.Popen[bytes]
    log: Path
    timeout: float
    events: Queue[tuple[str, bytes]] = field(default_factory=Queue)
    answers: Queue[tuple[str, bytes]] = field(default_factory=Queue)

    def invoke(self, event: Any) -> Answer:
        """Whatever comes of it; a container that has ended or takes too long is an error, as at AWS."""
        began = time.monotonic()
        self.events.put((str(uuid4()), json.dumps(event).encode()))
        while time.monotonic() - began < self.timeout:
            try:
                kind, body = self.answers.get(timeout=0.02)
            except Empty:
                if self.process.poll() is not None:
                    return Answer({"errorType": "Runtime.ExitError", "log": self.logged()}, True, 0.0)
                continue
            return Answer(json.loads(body), kind == "error", time.monotonic() - began)
        return Answer({"errorType": "Sandbox.Timedout", "log": self.logged()}, True, self.timeout)

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def lines(self) -> list[dict[str, Any]]:
        """Returns its log lines that are JSON."""
        return [json.loads(line) for line in self.logged().splitlines() if line.startswith("{")]


@contextmanager
def running(
    archive: Path, handler: str, folder: Path, environ: Mapping[str, str], *, timeout: float = 30.0
) -> Iterator[Lambda]:
    """The archive, unpacked below the folder and waiting for events."""
    root, shipped = folder / "task", folder / "runtime"
    with zipfile.ZipFile(archive) as held:
        held.extractall(root)
    _ship(shipped)
    server = _Server(("127.0.0.1", 0), _RuntimeApi)
    Thread(target=server.serve_forever, daemon=True).start()
    message = _environ(root, shipped, handler, server.server_port) | dict(environ)
    log = folder / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", BOOT], cwd=root, env=message, stdout=sink, stderr=sink
        )
    container = Lambda(process, log, timeout)
    server.container = container
    try:
        yield container
    finally:
        process.kill()
        process.wait()
        container.events.put(("", b""))  # for a thread that still waits for an event
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    container: Lambda

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A container that was ended in the middle of a request."""


class _RuntimeApi(BaseHTTPRequestHandler):
    """GET …/invocation/next waits for an event; POST …/response, …/error and …/init/error are answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        id, event = self._container.events.get()
        deadline = int((time.time() + self._container.timeout) * 1000)
        self._send(
            200,
            event,
            {
                "Lambda-Runtime-Aws-Request-Id": id,
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Content-Type": "application/json",  # without it the client ends with a segmentation fault
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:111122223333:function:tested",
            },
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._send(202, b"", {})
        self._container.answers.put((self.path.rpartition("/")[2], body))

    def log_message(self, *args: Any) -> None:
        """No test reads it."""

    @property
    def _container(self) -> Lambda:
        server = self.server
        assert isinstance(server, _Server)
        while not hasattr(server, "container"):
            time.sleep(0.001)
        return server.container

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _environ(root: Path, shipped: Path, handler: str, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(root),
        "LAMBDA_RUNTIME_DIR": str(shipped),
        "_HANDLER": handler,
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": "tested",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
    }


def _ship(into: Path) -> None:
    """Links the files of the distributions that the runtime has, and of no other."""
    into.mkdir()
    for name in SHIPPED:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
            link = into / top
            if not link.exists():
                link.symlink_to(str(found.locate_file(top)))
