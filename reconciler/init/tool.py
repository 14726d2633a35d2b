"""Provides this tool for `init`: a wheel, and a lock file with its hash and those of all requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from reconciler.init.files import InitFile
from reconciler.init.wheel import Wheel, wheel

TOOL = ".reconcile-tool"
LOCK = Path(__file__).parent / "requirements.lock"
_WHEEL = re.compile(r"reconcile_connect-(?P<version>[^-]+)-py3-none-any\.whl")


def tool_files() -> Iterator[InitFile]:
    """Yields the wheel and its lock file. Paths are relative to the repository's root, where the workflows run pip."""
    built = _built()
    line = f"./{TOOL}/{built.name} --hash=sha256:{built.digest}\n"
    yield InitFile(f"{TOOL}/{built.name}", built.content)
    yield InitFile(f"{TOOL}/requirements.lock", line.encode() + LOCK.read_bytes())


def other_wheels(folder: Path) -> list[InitFile]:
    """Returns the wheels of other versions, as files to delete."""
    mine = _built().name
    return [InitFile(f"{TOOL}/{name}", None) for name in _wheels(folder) if name != mine]


def versions(folder: Path) -> str:
    """Returns how the tool in a repository differs from this one, as the start of an error; empty if it does not."""
    built = _built()
    there = _wheels(folder)
    if others := [version for name, version in there.items() if name != built.name]:
        return f"{TOOL} has reconcile {', '.join(others)}, but this is reconcile {built.version}; "
    if built.name in there and (folder / TOOL / built.name).read_bytes() != built.content:
        return f"{TOOL} has another build of reconcile {built.version}; "
    return ""


@cache
def _built() -> Wheel:
    return wheel()


def _wheels(folder: Path) -> dict[str, str]:
    """Returns the versions of the wheels in a folder, by file name."""
    versions = {}
    for path in sorted((folder / TOOL).glob("*.whl")):
        if match := _WHEEL.fullmatch(path.name):
            versions[path.name] = match["version"]
    return versions
