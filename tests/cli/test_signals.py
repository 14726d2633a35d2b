"""SIGINT and SIGTERM exit with 130 and 143, and report what was done. The next run continues from there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep

import pytest

from tests.cli.running import Done, Repository, Server, rows, start, table

pytestmark = pytest.mark.slow

Reconcile = Callable[..., Done]


def wait_for(running: subprocess.Popen[str], text: str) -> str:
    """Returns the output up to and with the line that contains the text."""
    assert running.stderr
    output = ""
    for line in running.stderr:
        output += line
        if text in line:
            return output
    raise AssertionError(f"it never said {text!r}: {output}")


def let_calls_land(server: Server, latency: float) -> None:
    """Waits, because a call whose caller has ended is still carried out."""
    server.set_faults()
    sleep(latency + 0.2)


@pytest.mark.parametrize(("number", "form"), [(signal.SIGINT, "text"), (signal.SIGTERM, "json")])
def test_a_signal_ends_an_apply_after_the_calls_in_flight(
    repository: Repository, reconcile: Reconcile, server: Server, number: signal.Signals, form: str
) -> None:
    repository.declare(table(rows=rows(250), level="DATA_TABLE"))
    server.set_faults(latencyMs=150)

    with start(
        repository.root, "apply", "--auto-approve", "--outcome", "outcome.json", "--log-format", form
    ) as running:
        wait_for(running, "create values: start")
        running.send_signal(number)
        out, err = running.communicate(timeout=30)

    server.set_faults()
    (outcome,) = repository.outcomes()
    assert running.returncode == 128 + number
    assert "finishing the calls in flight" in err
    assert form == "text" or all(json.loads(line) for line in err.splitlines())
    assert "Traceback" not in err
    assert "Apply interrupted: " in out
    assert (outcome["status"], outcome["exitCode"]) == ("interrupted", 128 + number)
    assert outcome["totals"]["skipped"] > 0
    assert (repository.root / "outcome.json").is_file()
    assert reconcile("apply", "--auto-approve").code == 0
    assert reconcile("plan", "--detailed-exitcode").code == 0


def test_a_second_ctrl_c_ends_at_once_and_the_next_run_reports_it(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    repository.declare(table(rows=rows(50), level="DATA_TABLE"))
    server.set_faults(latencyMs=1000)

    with start(repository.root, "apply", "--auto-approve") as running:
        wait_for(running, "structure: start")
        running.send_signal(signal.SIGINT)
        wait_for(running, "finishing")
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)

    let_calls_land(server, 1.0)
    assert running.returncode == 130
    assert repository.outcomes() == []
    done = reconcile("apply", "--auto-approve")
    assert done.code == 0
    assert "an earlier run was killed; its outcome is " in done.err
    assert [outcome["status"] for outcome in repository.outcomes()].count("done") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_reading_ends_at_once(repository: Repository, server: Server, number: signal.Signals) -> None:
    server.set_faults(latencyMs=5000)

    with start(repository.root, "plan", "-v") as running:
        wait_for(running, "the sandbox is at")
        running.send_signal(number)
        out, err = running.communicate(timeout=4)

    server.set_faults()
    assert running.returncode == 128 + number
    assert (out, err) == ("", "interrupted\n")


def test_a_killed_run_is_followed_by_one_that_finishes_its_work(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    repository.declare(table(rows=rows(250), level="DATA_TABLE"))
    server.set_faults(latencyMs=100)

    with start(repository.root, "apply", "--auto-approve", "-v") as running:
        wait_for(running, "BatchCreateDataTableValue 2/10")
        running.kill()
        running.communicate(timeout=30)

    let_calls_land(server, 0.1)
    done = reconcile("apply", "--auto-approve")
    assert done.code == 0
    assert "an earlier run was killed" in done.err
    assert reconcile("plan", "--detailed-exitcode").code == 0


def test_a_signal_while_the_command_is_imported_ends_it_without_a_traceback(tmp_path: Path) -> None:
    program = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "reconciler.cli": os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from reconciler.__main__ import main
main()
"""
    command = [sys.executable, "-c", program, "--version"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
