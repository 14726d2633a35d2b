"""GitHub's side: the repository, pull requests, artifacts, and tokens that may do what a job's permissions say.

GitHub's API is the stand-in's of `tests/github`; this fills it with the runs of workflows and what they keep.
"""

from __future__ import annotations

import json
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.cli.running import Server
from tests.github.stand_in import ACTIONS, StandIn, Token, serving

if TYPE_CHECKING:
    from tests.rehearsal.runner import Job, Run

Json = dict[str, Any]
REPOSITORY = "example/contact-centre"
REPOSITORY_ID, FORKS = 1, 2  # ids of repositories


@dataclass(frozen=True)
class Event:
    """An event that starts a workflow. `head`: the commit that artifacts are listed under."""

    name: str
    ref: str
    sha: str
    head: str
    payload: Json = field(default_factory=dict)
    inputs: Json = field(default_factory=dict)
    is_fork: bool = False

    def context(self, run: Run) -> Json:
        output = {"event": self.payload, "event_name": self.name, "ref": self.ref, "sha": self.sha}
        return {**output, "repository": REPOSITORY, "run_id": str(run.id)}

    def payload_json(self) -> str:
        return json.dumps(self.payload)

    @property
    def subject(self) -> str:
        """How the `sub` of a job's token ends, where the job has no environment."""
        return "pull_request" if self.name == "pull_request" else f"ref:{self.ref}"


@dataclass
class Site:
    """`sandbox`: the AWS that roles lead to. `roles`: ARN → trust and permissions, as an administrator created them.
    `cancels`: the name of the step that is cancelled."""

    folder: Path
    github: StandIn
    sandbox: Server
    roles: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    cancels: str = ""
    _runs: Iterator[int] = field(default_factory=lambda: count(9001))
    _ids: Iterator[int] = field(default_factory=lambda: count(501))

    @property
    def pulls(self) -> dict[int, Json]:
        return self.github.world.pulls

    @property
    def merged(self) -> dict[str, int]:
        return self.github.world.merged

    @property
    def artifacts(self) -> list[Json]:
        return self.github.world.artifacts

    @property
    def remote(self) -> Path:
        return self.folder / "server" / REPOSITORY

    def environ(self) -> dict[str, str]:
        return {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": f"file://{self.folder / 'server'}",
            "GITHUB_REPOSITORY": REPOSITORY,
            "REHEARSAL_SITE": sysconfig.get_path("purelib"),
        }

    def next_run(self) -> int:
        return next(self._runs)

    def issue_token(self, event: Event, permissions: Mapping[str, str]) -> str:
        """With just these permissions; a fork's can only read, and never asks for a role."""
        held = {name: "read" if event.is_fork else level for name, level in permissions.items()}
        text = f"t-{next(self._ids)}"
        self.github.world.tokens[text] = Token(ACTIONS, held)
        return text

    def keep(self, job: Job, name: str, folder: Path) -> int:
        """The id of the artifact; one of the same run and name is no longer there."""
        event, world = job.run.event, self.github.world
        pull = event.payload.get("pull_request", {})
        branch = pull.get("head", {}).get("ref") or event.ref.removeprefix("refs/heads/")
        run = {"id": job.run.id, "head_sha": event.head, "head_branch": branch}
        path = f".github/workflows/{job.run.file}"
        world.runs[job.run.id] = run | {"path": path, "event": event.name, "pull_requests": []}
        origin = run | {"repository_id": REPOSITORY_ID, "head_repository_id": FORKS if event.is_fork else REPOSITORY_ID}
        number = next(self._ids)
        made = {"id": number, "name": name, "expired": False, "created_at": world.now()}
        world.artifacts = [
            each for each in self.artifacts if (each["workflow_run"]["id"], each["name"]) != (job.run.id, name)
        ]
        world.artifacts.append(made | {"workflow_run": origin, "folder": str(folder)})
        return number

    def kept(self, run: int, name: str = "", number: int = 0) -> dict[str, Path]:
        """A run's artifacts by their names."""
        return {
            each["name"]: Path(each["folder"])
            for each in self.artifacts
            if each["workflow_run"]["id"] == run and name in ("", each["name"]) and number in (0, each["id"])
        }

    def calls(self) -> dict[str, int]:
        """Returns the calls of Amazon Connect since the sandbox was reset."""
        calls = self.sandbox.calls()
        return {name: number for name, number in calls.items() if name.startswith("connect:")}

    def permissions(self, role: str) -> set[str]:
        return {action for statement in self.roles[role][1]["Statement"] for action in statement["Action"]}

    def git(self, *words: str, folder: Path | None = None) -> str:
        command = ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.com", *words]
        return subprocess.run(
            command, cwd=folder or self.remote, check=True, capture_output=True, text=True
        ).stdout.strip()


_FOLDERS: list[TemporaryDirectory[str]] = []  # they live as long as the process


@cache
def wheels() -> Path:
    """Returns the folder of unpacked wheels, by their digests, for all rehearsals of a process.

    A new folder has no compiled modules: the first command in it compiles the whole package.
    """
    _FOLDERS.append(TemporaryDirectory(prefix="wheels-"))
    return Path(_FOLDERS[-1].name)


@contextmanager
def opened(folder: Path, sandbox: Server) -> Iterator[Site]:
    with serving() as github:
        yield Site(folder, github, sandbox)
