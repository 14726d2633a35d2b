"""`reconcile package`, from a checkout and from an installed package."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.init.wheel import wheel
from tests.cli.running import environ


def test_it_prints_path_hashes_and_sizes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["package", "session_data", "--into", str(tmp_path), "--format", "json"]) == 0
    answers = json.loads(capsys.readouterr().out)

    content = Path(answers["path"]).read_bytes()
    assert Path(answers["path"]).parent == tmp_path
    assert answers["sha256"] == sha256(content).hexdigest()
    assert answers["zippedBytes"] == len(content) < answers["unzippedBytes"]
    assert (answers["runtime"], answers["built"]) == ("python3.13", True)
    assert answers["handler"] == "reconciler.lambdas.session_data.handler.handler"


def test_the_text_shows_whether_it_was_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("built", "unchanged"):
        assert run(["-C", str(tmp_path), "package", "session_data", "--python", "3.12"]) == 0
        text = capsys.readouterr().out
        assert text.startswith(f"session_data: {word}\n")
        assert str(tmp_path / ".reconcile" / "packages" / "session_data-python3.12-") in text
        assert "bytes zipped" in text


def test_a_dry_run_shows_the_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["package", "session_data", "--into", str(tmp_path / "out"), "--dry-run"]) == 0

    assert capsys.readouterr().out.startswith(f"would write {tmp_path / 'out'}")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "text"),
    [(["sesion_data"], 'did you mean "session_data"?'), (["session_data", "--python", "2.7"], "3.13"), ([], "NAME")],
)
def test_wrong_usage_is_64(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["package", *words]) == 64
    assert text in capsys.readouterr().err


def test_an_unwritable_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()

    assert run(["package", "session_data", "--into", str(tmp_path / "file" / "out")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_no_files_and_no_pip(tmp_path: Path, number: signal.Signals) -> None:
    """A terminal signals the whole process group; stopping a job signals only this process."""
    (tmp_path / "aside").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as index:
        index.settimeout(60)
        address = f"http://127.0.0.1:{index.getsockname()[1]}/"
        alone = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "NO_PROXY": "*", "TMPDIR": "aside"}
        words = [sys.executable, "-m", "reconciler", "package", "contact_calls", "--into", "out"]
        build = subprocess.Popen(
            words,
            cwd=tmp_path,
            env=environ(**alone, PIP_INDEX_URL=address, PIP_FIND_LINKS="", PIP_NO_INDEX=""),
            start_new_session=True,
            stderr=subprocess.PIPE,
            text=True,
        )
        pip, _ = index.accept()
        pip.settimeout(30)
        pip.recv(4096)
        (os.killpg if number is signal.SIGINT else os.kill)(build.pid, number)
        _, text = build.communicate(timeout=30)
        with pip:
            assert pip.recv(4096) == b""

    assert (build.returncode, text) == (128 + number, "interrupted\n")
    assert [path.name for path in tmp_path.rglob("*")] == ["aside"]


@pytest.mark.slow
def test_an_installed_package_builds_the_same_archive_as_a_checkout(tmp_path: Path) -> None:
    made = wheel()
    (tmp_path / made.name).write_bytes(made.content)
    with zipfile.ZipFile(tmp_path / made.name) as held:
        held.extractall(tmp_path / "site")
    shutil.rmtree(tmp_path / "site" / "reconciler" / "sandbox")
    answers = []
    for place in (tmp_path / "site", None):
        more = {"PYTHONPATH": str(place)} if place else {}
        words = [sys.executable, "-m", "reconciler", "package", "session_data", "--into", "out", "--format", "json"]
        done = subprocess.run(words, cwd=tmp_path, env=environ(**more), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        answers.append(json.loads(done.stdout))
        shutil.rmtree(tmp_path / "out")

    assert answers[0] == answers[1]
