"""The journal has one line per reply, so the next run can report a killed one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reconciler.model import Item, Result, Status
from reconciler.outcomes.journal import Journal, unfinished
from reconciler.reconcile import recover
from tests.builders.tables import many
from tests.worlds.world import World

EMPTY, BEGAN = {"changes": [], "unchanged": 0}, datetime(2026, 3, 4, tzinfo=UTC)
BEGIN = """
import sys, time
from datetime import datetime
from pathlib import Path
from reconciler.outcomes.journal import Journal
journal = Journal.begin(Path(sys.argv[1]), {"changes": [], "unchanged": 0}, datetime(2026, 3, 4))
print("begun", flush=True)
time.sleep(600)
"""


def outcomes(root: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((root / ".reconcile" / "outcomes").glob("*.json"))]


def test_every_run_leaves_its_outcome_and_no_journal(world: World) -> None:
    done = world.run(many(2))

    (entry,) = outcomes(world.environment.root)
    assert entry["totals"] == done.totals._asdict()
    assert (entry["status"], entry["exitCode"]) == ("done", 0)
    assert all(cell["status"] == "done" and cell["requestId"] for cell in entry["changes"][0]["cells"])
    assert not list((world.environment.root / ".reconcile" / "journals").iterdir())


def test_an_outcome_is_named_for_environment_time_and_digest(world: World) -> None:
    done = world.run(many(1))

    (path,) = (world.environment.root / ".reconcile" / "outcomes").iterdir()
    environment, time, digest = path.stem.split("-")
    assert environment == "test"
    assert time == f"{done.started_at:%Y%m%dT%H%M%S%fZ}"
    assert outcomes(world.environment.root)[0]["digest"].startswith(digest)


def test_a_killed_run_is_reported_by_the_next(world: World) -> None:
    root = world.environment.root
    _killed_run(root, world)

    (path,) = recover(root)

    entry = json.loads(path.read_text())
    assert (entry["status"], entry["exitCode"]) == ("interrupted", 137)
    assert [cell["status"] for cell in entry["changes"][0]["cells"]] == ["done", "skipped", "skipped", "skipped"]
    totals = entry["totals"]
    assert totals["asked"] == sum(totals[name] for name in ("done", "unchanged", "skipped", "failed", "conflict"))
    assert recover(root) == []


def test_a_running_run_is_left_alone(tmp_path: Path) -> None:
    journal = Journal.begin(tmp_path / "j.jsonl", EMPTY, BEGAN)

    assert list(unfinished(tmp_path)) == []

    journal.close()
    assert [entry.path.name for entry in unfinished(tmp_path)] == ["j.jsonl"]


def test_a_killed_run_is_reported_while_its_process_id_exists(tmp_path: Path) -> None:
    """S-5: a killed process keeps its id until its parent reads its exit code; another process may get it later."""
    command = [sys.executable, "-c", BEGIN, str(tmp_path / "j.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        assert run.stdout.readline() == "begun\n"
        assert list(unfinished(tmp_path)) == []

        os.kill(run.pid, signal.SIGKILL)
        os.waitid(os.P_PID, run.pid, os.WEXITED | os.WNOWAIT)

        assert [entry.path.name for entry in unfinished(tmp_path)] == ["j.jsonl"]


def test_a_truncated_line_is_skipped(world: World) -> None:
    root = world.environment.root
    path = _killed_run(root, world)
    with path.open("a") as stream:
        stream.write('{"at":"2026-11-20T10:00:00+00:00","results":[[0,"cell",1,{"status":"do')

    (written,) = recover(root)

    assert json.loads(written.read_text())["totals"]["done"] == 1


def _killed_run(root: Path, world: World) -> Path:
    """Writes the journal of a process that recorded one result and was killed."""
    plan = {
        "changes": [
            {"action": "create", "fields": [], "rows": [], "cells": [{"attribute": f"A{at}"} for at in range(4)]}
        ],
        "unchanged": 3,
    }
    path = root / ".reconcile" / "journals" / "test-20261120T100000Z-0123456789ab.jsonl"
    journal = Journal.begin(path, plan, world.apply(world.preview()).started_at)
    journal.note(
        "connect:BatchCreateDataTableValue", "r-1", {Item(0, "cell", 0): Result(Status.DONE, request_id="r-1")}
    )
    journal.close()
    return path
