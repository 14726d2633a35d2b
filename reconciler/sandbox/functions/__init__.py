"""AWS Lambda runs: deployed archives under AWS's own runtime client, in processes of this machine.

Nothing starts before a function is invoked. Importing this module imports neither moto nor a server.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Lock
from typing import Any, Protocol

__all__ = [
    "Runner",
    "counts",
    "endpoint",
    "is_quiet",
    "is_running",
    "next_due",
    "run_with",
    "serve_at",
    "start",
    "stop",
]


class Runner(Protocol):
    """Runs functions in this process, as `running.Running`, which imports the services that functions call."""

    queue: Any
    mappings: Any

    def pool(self) -> Any: ...

    @property
    def is_quiet(self) -> bool: ...

    def next_due(self) -> float | None: ...

    def counts(self) -> dict[str, dict[str, int]]: ...

    def stop(self) -> None: ...


_lock = Lock()
_running: Runner | None = None
_make: Callable[[str], Runner] | None = None
_endpoint = ""


def serve_at(endpoint: str) -> None:
    """Names the server of this process, which functions call. Without one, the first invocation starts one."""
    global _endpoint
    _endpoint = endpoint


def run_with(make: Callable[[str], Runner]) -> None:
    """Names what makes the runner from the server's endpoint. `installation.install` calls this."""
    global _make
    _make = make


def start() -> Runner:
    """Returns what runs functions in this process; the first call starts it. Raises `NoRuntime`."""
    global _running
    with _lock:
        if _running is None:
            if _make is None:
                raise RuntimeError("the sandbox is not installed")
            _running = _make(_endpoint)
        return _running


def endpoint() -> str:
    """Returns where the server of this process is, or an empty text."""
    return _endpoint


def is_running() -> bool:
    return _running is not None


def is_quiet() -> bool:
    """Returns whether no function runs, and nothing that is due waits for one."""
    return _running is None or _running.is_quiet


def next_due() -> float | None:
    """Returns the moment at which the next waiting event is due."""
    return _running.next_due() if _running else None


def counts() -> dict[str, dict[str, int]]:
    """Returns what each function did: events, errors, containers that are warm or busy, and calls of AWS."""
    return _running.counts() if _running else {}


def stop() -> None:
    """Ends all containers and forgets what waits for one."""
    global _running
    with _lock:
        ended, _running = _running, None
    if ended is not None:
        ended.stop()
    if "reconciler.sandbox.events.clients" in sys.modules:
        sys.modules["reconciler.sandbox.events.clients"].forget()
