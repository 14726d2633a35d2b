"""connectwise as an operator meets it: deployed on the local AWS with its real functions, machine and warehouse."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reconciler.sandbox.connectwise import StandIn, standing_in
from scripts.demo_deployed import Stack, deployed
from tests.cli.running import Done
from tests.worlds.archives import built
from tests.worlds.connectwise import TICKETS, deploy_connectwise

pytestmark = pytest.mark.slow
MANIFEST = """\
kind: Pipeline
metadata: {name: connectwise}
spec:
  type: connectwise
  schedules: {hourly: {expression: "cron(10 * * * ? *)", timeZone: UTC}}
  bucket: {name: example-operated-lake}
  warehouse: {namespace: analytics, secret: connectwise/redshift}
---
kind: Tenant
metadata: {name: harbor-dental}
spec: {pipeline: connectwise, url: VENDOR, tables: [service/tickets], rate: {perMinute: 6000}, backfill: {days: 1}}
---
kind: Tenant
metadata: {name: lakeside-it}
spec: {pipeline: connectwise, url: VENDOR, tables: [service/tickets], rate: {perMinute: 6000}, backfill: {days: 1}}
"""
Pipelines = Callable[..., Done]


@pytest.fixture(scope="module")
def vendor() -> Iterator[StandIn]:
    with standing_in() as server:
        yield server


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, vendor: StandIn) -> Iterator[Stack]:
    """The pipeline with two tenants. Only one of them has keys, so the other one is poisoned."""
    with deployed(tmp_path_factory.mktemp("o"), built()) as stack:
        company = deploy_connectwise(stack, vendor, MANIFEST, "Secret/connectwise/harbor-dental/sandbox")
        company.put(TICKETS, {"id": 0, "summary": "=1+1"})
        yield stack


@pytest.fixture(scope="module")
def pipelines(stack: Stack) -> Pipelines:
    def ran(*words: str) -> Done:
        command = [sys.executable, "-m", "reconciler", "-e", "sandbox", "pipelines", *words]
        done = subprocess.run(command, cwd=stack.folder, capture_output=True, text=True, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    return ran


def rows(done: Done) -> list[dict[str, Any]]:
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_an_operator_runs_a_tenant_and_reads_its_rows(pipelines: Pipelines, stack: Stack, vendor: StandIn) -> None:
    """S2-18, S2-33: one story, because deploying takes longer than all of it."""
    before = pipelines("status", "connectwise", "--format", "json")
    assert before.code == 2
    pairs = json.loads(before.out)["pipelines"][0]["pairs"]
    assert [(pair["tenant"], pair["status"]) for pair in pairs] == [
        ("harbor-dental", "behind"),
        ("lakeside-it", "behind"),
    ]

    whole = pipelines("run", "connectwise", "--wait")
    assert whole.code == 5, whole.err
    assert "✗ failed lakeside-it service/tickets: " in whole.out

    one = pipelines("run", "connectwise", "--tenant", "harbor-dental", "--wait", "--format", "json")
    assert one.code == 0, one.out + one.err
    assert json.loads(one.out)["failed"] == []

    after = json.loads(pipelines("status", "connectwise", "--format", "json").out)["pipelines"][0]
    states = {pair["tenant"]: pair for pair in after["pairs"]}
    assert (states["harbor-dental"]["status"], states["lakeside-it"]["status"]) == ("fresh", "failed")
    (commit,) = states["harbor-dental"]["commits"]
    assert commit["table"] == "tickets"
    assert commit["loaded"] == commit["commit"] >= 1

    choice = ("rows", "connectwise", "--tenant", "harbor-dental", "--table", "tickets")
    current = rows(pipelines(*choice))
    assert [(row["source_id"], row["summary"]) for row in current] == [(0, "=1+1"), (7, "VPN drops")]

    vendor.clock.advance(3600)
    vendor.company("harbor").change(TICKETS, 7, summary="VPN drops hourly")
    assert pipelines("run", "connectwise", "--tenant", "harbor-dental", "--wait").code == 0
    history = [row for row in rows(pipelines(*choice, "--history")) if row["source_id"] == 7]
    assert [row["summary"] for row in history] == ["VPN drops", "VPN drops hourly"]
    assert history[0]["effective_to"] == history[1]["effective_from"]

    table = [*csv.DictReader(pipelines(*choice, "--format", "csv").out.splitlines())]
    assert [row["summary"] for row in table] == ["'=1+1", "VPN drops hourly"]


def test_a_wrong_name_is_found_before_anything_starts(pipelines: Pipelines) -> None:
    run, read = (
        pipelines("run", "connectwise", "--tenant", "harbor"),
        pipelines("rows", "connectwise", "--tenant", "harbor-dental", "--table", "ticket"),
    )

    assert (run.code, 'Did you mean "harbor-dental"?' in run.err) == (64, True)
    assert (read.code, 'did you mean "tickets"?' in read.err) == (64, True)
