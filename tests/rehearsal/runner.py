"""One run of a workflow: jobs in the order of their needs, each in folders and with a token of its own.

Source: docs.github.com/actions, "Workflow syntax", "Contexts", "Workflow commands" and "Variables".
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.rehearsal import uses
from tests.rehearsal.expressions import Contexts, as_text
from tests.rehearsal.site import Event, Site, wheels
from tests.workflows.reading import ROOT, read

Json = dict[str, Any]
SHIM = Path(__file__).with_name("shim")
PATIENCE = 120  # seconds; only a broken step takes as long
OWN_ACTION = "example/reconcile"  # the composite action of this repository
SUCCESS, FAILURE, CANCELLED, SKIPPED = "success", "failure", "cancelled", "skipped"
# As GitHub starts them: with `shell: bash` also the parts of a pipe count.
SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"], "": ["bash", "-e"]}


@dataclass
class Job:
    """One job, or one leg of a matrix: what it has at hand, and what came of it; `calls`: of AWS, while it ran."""

    name: str
    definition: Json
    run: Run
    folder: Path
    contexts: Json
    token: str
    result: str = SUCCESS
    log: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    steps: Json = field(default_factory=dict)
    summary: str = ""
    role: str = ""
    calls: dict[str, int] = field(default_factory=dict)

    def contexts_text(self, key: str) -> str:
        """Returns the job's value of a key, with its expressions filled in."""
        return as_text(Contexts(self.contexts).filled(self.definition.get(key)))

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def temp(self) -> Path:
        return self.folder / "temp"


@dataclass
class Run:
    """`workflow`: the file as read; `id`: as GitHub counts runs."""

    workflow: Json
    file: str
    event: Event
    site: Site
    folder: Path
    id: int
    jobs: list[Job] = field(default_factory=list)

    def result(self, name: str) -> str:
        """Returns the result of a job: failed if any leg failed."""
        found = {job.result for job in self.jobs if job.name == name}
        return next((each for each in (FAILURE, CANCELLED, SUCCESS) if each in found), SKIPPED)

    @property
    def failed(self) -> bool:
        return any(job.result == FAILURE for job in self.jobs)

    @property
    def cancelled(self) -> bool:
        return any(job.result == CANCELLED for job in self.jobs)

    @property
    def log(self) -> str:
        return "\n".join(f"== {self.file} · {job.name}: {job.result}\n{job.log}" for job in self.jobs)

    @property
    def summary(self) -> str:
        return "\n".join(job.summary for job in self.jobs)


def run(workflow: Json, file: str, event: Event, site: Site) -> Run:
    """From its start to its end, one job after the other."""
    number = site.next_run()
    begun = Run(workflow, file, event, site, site.folder / "runs" / str(number), number)
    outputs: dict[str, Json] = {}
    for name, definition in workflow["jobs"].items():
        _run_job(begun, name, definition, outputs)
    return begun


def _run_job(run: Run, name: str, definition: Json, outputs: dict[str, Json]) -> None:
    needs = definition.get("needs", [])
    needs = [needs] if isinstance(needs, str) else needs
    known = {each: {"result": run.result(each), "outputs": outputs.get(each, {})} for each in needs}
    values = {"github": run.event.context(run), "needs": known, "inputs": run.event.inputs}
    failed = any(each["result"] != SUCCESS for each in known.values())
    contexts = Contexts(values, failed, run.cancelled)
    legs = list(_legs(definition, contexts)) if contexts.holds(definition.get("if")) else []
    for at, leg in enumerate(legs):
        job = _job(run, name, definition, {**values, **leg}, at)
        run.jobs.append(job)
        before = run.site.calls()
        _run_steps(job)
        job.calls = {name: number for name, number in run.site.calls().items() if number > before.get(name, 0)}
        output = Contexts(_values(job), failed=False)
        outputs[name] = {key: as_text(output.filled(text)) for key, text in definition.get("outputs", {}).items()}
    if not legs:
        run.jobs.append(Job(name, definition, run, run.folder, {}, "", SKIPPED))


def _legs(definition: Json, contexts: Contexts) -> Iterator[Json]:
    axes = definition.get("strategy", {}).get("matrix", {})
    if not axes:
        yield {}
    for axis, values in axes.items():
        yield from ({"matrix": {axis: value}} for value in contexts.filled(values))


def _job(run: Run, name: str, definition: Json, values: Json, at: int) -> Job:
    token = run.site.issue_token(run.event, definition.get("permissions", run.workflow["permissions"]))
    values["github"] = {**values["github"], "token": token}
    job = Job(name, definition, run, run.folder / f"{name}-{at}", values, token)
    for folder in (job.workspace, job.temp, job.folder / "home"):
        folder.mkdir(parents=True)
    job.environ = _environ(job)
    return job


def _environ(job: Job) -> dict[str, str]:
    """A runner's, without anything of this machine but its programs."""
    event = job.run.event
    path = job.folder / "event.json"
    path.write_text(event.payload_json(), encoding="utf-8")
    return {
        "PATH": f"{SHIM}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(job.folder / "home"),
        "LANG": "C.UTF-8",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION": "__step",
        "GITHUB_EVENT_NAME": event.name,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REF": event.ref,
        "GITHUB_SHA": event.sha,
        "GITHUB_RUN_ID": str(job.run.id),
        "GITHUB_WORKSPACE": str(job.workspace),
        "RUNNER_TEMP": str(job.temp),
        "AWS_EC2_METADATA_DISABLED": "true",
        "REHEARSAL_PYTHON": sys.executable,
        "REHEARSAL_WHEELS": str(wheels()),
        **job.run.site.environ(),
    }


def _run_steps(job: Job) -> None:
    defaults = {
        **job.run.workflow.get("defaults", {}).get("run", {}),
        **job.definition.get("defaults", {}).get("run", {}),
    }
    for step in job.definition["steps"]:
        contexts = Contexts(_values(job), job.result == FAILURE, job.result == CANCELLED)
        if contexts.holds(step.get("if")):
            done = _run_step(job, {**defaults, **step}, contexts, job.steps)
            if not done and not step.get("continue-on-error") and job.result != CANCELLED:
                job.result = FAILURE


def _run_step(job: Job, step: Json, contexts: Contexts, steps: Json) -> bool:
    """Runs a step and returns whether it succeeded. Its outputs go to `steps`."""
    job.log += f"-- {step['name']}\n"
    if "uses" in step:
        action = step["uses"].partition("@")[0]
        given = {key: as_text(contexts.filled(value)) for key, value in step.get("with", {}).items()}
        if action == OWN_ACTION:
            return _run_composite(job, step, contexts, given)
        try:
            outputs = uses.ACTIONS[action](job, given)
        except uses.ActionFailedError as wrong:
            job.log += f"{wrong}\n"
            return False
        if "id" in step:
            steps[step["id"]] = {"outputs": outputs or {}}
        return True
    files = {name: job.temp / f"_{job.log.count('-- ')}_{name.lower()}" for name in _FILES}
    for file in files.values():
        file.touch()
    done = _run_script(job, step, contexts, files)
    _take_in(job, files)
    if "id" in step:
        steps[step["id"]] = {"outputs": _outputs_in(files["GITHUB_OUTPUT"].read_text())}
    return done


def _run_composite(job: Job, step: Json, contexts: Contexts, given: Json) -> bool:
    """The steps of `action.yml`, with inputs and steps of its own; it ends at the first that fails."""
    action = read(ROOT / "action.yml")
    inputs = {
        name: given.get(name, contexts.filled(definition["default"])) for name, definition in action["inputs"].items()
    }
    steps: Json = {}
    github = {**contexts.values["github"], "action_path": str(ROOT)}
    inside = Contexts({**contexts.values, "github": github, "inputs": inputs, "steps": steps})
    for each in action["runs"]["steps"]:
        if inside.holds(each.get("if")) and not _run_step(job, each, inside, steps):
            return False
    outputs = {name: as_text(inside.filled(definition["value"])) for name, definition in action["outputs"].items()}
    job.steps[step.get("id", OWN_ACTION)] = {"outputs": outputs}
    return True


def _run_script(job: Job, step: Json, contexts: Contexts, files: Mapping[str, Path]) -> bool:
    step_environ = {**job.run.workflow.get("env", {}), **job.definition.get("env", {}), **step.get("env", {})}
    environ = {key: as_text(contexts.filled(value)) for key, value in step_environ.items()}
    script = job.temp / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    process = subprocess.Popen(
        [*SHELLS[step.get("shell", "")], str(script)],
        cwd=job.workspace / step.get("working-directory", "."),
        env={**job.environ, **environ, **{name: str(path) for name, path in files.items()}},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if step["name"] == job.run.site.cancels:
        _cancel(job, process)
    out, _ = process.communicate(timeout=PATIENCE)
    job.log += f"{out}{f'exit code {process.returncode}{os.linesep}' if process.returncode else ''}"
    return process.returncode == 0


def _cancel(job: Job, process: subprocess.Popen[str]) -> None:
    """Cancels the run once its apply has written values. SIGINT comes first, to the shell alone."""
    until = time.monotonic() + PATIENCE
    while not any(map(_has_written, job.workspace.glob(".reconcile/journals/*.jsonl"))):
        assert process.poll() is None, "apply ended before it could be cancelled"
        assert time.monotonic() < until, "apply wrote nothing"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    job.result = CANCELLED


def _has_written(journal: Path) -> bool:
    """The first line of a journal is the plan; each other one is a reply."""
    return "BatchCreateDataTableValue" in journal.read_text().partition("\n")[2]


_FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")


def _take_in(job: Job, files: Mapping[str, Path]) -> None:
    """Returns the outputs of a step."""
    job.environ |= _outputs_in(files["GITHUB_ENV"].read_text())
    added = files["GITHUB_PATH"].read_text().split()
    job.environ["PATH"] = ":".join([*reversed(added), job.environ["PATH"]])
    job.summary += files["GITHUB_STEP_SUMMARY"].read_text()


def _outputs_in(text: str) -> dict[str, str]:
    """`name=value` lines, and blocks `name<<END`."""
    found = dict(re.findall(r"^([\w-]+)=(.*)$", re.sub(r"(?ms)^[\w-]+<<(\S+)$.*?^\1$", "", text), re.MULTILINE))
    return found | {name: value for name, _, value in re.findall(r"(?ms)^([\w-]+)<<(\S+)$\n(.*?)\n^\2$", text)}


def _values(job: Job) -> Json:
    env = {**job.run.workflow.get("env", {}), **job.definition.get("env", {})}
    values = {**job.contexts, "steps": job.steps, "runner": {"temp": str(job.temp), "os": "Linux"}}
    return {**values, "env": {key: as_text(Contexts(values).filled(text)) for key, text in env.items()}}
