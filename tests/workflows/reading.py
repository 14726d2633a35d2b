"""The workflow files as GitHub reads them: `on` is a word and no truth value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "reconciler" / "init" / "templates" / "workflows"
HERE = ROOT / ".github" / "workflows"
WORKFLOWS = (*sorted(HERE.glob("*.yml")), *sorted(TEMPLATES.glob("*.yml")))
Json = dict[str, Any]


class Loader(yaml.SafeLoader):
    """YAML 1.2's truth values."""


Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Json:
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader))  # noqa: S506 - a safe loader's child


def jobs() -> Iterator[tuple[Path, str, Json]]:
    for path in WORKFLOWS:
        yield from ((path, name, job) for name, job in read(path)["jobs"].items())


def steps() -> Iterator[tuple[Path, str, Json]]:
    for path, name, job in jobs():
        yield from ((path, name, step) for step in job["steps"])


def named(path: Path, *more: str) -> str:
    """How a test names a file."""
    return " ".join([("here" if path.parent == HERE else "init") + f" {path.stem}", *more])
