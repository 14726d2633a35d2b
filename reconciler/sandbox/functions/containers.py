"""A container: one process that AWS's runtime client runs in. It stays warm, and answers one event at a time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from uuid import uuid4

INIT_LIMIT = 10.0  # seconds [developer guide: "The Init phase is limited to 10 seconds"]


@dataclass(frozen=True)
class Blueprint:
    """The parts of a container. `ahead`: the seconds by which the sandbox's clock was moved when it started."""

    root: Path
    handler: str
    arn: str
    environ: Mapping[str, str]
    layers: tuple[Path, ...] = ()
    ahead: float = 0.0


@dataclass(frozen=True)
class Invocation:
    """An event on its way into a container. `timeout`: in seconds. `ahead`: as of a `Blueprint`, but now."""

    event: bytes
    timeout: float
    ahead: float = 0.0
    request_id: str = field(default_factory=lambda: str(uuid4()))
    client_context: str = ""


@dataclass(frozen=True)
class Message:
    """A report of the container or of its end: taken, response, error, init or exit."""

    kind: str
    body: bytes = b""
    code: int = 0


@dataclass(frozen=True)
class Answer:
    """The outcome of an invocation. `seconds`: the handler's; `init_seconds`: the start's, or None if it was warm."""

    body: bytes
    is_error: bool
    seconds: float
    log: str
    init_seconds: float | None = None
    is_timeout: bool = False
    peak_memory: int = 0
    """Megabytes."""


class Container:
    """`began` and `used`: monotonic times of its start and its last use. `is_spent`: it takes no further event.

    The Runtime API and the process's end fill `messages`.
    """

    def __init__(self, blueprint: Blueprint, process: subprocess.Popen[bytes], log: Path) -> None:
        self.blueprint, self.process, self.log = blueprint, process, log
        self.began = time.monotonic()
        self.used = self.began
        self.events: Queue[Invocation | None] = Queue()
        self.messages: Queue[Message] = Queue()
        self.is_spent = False
        self._is_cold = True
        Thread(target=self._report_end, daemon=True).start()

    @property
    def is_usable(self) -> bool:
        return not self.is_spent and self.process.poll() is None

    def invoke(self, invocation: Invocation) -> Answer:
        """Runs one event. A container that ends or takes too long is an error, as at AWS, and is then gone."""
        self.events.put(invocation)
        is_cold, self._is_cold = self._is_cold, False
        message = self._await(INIT_LIMIT + invocation.timeout if is_cold else invocation.timeout)
        init_seconds = time.monotonic() - self.began if is_cold else None
        began = time.monotonic()
        if message and message.kind == "taken":
            message = self._await(invocation.timeout)
        seconds = time.monotonic() - began
        memory = self._peak_memory()
        self.used = time.monotonic()
        self.is_spent = message is None or message.kind in ("init", "exit")
        if message is None:
            self.kill()
            body, is_error = _error("Sandbox.Timedout", timed_out(invocation)), True
            seconds = invocation.timeout
        else:
            body, is_error = _read(message, invocation)
        return Answer(body, is_error, seconds, self._read_log(), init_seconds, message is None, memory)

    def kill(self) -> None:
        """Ends the process and all that it started."""
        with suppress(ProcessLookupError):  # It has ended itself.
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _await(self, seconds: float) -> Message | None:
        try:
            return self.messages.get(timeout=seconds)
        except Empty:
            return None

    def _report_end(self) -> None:
        code = self.process.wait()
        self.messages.put(Message("exit", code=code))
        self.events.put(None)  # for the request that still waits for an event

    def _read_log(self) -> str:
        """Returns what was written since the last invocation. The client writes before it answers."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        os.truncate(self.log, 0)
        return text

    def _peak_memory(self) -> int:
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii", errors="replace")
        except OSError:  # It has ended.
            return 0
        line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
        return int(line.split()[1]) // 1024


def timed_out(invocation: Invocation) -> str:
    return f"RequestId: {invocation.request_id} Error: Task timed out after {invocation.timeout:.2f} seconds"


def _read(message: Message, invocation: Invocation) -> tuple[bytes, bool]:
    """Returns the answer's body, and whether it is an error."""
    if message.kind != "exit":
        return message.body, message.kind != "response"
    if message.code == 0:
        reason = "Runtime exited without providing a reason"
    elif message.code < 0:
        reason = f"Runtime exited with error: signal: {signal.strsignal(-message.code) or -message.code}".lower()
        reason = reason[0].upper() + reason[1:]
    else:
        reason = f"Runtime exited with error: exit status {message.code}"
    return _error("Runtime.ExitError", f"RequestId: {invocation.request_id} Error: {reason}"), True


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
