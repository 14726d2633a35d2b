"""Reads the current workflow run from GitHub's variables.

Source: docs.github.com/actions, "Variables reference" (GITHUB_*) and "Webhook events and payloads" (`pull_request`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import UsageError

API, SERVER = "https://api.github.com", "https://github.com"
TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_OWNER_NAME = "set it to OWNER/NAME, as a workflow's run does"
_REPOSITORY = re.compile(r"[\w-]+/(?!\.{1,2}\Z)[\w.-]+", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_BRANCH = re.compile(r"refs/heads/(.+)")
_MERGE = re.compile(r"refs/pull/([1-9][0-9]*)/")


@dataclass(frozen=True)
class WorkflowRun:
    """The workflow run of this process.

    `commit` is the head of the pull request, not the merge that GitHub creates. Unknown values are empty: `commit`,
    `id`, `repository` and `branch`. `pull_request` is 0 if the run belongs to none.
    """

    repository: str
    api: str = API
    server: str = SERVER
    id: str = ""
    commit: str = ""
    pull_request: int = 0
    branch: str = ""

    @property
    def url(self) -> str:
        return f"{self.server}/{self.repository}/actions/runs/{self.id}" if self.repository and self.id else ""

    @property
    def commit_url(self) -> str:
        return f"{self.server}/{self.repository}/commit/{self.commit}" if self.repository and self.commit else ""

    def required_repository(self) -> str:
        """Returns the repository. Raises `UsageError` if it is unknown; only printing works without it."""
        if not self.repository:
            raise UsageError(f"GITHUB_REPOSITORY is {self.repository!r}: {_OWNER_NAME}")
        return self.repository


def read_run(environ: Mapping[str, str]) -> WorkflowRun:
    """Reads the run. Raises `UsageError` if GITHUB_REPOSITORY is not a valid name."""
    repository = environ.get("GITHUB_REPOSITORY", "")
    if repository and not _REPOSITORY.fullmatch(repository):
        raise UsageError(f"GITHUB_REPOSITORY is {repository!r}: {_OWNER_NAME}")
    pull = _object(_read_event(environ.get("GITHUB_EVENT_PATH", "")).get("pull_request"))
    ref = environ.get("GITHUB_REF", "")
    merge, branch = _MERGE.match(ref), _BRANCH.fullmatch(ref)
    number = pull.get("number") or (int(merge[1]) if merge else 0)
    run, commit = environ.get("GITHUB_RUN_ID", ""), _object(pull.get("head")).get("sha") or environ.get("GITHUB_SHA")
    return WorkflowRun(
        repository,
        environ.get("GITHUB_API_URL") or API,
        environ.get("GITHUB_SERVER_URL") or SERVER,
        run if run.isdecimal() else "",
        commit if isinstance(commit, str) and _SHA.fullmatch(commit) else "",
        number if isinstance(number, int) and number > 0 else 0,
        branch[1] if branch else "",
    )


def token_of(environ: Mapping[str, str]) -> str:
    """Returns the token; empty if there is none."""
    tokens = (environ.get(name, "").strip() for name in TOKENS)
    return next(filter(None, tokens), "")


def _read_event(path: str) -> dict[str, Any]:
    """Returns the event that started the run; empty if it is unknown."""
    if not path:
        return {}
    try:
        return _object(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"GITHUB_EVENT_PATH, {path}, cannot be read: {why}") from error


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
