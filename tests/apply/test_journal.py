"""A line per reply: what a killed run had done can be told by the next one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from reconciler.apply.journal import Journal, unfinished
from reconciler.model import Item, Result, Status
from reconciler.reconcile import recover
from tests.shapes import many
from tests.world import World


def outcomes(root: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((root / ".reconcile" / "outcomes").glob("*.json"))]


def test_every_run_leaves_its_outcome_and_no_journal(world: World) -> None:
    done = world.run(many(2))

    (told,) = outcomes(world.environment.root)
    assert told["totals"] == done.totals._asdict()
    assert (told["status"], told["exitCode"]) == ("done", 0)
    assert all(cell["status"] == "done" and cell["requestId"] for cell in told["changes"][0]["cells"])
    assert not list((world.environment.root / ".reconcile" / "journals").iterdir())


def test_an_outcome_is_named_for_environment_time_and_digest(world: World) -> None:
    done = world.run(many(1))

    (path,) = (world.environment.root / ".reconcile" / "outcomes").iterdir()
    environment, time, digest = path.stem.split("-")
    assert environment == "test"
    assert time == f"{done.started_at:%Y%m%dT%H%M%S%fZ}"
    assert outcomes(world.environment.root)[0]["digest"].startswith(digest)


def test_a_run_that_was_killed_is_told_by_the_next(world: World) -> None:
    root = world.environment.root
    _killed_run(root, world)

    (path,) = recover(root)

    told = json.loads(path.read_text())
    assert (told["status"], told["exitCode"]) == ("interrupted", 137)
    assert [cell["status"] for cell in told["changes"][0]["cells"]] == ["done", "skipped", "skipped", "skipped"]
    totals = told["totals"]
    assert totals["asked"] == sum(totals[name] for name in ("done", "unchanged", "skipped", "failed", "conflict"))
    assert recover(root) == []


def test_a_run_that_is_still_going_is_left_alone(tmp_path: Path, world: World) -> None:
    plan = {"changes": [], "unchanged": 0}
    journal = Journal.begin(tmp_path / "j.jsonl", plan, world.apply(world.preview()).started_at)
    alive = (tmp_path / "j.jsonl").read_text().replace(f'"pid":{_pid(tmp_path)}', '"pid":1')
    (tmp_path / "k.jsonl").write_text(alive)

    found = [told.path.name for told in unfinished(tmp_path)]

    journal.end()
    assert found == ["j.jsonl"]


def test_a_line_that_was_cut_off_by_the_kill_is_passed_over(world: World) -> None:
    root = world.environment.root
    path = _killed_run(root, world)
    with path.open("a") as stream:
        stream.write('{"at":"2026-11-20T10:00:00+00:00","results":[[0,"cell",1,{"status":"do')

    (written,) = recover(root)

    assert json.loads(written.read_text())["totals"]["done"] == 1


def _killed_run(root: Path, world: World) -> Path:
    """A journal as a process leaves it that wrote one result and is gone."""
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
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    path.write_text(path.read_text().replace(f'"pid":{_pid(path.parent)}', f'"pid":{gone.stdout.strip()}'))
    return path


def _pid(folder: Path) -> int:
    return int(json.loads(next(folder.glob("*.jsonl")).read_text().splitlines()[0])["pid"])
