"""Writes what a step reports to its runner: annotations on stdout, outputs and a summary in files.

Source: docs.github.com/actions, "Workflow commands"; the escapes are those of the toolkit (`command.ts`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from reconciler.errors import Source, UsageError

SUMMARY, OUTPUT = "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"
SUMMARY_LIMIT = 1_024 * 1_024  # bytes per step; GitHub does not show a larger summary
_PLACES = {"file": "file", "line": "line", "column": "col"}


@dataclass(frozen=True)
class Annotation:
    """A message beside a line of a file. `level` is "error", "warning" or "notice"."""

    level: str
    message: str
    source: Source | None = None
    title: str = ""

    def line(self, folder: PurePath) -> str:
        """Returns the workflow command.

        `folder` is the folder of the source's file, relative to the repository's root.
        """
        source = {} if self.source is None else self.source._asdict() | {"file": (folder / self.source.file).as_posix()}
        properties = {_PLACES[key]: str(value) for key, value in source.items() if value}
        properties |= {"title": self.title} if self.title else {}
        text = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        return f"::{self.level}{' ' if text else ''}{text}::{_escaped(self.message)}"


def lines_of(annotations: Iterable[Annotation], folder: PurePath) -> str:
    return "".join(f"{annotation.line(folder)}\n" for annotation in annotations)


def folder_in(workspace: str, root: Path) -> PurePath:
    """Returns a folder relative to the repository's root, because GitHub names files from there."""
    top = Path(workspace).resolve()
    inside = workspace and root.resolve().is_relative_to(top)
    return root.resolve().relative_to(top) if inside else PurePath()


def write_outputs(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Writes outputs for later steps and jobs. Without the runner's file, nothing is written."""
    if path := environ.get(OUTPUT):
        _append(Path(path), "".join(_output(name, value) for name, value in values.items()))


def room_for_summary(environ: Mapping[str, str]) -> int:
    """Returns how many bytes the step's summary can still have, at least one.

    Raises `UsageError` outside of a step.
    """
    path = Path(_summary_path(environ))
    return max(1, SUMMARY_LIMIT - (path.stat().st_size if path.exists() else 0))


def write_summary(environ: Mapping[str, str], markdown: str) -> None:
    _append(Path(_summary_path(environ)), markdown)


def bytes_of(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _summary_path(environ: Mapping[str, str]) -> str:
    if not (path := environ.get(SUMMARY)):
        raise UsageError(f"{SUMMARY} does not name a file; run this in a workflow's step, or set it")
    return path


def _output(name: str, value: str) -> str:
    """Returns the value as a block, so that it may have several lines. The random end mark cannot be guessed."""
    end = f"end_{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(text)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
