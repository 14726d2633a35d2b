"""Keeps the state of a sandbox in a folder, and begins a sandbox with it: `reconcile sandbox --stop --keep`.

The folder holds `state`, and beside it what a `Part` writes, such as the files of a database. The state is only for the
release that wrote it: objects of moto and of the sandbox are written as they are. It holds secrets, so only its owner
can read it. `stop` calls `keep`, and the next start calls `resume`, which deletes the folder.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Protocol

from reconciler.private_files import make_folder, open_file, refuse_links_in
from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.keeping import pickling, waiting
from reconciler.sandbox.redshift.kept import Databases
from reconciler.sandbox.world import world

STATE = "state"
MOST_HEADER = 4096  # bytes
REMEDY = "begin with an empty sandbox: reconcile sandbox --reset"


class NotKept(RuntimeError):  # noqa: N818 - the name says what happened
    """Something still runs that cannot be kept. The message names it and the remedy."""


class Part(Protocol):
    """State outside this process. Both methods get a folder of the part's own."""

    def keep(self, folder: Path) -> None: ...

    def resume(self, folder: Path) -> None: ...


PARTS: dict[str, Part] = {"redshift": Databases()}  # by the name of its folder


def keep(folder: Path) -> None:
    """Writes the state. Raises `NotKept`. The caller sees to it that nothing else calls meanwhile."""
    if why := waiting.reason_not_to_keep():
        raise NotKept(why)
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    make_folder(draft)
    with world.lock:
        content = pickling.dump({"world": world.kept(), "events": waiting.events()})
    with open_file(draft / STATE, "wb") as stream:
        stream.write(json.dumps(_release()).encode() + b"\n")
        stream.write(content)
    for name, part in PARTS.items():
        make_folder(draft / name)
        part.keep(draft / name)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def resume(folder: Path) -> bool:
    """Begins with the state of the folder, and deletes it. Returns False if there is none. Raises `WrongSetting`."""
    if not (folder / STATE).exists():
        return False
    refuse_links_in(folder)
    with _opened(folder / STATE) as stream:
        _check_release(folder, stream.readline(MOST_HEADER))
        try:
            state = pickling.load(stream)
        except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, KeyError) as wrong:
            raise WrongSetting(f"{folder}: the kept state is damaged: {wrong}; {REMEDY}") from wrong
    world.resume(state["world"])
    waiting.resume(state["events"])
    for name, part in PARTS.items():
        if (folder / name).is_dir():
            part.resume(folder / name)
    shutil.rmtree(folder)
    return True


def _release() -> dict[str, str]:
    names = ("reconcile-connect", "moto")
    return {name: _version(name) for name in names} | {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _check_release(folder: Path, line: bytes) -> None:
    try:
        written = json.loads(line)
    except ValueError as wrong:
        raise WrongSetting(f"{folder}: the kept state is damaged; {REMEDY}") from wrong
    if written != _release():
        other = ", ".join(f"{name} {number}" for name, number in dict(written).items())
        own = ", ".join(f"{name} {number}" for name, number in _release().items())
        raise WrongSetting(
            f"{folder}: the state was kept by {other}, and this is {own}; start that release, or {REMEDY}"
        )


def _opened(path: Path) -> IO[bytes]:
    """Opens a file that its owner alone may read. git stores no such mode, so a foreign branch can hardly bring one."""
    stream = path.open("rb")
    status = os.fstat(stream.fileno())
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        stream.close()
        raise WrongSetting(f"{path}: others may have written it, so it is not read; delete {path.parent}")
    return stream
