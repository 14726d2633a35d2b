"""Killed at any call: the next run reports the finished items, finishes the rest, and creates nothing twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from reconciler.cli import run
from reconciler.sandbox import INSTANCE_ID, REGION
from tests.cli.running import Repository, Server, environ
from tests.end_to_end.killing import applied, finishes_after, killed_at, prepared

CALLS = 73  # a bulk read of each taggable kind, and the tables' own
STEP = 7  # the quick tier is killed at every seventh of them; an odd step takes turns between before and after
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


@pytest.fixture
def repository(server: Server, tmp_path: Path) -> Repository:
    """A run of 60 calls: a search, two tables, ten and eleven attributes, 36 batches of four cells, at two levels."""
    return prepared(server, tmp_path, _table("One", "NONE"), _table("Two", "DATA_TABLE"), quotas={"batchItems": 4})


def _table(name: str, level: str) -> dict[str, Any]:
    others = [f"A{at}" for at in range(9)]
    attributes = [{"name": "id", "valueType": "TEXT", "primary": True}]
    attributes += [{"name": each, "valueType": "TEXT"} for each in (*others, *(["Note"] if name == "One" else []))]
    rows = [{"id": f"r{at}", **dict.fromkeys(others, str(at))} for at in range(8)]
    spec = {"timeZone": "UTC", "valueLockLevel": level, "attributes": attributes, "values": {"rows": rows}}
    return {"kind": "DataTable", "metadata": {"name": name}, "spec": spec}


def converges_after(repository: Repository, server: Server, call: int) -> None:
    finishes_after(repository, server, call)

    connect = boto3.client("connect", region_name=REGION, endpoint_url=server.endpoint, **KEYS)
    tables = connect.list_data_tables(InstanceId=INSTANCE_ID)["DataTableSummaryList"]
    assert sorted(table["Name"] for table in tables) == ["One", "Two"]


@pytest.mark.slow
@pytest.mark.parametrize("call", range(1, CALLS + 1, STEP))
def test_killed_at_every_seventh_call(repository: Repository, server: Server, call: int) -> None:
    converges_after(repository, server, call)


@pytest.mark.slow
@pytest.mark.parametrize("call", [call for call in range(1, CALLS + 1) if call % STEP != 1])
def test_killed_at_every_other_call(repository: Repository, server: Server, call: int) -> None:
    converges_after(repository, server, call)


def test_the_run_takes_as_many_calls_as_it_is_killed_at(repository: Repository, server: Server) -> None:
    assert applied(repository) == 0

    assert sum(count for name, count in server.calls().items() if name.startswith("connect:")) == CALLS


@pytest.mark.slow
@pytest.mark.parametrize("level", ["NONE", "DATA_TABLE", "VALUE"])
def test_two_applies_at_once_both_end_well(repository: Repository, server: Server, level: str) -> None:
    """S0-46: no duplicate, no false error, no lost update."""
    repository.declare(_table("One", level), _table("Two", level))
    server.set_faults(latencyMs=3)
    command = [sys.executable, "-m", "reconciler", "-C", str(repository.root), "-q", "apply", "--auto-approve"]

    both = [subprocess.Popen(command, env=environ(), stdout=subprocess.PIPE, text=True) for _ in range(2)]
    output = [process.communicate()[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], output
    assert run(["-C", str(repository.root), "-q", "plan", "--detailed-exitcode"]) == 0
    for outcome in repository.outcomes():
        assert outcome["totals"]["failed"] == outcome["totals"]["conflict"] == 0


@pytest.mark.slow
def test_the_outcome_of_a_killed_run_names_what_is_live(repository: Repository, server: Server) -> None:
    killed_at(repository, server, 50, "before")

    assert applied(repository) == 0

    (killed,) = [output for output in repository.outcomes() if output["exitCode"] == 137]
    done = {
        (change["address"], cell["key"]["id"], cell["attribute"])
        for change in killed["changes"]
        for cell in change["cells"]
        if cell["status"] == "done"
    }
    finished = next(output for output in repository.outcomes() if output["exitCode"] == 0)
    written = {
        (change["address"], cell["key"]["id"], cell["attribute"])
        for change in finished["changes"]
        for cell in change["cells"]
    }
    assert done
    assert not done & written
