"""Commands and flags as messages print them: quoted, so that a reader can paste them into a POSIX shell."""

from __future__ import annotations

import shlex


def command(*words: object, environment: str = "", folder: object = None) -> str:
    """Returns `reconcile -C DIR -e ENV WORD …`. Give the environment if the command reads or writes one."""
    places = ("-C", folder) if folder else ()
    chosen = ("-e", environment) if environment else ()
    return shlex.join(map(str, ["reconcile", *places, *chosen, *words]))


def flag(name: str, value: object) -> str:
    """Returns `--name VALUE`, to add to a command that the reader already has."""
    return f"{name} {shlex.quote(str(value))}"
