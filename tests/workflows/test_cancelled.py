"""A job that is cancelled or times out: the work of its apply is kept and reported.

Source: docs.github.com/actions, "Workflow cancellation reference".
The runner sends SIGINT to the entry process of the step, and SIGTERM 7.5 s later. After another 2.5 s, it kills the
process tree. A job that takes too long is cancelled.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Repository, Server, command, environ, rows, table
from tests.github.stand_in import StandIn
from tests.github.stand_in import serving as serving_github
from tests.github.stand_in.world import REPOSITORY
from tests.workflows.reading import TEMPLATES, read

Json = dict[str, Any]
JOBS = read(TEMPLATES / "apply.yml")["jobs"]
STEPS = {step["name"]: step for job in JOBS.values() for step in job["steps"]}
APPLY, TELL = STEPS["Apply the reviewed plan"], STEPS["Write the summary and the evidence"]
ISSUE = STEPS["Open, update or close the issue of a failed apply"]
PATIENCE = 180.0  # seconds; only a broken run takes as long
LATENCY = 0.8  # seconds of each call: the signal comes before the last one, also on a busy machine


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


@pytest.fixture
def github() -> Iterator[StandIn]:
    with serving_github() as server:
        yield server


@dataclass
class Job:
    """A job's folders, and its steps as the runner starts them."""

    repository: Repository
    temp: Path
    environ: dict[str, str]

    def begin(self, step: Json) -> subprocess.Popen[bytes]:
        script = self.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        return subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.repository.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self, step: Json, **more: str) -> int:
        self.environ |= more
        return self.begin(step).wait(PATIENCE)

    def kept(self, name: str) -> str:
        """Returns a file of the uploaded folder; empty if it does not exist."""
        path = self.temp / "outcome" / name
        return path.read_text() if path.is_file() else ""

    def outcome(self) -> Json:
        return dict(json.loads(self.kept("outcome.json")))


def declared(folder: Path, server: Server) -> Repository:
    """A table of 1,000 rows; none of it is live."""
    server.reset()
    server.set_faults()
    folder.mkdir()
    repository = Repository(folder)
    repository.configure({"lab": {"sandbox": True, "rates": "unlimited"}})
    repository.declare(table(rows=rows(1000), level="DATA_TABLE"))
    repository.use(server)
    return repository


@pytest.fixture(scope="module")
def digest(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the reviewed plan."""
    repository = declared(tmp_path_factory.mktemp("planned") / "workspace", server)
    assert command(repository.root, "plan", "--out", "plan.json").code == 0
    return str(json.loads((repository.root / "plan.json").read_text())["digest"])


@pytest.fixture
def job(server: Server, github: StandIn, digest: str, tmp_path: Path) -> Job:
    """An apply by hand that has calls in flight at any time."""
    repository = declared(tmp_path / "workspace", server)
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin" / "reconcile"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n')
    tool.chmod(0o755)
    temp = tmp_path / "temp"
    temp.mkdir()
    variables = {"PATH": f"{tool.parent}:{os.environ['PATH']}", "RUNNER_TEMP": str(temp), "EVENT": "workflow_dispatch"}
    variables |= {
        "DIGEST": digest,
        "PULL_REQUEST": "",
        "RECONCILE_ENV": "lab",
        "GITHUB_STEP_SUMMARY": str(temp / "summary"),
    }
    variables |= {"GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": "t-actions"}
    server.set_faults(latencyMs=int(LATENCY * 1000))
    return Job(repository, temp, environ(**variables))


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def journal(job: Job) -> str:
    files = list((job.repository.root / ".reconcile" / "journals").glob("*.jsonl"))
    return files[0].read_text() if files else ""


def has_written(job: Job) -> bool:
    """The first line of a journal is the plan; each other one is a reply."""
    return journal(job).partition("\n")[2].count("BatchCreateDataTableValue") >= 2


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancelled_apply_finishes_the_calls_in_flight_and_leaves_its_outcome(
    job: Job, number: signal.Signals
) -> None:
    """S-5."""
    step = job.begin(APPLY)
    until(lambda: has_written(job))

    step.send_signal(number)

    assert step.wait(PATIENCE) == 128 + number
    assert job.kept("exit-code") == f"{128 + number}\n"
    assert (job.outcome()["status"], job.outcome()["exitCode"]) == ("interrupted", 128 + number)
    assert job.outcome()["totals"]["skipped"] > 0
    assert not journal(job)


@pytest.mark.slow
def test_both_signals_of_a_cancelled_job_end_apply_once(job: Job, server: Server) -> None:
    """S-5."""
    server.set_faults(latencyMs=1000)
    step = job.begin(APPLY)
    until(lambda: "CreateDataTable" in journal(job).partition("\n")[2])

    step.send_signal(signal.SIGINT)
    step.send_signal(signal.SIGTERM)

    assert step.wait(PATIENCE) in (130, 143)
    assert job.kept("exit-code") == f"{job.outcome()['exitCode']}\n"
    assert job.outcome()["status"] == "interrupted"


@pytest.mark.slow
def test_a_killed_apply_is_reported_from_its_journal(job: Job, server: Server, github: StandIn) -> None:
    """S-5: it took longer than GitHub allows, and the runner has killed the process tree."""
    step = job.begin(APPLY)
    until(lambda: has_written(job))
    pid = json.loads(journal(job).partition("\n")[0])["pid"]

    os.kill(pid, signal.SIGSTOP)  # it never gets to what the signals ask for
    step.send_signal(signal.SIGINT)
    step.send_signal(signal.SIGTERM)
    os.killpg(step.pid, signal.SIGKILL)
    step.wait(PATIENCE)
    until(lambda: not is_running(pid))
    server.set_faults()

    assert (job.kept("exit-code"), job.kept("outcome.json")) == ("", "")
    assert job.run(TELL) == 0
    assert (job.outcome()["status"], job.outcome()["exitCode"]) == ("interrupted", 137)
    assert job.outcome()["totals"]["done"] > 0
    assert list((job.temp / "outcome" / "plans" / "lab").glob("*.md"))
    assert "interrupted" in (job.temp / "summary").read_text().lower()

    fetch(job)
    assert job.run(ISSUE, RESULT="cancelled") == 0
    (issue,) = [each for each in github.world.issues.values() if "pull_request" not in each]
    assert "exit code 137" in issue["body"]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def fetch(job: Job) -> None:
    """Fetches the artifact as the job `report` does."""
    (job.temp / "report").mkdir()
    if (job.temp / "outcome").is_dir():
        (job.temp / "outcome").rename(job.temp / "report" / "outcome")


@pytest.mark.slow
def test_a_successful_apply_records_its_exit_code(job: Job, server: Server) -> None:
    server.set_faults()

    assert job.run(APPLY) == 0
    assert (job.kept("exit-code"), job.outcome()["status"]) == ("0\n", "done")


@pytest.mark.slow
def test_a_refused_apply_records_its_exit_code(job: Job, server: Server) -> None:
    server.set_faults()

    assert job.run(APPLY, DIGEST="0" * 12) == 4
    assert job.kept("exit-code") == "4\n"


@pytest.mark.slow
def test_an_apply_cancelled_before_its_start_opens_no_issue(job: Job, github: StandIn) -> None:
    """A newer push takes the turn of one that waits; it applies main as it is."""
    fetch(job)

    assert job.run(ISSUE, RESULT="cancelled") == 0
    assert not github.world.issues


@pytest.mark.slow
@pytest.mark.parametrize(("result", "code"), [("cancelled", 130), ("failure", 1)])
def test_an_apply_that_left_nothing_opens_an_issue(job: Job, github: StandIn, result: str, code: int) -> None:
    """S-5."""
    (job.temp / "outcome").mkdir()
    fetch(job)

    assert job.run(ISSUE, RESULT=result) == 0
    (issue,) = github.world.issues.values()
    assert f"exit code {code}" in issue["body"]


@pytest.mark.parametrize("name", ["Write the summary and the evidence", "Keep the outcome for undo"])
def test_a_cancelled_job_still_reports_and_keeps_its_outcome(name: str) -> None:
    """S-5."""
    assert STEPS[name]["if"] == "${{ always() }}"


@pytest.mark.parametrize("name", ["report", "evidence"])
def test_jobs_after_a_cancelled_apply_still_run(name: str) -> None:
    """S-5."""
    assert JOBS[name]["if"] == "${{ always() && needs.apply.result != 'skipped' }}"
