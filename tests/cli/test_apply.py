"""`apply`: makes a new plan, asks and applies; the exit code gives the result."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import SANDBOX, Done, Repository, Server, rows, table, write_cell, written

Reconcile = Callable[..., Done]


def planned(reconcile: Reconcile) -> Any:
    return json.loads(reconcile("plan", "--format", "json").out)


def test_the_plan_is_shown_before_the_outcome(repository: Repository, reconcile: Reconcile) -> None:
    """S0-65: the last line has the total of all items, and the outcome has the same numbers."""
    done = reconcile("apply", "--auto-approve")

    assert done.code == 0
    assert done.out.index("Plan: 1 to create") < done.out.index("Applied to ")
    (outcome,) = repository.outcomes()
    totals = outcome["totals"]
    assert totals["asked"] == sum(count for word, count in totals.items() if word != "asked")
    assert done.last.startswith("Apply complete: 1 created, 0 changed, 0 deleted · rows: ")


def test_applying_again_writes_nothing(reconcile: Reconcile, server: Server) -> None:
    reconcile("apply", "--auto-approve")
    before = server.calls()

    done = reconcile("apply", "--auto-approve")

    assert done.code == 0
    new = {name for name, count in server.calls().items() if count != before.get(name)}
    assert not written(new)
    assert {name for name in new if "connect:List" in name} == {
        "connect:ListDataTableAttributes",
        "connect:ListDataTableValues",
    }


@pytest.mark.parametrize("digits", [12, 64])
def test_the_reviewed_digest_is_applied(reconcile: Reconcile, digits: int) -> None:
    digest = planned(reconcile)["digest"]

    assert reconcile("apply", "--auto-approve", "--expect", digest[:digits].upper()).code == 0


def test_another_digest_is_stale_and_nothing_is_written(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    digest = planned(reconcile)["digest"]
    repository.declare(table(rows=rows(4)))

    done = reconcile("apply", "--auto-approve", "--expect", digest)

    assert done.code == 4
    assert "plan and review again" in done.err
    assert "connect:CreateDataTable" not in server.calls()


def test_a_digest_of_an_applied_plan_is_accepted(reconcile: Reconcile) -> None:
    digest = planned(reconcile)["digest"]
    reconcile("apply", "--auto-approve")

    assert reconcile("apply", "--auto-approve", "--expect", digest).code == 0


def test_a_reviewed_plan_is_applied_from_its_file(reconcile: Reconcile) -> None:
    reconcile("plan", "--out", "plan.json")

    assert reconcile("apply", "--auto-approve", "--plan", "plan.json").code == 0


def test_a_plan_that_was_edited_after_its_review_is_not_the_reviewed_one(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    reconcile("plan", "--out", "plan.json")
    file = repository.root / "plan.json"
    file.write_text(file.read_text("utf-8").replace('"after": "Basic"', '"after": "Gold"'), encoding="utf-8")
    repository.declare(table(rows=rows(3, "Gold")))

    done = reconcile("apply", "--auto-approve", "--plan", "plan.json")

    assert done.code == 4
    assert done.err.startswith("error: plan.json: ")
    assert done.err.count("\n") == 1
    assert "connect:CreateDataTable" not in server.calls()


def test_a_file_to_which_a_blocked_change_was_added_is_stale(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    """S-2: the digest in the file stays right; the added change was taken for reviewed, and overwrote an edit."""
    repository.declare(table(rows=rows(1)), table("Teams", rows=rows(1)))
    reconcile("apply", "--auto-approve")
    write_cell(server, "C000", "theirs", name="Teams")
    repository.declare(table(rows=rows(1, "Gold")), table("Teams", rows=rows(1)))
    reconcile("plan", "--out", "whole.json")
    reconcile("plan", "--out", "plan.json", "--target", "DataTable/Tiers")
    (hidden,) = (
        each
        for each in json.loads((repository.root / "whole.json").read_text("utf-8"))["changes"]
        if each["address"] == "DataTable/Teams"
    )
    file = repository.root / "plan.json"
    plan = json.loads(file.read_text("utf-8"))
    plan["changes"].append({**hidden, "action": "blocked"})
    file.write_text(json.dumps(plan), encoding="utf-8")

    done = reconcile("apply", "--auto-approve", "--plan", "plan.json")

    assert done.code == 4
    assert done.err.startswith("error: plan.json: ")


def test_a_change_outside_the_reviewed_plan_is_stale(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("plan", "--out", "plan.json")
    repository.declare(table(rows=rows(3)), table("Teams"))

    done = reconcile("apply", "--auto-approve", "--plan", "plan.json")

    assert done.code == 4
    assert "DataTable/Teams" in done.err


def test_values_changed_since_the_review_are_kept_and_the_rest_applied(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(3, "Gold")))
    reconcile("plan", "--out", "plan.json")
    write_cell(server, "C001", "Mine")

    done = reconcile("apply", "--auto-approve", "--plan", "plan.json")

    assert done.code == 5
    assert "conflict" in done.out
    assert "· rows: 0 added, 2 changed, 0 deleted ·" in done.last
    assert "· 1 conflict, 1 unchanged ·" in done.last


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format_version": "2.0"}', "\udcff"])
def test_a_file_that_is_not_a_plan_is_wrong_usage(repository: Repository, reconcile: Reconcile, text: str) -> None:
    (repository.root / "plan.json").write_bytes(text.encode(errors="surrogateescape"))

    done = reconcile("apply", "--auto-approve", "--plan", "plan.json")

    assert done.code == 64
    assert "plan.json" in done.err


def test_the_outcome_is_also_written_to_a_given_file(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve", "--outcome", "out/outcome.json")

    asked = json.loads((repository.root / "out" / "outcome.json").read_text("utf-8"))
    assert asked == repository.outcomes()[0]
    assert (asked["status"], asked["exitCode"]) == ("done", 0)


def test_a_stale_run_reports_every_item_as_skipped(repository: Repository, reconcile: Reconcile) -> None:
    done = reconcile("apply", "--auto-approve", "--expect", "0" * 12, "--outcome", "outcome.json")

    outcome = json.loads((repository.root / "outcome.json").read_text("utf-8"))
    assert done.code == 4
    assert repository.outcomes() == [outcome]
    assert (outcome["status"], outcome["exitCode"]) == ("stale", 4)
    assert_nothing_was_started(outcome)


def assert_nothing_was_started(outcome: Any) -> None:
    totals = outcome["totals"]
    listed = [item for change in outcome["changes"] for part in ("fields", "cells", "rows") for item in change[part]]
    assert totals["asked"] == totals["unchanged"] + totals["skipped"]
    assert totals["skipped"] == len(listed) > 0
    assert {(item["status"], item["message"]) for item in listed} == {
        ("skipped", f"{outcome['status']}: nothing was written")
    }
    assert outcome["operations"]["connect:SearchDataTables"] == 1
    assert not any("Create" in name or "Update" in name for name in outcome["operations"])


def test_a_frozen_environment_is_refused_and_says_so_everywhere(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure({"lab": {**SANDBOX, "frozen": "year-end"}})

    done = reconcile("apply", "--auto-approve", "--outcome", "outcome.json")

    outcome = json.loads((repository.root / "outcome.json").read_text("utf-8"))
    assert done.code == 3
    assert "Plan: 1 to create" in done.out
    assert "year-end" in done.err
    assert outcome["status"] == "refused"
    assert repository.outcomes() == [outcome]
    assert_nothing_was_started(outcome)
    assert reconcile("plan").code == 0


def test_a_policy_refuses_with_3(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=rows(30)))
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(30, "Gold")))

    done = reconcile("apply", "--auto-approve")

    assert done.code == 3
    assert "maxUpdate" in done.err
    assert repository.outcomes()[-1]["totals"]["skipped"] == 30


@pytest.mark.slow
def test_the_plan_reports_what_apply_will_refuse(repository: Repository, reconcile: Reconcile) -> None:
    """M3: a finding of the plan in every form.

    The exit codes of `plan` stay the same, and drift has no such finding.
    """
    repository.declare(table(rows=rows(300)))
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(19), prune=True))

    planned = reconcile("plan", "--detailed-exitcode", "--out", "p.json", "--out", "p.md", "--out", "p.html")
    refused = reconcile("apply", "--auto-approve", "-q")

    message = "would delete rows of DataTable/Tiers: 281 of 300; policy.maxDelete is 30 %;"
    findings = json.loads((repository.root / "p.json").read_text("utf-8"))["findings"]
    (error,) = [finding for finding in findings if finding["severity"] == "error"]
    assert (planned.code, refused.code) == (2, 3)
    assert error["address"] == "DataTable/Tiers"
    assert error["message"].startswith(message)
    assert refused.err == f"error: {error['message']}\n"
    assert f"  error   DataTable/Tiers: {message}" in planned.out
    assert all(message in (repository.root / name).read_text("utf-8") for name in ("p.md", "p.html"))
    assert reconcile("plan").code == 0
    assert "maxDelete" not in reconcile("drift").out


def test_the_freeze_is_in_the_plan(repository: Repository, reconcile: Reconcile) -> None:
    """M3."""
    repository.configure({"lab": {**SANDBOX, "frozen": "year end, ask Ann"}})

    done = reconcile("plan")

    assert done.code == 0
    assert '  error   environment "lab" is frozen: year end, ask Ann' in done.out


def test_deleted_rows_are_named_from_the_plan_to_the_outcome(repository: Repository, reconcile: Reconcile) -> None:
    """B1: 85 of 300 rows are deleted, and every text says so."""
    repository.declare(table(rows=rows(300)))
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(215), prune=True))

    plan, done = reconcile("plan"), reconcile("apply", "--auto-approve")

    counted = "rows: 0 added, 0 changed, 85 deleted · cells: 0 added, 0 changed, 85 deleted"
    assert f"Plan: 0 to create, 1 to update, 0 to delete, 0 blocked · {counted} · 4 calls · " in plan.last
    assert "Caution: 85 rows and 85 cells will be deleted.\n  ~ update DataTable/Tiers: 85 rows, 85 cells\n" in plan.out
    assert "✓ done · ~ update DataTable/Tiers: rows: 85 deleted · cells: 85 deleted\n" in done.out
    assert done.last.startswith(f"Apply complete: 0 created, 1 changed, 0 deleted · {counted} · 216 unchanged · ")
    assert " to plan, 4 to apply) · " in done.last


def test_the_rows_of_a_deleted_table_are_counted(repository: Repository, reconcile: Reconcile) -> None:
    """M2: in the plan and afterwards."""
    repository.declare(table(rows=rows(300)))
    reconcile("apply", "--auto-approve")
    repository.declare({"kind": "Removed", "metadata": {"name": "old"}, "spec": {"addresses": ["DataTable/Tiers"]}})

    plan, done = reconcile("plan"), reconcile("apply", "--auto-approve")

    counted = "rows: 0 added, 0 changed, 300 deleted · cells: 0 added, 0 changed, 300 deleted"
    assert f"1 to delete, 0 blocked · {counted} · " in plan.last
    assert "\n  - delete DataTable/Tiers: 300 rows, 300 cells · irreversible\n" in plan.out
    assert done.last.startswith(f"Apply complete: 0 created, 0 changed, 1 deleted · {counted} · ")


def test_undo_counts_in_the_same_words(repository: Repository, reconcile: Reconcile) -> None:
    """B1."""
    repository.declare(table(rows=rows(20)))
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(15), prune=True))
    reconcile("apply", "--auto-approve", "--outcome", "o.json")

    done = reconcile("undo", "o.json", "--auto-approve")

    assert (
        "0 blocked · rows: 5 added, 0 changed, 0 deleted · cells: 5 added, 0 changed, 0 deleted · 1 call · " in done.out
    )
    assert done.last.startswith("Apply complete: 0 created, 1 changed, 0 deleted · rows: 5 added, 0 changed, 0 deleted")


def test_each_reason_of_a_refusal_is_a_line_of_its_own(repository: Repository, reconcile: Reconcile) -> None:
    names = ("Tiers", "Teams")
    repository.declare(*(table(name, rows=rows(30)) for name in names))
    reconcile("apply", "--auto-approve")
    repository.declare(*(table(name, rows=rows(30, "Gold")) for name in names))

    lines = reconcile("apply", "--auto-approve", "-q").err.splitlines()

    assert len(lines) == 2
    assert all(line.startswith("error: would update cells of ") for line in lines)


@pytest.mark.parametrize("reviewed", [["--expect", "0" * 12], ["--plan", "plan.json"]])
def test_a_dry_run_reports_a_plan_that_was_not_reviewed(
    repository: Repository, reconcile: Reconcile, reviewed: list[str]
) -> None:
    reconcile("plan", "--out", "plan.json")
    repository.declare(table(rows=rows(4)))

    done = reconcile("apply", "--dry-run", *reviewed)

    assert done.code == 4
    assert "review" in done.err
    assert repository.outcomes() == []


def test_a_dry_run_reports_changes_since_the_review(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(3, "Gold")))
    reconcile("plan", "--out", "plan.json")
    matching = reconcile("apply", "--dry-run", "--plan", "plan.json")
    write_cell(server, "C001", "Mine")

    done = reconcile("apply", "--dry-run", "--plan", "plan.json")

    assert matching.code == 0
    assert done.code == 4
    assert "1 item was changed by another writer since the review" in done.err


def test_blocked_items_are_3_and_the_rest_is_applied(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.configure(stack="warehouse")
    repository.declare(table("Tiers"), table("Teams"))

    done = reconcile("apply", "--auto-approve")

    assert done.code == 3
    assert "✓ done · + create DataTable/Teams\n" in done.out
    assert "Next: check what each blocked item needs; all other items are done.\n" in done.out
    assert "Next: check what each blocked item needs.\n" in reconcile("apply", "--auto-approve").out
    assert repository.outcomes()[-1]["status"] == "blocked"


def test_a_run_that_did_nothing_exits_with_1(reconcile: Reconcile, server: Server) -> None:
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["CreateDataTable"]})

    done = reconcile("apply", "--auto-approve")

    assert done.code == 1
    assert "the role needs the action connect:CreateDataTable" in done.out


def test_a_denied_deletion_says_how_to_grant_it(repository: Repository, reconcile: Reconcile, server: Server) -> None:
    """S-11: `init` grants nothing for a kind that no manifest declares any more."""
    office = {"timeZone": "UTC", "config": []}
    repository.declare({"kind": "HoursOfOperation", "metadata": {"name": "Office"}, "spec": office}, table())
    assert reconcile("apply", "--auto-approve").code == 0
    repository.declare(table())
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["DeleteHoursOfOperation"]})

    done = reconcile("apply", "--prune", "--auto-approve")

    assert "the role needs the action connect:DeleteHoursOfOperation; `reconcile init` writes it into iam/" in done.out
    assert "`kind: Removed` names it" in done.out


def test_a_partial_failure_exits_with_5_and_names_every_item(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    """S0-63: every failed cell is listed with its key and AWS's message."""
    reconcile("apply", "--auto-approve", "--target", "*")
    repository.declare(table(rows=rows(3, "Gold")), table("Teams"))
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["BatchUpdateDataTableValue"]})

    done = reconcile("apply", "--auto-approve")

    assert done.code == 5
    assert all(f"id=C00{number} · tier" in done.out for number in range(3))
    assert "AccessDeniedException" in done.out


def test_only_targeted_changes_are_applied(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table("Tiers"), table("Teams"))

    reconcile("apply", "--auto-approve", "--target", "DataTable/Teams")

    assert "1 to create" in reconcile("plan").last


def test_an_excluded_resource_is_left_out(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table("Tiers"), table("Teams"))

    reconcile("apply", "--auto-approve", "--exclude", "DataTable/Teams")

    assert "+ create DataTable/Teams" in reconcile("plan").out


def test_pruning_and_allowing_delete(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table("Tiers"), table("Teams"))
    reconcile("apply", "--auto-approve")
    repository.declare(table("Teams"))

    blocked = reconcile("apply", "--auto-approve", "--prune")
    allowed = reconcile("apply", "--auto-approve", "--prune", "--allow-delete", "DataTable/Tiers")

    assert (blocked.code, allowed.code) == (3, 0)
    assert "orphan" not in reconcile("plan").out


def test_an_unusable_outcome_folder_stops_the_run_before_any_write(
    reconcile: Reconcile, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    done = reconcile("apply", "--auto-approve", "--outcome", "file/outcome.json")

    assert done.code == 1
    assert server.calls() == {}


@pytest.fixture
def unwritable_during_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the folder unwritable during the run, after it was fine at the start."""
    monkeypatch.setattr("reconciler.outcomes.store.must_be_writable", lambda path: None)


@pytest.mark.usefixtures("unwritable_during_the_run")
def test_an_outcome_that_cannot_be_kept_is_still_printed(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    (repository.root / ".reconcile" / "outcomes").touch()

    done = reconcile("apply", "--auto-approve", "--outcome", "outcome.json", "-q")

    asked = json.loads((repository.root / "outcome.json").read_text("utf-8"))
    assert done.code == 1
    assert asked["totals"]["done"] == asked["totals"]["asked"]
    assert done.last.startswith("Apply complete: 1 created, 0 changed, 0 deleted · ")
    assert done.err.startswith("error: the outcome cannot be written to ")
    assert done.err.count("\n") == 1
    assert len(list((repository.root / ".reconcile" / "journals").iterdir())) == 1


@pytest.mark.usefixtures("unwritable_during_the_run")
def test_the_worse_exit_code_stays_if_an_outcome_cannot_be_kept(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    (repository.root / ".reconcile" / "outcomes").touch()
    fault = {"every": 1, "code": "AccessDeniedException", "operations": ["BatchCreateDataTableValue"]}
    server.set_faults(error=fault)

    done = reconcile("apply", "--auto-approve")

    assert done.code == 5
    assert " · 3 failed · " in done.last


def test_an_outcome_without_its_second_file_is_still_printed(repository: Repository, reconcile: Reconcile) -> None:
    done = reconcile("apply", "--auto-approve", "--outcome", "/dev/full", "-q")

    assert done.code == 1
    assert done.last.startswith("Apply complete: 1 created, ")
    assert done.err == "error: --outcome /dev/full cannot be written: No space left on device\n"
    assert len(repository.outcomes()) == 1
