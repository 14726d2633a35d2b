"""`adopt` changes only tags; `destroy` deletes only managed resources."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import SANDBOX, Done, Repository, Server, client, live_names, rows, table, written

Reconcile = Callable[..., Done]


@pytest.fixture
def two_tables(repository: Repository, server: Server, reconcile: Reconcile) -> Reconcile:
    """Two declared tables that are live and not managed."""
    repository.declare(table("Tiers"), table("Teams"))
    for name in ("Tiers", "Teams"):
        client(server).create_data_table(
            InstanceId=INSTANCE_ARN, Name=name, TimeZone="UTC", ValueLockLevel="NONE", Status="PUBLISHED"
        )
    return reconcile


@pytest.mark.slow
def test_addresses_are_adopted_and_others_stay_blocked(two_tables: Reconcile) -> None:
    done = two_tables("adopt", "DataTable/Teams", "--auto-approve")

    assert done.code == 0
    assert "1 blocked" in two_tables("plan").last


@pytest.mark.slow
def test_every_declared_resource_is_adopted(two_tables: Reconcile) -> None:
    done = two_tables("adopt", "--all", "--auto-approve")

    assert done.code == 0
    assert "0 blocked" in two_tables("plan").last


def test_adopting_changes_only_tags(two_tables: Reconcile, server: Server) -> None:
    before = server.calls()

    two_tables("adopt", "--all", "--auto-approve")

    assert written(name for name in server.calls() if name not in before) == {"connect:TagResource"}


def test_a_dry_run_shows_the_adoption(two_tables: Reconcile, server: Server) -> None:
    done = two_tables("adopt", "--all", "--dry-run")

    assert done.code == 0
    assert "= adopt DataTable/Teams" in done.out
    assert "connect:TagResource" not in server.calls()


def test_a_missing_resource_cannot_be_adopted(two_tables: Reconcile) -> None:
    done = two_tables("adopt", "DataTable/Nowhere", "--auto-approve")

    assert done.code == 3
    assert "not live" in done.out


def test_destroy_deletes_managed_resources_and_reports_each(two_tables: Reconcile, server: Server) -> None:
    """S0-16, S0-39: it needs a flag, deletes only managed resources, and reports each."""
    two_tables("adopt", "DataTable/Teams", "--auto-approve")

    done = two_tables("destroy", "--yes")

    assert done.code == 0
    assert "deleted    DataTable/Teams\n" in done.out
    assert live_names(server) == {"Tiers"}


def test_destroy_counts_the_rows_and_cells_to_delete(
    repository: Repository, server: Server, reconcile: Reconcile
) -> None:
    """M2: in the plan, in the list and in the last line."""
    repository.declare(table(rows=rows(300)))
    reconcile("apply", "--auto-approve")

    planned, done = reconcile("destroy", "--dry-run"), reconcile("destroy", "--yes")

    assert "rows: 0 added, 0 changed, 300 deleted · cells: 0 added, 0 changed, 300 deleted" in planned.last
    assert "deleted    DataTable/Tiers: 300 rows, 300 cells" in done.out
    assert done.last.startswith(
        "Destroy complete: 0 created, 0 changed, 1 deleted · rows: 0 added, 0 changed, 300 deleted"
    )


def test_a_dry_run_of_destroy_deletes_nothing(two_tables: Reconcile, server: Server) -> None:
    two_tables("adopt", "--all", "--auto-approve")

    done = two_tables("destroy", "--dry-run")

    assert done.code == 0
    assert "2 to delete" in done.last
    assert live_names(server) == {"Tiers", "Teams"}


def test_destroy_gives_its_own_reason(two_tables: Reconcile) -> None:
    two_tables("adopt", "--all", "--auto-approve")

    done = two_tables("destroy", "--dry-run")

    assert "managed by this stack" in done.out
    assert "--allow-delete" not in done.out


@pytest.mark.parametrize(
    ("flag", "last"), [("--dry-run", "Plan: 0 to create"), ("--yes", "Nothing to destroy: 0 created")]
)
def test_destroy_of_nothing_says_so(two_tables: Reconcile, flag: str, last: str) -> None:
    done = two_tables("destroy", flag)

    assert done.code == 0
    assert done.out.startswith("Nothing is owned here by shop/lab.\n")
    assert done.last.startswith(last)


def test_destroy_reports_missing_and_failed_resources(two_tables: Reconcile, server: Server) -> None:
    """S0-16: deleted, not found and failed are separate, and failures set the exit code."""
    two_tables("adopt", "--all", "--auto-approve")
    server.set_faults(error={"every": 2, "code": "AccessDeniedException", "operations": ["DeleteDataTable"]})

    done = two_tables("destroy", "--yes")

    assert done.code == 5
    assert done.out.count("\ndeleted ") == 1
    assert done.out.count("\nfailed ") == 1
    assert "connect:DeleteDataTable" in done.out


def test_destroy_reports_resources_that_were_not_found(two_tables: Reconcile, server: Server) -> None:
    two_tables("adopt", "--all", "--auto-approve")
    server.set_faults(error={"every": 1, "code": "ResourceNotFoundException", "operations": ["DeleteDataTable"]})

    done = two_tables("destroy", "--yes")

    assert done.code == 0
    assert "not found  DataTable/Teams\n" in done.out


def test_destroy_never_deletes_protected_resources(
    repository: Repository, server: Server, reconcile: Reconcile
) -> None:
    """m21: it is named once, with its reason, and the exit code is explained."""
    repository.declare(table("Tiers", protect=True), table("Teams"))
    reconcile("apply", "--auto-approve")

    done = reconcile("destroy", "--yes")

    assert done.code == 3
    assert "blocked DataTable/Tiers\n    protected" in done.out
    assert done.out.count("DataTable/Tiers") == 1
    assert "kept       1 resource; see the plan above for the reasons; exit code 3\n" in done.out
    assert live_names(server) == {"Tiers"}


def test_a_frozen_environment_is_not_destroyed(repository: Repository, server: Server, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.configure({"lab": {**SANDBOX, "frozen": "year-end"}})

    assert reconcile("destroy", "--yes").code == 3
    assert live_names(server) == {"Tiers"}


def test_nothing_is_adopted_in_a_frozen_environment(
    repository: Repository, two_tables: Reconcile, server: Server
) -> None:
    repository.configure({"lab": {**SANDBOX, "frozen": "year-end"}})

    done = two_tables("adopt", "--all", "--auto-approve")

    assert done.code == 3
    assert "year-end" in done.err
    assert "connect:TagResource" not in server.calls()
    assert [outcome["status"] for outcome in repository.outcomes()] == ["refused"]


def test_a_destroy_is_planned_to_files_and_in_any_form(
    repository: Repository, two_tables: Reconcile, server: Server
) -> None:
    """m21."""
    two_tables("adopt", "--all", "--auto-approve")

    done = two_tables("destroy", "--dry-run", "--format", "json", "--out", "gone.json", "--out", "gone.md")

    assert done.code == 0
    assert json.loads(done.out)["summary"]["delete"] == 2
    assert json.loads((repository.root / "gone.json").read_text())["digest"] == json.loads(done.out)["digest"]
    assert "DataTable/Teams" in (repository.root / "gone.md").read_text()
    assert live_names(server) == {"Tiers", "Teams"}


def test_a_destroy_that_deletes_prints_its_plan_only_as_text(two_tables: Reconcile) -> None:
    """m21: as undo does."""
    done = two_tables("destroy", "--yes", "--format", "json")

    assert done.code == 64
    assert "--dry-run" in done.err


def test_a_destroy_of_nothing_is_planned_to_a_file_too(repository: Repository, reconcile: Reconcile) -> None:
    """m21."""
    reconcile("destroy", "--dry-run", "--out", "gone.json")

    assert json.loads((repository.root / "gone.json").read_text())["changes"] == []
