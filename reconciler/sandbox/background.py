"""A sandbox in the background, found again through `<folder>/sandbox.json`.

The file holds a port and a pid and is believed only when the server at that port says that it is ours and has that
pid: a stale file, a reused pid and a stranger on the port all read as "not running". It also holds the token without
which the server takes no orders, so it is for its owner alone. This imports no moto.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from reconciler.private_files import make_folder, open_file, refuse_links_in, write_file
from reconciler.sandbox.guard import TOKEN_HEADER, TOKEN_VARIABLE
from reconciler.sandbox.place import INSTANCE_ARN

NAME = "reconciler"
HOST = "127.0.0.1"
START_LIMIT = 20.0
STOP_LIMIT = 10.0
TAIL = 2000
IDLE = 120.0  # minutes without a request after which it ends
# Children stay referenced until they are stopped: Python warns of a running child that is forgotten.
_children: dict[int, subprocess.Popen[bytes]] = {}


class SandboxFailed(RuntimeError):  # noqa: N818 - it names what happened
    """The background sandbox did not start or did not stop."""


@dataclass(frozen=True)
class Sandbox:
    """`is_new`: this process has just started it, so it is empty."""

    endpoint: str
    instance: str
    pid: int
    token: str = field(default="", repr=False, compare=False)
    is_new: bool = field(default=False, compare=False)


def attach(folder: Path, *, port: int = 0, faults: Mapping[str, Any] | None = None, idle: float = IDLE) -> Sandbox:
    """The folder's sandbox; one is started when none answers. All but the folder is for that start alone.

    `idle`: minutes without a request after which it ends; 0 means never. Raises `LinkedError`.
    """
    refuse_links_in(folder)
    if found := running(folder):
        return found
    make_folder(folder)
    with _alone(folder):
        return running(folder) or _start(folder, port, faults, idle)


def running(folder: Path) -> Sandbox | None:
    try:
        noted = json.loads((folder / "sandbox.json").read_text(encoding="utf-8"))
        port, pid, token = int(noted["port"]), int(noted["pid"]), str(noted.get("token", ""))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    answer = _ask(port, "GET", "/_sandbox")
    if answer is None or answer.get("sandbox") != NAME or answer.get("pid") != pid:
        return None
    return Sandbox(f"http://{HOST}:{port}", str(answer.get("instance", INSTANCE_ARN)), pid, token)


def note(folder: Path, port: int, token: str) -> bool:
    """This process is the folder's sandbox from now on; False where another one answers there."""
    refuse_links_in(folder)
    make_folder(folder)
    with _alone(folder):
        if running(folder):
            return False
        _note(folder, Sandbox(f"http://{HOST}:{port}", INSTANCE_ARN, os.getpid(), token))
        return True


def order(found: Sandbox, act: str, body: Mapping[str, Any] | None = None) -> None:
    """One order to the sandbox, such as "reset". Raises `SandboxFailed`."""
    content = json.dumps(dict(body or {}))
    if _ask(_port(found), "POST", f"/_sandbox/{act}", content, found.token) is None:
        raise SandboxFailed(
            f"the sandbox at {found.endpoint} does not take the order {act!r}: another release started it, or its "
            "token in sandbox.json was changed; stop it with: reconcile sandbox --stop"
        )


def reset(folder: Path) -> bool:
    """Empty the folder's sandbox; False when none runs. Raises `SandboxFailed`."""
    if found := running(folder):
        order(found, "reset")
    return found is not None


def stop(folder: Path) -> bool:
    """End the folder's sandbox; False when none runs. A stale file goes either way."""
    make_folder(folder)
    refuse_links_in(folder)
    with _alone(folder):
        found = running(folder)
        (folder / "sandbox.json").unlink(missing_ok=True)
        if found is None:
            return False
        os.kill(found.pid, signal.SIGTERM)
        _wait_until_gone(found)
        return True


def _start(folder: Path, port: int, faults: Mapping[str, Any] | None, idle: float) -> Sandbox:
    told = ["--port", str(port), "--faults", json.dumps(dict(faults or {})), "--idle", f"{idle:g}"]
    command = [sys.executable, "-m", "reconciler.sandbox", *told]
    # Command lines can be read by every user of the machine, variables of a process by its owner alone.
    token = secrets.token_urlsafe()
    log = folder / "sandbox.log"
    with open_file(log, "wb") as sink:
        child = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, TOKEN_VARIABLE: token},
        )
    try:
        endpoint, instance = _wait_until_ready(child, log)
        found = Sandbox(endpoint, instance, child.pid, token)
        _note(folder, found)
    except BaseException:  # Ctrl-C too: no later command could find this server.
        child.kill()
        child.wait()
        raise
    _children[child.pid] = child
    return replace(found, is_new=True)


def _wait_until_ready(child: subprocess.Popen[bytes], log: Path) -> tuple[str, str]:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
            match line.split():
                case ["ready", endpoint, "instance", instance] if line.endswith("\n"):
                    return endpoint, instance
        if child.poll() is not None:
            raise SandboxFailed(f"the sandbox ended with code {child.returncode}; {log} ends with:\n{_tail(log)}")
        time.sleep(0.02)
    raise SandboxFailed(f"the sandbox was not ready within {START_LIMIT:.0f} s; {log} ends with:\n{_tail(log)}")


def _wait_until_gone(found: Sandbox) -> None:
    child, deadline = _children.pop(found.pid, None), time.monotonic() + STOP_LIMIT
    while time.monotonic() < deadline:
        if child is not None:
            child.poll()
        answer = _ask(_port(found), "GET", "/_sandbox")
        if answer is None or answer.get("pid") != found.pid:
            if child is not None:
                child.wait(STOP_LIMIT)
            return
        time.sleep(0.02)
    raise SandboxFailed(f"the sandbox with pid {found.pid} did not stop within {STOP_LIMIT:.0f} s")


def _note(folder: Path, found: Sandbox) -> None:
    noted = {"port": _port(found), "pid": found.pid, "token": found.token}
    write_file(folder / "sandbox.json", json.dumps(noted) + "\n")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the folder's sandbox; the lock goes with the process that holds it."""
    with open_file(folder / "sandbox.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ask(port: int, method: str, path: str, body: str = "", token: str = "") -> dict[str, Any] | None:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request(method, path, body, {TOKEN_HEADER: token} if token else {})
        reply = connection.getresponse()
        content = json.loads(reply.read()) if reply.status == 200 else None
    except (OSError, HTTPException, ValueError):  # Nobody there, or a stranger who speaks something else.
        return None
    finally:
        connection.close()
    return content if isinstance(content, dict) else None


def _port(found: Sandbox) -> int:
    return int(found.endpoint.rpartition(":")[2])


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-TAIL:].strip() or "(nothing)"
