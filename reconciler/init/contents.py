"""Every file of a new repository, from what is known of it; nothing is read but this package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.config import FILE, Config
from reconciler.init.files import File, Kept
from reconciler.init.roles import APPLY, PLAN, Place, permissions, place_of, trust
from reconciler.init.wheel import wheel
from reconciler.tools import schemas

TEMPLATES = Path(__file__).parent / "templates"
LOCK = Path(__file__).parent / "requirements.lock"
TOOL = ".reconcile-tool"
WORKFLOWS = ("check", "plan", "apply", "drift")
# Where each beginning goes, by the name of its template.
_BEGINNINGS = {
    "manifests/Greetings.yaml": "manifests/base/data-tables/Greetings.yaml",
    "manifests/Greetings.csv": "manifests/base/data-tables/Greetings.csv",
}
_SETTINGS = {
    "settings/vscode.json": ".vscode/settings.json",
    "settings/editorconfig": ".editorconfig",
    "settings/CODEOWNERS": ".github/CODEOWNERS",
}
_LINES = {"settings/gitignore": ".gitignore", "settings/gitattributes": ".gitattributes"}
_PROD = "  prod:\n    instance: {}\n"
_TO_FILL_IN = """\
  # Your own: take the `#` away and put your instance's ARN in, then run `reconcile init` again for its two roles.
  # prod:
  #   instance: arn:aws:connect:REGION:ACCOUNT:instance/ID
"""


@dataclass(frozen=True)
class Wanted:
    """`config`: reconcile.yaml as it is, where there is one; else `stack` and `instance` (may be empty) begin one.

    `repository`: OWNER/NAME, empty where nobody knows; `subject`: how the `sub` of its tokens begins, where not so.
    """

    stack: str
    instance: str = ""
    repository: str = ""
    subject: str = ""
    config: Config | None = None


def contents(wanted: Wanted) -> list[File]:
    """In the order in which they are told."""
    return [
        *(() if wanted.config else _beginnings(wanted)),
        *(_template(name, path, Kept.THEIRS) for name, path in _SETTINGS.items()),
        *(_template(name, path, Kept.LINES) for name, path in _LINES.items()),
        *(File(f"schemas/{name}", text.encode()) for name, text in sorted(schemas.texts().items())),
        *(_template(f"workflows/{name}.yml", f".github/workflows/{name}.yml", Kept.OURS) for name in WORKFLOWS),
        *_tool(),
        *_roles(wanted),
    ]


def places(wanted: Wanted) -> tuple[Place, ...]:
    """The environments that roles and workflows are for: those with an instance of their own."""
    if wanted.config:
        return tuple(place_of(each) for each in wanted.config.environments.values() if each.instance)
    if not wanted.instance:
        return ()
    region, account = wanted.instance.split(":")[3:5]
    return (Place(wanted.stack, "prod", wanted.instance, account, region),)


def _beginnings(wanted: Wanted) -> Iterator[File]:
    text = (TEMPLATES / FILE).read_text(encoding="utf-8")
    prod = _PROD.format(wanted.instance) if wanted.instance else _TO_FILL_IN
    yield File(FILE, f"{text.replace('STACK', json.dumps(wanted.stack))}{prod}".encode(), Kept.THEIRS)
    yield from (_template(name, path, Kept.THEIRS) for name, path in _BEGINNINGS.items())


def _template(name: str, path: str, kept: Kept) -> File:
    return File(path, (TEMPLATES / name).read_bytes(), kept)


def _tool() -> Iterator[File]:
    """pip resolves the wheel from the repository's root, where the workflows run it."""
    made = wheel()
    line = f"./{TOOL}/{made.name} --hash=sha256:{made.digest}\n"
    yield File(f"{TOOL}/{made.name}", made.content)
    yield File(f"{TOOL}/requirements.lock", line.encode() + LOCK.read_bytes())


def _roles(wanted: Wanted) -> Iterator[File]:
    for place in places(wanted):
        for part in (PLAN, APPLY):
            yield _json(f"iam/{place.name}/{part}-permissions.json", permissions(place, part))
            if wanted.repository:
                trusted = trust(place, part, wanted.repository, wanted.subject)
                yield replace(_json(f"iam/{place.name}/{part}-trust.json", trusted), kept=Kept.THEIRS)


def _json(path: str, value: Mapping[str, Any]) -> File:
    return File(path, f"{json.dumps(value, indent=2)}\n".encode())
