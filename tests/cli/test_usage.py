"""Wrong usage is 64, never click's own 2, which would be read as "there are changes"."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.running import SANDBOX, Done, Repository, Server, command

Reconcile = Callable[..., Done]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan", "--detailed-exitcod"], "--detailed-exitcode"),
        (["plan", "extra"], "extra"),
        (["plan", "--format", "pdf"], "pdf"),
        (["plan", "--out"], "--out"),
        (["plan", "--out", "plan.pdf"], "--out plan.pdf: unknown format; use .json, .md, .html or .txt"),
        (
            ["plan", "--out", "no/such/p.json"],
            "--out no/such/p.json: the folder no/such does not exist; create it first",
        ),
        (["plan", "-e", "lap"], 'did you mean "lab"?'),
        (["plan", "--target", "DataTable/Teirs"], 'did you mean "DataTable/Tiers"?'),
        (["plan", "--log-format", "xml"], "xml"),
        (["plam"], 'did you mean "plan"?'),
        (["apply", "--auto-approve", "--expect", "abc"], "12 to 64 hexadecimal digits"),
        (["apply", "--auto-approve", "--expect", "no-digits-at-all"], "12 to 64 hexadecimal digits"),
        (["apply", "--auto-approve", "--expect", "0" * 12, "--plan", "p.json"], "give one of them"),
        (["apply", "--auto-approve", "--plan", "nowhere.json"], "nowhere.json cannot be read"),
        (["apply", "--auto-approve", "--target", "DataTable/Teirs"], 'did you mean "DataTable/Tiers"?'),
        (["plan", "--allow-delete", "DataTable/*"], "give each address in full"),
        (["apply", "--auto-approve", "--allow-delete", "DataTable/Ti?rs"], "give each address in full"),
        (["export", "--target", "DataTable/Teirs"], 'did you mean "DataTable/Tiers"?'),
        (["graph", "--of", "DataTable/Teirs"], 'did you mean "DataTable/Tiers"?'),
        (["graph", "--of", "nothing like it"], "write Kind/name"),
        (["graph", "--format", "svg"], "svg"),
        (["check", "--format", "markdown"], "markdown"),
        (["adopt", "--auto-approve"], "--all"),
        (["adopt", "--auto-approve", "--all", "DataTable/Tiers"], "not both"),
        (["adopt", "--auto-approve", "Tiers"], '"Tiers" is not an address; write Kind/name'),
        (["schema", "DataTabel"], 'did you mean "DataTable"?'),
        (["schema", "DataTable", "--check"], "--check"),
        (["sandbox", "--stop", "--reset"], "give one of"),
        (["sandbox", "--stop", "--port", "1"], "cannot be combined with --stop"),
        (["sandbox", "--port", "70000"], "65535"),
        (["sandbox", "--faults", "nowhere.json"], "nowhere.json"),
        (["sandbox", "--faults", '{"latency": 1}'], "latency"),
        (["completion"], "bash"),
        (["completion", "tcsh"], "tcsh"),
        (["-C", "nowhere", "plan"], "-C"),
    ],
)
def test_wrong_usage_ends_with_64_and_names_the_remedy(
    reconcile: Reconcile, arguments: list[str], message: str
) -> None:
    done = reconcile(*arguments)

    assert done.code == 64
    assert message in done.err
    assert done.out == ""


@pytest.mark.parametrize("arguments", [[], ["apply"], ["adopt", "--all"], ["destroy"]])
def test_what_writes_needs_a_terminal_or_a_flag_before_anything_is_read(
    reconcile: Reconcile, server: Server, arguments: list[str]
) -> None:
    done = reconcile(*arguments)

    assert done.code == 64
    assert "without a terminal" in done.err
    assert server.calls() == {}


def test_auto_approve_is_not_enough_to_destroy(reconcile: Reconcile) -> None:
    done = reconcile("destroy", "--auto-approve")

    assert done.code == 64
    assert "--yes" in done.err


@pytest.mark.parametrize("arguments", [["--auto-approve"], ["apply", "--auto-approve"], ["destroy", "--yes"]])
def test_what_writes_asks_which_of_several_environments(
    repository: Repository, reconcile: Reconcile, arguments: list[str]
) -> None:
    repository.configure({"lab": SANDBOX, "loft": SANDBOX})

    done = reconcile(*arguments)

    assert done.code == 64
    assert "lab or loft" in done.err


@pytest.mark.parametrize("arguments", [["plan"], ["drift"], ["--dry-run"], ["apply", "--dry-run"]])
def test_what_only_looks_takes_the_first_of_several_environments(
    repository: Repository, reconcile: Reconcile, arguments: list[str]
) -> None:
    repository.configure({"lab": SANDBOX, "loft": SANDBOX})

    done = reconcile(*arguments)

    assert done.code in (0, 2)
    assert "shop/lab" in done.out
    assert "environment lab, the first of lab or loft" in done.err


def test_no_configuration_is_wrong_usage(repository: Repository, reconcile: Reconcile) -> None:
    (repository.root / "reconcile.yaml").unlink()

    done = reconcile("plan")

    assert done.code == 64
    assert "no reconcile.yaml in " in done.err
    assert "run `reconcile init`, or name its folder with -C" in done.err
    assert "run `reconcile init` there" in reconcile("-C", str(repository.root), "plan").err


def test_a_mistake_in_the_configuration_has_its_place(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure({"lab": {**SANDBOX, "frozn": "x"}})

    done = reconcile("plan")

    assert done.code == 1
    assert done.err.startswith("reconcile.yaml:1:")
    assert "frozen" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan", "--format", "pdf"], 'error: invalid value for "--format": "pdf" is not one of '),
        (["plan", "extra"], "error: got unexpected extra argument (extra); see reconcile plan --help"),
        (["plam"], 'error: no command "plam"; did you mean "plan"?; see reconcile --help'),
        (["plan", "-e", "lap"], 'error: no environment "lap"; did you mean "lab"?'),
        (["github", "comment"], 'error: missing argument "PLAN.json"; see reconcile github comment --help'),
        (["github"], "error: missing command; see reconcile github --help"),
        (["help", "plan", "x"], "error: reconcile plan has no commands"),
    ],
)
def test_every_error_of_usage_is_one_line_in_one_style(
    reconcile: Reconcile, arguments: list[str], message: str
) -> None:
    """m8: click's own errors look like all others."""
    done = reconcile(*arguments)

    assert done.code == 64
    assert done.err.startswith(message)
    assert done.err.count("\n") == 1


def test_a_typo_in_the_real_command_ends_with_64(repository: Repository) -> None:
    done = command(repository.root, "plan", "--formt", "json")

    assert (done.code, done.out) == (64, "")
    assert "--format" in done.err


def test_wrong_usage_is_json_where_logs_are(reconcile: Reconcile) -> None:
    done = reconcile("--log-format", "json", "plan", "--formt")

    assert done.code == 64
    assert done.err.startswith('{"time"')


def test_an_export_of_what_nothing_is_like_names_what_is_live_and_near(
    repository: Repository, reconcile: Reconcile
) -> None:
    reconcile("apply", "--auto-approve")
    repository.configure(stack="warehouse")
    repository.declare()

    done = reconcile("export", "--target", "DataTable/Teirs", "--into", "out")

    assert (done.code, done.out) == (64, "")
    assert 'did you mean "DataTable/Tiers"?' in done.err
    assert not (repository.root / "out").exists()


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"]])
def test_permission_to_delete_what_nothing_bears_is_noted(reconcile: Reconcile, command: list[str]) -> None:
    typo = reconcile(*command, "--allow-delete", "DataTable/Teirs")
    right = reconcile(*command, "--allow-delete", "DataTable/Tiers", "--allow-delete", "DataTable/Tiers/tier")

    assert (typo.code, right.code) == (0, 0)
    assert 'warning: --allow-delete "DataTable/Teirs" is not a declared or live address; did you mean' in typo.err
    assert "--allow-delete" not in right.err
