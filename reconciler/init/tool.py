"""This tool as `init` commits it: a wheel, and a lock that names the wheel and all it needs by hash."""

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
    """pip resolves the wheel from the repository's root, where the workflows run it."""
    made = _built()
    line = f"./{TOOL}/{made.name} --hash=sha256:{made.digest}\n"
    yield InitFile(f"{TOOL}/{made.name}", made.content)
    yield InitFile(f"{TOOL}/requirements.lock", line.encode() + LOCK.read_bytes())


def other_wheels(folder: Path) -> list[InitFile]:
    """Returns the wheels of other versions, as files that must not be there any more."""
    mine = _built().name
    return [InitFile(f"{TOOL}/{name}", None) for name in _wheels(folder) if name != mine]


def versions(folder: Path) -> str:
    """Returns how the tool in a repository differs from this one, to begin an error with; empty if it does not."""
    made = _built()
    there = _wheels(folder)
    if others := [version for name, version in there.items() if name != made.name]:
        return f"{TOOL} holds reconcile {', '.join(others)}, and this is reconcile {made.version}; "
    if made.name in there and (folder / TOOL / made.name).read_bytes() != made.content:
        return f"{TOOL} holds another build of reconcile {made.version}; "
    return ""


@cache
def _built() -> Wheel:
    return wheel()


def _wheels(folder: Path) -> dict[str, str]:
    """Returns the versions of the wheels that are there, by the names of their files."""
    found = {}
    for path in sorted((folder / TOOL).glob("*.whl")):
        if match := _WHEEL.fullmatch(path.name):
            found[path.name] = match["version"]
    return found
