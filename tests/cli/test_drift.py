"""`drift`: exits with 2 only if a managed resource differs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

import pytest

from tests.cli.running import Done, Repository, Server, rows, table, write_cell

Reconcile = Callable[..., Done]


@pytest.fixture
def settled(reconcile: Reconcile) -> Reconcile:
    reconcile("apply", "--auto-approve")
    return reconcile


def test_no_difference_is_0(settled: Reconcile) -> None:
    """S0-17, S0-38: what is equal is confirmed."""
    assert settled("drift").code == 0


def test_one_changed_cell_is_2_and_is_named(settled: Reconcile, server: Server) -> None:
    """S0-17, S0-38: table, key, attribute, the declared value and the live one."""
    write_cell(server, "C001", "Mine")

    done = settled("drift")

    assert done.code == 2
    assert all(word in done.out for word in ("DataTable/Tiers", "C001", "tier", "Mine", "Basic", "us-east-1"))


def test_an_orphan_alone_is_0(repository: Repository, settled: Reconcile) -> None:
    repository.declare()

    done = settled("drift")

    assert done.code == 0
    assert "orphan DataTable/Tiers" in done.out


def test_a_declared_resource_that_is_missing_is_2(repository: Repository, settled: Reconcile) -> None:
    repository.declare(table("Teams"))

    assert settled("drift").code == 2


def test_an_unmanaged_resource_is_not_drift(repository: Repository, settled: Reconcile) -> None:
    repository.configure(stack="warehouse")

    done = settled("drift")

    assert done.code == 0
    assert "blocked" in done.out
    assert "Live differs" not in done.out
    assert "to restore the declared state" not in done.out + settled("drift", "--format", "markdown").out


def test_a_blocked_managed_resource_is_drift(repository: Repository, settled: Reconcile) -> None:
    attributes = [
        {"name": "id", "valueType": "TEXT", "primary": True},
        {"name": "tier", "valueType": "BOOLEAN"},
        {"name": "seats", "valueType": "NUMBER"},
    ]
    repository.declare(table(attributes=attributes))

    done = settled("drift")

    assert "1 blocked" in done.last
    assert done.code == 2


@pytest.mark.slow
@pytest.mark.parametrize(("form", "beginning"), [("text", "Drift of"), ("json", "{"), ("markdown", "#")])
def test_drift_has_the_requested_form(settled: Reconcile, form: str, beginning: str) -> None:
    done = settled("drift", "--format", form)

    assert done.out.startswith(beginning)


def test_drift_as_json_is_a_plan(settled: Reconcile, server: Server) -> None:
    write_cell(server, "C001", "Mine")

    document = json.loads(settled("drift", "--format", "json").out)

    assert document["changes"][0]["cells"][0]["before"] == "Mine"


def test_an_error_is_1_and_not_drift(settled: Reconcile, server: Server) -> None:
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["SearchDataTables"]})

    done = settled("drift")

    assert done.code == 1
    assert "connect:SearchDataTables" in done.err


def test_a_table_was_last_changed_when_its_last_cell_was(settled: Reconcile, server: Server) -> None:
    """m25: AWS keeps a time for the table and one for each cell."""
    write_cell(server, "C001", "Mine")

    (change,) = json.loads(settled("drift", "--format", "json").out)["changes"]

    (cell,) = change["cells"]
    assert change["lastModified"] == cell["lastModified"]
    assert settled("drift").out.count(f"last changed {cell['lastModified']['time']}") == 1


@pytest.mark.slow
def test_drift_shows_how_to_find_the_author(repository: Repository, settled: Reconcile, server: Server) -> None:
    """m25: AWS's answers hold no name, CloudTrail does."""
    write_cell(server, "C001", "Mine")
    moment = json.loads(settled("drift", "--format", "json").out)["changes"][0]["lastModified"]["time"]

    text, markdown = settled("drift").out, settled("drift", "--format", "markdown").out

    (printed,) = (shlex.split(line.partition("90 days: ")[2]) for line in text.splitlines() if "CloudTrail" in line)
    assert printed[:7] == ["aws", "cloudtrail", "lookup-events", "--region", "us-east-1", "--start-time", moment]
    assert f"```sh\n{shlex.join(printed)}\n```" in markdown
    repository.declare(table(rows=rows(3, "Mine")), table("Teams"))
    assert "--start-time" not in settled("drift").out


def test_no_drift_shows_no_lookup_command(settled: Reconcile) -> None:
    """m25."""
    assert "cloudtrail" not in settled("drift").out
    assert "cloudtrail" not in settled("drift", "--format", "markdown").out
