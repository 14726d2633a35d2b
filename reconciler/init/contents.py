"""Every file of a new repository, from what is known of it; nothing is read but this package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.config import FILE, Config
from reconciler.init.editors import vscode
from reconciler.init.files import FileOwner, InitFile
from reconciler.init.roles import APPLY, PLAN, DeployTarget, permissions, permissions_path, place_of, trust, trust_path
from reconciler.init.tool import tool_files
from reconciler.tools import schemas

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLE = "DataTable"  # the kind of the example below
EDITOR = ".vscode/settings.json"
WORKFLOWS = ("check", "plan", "apply", "drift")
# Where each beginning goes, by the name of its template.
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
    # Files in manifests/environments/prod change what manifests/base declares, for prod only:
    # overlays: [environments/prod]
"""
_TO_FILL_IN = """\
  # Your own: take the `#` away and put your instance's ARN in, then run `reconcile init` again for its two roles.
  # prod:
  #   instance: arn:aws:connect:REGION:ACCOUNT:instance/ID
  #   overlays: [environments/prod]   # files in manifests/environments/prod change what manifests/base declares
"""


@dataclass(frozen=True)
class RepositorySettings:
    """`config`: reconcile.yaml as it is, where there is one; else `stack` and `instance` (may be empty) begin one.

    `repository`: OWNER/NAME, empty where nobody knows; `subject`: how the `sub` of its tokens begins, where not so.
    `kinds`: by environment, the kinds that manifests declare, delete or name; an environment whose manifests have
    mistakes is missing, and then its policies are left as they are.
    """

    stack: str
    instance: str = ""
    repository: str = ""
    subject: str = ""
    config: Config | None = None
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)


def contents(wanted: RepositorySettings) -> list[InitFile]:
    """In the order in which they are told."""
    return [
        *(() if wanted.config else _beginnings(wanted)),
        InitFile(EDITOR, vscode(wanted.config), FileOwner.THEIRS),
        *(_template(name, path, FileOwner.THEIRS) for name, path in _SETTINGS.items()),
        *(_template(name, path, FileOwner.LINES) for name, path in _LINES.items()),
        *(InitFile(f"schemas/{name}", text.encode()) for name, text in sorted(schemas.texts().items())),
        *(_template(f"workflows/{name}.yml", f".github/workflows/{name}.yml", FileOwner.OURS) for name in WORKFLOWS),
        *tool_files(),
        *_roles(wanted),
    ]


def places(wanted: RepositorySettings) -> tuple[DeployTarget, ...]:
    """The environments that roles and workflows are for: those with an instance of their own."""
    if wanted.config:
        return tuple(place_of(each) for each in wanted.config.environments.values() if each.instance)
    if not wanted.instance:
        return ()
    region, account = wanted.instance.split(":")[3:5]
    return (DeployTarget(wanted.stack, "prod", wanted.instance, account, region),)


def _beginnings(wanted: RepositorySettings) -> Iterator[InitFile]:
    text = (TEMPLATES / FILE).read_text(encoding="utf-8")
    prod = _PROD.format(wanted.instance) if wanted.instance else _TO_FILL_IN
    yield InitFile(FILE, f"{text.replace('STACK', json.dumps(wanted.stack))}{prod}".encode(), FileOwner.THEIRS)
    yield from (_template(name, path, FileOwner.THEIRS) for name, path in _BEGINNINGS.items())


def _template(name: str, path: str, kept: FileOwner) -> InitFile:
    return InitFile(path, (TEMPLATES / name).read_bytes(), kept)


def _roles(wanted: RepositorySettings) -> Iterator[InitFile]:
    for place in places(wanted):
        if place.name in wanted.kinds:
            for name, policy in permissions(place, wanted.kinds[place.name]).items():
                content = _json(policy) if policy else None
                yield InitFile(permissions_path(place, name), content, FileOwner.DERIVED)
        for part in (PLAN, APPLY) if wanted.repository else ():
            trusted = trust(place, part, wanted.repository, wanted.subject)
            yield InitFile(trust_path(place, part), _json(trusted), FileOwner.THEIRS)


def _json(value: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(value, indent=2)}\n".encode()
