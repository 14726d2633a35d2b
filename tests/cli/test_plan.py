"""`plan`: the changes in every form, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import Done, Repository, Server, resource, rows, table

Reconcile = Callable[..., Done]


def test_the_plan_is_text_and_its_last_line_counts(reconcile: Reconcile) -> None:
    done = reconcile("plan")

    assert done.code == 0
    assert "+ create DataTable/Tiers" in done.out
    assert done.last.startswith("Plan: 1 to create, 0 to update, 0 to delete, 0 blocked · ")
    assert " · digest " in done.last


@pytest.mark.parametrize(
    ("form", "beginning"), [("json", "{\n"), ("markdown", "#"), ("html", "<!doctype html>"), ("text", "Plan for")]
)
def test_the_plan_has_the_requested_form(reconcile: Reconcile, form: str, beginning: str) -> None:
    done = reconcile("plan", "--format", form)

    assert done.code == 0
    assert done.out.lower().startswith(beginning.lower())


def test_the_plan_as_json_is_all_of_stdout(reconcile: Reconcile) -> None:
    document = json.loads(reconcile("plan", "--format", "json").out)

    assert document["format_version"] == "1.0"
    assert document["summary"]["create"] == 1


def test_the_suffix_of_a_file_sets_its_form(repository: Repository, reconcile: Reconcile) -> None:
    for folder in ("a", "b"):
        (repository.root / folder).mkdir()
    names = ("a/plan.txt", "a/plan.json", "b/plan.md", "b/plan.html")

    done = reconcile("plan", *(word for name in names for word in ("--out", name)))

    texts = [(repository.root / name).read_text("utf-8") for name in names]
    assert done.code == 0
    assert "Plan for" in done.out
    assert [text[:1] for text in texts] == ["P", "{", "#", "<"]
    assert [path.name for path in (repository.root / "a").iterdir() if path.suffix == ".part"] == []


def test_a_missing_folder_is_not_created(repository: Repository, server: Server, reconcile: Reconcile) -> None:
    """m24: it may be a typing error, and the plan would be lost in a new folder."""
    done = reconcile("plan", "--out", "no/such/plan.json")

    assert (done.code, done.out) == (64, "")
    assert "--out no/such/plan.json: the folder no/such does not exist; create it first" in done.err
    assert not (repository.root / "no").exists()
    assert server.calls() == {}


def test_changes_are_2_only_with_detailed_exitcode(reconcile: Reconcile) -> None:
    assert reconcile("plan").code == 0
    assert reconcile("plan", "--detailed-exitcode").code == 2

    reconcile("apply", "--auto-approve")

    assert reconcile("plan", "--detailed-exitcode").code == 0


def test_blocked_changes_alone_are_2_as_well(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.configure(stack="warehouse")

    done = reconcile("plan", "--detailed-exitcode")

    assert done.code == 2
    assert "0 to create, 0 to update, 0 to delete, 1 blocked" in done.last


def test_orphans_alone_are_no_changes(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.declare()

    done = reconcile("plan", "--detailed-exitcode")

    assert done.code == 0
    assert "? orphan DataTable/Tiers" in done.out


def test_target_and_exclude_choose_addresses(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table("Tiers"), table("Teams"), table("Queues"))

    both = reconcile("plan", "--target", "DataTable/T*").out
    one = reconcile("plan", "--target", "DataTable/T*", "--exclude", "DataTable/Te*").out

    assert [name in both for name in ("Tiers", "Teams", "Queues")] == [True, True, False]
    assert [name in one for name in ("Tiers", "Teams", "Queues")] == [True, False, False]


def test_a_target_may_be_live_and_not_declared(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.declare(table("Teams"))

    assert reconcile("plan", "--target", "DataTable/Tiers").code == 0
    assert reconcile("plan", "--target", "DataTable/Tears").code == 64


def test_prune_deletes_undeclared_resources(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table("Tiers"), table("Teams"))
    reconcile("apply", "--auto-approve")
    repository.declare(table("Teams"))

    assert "orphan DataTable/Tiers" in reconcile("plan").out
    assert "DataTable/Tiers" in reconcile("plan", "--prune").out
    assert "orphan" not in reconcile("plan", "--prune").out


def test_an_irreversible_change_is_allowed_by_address(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.declare(table("Teams"))

    without = reconcile("plan", "--prune")
    allowed = reconcile("plan", "--allow-delete", "DataTable/Tiers")

    assert "1 blocked" in without.last
    assert "1 to delete, 0 blocked" in allowed.last


def test_findings_are_part_of_the_plan(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=[{"id": "A", "tier": "@sum"}]))

    done = reconcile("plan")

    assert "warning DataTable/Tiers: " in done.out
    assert done.code == 0


def test_mistakes_in_manifests_exit_with_1_and_their_places(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=[{"id": "A", "tier": "x" * 21}, {"id": "A"}]))

    done = reconcile("plan")

    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("manifests/base/0.yaml:")
    assert done.err.endswith("2 mistakes; nothing was written\n")


def test_an_existing_file_is_replaced_whole(repository: Repository, reconcile: Reconcile) -> None:
    path = repository.root / "plan.json"
    path.write_text("x" * 100_000)

    reconcile("plan", "--out", str(path))

    assert json.loads(path.read_text("utf-8"))["stack"] == "shop"


def test_a_plan_goes_through_a_link(repository: Repository, reconcile: Reconcile) -> None:
    (repository.root / "link.json").symlink_to("kept.json")

    reconcile("plan", "--out", "link.json")

    assert (repository.root / "link.json").is_symlink()
    assert json.loads((repository.root / "kept.json").read_text("utf-8"))["stack"] == "shop"


def test_a_file_that_cannot_be_written_is_one_clear_line(reconcile: Reconcile) -> None:
    done = reconcile("plan", "--out", "/proc/plan.json")

    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "/proc" in done.err


def test_many_rows_make_one_plan(repository: Repository, reconcile: Reconcile, tmp_path: Path) -> None:
    repository.declare(table(rows=rows(60)))

    assert "rows: 60 added · cells: 60 added" in reconcile("plan").out


def test_full_folds_no_list_and_shortens_no_value(repository: Repository, reconcile: Reconcile) -> None:
    """B2: there was no way to see all of a plan but its JSON."""
    repository.declare(table(rows=rows(60)))

    short, full = reconcile("plan").out, reconcile("plan", "--full").out

    assert "… and 35 more rows: 35 added; --full shows them" in short
    assert "C059" not in short
    assert "…" not in full
    assert all(f"C{at:03}" in full for at in range(60))


def test_full_must_follow_the_command(reconcile: Reconcile) -> None:
    done = reconcile("--full", "plan")

    assert done.code == 64
    assert "--full must follow the command plan" in done.err


def test_v_shows_the_calls_of_a_change(reconcile: Reconcile) -> None:
    """M1: a line of calls under every change is for those who ask for it."""
    assert "calls: 1 connect:" not in reconcile("plan").out
    assert "calls: 1 connect:" in reconcile("plan", "-v").out


def test_a_markdown_plan_fits_a_comment_unless_full(repository: Repository, reconcile: Reconcile) -> None:
    many = rows(900, tier="a rather long tier x")
    repository.declare(table(rows=many), table("Others", rows=many))

    short, full = (reconcile("plan", "--format", "markdown", *more).out for more in ((), ("--full",)))

    assert len(short) <= 65_536
    assert "more rows: " in short
    assert "Shortened to fit: --full shows everything." in short
    assert "C899" in full


HIERARCHY = resource("UserHierarchy", "main", {"levelOne": {"name": "Site"}, "groups": ["North", "South"]})


@pytest.mark.parametrize(
    ("flag", "covered"),
    [
        ("--target", ["UserHierarchy/main", "UserHierarchyGroup/North", "UserHierarchyGroup/South"]),
        ("--exclude", ["DataTable/Tiers"]),
    ],
)
def test_the_address_of_a_document_covers_what_it_stands_for(
    repository: Repository, reconcile: Reconcile, flag: str, covered: list[str]
) -> None:
    repository.declare(table(), HIERARCHY)

    document = json.loads(reconcile("plan", "--format", "json", flag, "UserHierarchy/main").out)

    assert [change["address"] for change in document["changes"]] == covered


def test_every_form_of_a_plan_names_the_origin(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(HIERARCHY)

    forms = {form: reconcile("plan", "--format", form).out for form in ("text", "json", "markdown", "html")}

    assert "UserHierarchy/main · all 2 resources" in forms["text"]
    assert [change.get("origin") for change in json.loads(forms["json"])["changes"]] == [
        None,
        "UserHierarchy/main",
        "UserHierarchy/main",
    ]
    for form in ("markdown", "html"):
        assert "<code>UserHierarchy/main</code> · all 2 resources" in forms[form]
