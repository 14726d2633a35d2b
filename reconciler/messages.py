"""Numbers with their nouns, and commands that a reader can paste into a POSIX shell, for all messages."""

from __future__ import annotations

import shlex


def counted(count: int, noun: str) -> str:
    """Returns the number and its noun: `1 row`, `1,124 rows`."""
    return f"{count:,} {plural(count, noun)}"


def plural(count: int, one: str, many: str = "") -> str:
    """Returns the form that follows the number. `many` is only needed if it is not `one` with an s."""
    return one if count == 1 else many or f"{one}s"


def duration(seconds: int) -> str:
    """Returns a duration in its two largest units: `45 s`, `2 h 5 min`, `3 d`."""
    parts: list[str] = []
    left = seconds
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if left >= size or (unit == "s" and not parts):
            parts.append(f"{left // size:,} {unit}")
            left %= size
    return " ".join(parts[:2])


def command(*words: object, environment: str = "", folder: object = None) -> str:
    """Returns `reconcile -C DIR -e ENV WORD …`. Give the environment if the command reads or writes one."""
    places = ("-C", folder) if folder else ()
    chosen = ("-e", environment) if environment else ()
    return shlex.join(map(str, ["reconcile", *places, *chosen, *words]))


def flag(name: str, value: object) -> str:
    """Returns `--name VALUE`, to add to a command that the reader already has."""
    return f"{name} {shlex.quote(str(value))}"
