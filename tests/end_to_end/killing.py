"""Runs that are killed at a call, and the journals that they leave."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from reconciler.cli import run
from tests.cli.running import Repository, Server, environ

PATIENCE = 60.0  # seconds; only a broken run takes as long
ADDENDS = ("done", "unchanged", "skipped", "failed", "conflict")


def declared(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name}, "spec": spec}


def prepared(server: Server, root: Path, *resources: dict[str, Any], **settings: Any) -> Repository:
    """Returns a repository that declares the resources for an empty sandbox."""
    server.reset()
    made = Repository(root)
    made.configure({"lab": {"sandbox": True, "rates": "unlimited", **settings}})
    made.declare(*resources)
    made.use(server)
    return made


def applied(repository: Repository) -> int:
    """Applies, and returns the exit code."""
    return run(["-C", str(repository.root), "-q", "apply", "--auto-approve"])


def finishes_after(repository: Repository, server: Server, call: int) -> None:
    """Kills a run at a call, and checks that the next run finishes it and that both have an outcome.

    A run is killed before AWS carries out an even call, and after an odd one.
    """
    killed_at(repository, server, call, "after" if call % 2 else "before")
    begun = journals(repository)

    code = applied(repository)
    empty = run(["-C", str(repository.root), "-q", "plan", "--detailed-exitcode"])

    assert (code, empty) == (0, 0)
    check_outcomes(repository, begun)


def killed_at(repository: Repository, server: Server, call: int, when: str, operation: str = "") -> None:
    """Kills an apply while its n-th call, or that of one operation, waits: before or after AWS carried it out."""
    named = {"operations": [operation]} if operation else {}
    server.set_faults(stall={"call": call, "when": when, **named})
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
