"""M6: the sandbox has the quotas of reconcile.yaml, and a permanent refusal is tried and reported once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import SANDBOX, Done, Repository, Server, client, rows, table

Reconcile = Callable[..., Done]
MANY = 240  # rows with one cell each: ten batches


@pytest.fixture
def many(repository: Repository) -> Repository:
    repository.declare(table(rows=rows(MANY)))
    return repository


@pytest.mark.slow
def test_the_sandbox_uses_the_quotas_of_reconcile_yaml(repository: Repository, reconcile: Reconcile) -> None:
    """1,001 values: one more than AWS publishes."""
    repository.configure({"lab": {**SANDBOX, "quotas": {"cellsPerTable": 1001}}})
    repository.declare(table(rows=rows(1001)))

    assert reconcile("-q", "apply", "--auto-approve").code == 0
    assert reconcile("-q", "plan", "--detailed-exitcode").code == 0


def test_a_quota_that_reconcile_yaml_lowers_is_lower_in_the_sandbox_too(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    repository.configure({"lab": {**SANDBOX, "quotas": {"tablesPerInstance": 1}}})
    reconcile("-q", "apply", "--auto-approve")

    with pytest.raises(ClientError, match="an instance may have 1 tables"):
        client(server).create_data_table(
            InstanceId=INSTANCE_ARN, Name="Other", TimeZone="UTC", ValueLockLevel="NONE", Status="PUBLISHED"
        )


def test_a_full_table_is_not_tried_ten_times(many: Repository, reconcile: Reconcile, server: Server) -> None:
    """The batches in flight end; no other one of the operation begins."""
    server.set_faults(quotas={"cells": 1})

    done = reconcile("apply", "--auto-approve")

    assert server.calls()["connect:BatchCreateDataTableValue"] <= 4  # workers of one operation
    assert done.code == 5
    assert "skipped  " in done.out
    assert "not sent, because AWS refused BatchCreateDataTableValue of DataTable/Tiers before: " in done.out


def test_failures_with_one_cause_are_one_line_with_their_number_and_the_first(
    many: Repository, reconcile: Reconcile, server: Server
) -> None:
    server.set_faults(quotas={"cells": 1})

    done = reconcile("apply", "--auto-approve", "--outcome", "outcome.json")

    (lines,) = [line for line in done.out.splitlines() if line.startswith("    failed")]
    outcome = json.loads((many.root / "outcome.json").read_text("utf-8"))
    failed = [cell for cell in outcome["changes"][0]["cells"] if cell["status"] == "failed"]
    assert lines == f"    failed   {len(failed)} cells, first id=C000 · tier"
    assert len(done.out.partition("Applied to ")[2].splitlines()) <= 10
    assert len(outcome["changes"][0]["cells"]) == MANY
    assert all(cell["code"] == "ServiceQuotaExceededException" and cell["message"] for cell in failed)


def test_a_few_failures_are_named_one_by_one(repository: Repository, reconcile: Reconcile, server: Server) -> None:
    server.set_faults(quotas={"cells": 1})

    done = reconcile("apply", "--auto-approve")

    assert [line[13:27] for line in done.out.splitlines() if line.startswith("    failed")] == [
        f"id=C{number:03} · tier" for number in range(3)
    ]


@pytest.mark.slow
def test_a_full_quota_stops_only_creates(repository: Repository, reconcile: Reconcile, server: Server) -> None:
    """Deletes make room, so the next apply may have it."""
    reconcile("apply", "--auto-approve")
    server.set_faults(quotas={"cells": 4})
    changed = [{**row, "tier": "Gold"} for row in rows(2)]
    repository.declare(table(rows=[*changed, *({**row, "seats": 1} for row in rows(MANY)[3:])], prune=True))

    first = reconcile("apply", "--auto-approve", "--outcome", "outcome.json")

    cells = json.loads((repository.root / "outcome.json").read_text("utf-8"))["changes"][0]["cells"]
    by_action = {
        action: {c["status"] for c in cells if c["action"] == action} for action in ("create", "update", "delete")
    }
    assert first.code == 5
    assert by_action == {"create": {"failed", "skipped"}, "update": {"done"}, "delete": {"done"}}


def test_a_missing_permission_is_not_tried_ten_times(many: Repository, reconcile: Reconcile, server: Server) -> None:
    fault = {"every": 1, "code": "AccessDeniedException", "operations": ["BatchCreateDataTableValue"]}
    server.set_faults(error=fault)

    done = reconcile("apply", "--auto-approve")

    assert server.calls()["connect:BatchCreateDataTableValue"] <= 4
    assert done.out.count("the role needs the action connect:BatchCreateDataTableValue") == 1


def test_attributes_beyond_the_quota_are_not_tried_one_by_one(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    """They go one after another, so the first refusal is the last."""
    made = table()
    made["spec"]["attributes"] += [{"name": f"a{number}", "valueType": "TEXT"} for number in range(20)]
    repository.declare(made)
    server.set_faults(quotas={"attributes": 5})

    done = reconcile("apply", "--auto-approve")

    assert server.calls()["connect:CreateDataTableAttribute"] == 6
    assert done.code == 5
    assert "not sent, because AWS refused CreateDataTableAttribute of DataTable/Tiers before" in done.out


@pytest.mark.slow
def test_progress_reports_a_failure_at_once_and_once(many: Repository, reconcile: Reconcile, server: Server) -> None:
    server.set_faults(quotas={"cells": 1})

    plain = reconcile("apply", "--auto-approve")
    quiet = reconcile("-q", "apply", "--auto-approve")
    machine = reconcile("--log-format", "json", "apply", "--auto-approve")

    lines = [line for line in plain.err.splitlines() if "items failed" in line]
    events = [json.loads(line) for line in machine.err.splitlines()]
    assert lines == [
        "DataTable/Tiers: connect:BatchCreateDataTableValue: 25 items failed: ServiceQuotaExceededException"
    ]
    assert quiet.err == ""
    assert [each["code"] for each in events if each["event"] == "failed"] == ["ServiceQuotaExceededException"]
