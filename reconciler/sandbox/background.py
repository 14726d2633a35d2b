"""Starts, finds and stops a sandbox in the background; `<folder>/sandbox.json` remembers it.

The file holds a port and a process id. It counts only if the server at that port is a sandbox with that process id.
A stale file, a reused process id and another program on the port all mean "not running". The file also holds the
token that orders need, so only its owner can read it. This module does not import moto.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
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
KEPT = "sandbox.kept"  # the folder of a kept state
HOST = "127.0.0.1"
START_LIMIT = 20.0
STOP_LIMIT = 60.0  # a database that runs in it takes its time to end
KEEP_LIMIT = 930.0  # a function may run for 900
TAIL = 2000
IDLE = 120.0  # minutes without a request, after which the sandbox stops
# Python warns about a running child process that nothing refers to.
_children: dict[int, subprocess.Popen[bytes]] = {}


class SandboxFailed(RuntimeError):  # noqa: N818 - the name says what happened
    """The background sandbox did not start or did not stop."""


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox. `is_new`: this process has just started it. `is_resumed`: it has a state that was kept.

    `clock` is the time of its clock when it was asked, in ISO 8601; "" if this process has just started it.
    """

    endpoint: str
    instance: str
    pid: int
    token: str = field(default="", repr=False, compare=False)
    is_new: bool = field(default=False, compare=False)
    is_resumed: bool = field(default=False, compare=False)
    clock: str = field(default="", compare=False)


def attach(folder: Path, *, port: int = 0, faults: Mapping[str, Any] | None = None, idle: float = IDLE) -> Sandbox:
    """Returns the folder's sandbox, and starts one if none answers. The options apply to that start only.

    `idle`: minutes without a request, after which the sandbox stops; 0 means never. Raises `LinkedError`.
    """
    refuse_links_in(folder)
    if sandbox := running(folder):
        return sandbox
    make_folder(folder)
    with _alone(folder):
        return running(folder) or _start(folder, port, faults, idle)


def running(folder: Path) -> Sandbox | None:
    try:
        content = json.loads((folder / "sandbox.json").read_text(encoding="utf-8"))
        port, pid, token = int(content["port"]), int(content["pid"]), str(content.get("token", ""))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    answer = _ask(port, "GET", "/_sandbox")
    if answer is None or answer.get("sandbox") != NAME or answer.get("pid") != pid:
        return None
    instance, clock = str(answer.get("instance", INSTANCE_ARN)), str(answer.get("clock", ""))
    return Sandbox(f"http://{HOST}:{port}", instance, pid, token, clock=clock)


def note(folder: Path, port: int, token: str) -> bool:
    """Makes this process the folder's sandbox. Returns False if another one answers there."""
    refuse_links_in(folder)
    make_folder(folder)
    with _alone(folder):
        if running(folder):
            return False
        _note(folder, Sandbox(f"http://{HOST}:{port}", INSTANCE_ARN, os.getpid(), token))
        return True


def order(sandbox: Sandbox, act: str, body: Mapping[str, Any] | None = None) -> None:
    """Sends an order to the sandbox, such as "reset". Raises `SandboxFailed`."""
    content = json.dumps(dict(body or {}))
    if _ask(_port(sandbox), "POST", f"/_sandbox/{act}", content, sandbox.token) is None:
        raise SandboxFailed(
            f"the sandbox at {sandbox.endpoint} refused the order {act!r}: another release started it, or its token in "
            "sandbox.json changed. Stop it with: reconcile sandbox --stop"
        )


def reset(folder: Path) -> bool:
    """Empties the folder's sandbox. Returns False if none runs. Raises `SandboxFailed`."""
    if sandbox := running(folder):
        order(sandbox, "reset")
    return sandbox is not None


def forget_kept(folder: Path) -> bool:
    """Deletes the state that the folder's next sandbox would begin with. Returns False if there is none."""
    refuse_links_in(folder)
    is_there = (folder / KEPT).is_dir()
    shutil.rmtree(folder / KEPT, ignore_errors=True)
    return is_there


def stop(folder: Path, *, is_kept: bool = False) -> bool:
    """Stops the folder's sandbox. Returns False if none runs. Deletes a stale file in both cases.

    `is_kept`: the next sandbox of the folder begins with its state. Raises `SandboxFailed` if it cannot be kept.
    """
    make_folder(folder)
    refuse_links_in(folder)
    with _alone(folder):
        sandbox = running(folder)
        if sandbox and is_kept:
            _order_to_keep(sandbox, folder / KEPT)
        (folder / "sandbox.json").unlink(missing_ok=True)
        if sandbox is None:
            return False
        if not is_kept:
            os.kill(sandbox.pid, signal.SIGTERM)
        _wait_until_gone(sandbox)
        return True


def _order_to_keep(sandbox: Sandbox, into: Path) -> None:
    """Makes the sandbox keep its state and end. Raises `SandboxFailed`."""
    body = json.dumps({"folder": str(into.resolve())})
    answer = _request(_port(sandbox), "POST", "/_sandbox/keep", body, sandbox.token, KEEP_LIMIT)
    if answer is None or answer[0] != 200:
        why = answer[1].get("message", "") if answer else f"no answer within {KEEP_LIMIT:.0f} s"
        raise SandboxFailed(f"the sandbox at {sandbox.endpoint} still runs, and did not keep its state: {why}")


def _start(folder: Path, port: int, faults: Mapping[str, Any] | None, idle: float) -> Sandbox:
    arguments = ["--port", str(port), "--faults", json.dumps(dict(faults or {})), "--idle", f"{idle:g}"]
    arguments += ["--kept", str((folder / KEPT).resolve())]
    command = [sys.executable, "-m", "reconciler.sandbox", *arguments]
    # Every user of the machine can read command lines; only the owner can read a process's variables.
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
        endpoint, instance, is_resumed = _wait_until_ready(child, log)
        sandbox = Sandbox(endpoint, instance, child.pid, token, is_resumed=is_resumed)
        _note(folder, sandbox)
    except BaseException:  # Also on Ctrl-C: no later command could find this server.
        child.kill()
        child.wait()
        raise
    _children[child.pid] = child
    return replace(sandbox, is_new=True)


def _wait_until_ready(child: subprocess.Popen[bytes], log: Path) -> tuple[str, str, bool]:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
            match line.split():
                case ["ready", endpoint, "instance", instance, *more] if line.endswith("\n"):
                    return endpoint, instance, bool(more)
        if child.poll() is not None:
            raise SandboxFailed(f"the sandbox ended with code {child.returncode}; {log} ends with:\n{_tail(log)}")
        time.sleep(0.02)
    raise SandboxFailed(f"the sandbox was not ready within {START_LIMIT:.0f} s; {log} ends with:\n{_tail(log)}")


def _wait_until_gone(sandbox: Sandbox) -> None:
    """Raises `SandboxFailed` if it answers, or if a process that this one started still runs, after the limit."""
    child, deadline = _children.get(sandbox.pid), time.monotonic() + STOP_LIMIT
    while time.monotonic() < deadline:
        has_ended = child is None or child.poll() is not None
        answer = _ask(_port(sandbox), "GET", "/_sandbox")
        if has_ended and (answer is None or answer.get("pid") != sandbox.pid):
            _children.pop(sandbox.pid, None)
            return
        time.sleep(0.02)
    raise SandboxFailed(
        f"the sandbox with pid {sandbox.pid} did not stop within {STOP_LIMIT:.0f} s; end it with: kill -9 {sandbox.pid}"
    )


def _note(folder: Path, sandbox: Sandbox) -> None:
    content = {"port": _port(sandbox), "pid": sandbox.pid, "token": sandbox.token}
    write_file(folder / "sandbox.json", json.dumps(content) + "\n")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lets one process at a time start or stop the folder's sandbox. The lock ends with its process."""
    with open_file(folder / "sandbox.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ask(port: int, method: str, path: str, body: str = "", token: str = "") -> dict[str, Any] | None:
    answer = _request(port, method, path, body, token)
    return answer[1] if answer and answer[0] == 200 else None


def _request(
    port: int, method: str, path: str, body: str = "", token: str = "", limit: float = 5.0
) -> tuple[int, dict[str, Any]] | None:
    """Returns the status and the content, or None if no sandbox answers within the limit, in seconds."""
    connection = HTTPConnection(HOST, port, timeout=limit)
    try:
        connection.request(method, path, body, {TOKEN_HEADER: token} if token else {})
        reply = connection.getresponse()
        content = json.loads(reply.read())
    except (OSError, HTTPException, ValueError):  # No server, or one of another protocol.
        return None
    finally:
        connection.close()
    return (reply.status, content) if isinstance(content, dict) else None


def _port(sandbox: Sandbox) -> int:
    return int(sandbox.endpoint.rpartition(":")[2])


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-TAIL:].strip() or "(nothing)"
