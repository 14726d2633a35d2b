"""Every command that a page shows is run: here, or by the test that a table names."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import boto3
import pytest
import yaml

from reconciler.cli import run
from reconciler.sandbox import REGION
from tests.cli.running import Server
from tests.docs.following import (
    Reader,
    has_an_agent,
    has_an_instance,
    has_another_instance,
    has_applied_the_example,
    has_changed_a_queue,
    has_nothing,
    has_the_example,
    parsed_arguments,
)
from tests.docs.pages import ROOT, blocks, pages
from tests.docs.shell import Command, commands
from tests.tiers import tiers

BEFORE: dict[str, Callable[[Reader], None]] = {
    "README.md": has_nothing,
    "docs/getting-started.md": has_nothing,
    "docs/guides/data-tables-and-excel.md": has_nothing,
    "docs/guides/hours-and-holidays.md": has_nothing,
    "docs/guides/agents.md": has_an_agent,
    "docs/guides/agents-from-a-spreadsheet.md": has_nothing,
    "docs/guides/phone-numbers.md": has_another_instance,
    "docs/guides/environments-and-overlays.md": has_nothing,
    "docs/guides/migrating-from-json.md": has_nothing,
    "docs/guides/functions.md": has_nothing,
    "docs/guides/roles-schedules-and-log-groups.md": has_nothing,
    "docs/guides/secrets.md": has_nothing,
    "docs/guides/pipelines.md": has_nothing,
    "docs/guides/operating-pipelines.md": has_nothing,
    "docs/guides/tenants-of-connectwise.md": has_nothing,
    "docs/guides/github-actions.md": has_the_example,
    "docs/guides/undo-and-recovery.md": has_changed_a_queue,
    "docs/guides/import-an-existing-instance.md": has_an_instance,
}

# Commands that are not run here, by how they begin, with the test that runs them.
ELSEWHERE = {
    "python3 -m venv": "tests/end_to_end/test_install.py::test_a_colleague_installs_the_committed_lock",
    ".venv/bin/python -m pytest": "tests/lambdas/session_data/test_declarations.py",
    ". .venv/bin/activate": "tests/end_to_end/test_install.py::test_a_colleague_installs_the_committed_lock",
    "pip install --require-hashes -r .reconcile-tool/requirements.lock": (
        "tests/end_to_end/test_install.py::test_a_colleague_installs_the_committed_lock"
    ),
    "pip install": "tests/init/test_wheel.py",
    "pip wheel": "tests/init/test_wheel.py::test_a_wheel_of_the_wheel_is_the_same",
    "uv tool install": "tests/init/test_wheel.py::test_a_wheel_of_the_wheel_is_the_same",
    "pipx install": "tests/init/test_wheel.py::test_a_wheel_of_the_wheel_is_the_same",
    "git push": "tests/end_to_end/test_rehearsal.py::test_the_first_pull_request_is_init_itself",
    "git fetch origin plans": "tests/workflows/test_evidence_branch.py",
    "git show": "tests/workflows/test_evidence_branch.py",
    "aws lambda invoke": "tests/cli/test_pipelines.py",
    "aws s3 cp": "tests/lambdas/agent_upload/test_guide.py",
    "aws iam": "tests/init/test_roles.py::test_the_printed_aws_commands_run_as_they_are_pasted",
    "reconcile sandbox": "tests/cli/test_sandbox_command.py",
    "reconcile pipelines status connectwise": "tests/cli/pipelines/test_connectwise_operated.py",
    "reconcile pipelines run connectwise": "tests/cli/pipelines/test_connectwise_operated.py",
    "reconcile pipelines rows connectwise": "tests/cli/pipelines/test_connectwise_operated.py",
    "reconcile secret set": "tests/cli/test_secret_set.py",
    "reconcile package": "tests/packaging/test_command.py",
    "reconcile github reviewed": "tests/github/test_runner.py",
}
HERE = ("reconcile", "make", "cd", "mkdir", "git", "gh", "aws", "export")


def all_commands() -> Iterator[Command]:
    for page in pages():
        for block in blocks(page):
            if block.language == "shell":
                for command in commands(block):
                    following: Command | None = command
                    while following:
                        yield following
                        following = following.feeds


def named_test(command: Command) -> str:
    """Returns the test that runs the command, or nothing."""
    shown = re.sub(r"(?<=^reconcile) -e \S+", "", " ".join(command.words))
    return next((test for start, test in ELSEWHERE.items() if shown.startswith(start)), "")


COMMANDS = list(all_commands())
STORIES = sorted({command.place.rpartition(":")[0] for command in COMMANDS} - {"CONTRIBUTING.md"})


def of_tool(tool: str) -> list[Command]:
    return [command for command in COMMANDS if command.tool == tool]


def ids(found: list[Command]) -> list[str]:
    return [f"{command.place} {command}" for command in found]


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    sts = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "endpoint_url": one_server.endpoint}
    boto3.client("sts", region_name=REGION, **sts).get_caller_identity()  # its first answer is slow
    return one_server


@pytest.fixture
def reader(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Reader:
    server.reset()
    for name in ("NO_COLOR", "FORCE_COLOR", "CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "RECONCILE_ENV"):
        monkeypatch.delenv(name, raising=False)
    return Reader(tmp_path, server, monkeypatch.chdir, lambda: tuple(capsys.readouterr()))


@tiers("page", STORIES, {"README.md"})
def test_the_commands_of_a_page_run_in_its_order(page: str, reader: Reader) -> None:
    BEFORE.get(page, has_applied_the_example)(reader)

    for block in blocks(page):
        reader.follow(block, lambda command: bool(named_test(command)) or command.tool in ("make", "gh"))


@pytest.mark.parametrize("command", of_tool("reconcile"), ids=ids(of_tool("reconcile")))
def test_a_reconcile_command_has_the_options_that_a_page_gives_it(command: Command) -> None:
    assert run(parsed_arguments(command.words[1:])) == 0


@pytest.mark.parametrize("command", of_tool("make"), ids=ids(of_tool("make")))
def test_a_make_command_names_a_target(command: Command) -> None:
    done = subprocess.run(
        ["make", "-n", *command.words[1:]], cwd=ROOT, check=False, capture_output=True, text=True, encoding="utf-8"
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", of_tool("gh"), ids=ids(of_tool("gh")))
def test_a_gh_command_names_a_workflow_its_inputs_and_its_artifacts(command: Command) -> None:
    templates = ROOT / "reconciler" / "init" / "templates" / "workflows"
    kind, action, *rest = command.words[1:]

    if kind == "workflow":
        workflow = yaml.safe_load((templates / rest[0]).read_text(encoding="utf-8"))
        inputs = (workflow[True].get("workflow_dispatch") or {}).get("inputs", {})  # PyYAML reads the key `on` as true
        given = {field.partition("=")[0] for flag, field in pairwise(rest) if flag == "-f"}
        assert (action, given) in [("enable", set()), ("run", set(inputs))]
    else:
        assert (kind, action, rest[0]) == ("run", "download", "--name")
        assert f"name: {rest[1].partition('-')[0]}-${{{{ matrix" in (templates / "apply.yml").read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS, ids=ids(COMMANDS))
def test_every_command_is_run_here_or_by_a_test_that_exists(command: Command) -> None:
    """A new tool in a page fails here until it is run, or the table names who runs it."""
    test = named_test(command)

    assert test or command.tool in HERE, f"{command.place}: no test runs `{command}`"
    if test:
        path, _, name = test.partition("::")
        assert f"def {name or 'test_'}" in (ROOT / path).read_text(encoding="utf-8")
