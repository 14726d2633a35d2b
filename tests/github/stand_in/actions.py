"""Workflow runs, their artifacts, and the pull requests that commits belong to.

Sources, all at docs.github.com/rest:
- "List artifacts for a repository", "Download an artifact", "Get a workflow run",
- "List pull requests associated with a commit", "List pull requests", "List timeline events for an issue".
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from . import rules
from .replies import Answer, Request
from .rules import NoError
from .world import Json, World

BLOBS = "/_blobs/"
_PRIVATE = ("folder",)  # members that GitHub's answers do not have


def list_artifacts(world: World, request: Request) -> Answer:
    """The newest first; those of one name if a name is given."""
    rules.check_permission(request.token, "read", "actions")
    found = [each for each in world.artifacts if request.query.get("name", each["name"]) == each["name"]]
    found.sort(key=lambda artifact: int(artifact["id"]), reverse=True)
    page, headers = rules.page_of(request.query, found, request.url)
    return Answer(200, {"total_count": len(found), "artifacts": [_shown(each) for each in page]}, headers)


def download_artifact(world: World, request: Request, number: int) -> Answer:
    """Redirects to an address that is valid for a minute; 410 if the artifact has expired."""
    rules.check_permission(request.token, "read", "actions")
    artifact = next((each for each in world.artifacts if each["id"] == number), None)
    if artifact is None:
        raise NoError(404, "Not Found")
    if artifact["expired"]:
        raise NoError(410, "Artifact has expired")
    origin = request.url[: request.url.index("/repos/")]
    return Answer(302, {}, {"Location": f"{origin}{BLOBS}{number}?sig=signed"})


def blob(world: World, path: str, headers: Json) -> Answer:
    """Serves the signed address. Azure refuses a request that also has an Authorization header."""
    if "Authorization" in headers:
        return Answer(403, {"message": "Server failed to authenticate the request."})
    number = int(path.removeprefix(BLOBS))
    folder = next(Path(each["folder"]) for each in world.artifacts if each["id"] == number)
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder))
    return Answer(200, content.getvalue(), {"Content-Type": "application/zip"})


def get_run(world: World, request: Request, number: int) -> Answer:
    rules.check_permission(request.token, "read", "actions")
    if number not in world.runs:
        raise NoError(404, "Not Found")
    return Answer(200, world.runs[number])


def list_pulls_of_commit(world: World, request: Request, sha: str) -> Answer:
    """The merged pull request that brought a commit to the default branch, and open ones."""
    rules.check_permission(request.token, "read", "pull-requests")
    number = world.merged.get(sha)
    page, headers = rules.page_of(request.query, [world.pulls[number]] if number else [], request.url)
    return Answer(200, page, headers)


def list_pulls(world: World, request: Request) -> Answer:
    """Returns open pull requests by default. `head` is `OWNER:BRANCH`."""
    rules.check_permission(request.token, "read", "pull-requests")
    state, head = request.query.get("state", "open"), request.query.get("head", "")
    found = []
    for _, pull in sorted(world.pulls.items(), reverse=True):
        owner = "somebody" if pull.get("fork") else world.repository.partition("/")[0]
        if state in ("all", pull.get("state", "open")) and head in ("", f"{owner}:{pull['head'].get('ref')}"):
            found.append(pull)
    page, headers = rules.page_of(request.query, found, request.url)
    return Answer(200, page, headers)


def list_timeline(world: World, request: Request, number: int) -> Answer:
    """Issues or pull requests, read."""
    rules.check_permission(request.token, "read", "issues", "pull-requests")
    page, headers = rules.page_of(request.query, world.timeline.get(number, []), request.url)
    return Answer(200, page, headers)


def _shown(artifact: Json) -> Json:
    return {key: value for key, value in artifact.items() if key not in _PRIVATE}


_REPO = r"/repos/(?P<repo>[^/]+/[^/]+)"
_NUMBER = r"(?P<number>[1-9][0-9]*)"
ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", f"{_REPO}/actions/artifacts", list_artifacts),
    ("GET", f"{_REPO}/actions/artifacts/{_NUMBER}/zip", download_artifact),
    ("GET", f"{_REPO}/actions/runs/{_NUMBER}", get_run),
    ("GET", f"{_REPO}/commits/(?P<sha>[0-9a-f]+)/pulls", list_pulls_of_commit),
    ("GET", f"{_REPO}/pulls", list_pulls),
    ("GET", f"{_REPO}/issues/{_NUMBER}/timeline", list_timeline),
)
