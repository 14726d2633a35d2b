"""GitHub's side: the repository, pull requests, artifacts, and tokens that may do what a job's permissions say.

Comments, issues and labels are the stand-in's of `tests/github`; this adds what an apply asks for: which pull request a
commit came from, and which run has kept which artifact.
"""

from __future__ import annotations

import json
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.cli.running import Server
from tests.github.stand_in import ACTIONS, StandIn, Token, rules, serving
from tests.github.stand_in.routes import Answer
from tests.github.stand_in.server import Handler

if TYPE_CHECKING:
    from tests.rehearsal.runner import Job, Run

Json = dict[str, Any]
REPOSITORY = "example/contact-centre"
OURS, FORKS = 1, 2  # ids of repositories


@dataclass(frozen=True)
class Event:
    """What sets a workflow off. `head`: the commit that artifacts are listed under."""

    name: str
    ref: str
    sha: str
    head: str
    payload: Json = field(default_factory=dict)
    inputs: Json = field(default_factory=dict)
    is_fork: bool = False

    def context(self, run: Run) -> Json:
        told = {"event": self.payload, "event_name": self.name, "ref": self.ref, "sha": self.sha}
        return {**told, "repository": REPOSITORY, "run_id": str(run.id)}

    def payload_json(self) -> str:
        return json.dumps(self.payload)

    @property
    def subject(self) -> str:
        """How the `sub` of a job's token ends, where the job has no environment."""
        return "pull_request" if self.name == "pull_request" else f"ref:{self.ref}"


@dataclass
class Site:
    """`sandbox`: the AWS that roles lead to. `roles`: ARN → trust and permissions, as somebody has made them."""

    folder: Path
    github: StandIn
    sandbox: Server
    roles: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    pulls: dict[int, Json] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)
    artifacts: list[Json] = field(default_factory=list)
    _runs: Iterator[int] = field(default_factory=lambda: count(9001))
    _ids: Iterator[int] = field(default_factory=lambda: count(501))

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

    def keep(self, job: Job, name: str, folder: Path) -> None:
        event = job.run.event
        run = {"id": job.run.id, "head_sha": event.head, "repository_id": OURS}
        run["head_repository_id"] = FORKS if event.is_fork else OURS
        made = {"id": next(self._ids), "name": name, "expired": False, "workflow_run": run, "folder": str(folder)}
        self.artifacts.append(made)

    def kept(self, run: int, name: str = "") -> dict[str, Path]:
        """A run's artifacts, the newest of each name."""
        return {
            each["name"]: Path(each["folder"])
            for each in self.artifacts
            if each["workflow_run"]["id"] == run and name in ("", each["name"])
        }

    def calls(self) -> dict[str, int]:
        """Of Amazon Connect, since the sandbox was reset."""
        calls = self.sandbox.calls()
        return {name: number for name, number in calls.items() if name.startswith("connect:")}

    def permissions(self, role: str) -> set[str]:
        return {action for statement in self.roles[role][1]["Statement"] for action in statement["Action"]}

    def git(self, *words: str, folder: Path | None = None) -> str:
        command = ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.com", *words]
        return subprocess.run(
            command, cwd=folder or self.remote, check=True, capture_output=True, text=True
        ).stdout.strip()


@contextmanager
def opened(folder: Path, sandbox: Server) -> Iterator[Site]:
    with serving() as github:
        site = Site(folder, github, sandbox)
        github.RequestHandlerClass = type("SiteHandler", (SiteHandler,), {"site": site})
        yield site


class SiteHandler(Handler):
    """Two more pages: "List artifacts for a repository", "List pull requests associated with a commit"."""

    site: Site

    def _answer(self, path: str, body: bytes) -> Answer:
        page = path.removeprefix(f"/repos/{REPOSITORY}/")
        try:
            if page == "actions/artifacts":
                rules.check_permission(rules.check_token(self.server.world, dict(self.headers)), "read", "actions")
                return Answer(200, self._artifacts(dict(parse_qsl(urlsplit(self.path).query))))
            if page.startswith("commits/") and page.endswith("/pulls"):
                token = rules.check_token(self.server.world, dict(self.headers))
                rules.check_permission(token, "read", "pull-requests")
                return Answer(200, self._pulls(page.split("/")[1]))
        except rules.NoError as no:
            return Answer(no.status, no.body, no.headers)
        return super()._answer(path, body)

    def _artifacts(self, query: Mapping[str, str]) -> Json:
        found = [each for each in self.site.artifacts if query.get("name", each["name"]) == each["name"]]
        told = [{key: value for key, value in each.items() if key != "folder"} for each in found]
        return {"total_count": len(told), "artifacts": told}

    def _pulls(self, commit: str) -> list[Json]:
        number = self.site.merged.get(commit)
        return [self.site.pulls[number]] if number else []
