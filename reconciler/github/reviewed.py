"""The plan that was reviewed: kept by the run that planned the pull request from which a commit of main came.

Its name says what it was made of, and a name is anybody's to give: a fork's run, or another pull request's, may keep an
artifact of that name too. So only runs for the head of a merged pull request of this commit count.
Source: docs.github.com/rest, "List artifacts for a repository", "List pull requests associated with a commit".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from reconciler.errors import StalePlanError
from reconciler.github.rest import Json, Rest

NEEDS = "actions: read, and pull-requests: read"
_REMEDY = "nothing was written; plan main as it is now, and run this workflow by hand with the digest of that plan"


@dataclass(frozen=True)
class Kept:
    """`run`: the id of the run that has kept the plan; `pull_request`: where it was reviewed."""

    run: int
    pull_request: int


def find_reviewed(rest: Rest, repository: str, name: str, commit: str) -> Kept:
    """The newest. Raises `StalePlanError` where there is none: what nobody has reviewed is not applied."""
    heads = dict(_heads(rest, repository, commit))
    if not heads:
        raise StalePlanError(f"no reviewed plan: {commit[:12]} came by no merged pull request; {_REMEDY}")
    kept = [each for each in _artifacts(rest, repository, name) if _head(each) in heads]
    if not kept:
        numbers = ", ".join(f"#{number}" for number in sorted(set(heads.values())))
        raise StalePlanError(
            f"no reviewed plan: {numbers} has kept none of the name {name}: main is not what was planned there, or the "
            f"plan has expired; {_REMEDY}"
        )
    newest = max(kept, key=lambda each: int(each["id"]))
    return Kept(int(newest["workflow_run"]["id"]), heads[_head(newest)])


def _heads(rest: Rest, repository: str, commit: str) -> Iterator[tuple[str, int]]:
    for pull in rest.pages(f"/repos/{repository}/commits/{quote(commit, safe='')}/pulls"):
        if pull.get("merged_at"):
            yield str(pull["head"]["sha"]), int(pull["number"])


def _artifacts(rest: Rest, repository: str, name: str) -> Iterator[Json]:
    """Those of runs for this repository's own branches that have not expired; the newest hundred."""
    listed: Any = rest.get(f"/repos/{repository}/actions/artifacts?per_page=100&name={quote(name, safe='')}")
    for each in listed.get("artifacts", ()):
        run = each.get("workflow_run") or {}
        is_own = run.get("repository_id") == run.get("head_repository_id")
        if each.get("name") == name and not each.get("expired") and is_own:
            yield each


def _head(artifact: Json) -> str:
    return str(artifact["workflow_run"].get("head_sha", ""))
