"""Global flags mean the same before and after the command; the later of two holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.running import SANDBOX, Done, Repository, Server

pytestmark = pytest.mark.slow

Reconcile = Callable[..., Done]


@pytest.mark.parametrize(
    "arguments", [["-e", "loft", "plan"], ["plan", "-e", "loft"], ["-e", "lab", "plan", "-e", "loft"]]
)
def test_an_environment_is_chosen_before_or_after_the_command(
    repository: Repository, reconcile: Reconcile, arguments: list[str]
) -> None:
    repository.configure({"lab": SANDBOX, "loft": SANDBOX})

    assert "shop/loft" in reconcile(*arguments).out


def test_an_environment_is_chosen_by_a_variable_and_a_flag_comes_first(
    repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.configure({"lab": SANDBOX, "loft": SANDBOX})
    monkeypatch.setenv("RECONCILE_ENV", "loft")

    assert "shop/loft" in reconcile("plan").out
    assert "shop/lab" in reconcile("plan", "-e", "lab").out
    assert "shop/loft" in reconcile("--auto-approve").out


@pytest.mark.parametrize("arguments", [["-C", "{root}", "plan"], ["plan", "-C", "{root}"]])
def test_a_folder_is_chosen_from_anywhere(
    repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """S0-15: the command works from any directory."""
    monkeypatch.chdir("/")

    without = reconcile("plan")
    done = reconcile(*(each.format(root=repository.root) for each in arguments))

    assert without.code == 64
    assert done.code == 0
    assert "DataTable/Tiers" in done.out


def test_the_configuration_is_found_from_a_folder_below(
    repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.root / "manifests" / "base")

    assert reconcile("plan").code == 0


@pytest.mark.parametrize(
    ("arguments", "loud"),
    [(["-v", "plan"], True), (["plan", "-v"], True), (["-v", "plan", "-v"], True), (["-q", "plan", "-q"], False)],
)
def test_v_and_q_set_the_verbosity(reconcile: Reconcile, arguments: list[str], loud: bool) -> None:
    assert ("connect:SearchDataTables" in reconcile(*arguments).err) is loud


@pytest.mark.parametrize("arguments", [["-q", "plan", "-v"], ["-v", "plan", "-q"], ["plan", "-qv"], ["-v", "-q"]])
def test_v_and_q_together_are_wrong_usage(reconcile: Reconcile, server: Server, arguments: list[str]) -> None:
    done = reconcile(*arguments)

    assert (done.code, done.out) == (64, "")
    assert "-q only errors; give one of them" in done.err
    assert server.calls() == {}


@pytest.mark.parametrize("arguments", [["--log-format", "json", "-v", "plan"], ["plan", "-v", "--log-format", "json"]])
def test_the_log_format_is_chosen_before_or_after_the_command(reconcile: Reconcile, arguments: list[str]) -> None:
    assert reconcile(*arguments).err.startswith('{"time"')


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--dry-run", "apply"], ["apply", "--dry-run"]])
def test_a_dry_run_stops_after_the_plan(repository: Repository, reconcile: Reconcile, arguments: list[str]) -> None:
    done = reconcile(*arguments)

    assert done.code == 0
    assert done.last.startswith("Plan: 1 to create")
    assert reconcile("plan", "--detailed-exitcode").code == 2
    assert repository.outcomes() == []


@pytest.mark.parametrize("arguments", [["--auto-approve"], ["--auto-approve", "apply"], ["apply", "--auto-approve"]])
def test_an_approved_run_applies_without_asking(reconcile: Reconcile, arguments: list[str]) -> None:
    """S0-37: one command deploys, another shows the difference without writing."""
    done = reconcile(*arguments)

    assert done.code == 0
    assert done.last.startswith("Apply complete: ")
    assert reconcile("plan", "--detailed-exitcode").code == 0


def test_help_explains_global_flags_once(reconcile: Reconcile) -> None:
    done = reconcile("--help")

    assert done.code == 0
    assert done.out.count("--dry-run ") == 1
    assert "Global options, before or after the command" in done.out


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        ("plan", "-C DIR, -e ENV, -v, -q, --log-format FORMAT"),
        ("apply", "-C DIR, -e ENV, -v, -q, --log-format FORMAT, --dry-run, --auto-approve"),
        ("validate", "-C DIR, -e ENV, -q, --log-format FORMAT, --dry-run"),
        ("schema", "-C DIR, -q, --log-format FORMAT, --dry-run"),
    ],
)
def test_help_of_a_command_lists_its_global_flags_in_one_line(reconcile: Reconcile, command: str, flags: str) -> None:
    """m5."""
    help_text = " ".join(reconcile(command, "--help").out.split())

    assert f"Global options: {flags}. See reconcile --help." in help_text
    assert "Apply without confirmation" not in help_text


@pytest.mark.parametrize("arguments", [["--version"], ["-V"], ["version"]])
def test_the_version_is_printed(reconcile: Reconcile, arguments: list[str]) -> None:
    """m4."""
    done = reconcile(*arguments)

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("reconcile, version ")
