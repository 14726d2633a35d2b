"""The workflows are safe as they are, and this repository's are those that `init` writes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import workflows
from tests.workflows.reading import HERE, ROOT, TEMPLATES, WORKFLOWS, jobs, named, read, steps

Json = dict[str, Any]
# Verified in each action's own repository.
PINNED = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "aws-actions/configure-aws-credentials": ("e6de054238d6b7531b4efff3b6587d9aade6a06c", "v6.2.3"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/setup-python": ("ece7cb06caefa5fff74198d8649806c4678c61a1", "v6.3.0"),
}
CREDENTIALS = "aws-actions/configure-aws-credentials@"
JOBS = [pytest.param(path, job, id=named(path, name)) for path, name, job in jobs()]
STEPS = [pytest.param(step, id=named(path, name, step["name"])) for path, name, step in steps()]
ACTION = [pytest.param(step, id=f"action {step['name']}") for step in read(ROOT / "action.yml")["runs"]["steps"]]
FILES = [pytest.param(path, id=named(path)) for path in WORKFLOWS]


def test_our_workflows_differ_from_inits_only_in_the_installation() -> None:
    assert {path: path.read_text(encoding="utf-8") for path in workflows.wanted()} == workflows.wanted()
    assert {path.name for path in HERE.glob("*.yml")} == {path.name for path in TEMPLATES.glob("*.yml")} | {"tests.yml"}


@pytest.mark.parametrize("path", FILES)
def test_a_job_has_only_the_permissions_that_it_declares(path: Path) -> None:
    assert read(path)["permissions"] == {}


@pytest.mark.parametrize(("path", "job"), JOBS)
def test_no_job_has_both_a_role_and_write_access_to_github(path: Path, job: Json) -> None:
    permissions = dict(job["permissions"])
    has_role = any(step.get("uses", "").startswith(CREDENTIALS) for step in job["steps"])

    assert (permissions.pop("id-token", "none") == "write") is has_role
    assert not (has_role and "write" in permissions.values())


@pytest.mark.parametrize(("path", "job"), JOBS)
def test_every_job_has_a_timeout_and_a_fixed_runner(path: Path, job: Json) -> None:
    assert job["timeout-minutes"] > 0
    assert job["runs-on"] == "ubuntu-24.04"


@pytest.mark.parametrize("path", FILES)
def test_actions_are_the_five_by_their_verified_commits(path: Path) -> None:
    used = re.findall(r"uses: ([^@\s]+)@(\S+) # (\S+)$", path.read_text(), re.MULTILINE)

    assert len(used) == path.read_text().count("uses:")
    for action, commit, version in used:
        assert (commit, version) == PINNED[action]


@pytest.mark.parametrize("step", STEPS)
def test_no_step_keeps_a_token_or_uses_a_cache(step: Json) -> None:
    given = step.get("with", {})

    assert "cache" not in given
    assert given.get("persist-credentials", False) is False
    assert step.get("uses", "").startswith("actions/checkout@") is ("persist-credentials" in given)


@pytest.mark.parametrize("step", STEPS)
def test_scripts_get_foreign_values_only_as_variables(step: Json) -> None:
    assert "${{" not in step.get("run", "")
    assert not re.search(r"\$\{ ", str(step))


@pytest.mark.parametrize("path", FILES)
def test_no_workflow_runs_a_forks_code_with_rights(path: Path) -> None:
    assert set(read(path)["on"]) <= {"pull_request", "push", "schedule", "workflow_dispatch"}


@pytest.mark.parametrize("folder", [HERE, TEMPLATES], ids=["here", "init"])
def test_a_fork_gets_no_job_with_a_role(folder: Path) -> None:
    plan = read(folder / "plan.yml")["jobs"]

    assert plan["environments"]["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert all("environments" in job["needs"] for name, job in plan.items() if name != "environments")


@pytest.mark.parametrize("folder", [HERE, TEMPLATES], ids=["here", "init"])
def test_apply_is_never_cancelled_and_waits_for_its_environment(folder: Path) -> None:
    workflow = read(folder / "apply.yml")
    apply = workflow["jobs"]["apply"]

    assert apply["environment"] == "${{ matrix.target.name }}"
    assert apply["concurrency"] == {"group": "reconcile-${{ matrix.target.name }}", "cancel-in-progress": False}
    assert workflow["on"]["push"] == {"branches": ["main"], "paths": ["manifests/**", "reconcile.yaml"]}


@pytest.mark.parametrize("name", ["apply", "drift"])
def test_a_workflow_on_main_uses_the_current_main(name: str) -> None:
    jobs = read(TEMPLATES / f"{name}.yml")["jobs"].values()
    checkouts = [step for job in jobs for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]

    assert checkouts
    assert {step["with"]["ref"] for step in checkouts} == {"main"}


# The linters.


@pytest.mark.slow
def test_the_linters_find_no_fault() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "workflows.py", "--check"], capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("linter", "before", "after"),
    [
        ("zizmor", 'run: reconcile github comment "$RUNNER_TEMP', 'run: echo ${{ github.head_ref }} "$RUNNER_TEMP'),
        ("zizmor", "          persist-credentials: false\n", ""),
        ("zizmor", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7"),
        ("check-jsonschema", "timeout-minutes: 5\n", "timeout-minuets: 5\n"),
        ("actionlint", "needs.environments.outputs.matrix != '[]'", "needs.environments.outputs.metrics != '[]'"),
        ("actionlint", "steps.made-of.outputs.name", "steps.maid-of.outputs.name"),
        ("actionlint", "needs: [environments, plan]", "needs: [environments, plain]"),
        ("actionlint", 'echo "matrix=$matrix" >>"$GITHUB_OUTPUT"', "echo matrix=$matrix >>$GITHUB_OUTPUT"),
    ],
)
def test_each_linter_finds_a_fault_of_its_own(linter: str, before: str, after: str, tmp_path: Path) -> None:
    text = (TEMPLATES / "plan.yml").read_text()
    assert before in text
    path = tmp_path / ".github" / "workflows" / "plan.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(before, after))

    red = {Path(command[0]).name for command in _on(path) if workflows.is_faulty(command)}

    assert linter in red


def _on(path: Path) -> list[list[str]]:
    """The linters of workflows, on one file."""
    found = [command for command in workflows.linters() if str(TEMPLATES / "plan.yml") in command]
    return [[word for word in command if not word.endswith(".yml")] + [str(path)] for command in found]


@pytest.mark.slow
def test_a_stale_workflow_is_reported(tmp_path: Path) -> None:
    for name in ("scripts", ".github", "reconciler/init/templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "action.yml", tmp_path)
    (tmp_path / ".github/workflows/plan.yml").write_text("name: plan\n")

    command = [sys.executable, tmp_path / "scripts" / "workflows.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "plan.yml is stale: run `make workflows`" in done.stderr


@pytest.mark.parametrize("step", [*STEPS, *ACTION])
def test_the_folder_of_a_plan_is_created_first(step: Json) -> None:
    """m24: `--out` makes no folder."""
    script = step.get("run", "")

    for folder in re.findall(r'--out "([^"]+)/[^"/]+"', script):
        (made,) = re.findall(r"^mkdir -p (.*)$", script.partition("--out")[0], re.MULTILINE)
        assert f'"{folder}"' in made.split()
