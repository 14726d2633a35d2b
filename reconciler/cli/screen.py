"""What a terminal can show, and what is written to stdout."""

from __future__ import annotations

import io
import os
import re
import secrets
import shutil
import sys
from pathlib import Path
from typing import IO, Any

import click

from reconciler.errors import ReconcileError

_COMMAND = re.compile(r"^([^\S\n]*)::", re.MULTILINE)


def write_whatever_comes() -> None:
    """A character that the terminal's encoding lacks is shown as an escape, never the end of a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def has_colour(stream: IO[Any] | None) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_screen(stream)


def is_screen(stream: IO[Any] | None) -> bool:
    """Whether somebody looks at it who can be shown colours and a moving bar. A closed stream is none at all."""
    if stream is None or not stream.isatty():
        return False
    return os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def width() -> int:
    return shutil.get_terminal_size().columns if is_screen(sys.stdout) else 0


class UnwritableError(ReconcileError):
    """What was to be told is lost: stdout takes nothing."""

    def __init__(self, wrong: OSError) -> None:
        reason = wrong.strerror or str(wrong)
        super().__init__(f"stdout cannot be written: {reason}; send it to where there is room, or to {os.devnull}")


def say(text: str) -> None:
    """To stdout. A reader who has gone away (`| head`) has read enough: the run goes on. Raises `UnwritableError`."""
    try:
        click.echo(text, nl=not text.endswith("\n"), color=True)
    except BrokenPipeError:
        leave_unread(sys.stdout)
    except OSError as wrong:
        leave_unread(sys.stdout)
        raise UnwritableError(wrong) from wrong


def leave_unread(stream: IO[Any]) -> None:
    """What is still to come goes nowhere; Python would fail at its end, trying to write what is left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def report(text: str) -> None:
    """Text that holds names and values of others, to stdout; a GitHub runner is told not to obey any line of it."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return say(text)
    token = secrets.token_hex(16)
    ending = "" if text.endswith("\n") else "\n"
    return say(f"::stop-commands::{token}\n{text}{ending}::{token}::\n")


def write_file(path: Path, text: str) -> None:
    """The whole text or nothing of it; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def path_from_here(path: Path) -> str:
    """Relative below the current folder, absolute elsewhere."""
    resolved, here = path.resolve(), Path.cwd().resolve()
    return str(resolved.relative_to(here) if resolved.is_relative_to(here) else resolved)


def printable(text: str) -> str:
    """Lines of others, without what could move a cursor or command a GitHub runner.

    Sources of the two forms of a command: actions/runner, `ActionCommand.cs` (`::` after spaces, `##[` anywhere).
    """
    shown = "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text
    )
    return _COMMAND.sub(r"\1\\x3a:", shown).replace("##[", "## [")
