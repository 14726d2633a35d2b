"""Finds the reviewed plan of a commit: the artifact that its pull request's plan run has stored.

Anyone who can push a branch can upload an artifact of any name. So an artifact counts only if it was stored
- by the workflow `plan` of this repository, for the last commit of the merged pull request and its branch,
- while the base of that pull request was the branch that apply runs on, and
- before the merge.
Apply stops if there are two such artifacts with different plans. It also stops if a pull request into another branch
has the same commit.

Sources, all at docs.github.com/rest:
- "List artifacts for a repository", "Download an artifact", "Get a workflow run",
- "List pull requests associated with a commit", "List pull requests", "List timeline events for an issue".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from reconciler.errors import StalePlanError
from reconciler.github.rest import Json, Rest

NEEDS = "actions: read, and pull-requests: read"
WORKFLOW, EVENT = ".github/workflows/plan.yml", "pull_request"
_REMEDY = "nothing was written; plan the current main, and run this workflow by hand with the digest of that plan"
# A pull request with a new base keeps its runs. Only the timeline has these events.
_BASE_CHANGES = ("base_ref_changed", "automatic_base_change_succeeded")
DigestOf = Callable[[bytes], str]


@dataclass(frozen=True)
class ReviewedPlan:
    """A plan that counts as reviewed.

    `artifact` and `run` are the ids of the plan and of the run that kept it; `pull_request` is the place of its review.
    """

    artifact: int
    run: int
    pull_request: int


@dataclass(frozen=True)
class ReviewAccess:
    """A repository and the branch that apply runs on. Pull requests must be merged into that branch."""

    rest: Rest
    repository: str
    branch: str

    def get(self, path: str) -> Json:
        return self.rest.get(f"/repos/{self.repository}/{path}")

    def pages(self, path: str, *, member: str = "", **params: str) -> Iterator[Json]:
        return self.rest.pages(f"/repos/{self.repository}/{path}", member=member, **params)


def find_reviewed(place: ReviewAccess, name: str, commit: str, digest_of: DigestOf) -> ReviewedPlan:
    """Returns the newest plan that counts.

    `digest_of` reads a plan's digest from the bytes of its artifact. Raises `StalePlanError` if no plan counts, or if
    GitHub cannot say which one was reviewed.
    """
    pulls = _merged_pulls(place, commit)
    if not pulls:
        raise StalePlanError(
            f"no reviewed plan: {commit[:12]} does not belong to a pull request merged into {place.branch}; {_REMEDY}"
        )
    for merged in pulls.values():
        _check_no_other_base(place, merged)
    kept, refused = [], []
    for artifact in _artifacts(place, name):
        pull = pulls.get(str(artifact["workflow_run"].get("head_sha", "")))
        if pull is None:
            continue
        if reason := _why_not(place, artifact, pull):
            refused.append(f"run {_run(artifact)} {reason}")
        else:
            kept.append(artifact)
    if not kept:
        raise StalePlanError(_none_counts(name, pulls, refused))
    _check_one_plan(place, kept, digest_of)
    newest = max(kept, key=lambda artifact: int(artifact["id"]))
    return ReviewedPlan(int(newest["id"]), _run(newest), int(pulls[str(newest["workflow_run"]["head_sha"])]["number"]))


def _merged_pulls(place: ReviewAccess, commit: str) -> dict[str, Json]:
    """Returns the pull requests that were merged into the branch with this commit, by their last commit."""
    pulls = {}
    for pull in place.pages(f"commits/{quote(commit, safe='')}/pulls"):
        if pull.get("merged_at") and _base(pull) == place.branch:
            pulls[str(pull["head"]["sha"])] = pull
    return pulls


def _artifacts(place: ReviewAccess, name: str) -> Iterator[Json]:
    """Yields the unexpired artifacts of that name from runs for this repository's own branches."""
    for artifact in place.pages("actions/artifacts", member="artifacts", name=name):
        run = artifact.get("workflow_run") or {}
        is_own = run.get("repository_id") == run.get("head_repository_id")
        if artifact.get("name") == name and not artifact.get("expired") and is_own:
            yield artifact


def _why_not(place: ReviewAccess, artifact: Json, pull: Json) -> str:
    """Returns why an artifact of the right commit is not the reviewed plan; empty if it is."""
    kept_at = _time(artifact["created_at"])
    if kept_at > _time(pull["merged_at"]):
        return "kept it after the merge"
    run = place.get(f"actions/runs/{_run(artifact)}")
    path = str(run.get("path", "")).partition("@")[0]  # GitHub may add the ref, as in `plan.yml@main`
    if path != WORKFLOW or run.get("event") != EVENT:
        return f"belongs to {path or 'an unknown workflow'}, event {run.get('event') or 'unknown'}"
    if run.get("head_branch") != pull["head"].get("ref"):
        return f"was for the branch {run.get('head_branch')}"
    for event in place.pages(f"issues/{int(pull['number'])}/timeline"):
        if event.get("event") in _BASE_CHANGES and _time(event["created_at"]) >= kept_at:
            return "kept it before the pull request got its current base branch"
    return ""


def _check_no_other_base(place: ReviewAccess, pull: Json) -> None:
    """Raises `StalePlanError` if a pull request into another branch has the same commit.

    A run takes its workflow from the merge with its base. GitHub does not report which base a run had.
    """
    head, number = pull["head"], int(pull["number"])
    owner = place.repository.partition("/")[0]
    for other in place.pages("pulls", state="all", head=f"{owner}:{head.get('ref', '')}"):
        if other["head"].get("sha") == head.get("sha") and _base(other) != place.branch:
            raise StalePlanError(
                f"no reviewed plan: #{number} and #{int(other['number'])} have the same last commit, and "
                f"#{int(other['number'])} is for the branch {_base(other)}: GitHub does not report which of them "
                f"a plan was made for; {_REMEDY}"
            )


def _check_one_plan(place: ReviewAccess, kept: list[Json], digest_of: DigestOf) -> None:
    """Raises `StalePlanError` if the artifacts have different plans. It names one run of each."""
    if len(kept) < 2:
        return
    runs: dict[str, int] = {}
    for artifact in kept:
        content = place.rest.download(f"/repos/{place.repository}/actions/artifacts/{int(artifact['id'])}/zip")
        runs.setdefault(digest_of(content), _run(artifact))
    if len(runs) > 1:
        plans = ", ".join(f"{digest[:12] or 'unreadable'} of run {run}" for digest, run in runs.items())
        raise StalePlanError(f"no reviewed plan: the last commit has {len(runs)} different plans: {plans}; {_REMEDY}")


def _none_counts(name: str, pulls: dict[str, Json], refused: list[str]) -> str:
    numbers = ", ".join(f"#{number}" for number in sorted(int(pull["number"]) for pull in pulls.values()))
    if refused:
        return f"no reviewed plan: none of the plans named {name} counts for {numbers}: {'; '.join(refused)}; {_REMEDY}"
    return (
        f"no reviewed plan: {numbers} has kept no plan named {name}: main differs from what was planned there, or the "
        f"plan has expired; {_REMEDY}"
    )


def _base(pull: Json) -> str:
    base: Any = pull.get("base")
    return str(base.get("ref", "")) if isinstance(base, dict) else ""


def _run(artifact: Json) -> int:
    return int(artifact["workflow_run"]["id"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
