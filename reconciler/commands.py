"""Commands and flags as messages print them: quoted, so that a reader can paste them into a POSIX shell."""

from __future__ import annotations

import shlex


def command(*words: object, environment: str = "", folder: object = None) -> str:
    """`reconcile -C DIR -e ENV WORD …`. Pass the environment wherever the command reads or writes one."""
    places = ("-C", folder) if folder else ()
    chosen = ("-e", environment) if environment else ()
    return shlex.join(map(str, ["reconcile", *places, *chosen, *words]))


def flag(name: str, value: object) -> str:
    """`--name VALUE`, as part of a command that the reader has already."""
    return f"{name} {shlex.quote(str(value))}"
