"""A sandbox in the background: started once, found again, stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from reconciler.cli import run
from reconciler.private_files import LinkedError
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


@pytest.mark.slow
def test_attach_starts_once_and_finds_it_again_until_it_is_stopped(folder: Path) -> None:
    first = attach(folder)

    assert attach(folder) == first == running(folder)
    assert first.instance == INSTANCE_ARN
    assert json.loads((folder / "sandbox.json").read_text()) == {
        "port": int(first.endpoint.rpartition(":")[2]),
        "pid": first.pid,
        "token": first.token,
    }
    assert reset(folder) is True
    assert stop(folder) is True
    assert running(folder) is None
    assert (stop(folder), reset(folder)) == (False, False)
    assert not (folder / "sandbox.json").exists()


@pytest.mark.slow
def test_it_outlives_the_process_that_started_it(folder: Path) -> None:
    code = f"import pathlib, reconciler.sandbox.background as b; print(b.attach(pathlib.Path({str(folder)!r})).pid)"
    starter = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    found = running(folder)

    assert found is not None
    assert found.pid == int(starter.stdout)
    assert os.getsid(found.pid) == found.pid
    assert starter.stderr == ""


@pytest.mark.slow
def test_two_at_once_start_one(folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(attach, [folder, folder])

    assert one == other
    assert one.token == other.token
    assert {one.is_new, other.is_new} == {True, False}


@pytest.mark.slow
def test_faults_are_for_the_start(folder: Path) -> None:
    found = attach(folder, faults={"quotas": {"tables": 1}})

    assert total(found.endpoint) == 0
    with pytest.raises(SandboxFailed, match="unknown; known are"):
        attach(folder.with_name("other"), faults={"quotas": {"nope": 1}})


@pytest.mark.parametrize("noted", ["", "{", "[]", '{"port": 1}', '{"port": "x", "pid": 1}', '{"port": 1, "pid": 1}'])
def test_a_file_without_a_process_reads_as_not_running(tmp_path: Path, noted: str) -> None:
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


@pytest.mark.slow
def test_a_stranger_on_the_port_is_left_alone(folder: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        folder.mkdir()
        (folder / "sandbox.json").write_text(json.dumps({"port": stranger.server_port, "pid": os.getpid()}))

        found = attach(folder)

        assert found.endpoint != f"http://127.0.0.1:{stranger.server_port}"
        stranger.shutdown()


@pytest.mark.slow
def test_a_reused_pid_is_another_process(folder: Path) -> None:
    """Another sandbox answers at the port, not the one in the file."""
    found = attach(folder)
    port = int(found.endpoint.rpartition(":")[2])
    (folder / "sandbox.json").write_text(json.dumps({"port": port, "pid": os.getpid()}))

    assert running(folder) is None
    (folder / "sandbox.json").write_text(json.dumps({"port": port, "pid": found.pid}))
    assert running(folder) == found


@pytest.mark.slow
def test_a_killed_sandbox_is_replaced(folder: Path) -> None:
    first = attach(folder)
    os.kill(first.pid, 9)
    background_sandbox._children.pop(first.pid).wait()

    second = attach(folder)

    assert second.pid != first.pid
    assert running(folder) == second


@pytest.mark.slow
def test_a_sandbox_that_cannot_start_says_why(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger, pytest.raises(SandboxFailed, match="in use"):
        attach(tmp_path, port=stranger.server_port)

    assert not (tmp_path / "sandbox.json").exists()


def test_a_sandbox_that_is_not_ready_in_time_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_sandbox, "START_LIMIT", 0.05)

    with pytest.raises(SandboxFailed, match="not ready within"):
        attach(tmp_path)

    assert running(tmp_path) is None


# A sandbox that closes its port at SIGTERM, and then does not end.
STUCK = """
import json, os, signal, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"sandbox": "reconciler", "pid": os.getpid()}).encode())
    def log_message(self, *words): pass
server, asked = HTTPServer(("127.0.0.1", 0), Answer), threading.Event()
signal.signal(signal.SIGTERM, lambda *_: asked.set())
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
asked.wait()
server.shutdown()
server.server_close()
threading.Event().wait()
"""


def test_a_process_that_does_not_end_is_an_error_with_its_pid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(background_sandbox, "STOP_LIMIT", 1.0)
    folder = tmp_path / ".reconcile"
    folder.mkdir(mode=0o700)
    with subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE) as child:
        assert child.stdout
        port = int(child.stdout.readline())
        (folder / "sandbox.json").write_text(json.dumps({"port": port, "pid": child.pid}))
        monkeypatch.setitem(background_sandbox._children, child.pid, child)

        code = run(["-C", str(tmp_path), "sandbox", "--stop"])

        child.kill()
    assert code == 1
    assert f"the sandbox with pid {child.pid} did not stop within 1 s; end it with: kill -9" in capsys.readouterr().err


def test_an_interrupted_start_leaves_no_server_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M13: Ctrl-C before it is ready; no file would name it."""
    started: list[subprocess.Popen[bytes]] = []

    def interrupted(child: subprocess.Popen[bytes], log: Path) -> tuple[str, str]:
        started.append(child)
        raise KeyboardInterrupt

    monkeypatch.setattr(background_sandbox, "_wait_until_ready", interrupted)

    with pytest.raises(KeyboardInterrupt):
        attach(tmp_path)

    assert started[0].returncode == -9
    assert not (tmp_path / "sandbox.json").exists()


@pytest.mark.slow
def test_an_idle_sandbox_stops(folder: Path) -> None:
    """M13: a forgotten sandbox stops."""
    found = attach(folder, idle=0.01)

    assert found.is_new
    child = background_sandbox._children[found.pid]
    assert child.wait(20) == 0
    assert running(folder) is None
    assert attach(folder).is_new


@pytest.mark.slow
def test_a_sandbox_of_another_release_takes_no_orders_and_can_be_stopped(folder: Path) -> None:
    """S-10: its file holds no token."""
    found = attach(folder)
    noted = {"port": int(found.endpoint.rpartition(":")[2]), "pid": found.pid}
    (folder / "sandbox.json").write_text(json.dumps(noted))

    with pytest.raises(SandboxFailed, match="Stop it with: reconcile sandbox --stop"):
        reset(folder)
    assert stop(folder) is True


@pytest.mark.slow
def test_the_token_is_for_the_owner_of_the_files_alone(folder: Path) -> None:
    """S-10, S-18: whatever the umask, and whatever an older release has left."""
    before = os.umask(0)
    try:
        folder.mkdir(mode=0o777)
        (folder / "sandbox.lock").touch(mode=0o666)
        attach(folder)
    finally:
        os.umask(before)

    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())}
    assert modes == {
        ".reconcile": "0o700",
        "sandbox.json": "0o600",
        "sandbox.lock": "0o600",
        "sandbox.log": "0o600",
    }


@pytest.mark.parametrize("name", ["sandbox.json", "sandbox.lock", "sandbox.log", "anything"])
@pytest.mark.parametrize("act", [attach, stop])
def test_a_link_in_the_folder_is_refused_and_not_followed(
    tmp_path: Path, name: str, act: Callable[[Path], object]
) -> None:
    """S-12: a branch from elsewhere may bring it along."""
    victim, folder = tmp_path / "bashrc", tmp_path / ".reconcile"
    victim.write_text("alias ll='ls -l'\n")
    folder.mkdir()
    (folder / name).symlink_to(victim)

    with pytest.raises(LinkedError, match=f"{name} is a symbolic link, .*; delete it \\(rm "):
        act(folder)

    assert victim.read_text() == "alias ll='ls -l'\n"
    assert [path.name for path in folder.iterdir()] == [name]


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """S-12."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".reconcile").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(LinkedError):
        attach(tmp_path / ".reconcile")

    assert not list((tmp_path / "elsewhere").iterdir())
