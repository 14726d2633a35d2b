"""A sandbox in the background, found again through `<folder>/sandbox.json`.

The file holds a port and a pid and is believed only when the server at that port says that it is ours and has that
pid: a stale file, a reused pid and a stranger on the port all read as "not running". This imports no moto.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from reconciler.sandbox.place import INSTANCE_ARN

NAME = "reconciler"
HOST = "127.0.0.1"
START_LIMIT = 20.0
STOP_LIMIT = 10.0
TAIL = 2000
# Children stay referenced until they are stopped: Python warns of a running child that is forgotten.
_children: dict[int, subprocess.Popen[bytes]] = {}


class SandboxFailed(RuntimeError):  # noqa: N818 - it names what happened
    """The background sandbox did not start or did not stop."""


@dataclass(frozen=True)
class Sandbox:
    endpoint: str
    instance: str
    pid: int


def attach(folder: Path, *, port: int = 0, faults: Mapping[str, Any] | None = None) -> Sandbox:
    """The folder's sandbox; one is started when none answers. `port` and `faults` are for that start alone."""
    if found := running(folder):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        return running(folder) or _start(folder, port, faults)


def running(folder: Path) -> Sandbox | None:
    try:
        noted = json.loads((folder / "sandbox.json").read_text(encoding="utf-8"))
        port, pid = int(noted["port"]), int(noted["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    answer = _ask(port, "GET", "/_sandbox")
    if answer is None or answer.get("sandbox") != NAME or answer.get("pid") != pid:
        return None
    return Sandbox(f"http://{HOST}:{port}", str(answer.get("instance", INSTANCE_ARN)), pid)


def note(folder: Path, port: int) -> None:
    """This process is the folder's sandbox, unless another one answers there."""
    if not running(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _note(folder, Sandbox(f"http://{HOST}:{port}", INSTANCE_ARN, os.getpid()))


def reset(folder: Path) -> bool:
    """Empty the folder's sandbox; False when none runs."""
    found = running(folder)
    return found is not None and _ask(_port(found), "POST", "/_sandbox/reset") is not None


def stop(folder: Path) -> bool:
    """End the folder's sandbox; False when none runs. A stale file goes either way."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        found = running(folder)
        (folder / "sandbox.json").unlink(missing_ok=True)
        if found is None:
            return False
        os.kill(found.pid, signal.SIGTERM)
        _wait_until_gone(found)
        return True


def _start(folder: Path, port: int, faults: Mapping[str, Any] | None) -> Sandbox:
    told = ["--port", str(port), "--faults", json.dumps(dict(faults or {}))]
    command = [sys.executable, "-m", "reconciler.sandbox", *told]
    log = folder / "sandbox.log"
    with log.open("wb") as sink:
        child = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
    endpoint, instance = _wait_until_ready(child, log)
    _children[child.pid] = child
    found = Sandbox(endpoint, instance, child.pid)
    _note(folder, found)
    return found


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
    child.kill()
    child.wait()
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
    draft = folder / f"sandbox.json.{os.getpid()}"
    draft.write_text(json.dumps({"port": _port(found), "pid": found.pid}) + "\n", encoding="utf-8")
    draft.replace(folder / "sandbox.json")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the folder's sandbox; the lock goes with the process that holds it."""
    with (folder / "sandbox.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ask(port: int, method: str, path: str) -> dict[str, Any] | None:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request(method, path)
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
