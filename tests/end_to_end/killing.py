"""Runs that are killed at a call, and the journals that they leave."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from tests.cli.running import Repository, Server, environ

PATIENCE = 60.0  # seconds; only a broken run takes as long
ADDENDS = ("done", "unchanged", "skipped", "failed", "conflict")


def killed_at(repository: Repository, server: Server, call: int, when: str) -> None:
    """Kills an apply while its n-th call waits for an answer, before or after AWS carried it out."""
    server.set_faults(stall={"call": call, "when": when})
    command = [sys.executable, "-m", "reconciler", "-C", str(repository.root), "-q", "apply", "--auto-approve"]
    with subprocess.Popen(command, env=environ(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + PATIENCE
        while not server.faults_served().get("stall"):
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    server.set_faults()


def journals(repository: Repository) -> int:
    return len(list((repository.root / ".reconcile" / "journals").glob("*.jsonl")))


def check_outcomes(repository: Repository, begun: int) -> None:
    """Checks that the killed run has an outcome too, and that both add up."""
    outcomes = repository.outcomes()
    killed = [outcome for outcome in outcomes if outcome["exitCode"] == 137]
    assert (len(killed), len(outcomes)) == (begun, begun + 1)
    for outcome in outcomes:
        assert outcome["totals"]["asked"] == sum(outcome["totals"][name] for name in ADDENDS)
    assert not list((repository.root / ".reconcile" / "journals").iterdir())
