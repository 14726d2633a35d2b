"""Returns every file of a new repository. It reads only this package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.config import FILE, Config
from reconciler.init.artifacts import bucket_policy, bucket_policy_path
from reconciler.init.editors import vscode
from reconciler.init.files import FileOwner, InitFile
from reconciler.init.roles import (
    APPLY,
    PLAN,
    DeployTarget,
    boundary,
    boundary_path,
    deploy_targets,
    permissions,
    permissions_path,
    trust,
    trust_path,
)
from reconciler.init.tool import tool_files
from reconciler.schemas import files

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLE = "DataTable"  # the kind of the example below
EDITOR = ".vscode/settings.json"
WORKFLOWS = ("check", "plan", "apply", "drift")
# The path of each file that the author continues, by the name of its template.
_BEGINNINGS = {
    "README.md": "README.md",
    "manifests/Greetings.yaml": "manifests/base/data-tables/Greetings.yaml",
    "manifests/Greetings.csv": "manifests/base/data-tables/Greetings.csv",
}
_SETTINGS = {
    "settings/editorconfig": ".editorconfig",
    "settings/CODEOWNERS": ".github/CODEOWNERS",
}
_LINES = {"settings/gitignore": ".gitignore", "settings/gitattributes": ".gitattributes"}
_PROD = """\
  prod:
    instance: {}
    # Files in manifests/environments/prod change the resources of manifests/base, for prod only:
    # overlays: [environments/prod]
"""
_TO_FILL_IN = """\
  # Your own: remove the `#`, insert your instance's ARN, then run `reconcile init` again for its two roles.
  # prod:
  #   instance: arn:aws:connect:REGION:ACCOUNT:instance/ID
  #   overlays: [environments/prod]   # its files change the resources of manifests/base
"""


@dataclass(frozen=True)
class RepositorySettings:
    """The settings of a repository.

    - `config`: the existing reconcile.yaml. Without one, `stack` and `instance` (may be empty) start a new file.
    - `repository`: OWNER/NAME, empty if it is unknown.
    - `subject`: the start of the `sub` in its tokens, if it is not the default.
    - `kinds`: for each environment, the kinds that manifests declare, delete or refer to. An environment whose
      manifests have mistakes is missing, and its policies are then not changed.
    """

    stack: str
    instance: str = ""
    repository: str = ""
    subject: str = ""
    config: Config | None = None
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)


def contents(wanted: RepositorySettings) -> list[InitFile]:
    """Returns the files in the order in which they are listed."""
    return [
        *(() if wanted.config else _starting_files(wanted)),
        InitFile(EDITOR, vscode(wanted.config), FileOwner.AUTHOR),
        *(_template(name, path, FileOwner.AUTHOR) for name, path in _SETTINGS.items()),
        *(_template(name, path, FileOwner.LINES) for name, path in _LINES.items()),
        *(InitFile(f"schemas/{name}", text.encode()) for name, text in sorted(files.texts().items())),
        *(_template(f"workflows/{name}.yml", f".github/workflows/{name}.yml", FileOwner.TOOL) for name in WORKFLOWS),
        *tool_files(),
        *_roles(wanted),
    ]


def places(wanted: RepositorySettings) -> tuple[DeployTarget, ...]:
    """Returns the environments that need roles and workflows: those in an AWS account."""
    if wanted.config:
        return deploy_targets(wanted.config.environments.values())
    if not wanted.instance:
        return ()
    region, account = wanted.instance.split(":")[3:5]
    return (DeployTarget(wanted.stack, "prod", wanted.instance, account, region),)


def _starting_files(wanted: RepositorySettings) -> Iterator[InitFile]:
    text = (TEMPLATES / FILE).read_text(encoding="utf-8")
    prod = _PROD.format(wanted.instance) if wanted.instance else _TO_FILL_IN
    yield InitFile(FILE, f"{text.replace('STACK', json.dumps(wanted.stack))}{prod}".encode(), FileOwner.AUTHOR)
    yield from (_template(name, path, FileOwner.AUTHOR) for name, path in _BEGINNINGS.items())


def _template(name: str, path: str, kept: FileOwner) -> InitFile:
    return InitFile(path, (TEMPLATES / name).read_bytes(), kept)


def _roles(wanted: RepositorySettings) -> Iterator[InitFile]:
    for place in places(wanted):
        if place.name in wanted.kinds:
            for name, allowed in permissions(place, wanted.kinds[place.name]).items():
                content = _json(allowed) if allowed else None
                yield InitFile(permissions_path(place, name), content, FileOwner.DERIVED)
        if limits := boundary(place):
            yield InitFile(boundary_path(place), _json(limits), FileOwner.AUTHOR)
        if policy := bucket_policy(place):
            yield InitFile(bucket_policy_path(place), _json(policy), FileOwner.AUTHOR)
        for part in (PLAN, APPLY) if wanted.repository else ():
            trusted = trust(place, part, wanted.repository, wanted.subject)
            yield InitFile(trust_path(place, part), _json(trusted), FileOwner.AUTHOR)


def _json(value: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(value, indent=2)}\n".encode()
