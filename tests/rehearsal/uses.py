"""The five actions, as their `action.yml` and GitHub's documentation describe them; others are refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from glob import glob
from os.path import commonpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.github.stand_in.world import SERVER
from tests.rehearsal.site import REPOSITORY

if TYPE_CHECKING:
    from tests.rehearsal.runner import Job

Given = Mapping[str, str]
Outputs = dict[str, str] | None
ISSUER = "token.actions.githubusercontent.com"


class ActionFailedError(Exception):
    """The step fails, with this as its last words."""


def checkout(job: Job, given: Given) -> None:
    """One commit of the repository: of `ref`, or the one that the run is for."""
    _needs(job, "contents", "read")
    site, ref = job.run.site, given.get("ref") or job.run.event.ref
    site.git("init", "--quiet", str(job.workspace))
    site.git("fetch", "--quiet", "--depth", "1", f"file://{site.remote}", ref, folder=job.workspace)
    site.git("checkout", "--quiet", "--detach", "FETCH_HEAD", folder=job.workspace)


def set_up_python(job: Job, given: Given) -> None:
    if not given.get("python-version"):
        raise ActionFailedError("no version of Python is named")


def take_role(job: Job, given: Given) -> None:
    """Checks the claims of the job's token against the role's trust policy, as STS does."""
    _needs(job, "id-token", "write")
    site, arn = job.run.site, given["role-to-assume"]
    if job.run.event.is_fork or arn not in site.roles:
        raise ActionFailedError(f"no token for {arn}")
    (statement,) = site.roles[arn][0]["Statement"]
    claims = _claims(job)
    for key, allowed in statement["Condition"]["StringEquals"].items():
        if claims[key.removeprefix(f"{ISSUER}:")] not in ([allowed] if isinstance(allowed, str) else allowed):
            raise ActionFailedError(f"not authorized to assume {arn}: {key} is {claims[key.partition(':')[2]]}")
    if f":{given['allowed-account-ids']}:" not in arn:
        raise ActionFailedError("this is another account")
    job.role = arn
    keys = {"AWS_ACCESS_KEY_ID": "ASIATESTING", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "testing"}
    job.environ |= keys | {"AWS_REGION": given["aws-region"], "AWS_ENDPOINT_URL": site.sandbox.endpoint}


def upload(job: Job, given: Given) -> Outputs:
    """The files of all paths, from the folder on that the paths have in common. `archive: false` (v7) takes one file,
    whose name is the artifact's name."""
    paths = given["path"].split("\n") if "\n" in given["path"] else [given["path"]]
    paths = [path.strip() for path in paths if path.strip()]
    above = Path(paths[0] if len(paths) == 1 else commonpath(paths))
    above = above.parent if above.is_file() else above
    found = dict.fromkeys(Path(name) for path in paths for name in (path, *glob(f"{path}/**", recursive=True)))
    files = [path for path in found if path.is_file()]
    if not files:
        if given.get("if-no-files-found") == "error":
            raise ActionFailedError(f"no files were found at {given['path']}")
        return {}
    given = {"name": "artifact", **given}
    if given.get("archive") == "false":
        if len(files) > 1:
            raise ActionFailedError("only one file can be uploaded without an archive")
        given["name"] = files[0].name
    if job.run.site.kept(job.run.id, given["name"]) and given.get("overwrite") != "true":
        raise ActionFailedError(f"an artifact {given['name']} is there already")
    folder = job.run.site.folder / "artifacts" / str(job.run.id) / given["name"]
    for file in files:
        (folder / file.relative_to(above)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder / file.relative_to(above))
    number = job.run.site.keep(job, given["name"], folder)
    url = f"{SERVER}/{REPOSITORY}/actions/runs/{job.run.id}/artifacts/{number}"
    return {"artifact-id": str(number), "artifact-url": url}


def download(job: Job, given: Given) -> None:
    """By its name or its id, or every one into a folder of its name; another run's needs a token that may read it. An
    input that is empty is one that was not given."""
    given = {key: text for key, text in given.items() if text}
    if "run-id" in given:
        _needs(job, "actions", "read")
        if given["github-token"] != job.token:
            raise ActionFailedError("no token for another run's artifact")
    run = int(given.get("run-id", job.run.id))
    if {"name", "artifact-ids"} <= set(given):
        raise ActionFailedError("Inputs 'name' and 'artifact-ids' cannot be used together")
    found = job.run.site.kept(run, given.get("name", ""), int(given.get("artifact-ids", 0)))
    is_one = "name" in given or "artifact-ids" in given
    if is_one and not found:
        raise ActionFailedError(f"there is no such artifact of run {run}: {dict(given)}")
    for name, folder in found.items():
        into = Path(given["path"]) if is_one else Path(given["path"]) / name
        shutil.copytree(folder, into, dirs_exist_ok=True)


ACTIONS: Mapping[str, Callable[[Job, Given], Outputs]] = {
    "actions/checkout": checkout,
    "actions/setup-python": set_up_python,
    "aws-actions/configure-aws-credentials": take_role,
    "actions/upload-artifact": upload,
    "actions/download-artifact": download,
}


def _claims(job: Job) -> dict[str, Any]:
    environment = job.contexts_text("environment")
    ending = f"environment:{environment}" if environment else job.run.event.subject
    workflow = f"{REPOSITORY}/.github/workflows/{job.run.file}@{job.run.event.ref}"
    return {"aud": "sts.amazonaws.com", "sub": f"repo:{REPOSITORY}:{ending}", "job_workflow_ref": workflow}


def _needs(job: Job, permission: str, level: str) -> None:
    held = job.run.site.github.world.tokens[job.token].permissions.get(permission, "none")
    if held not in (level, "write"):
        raise ActionFailedError(f"the job lacks the permission {permission}: {level}: {json.dumps(held)}")
