"""A sandbox in the background: started once, found again, stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from reconciler.sandbox import INSTANCE_ARN
from reconciler.sandbox import background as background_sandbox
from reconciler.sandbox.background import SandboxFailed, attach, reset, running, stop


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / ".reconcile"
    stop(tmp_path / ".reconcile")


def total(endpoint: str) -> int:
    with urlopen(f"{endpoint}/_sandbox/stats", timeout=10) as reply:  # noqa: S310 - our own loopback
        return int(json.loads(reply.read())["total"])


def test_attach_starts_once_and_finds_it_again_until_it_is_stopped(folder: Path) -> None:
    first = attach(folder)

    assert attach(folder) == first == running(folder)
    assert first.instance == INSTANCE_ARN
    assert json.loads((folder / "sandbox.json").read_text()) == {
        "port": int(first.endpoint.rpartition(":")[2]),
        "pid": first.pid,
    }
    assert reset(folder) is True
    assert stop(folder) is True
    assert running(folder) is None
    assert (stop(folder), reset(folder)) == (False, False)
    assert not (folder / "sandbox.json").exists()


def test_it_outlives_the_process_that_started_it(folder: Path) -> None:
    code = f"import pathlib, reconciler.sandbox.background as b; print(b.attach(pathlib.Path({str(folder)!r})).pid)"
    starter = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    found = running(folder)

    assert found is not None
    assert found.pid == int(starter.stdout)
    assert os.getsid(found.pid) == found.pid
    assert starter.stderr == ""


def test_two_at_once_start_one(folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(attach, [folder, folder])

    assert one == other


def test_faults_are_for_the_start(folder: Path) -> None:
    found = attach(folder, faults={"quotas": {"tables": 1}})

    assert total(found.endpoint) == 0
    with pytest.raises(SandboxFailed, match="unknown; known are"):
        attach(folder.with_name("other"), faults={"quotas": {"nope": 1}})


@pytest.mark.parametrize("noted", ["", "{", "[]", '{"port": 1}', '{"port": "x", "pid": 1}', '{"port": 1, "pid": 1}'])
def test_a_file_that_names_nobody_reads_as_not_running(tmp_path: Path, noted: str) -> None:
    (tmp_path / "sandbox.json").write_text(noted)

    assert running(tmp_path) is None
    assert stop(tmp_path) is False


class Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"sandbox": "somebody else\'s", "pid": 1}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_stranger_on_the_port_is_left_alone(folder: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        folder.mkdir()
        (folder / "sandbox.json").write_text(json.dumps({"port": stranger.server_port, "pid": os.getpid()}))

        found = attach(folder)

        assert found.endpoint != f"http://127.0.0.1:{stranger.server_port}"
        stranger.shutdown()


def test_a_reused_pid_is_not_ours(folder: Path) -> None:
    """Another sandbox of ours answers at the port, but it is not the one that was noted."""
    found = attach(folder)
    port = int(found.endpoint.rpartition(":")[2])
    (folder / "sandbox.json").write_text(json.dumps({"port": port, "pid": os.getpid()}))

    assert running(folder) is None
    (folder / "sandbox.json").write_text(json.dumps({"port": port, "pid": found.pid}))
    assert running(folder) == found


def test_a_killed_sandbox_is_replaced(folder: Path) -> None:
    first = attach(folder)
    os.kill(first.pid, 9)
    background_sandbox._children.pop(first.pid).wait()

    second = attach(folder)

    assert second.pid != first.pid
    assert running(folder) == second


def test_a_sandbox_that_cannot_start_says_why(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger, pytest.raises(SandboxFailed, match="in use"):
        attach(tmp_path, port=stranger.server_port)

    assert not (tmp_path / "sandbox.json").exists()


def test_a_sandbox_that_is_not_ready_in_time_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_sandbox, "START_LIMIT", 0.05)

    with pytest.raises(SandboxFailed, match="not ready within"):
        attach(tmp_path)

    assert running(tmp_path) is None
