"""Knows what a terminal can show, and writes to stdout."""

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
    """Makes stdout escape characters that the terminal's encoding lacks, instead of failing."""
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
    """Returns whether the stream is a terminal with colours and a cursor. A closed stream is not."""
    if stream is None or not stream.isatty():
        return False
    return os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def width() -> int:
    return shutil.get_terminal_size().columns if is_screen(sys.stdout) else 0


class UnwritableError(ReconcileError):
    """The output is lost, because stdout cannot be written."""

    def __init__(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"stdout cannot be written: {reason}; send it to a place with free space, or to {os.devnull}")


def say(text: str) -> None:
    """Writes to stdout. If the reader has closed the pipe (`| head`), the run continues.

    Raises `UnwritableError` for any other failure.
    """
    try:
        click.echo(text, nl=not text.endswith("\n"), color=True)
    except BrokenPipeError:
        leave_unread(sys.stdout)
    except OSError as error:
        leave_unread(sys.stdout)
        raise UnwritableError(error) from error


def leave_unread(stream: IO[Any]) -> None:
    """Discards all further output. Python would otherwise fail when it flushes the stream at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def report(text: str) -> None:
    """Writes text with names and values to stdout. Escapes keep a GitHub runner from executing a line of it."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return say(text)
    token = secrets.token_hex(16)
    ending = "" if text.endswith("\n") else "\n"
    return say(f"::stop-commands::{token}\n{text}{ending}::{token}::\n")


def write_file(path: Path, text: str) -> None:
    """Writes the file completely or not at all. Missing folders are created."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def path_from_here(path: Path) -> str:
    """Returns a path relative to the current folder if it is below it, otherwise an absolute path."""
    resolved, here = path.resolve(), Path.cwd().resolve()
    return str(resolved.relative_to(here) if resolved.is_relative_to(here) else resolved)


def printable(text: str) -> str:
    """Returns lines from elsewhere without characters that move a cursor or form a GitHub command.

    Sources of the command's two forms: actions/runner, `ActionCommand.cs` (`::` after spaces, `##[` anywhere).
    """
    safe = "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text
    )
    return _COMMAND.sub(r"\1\\x3a:", safe).replace("##[", "## [")
