"""What a step tells the runner that runs it: annotations on its stdout, outputs and a summary in the files it names.

Source: docs.github.com/actions, "Workflow commands"; the escapes are those of the toolkit (`command.ts`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from reconciler.errors import Source, UsageError

SUMMARY, OUTPUT = "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"
SUMMARY_LIMIT = 1_024 * 1_024  # bytes a step; of a larger one nothing is shown
_PLACES = {"file": "file", "line": "line", "column": "col"}


@dataclass(frozen=True)
class Annotation:
    """`level`: "error", "warning" or "notice"."""

    level: str
    message: str
    source: Source | None = None
    title: str = ""

    def line(self, folder: PurePath) -> str:
        """The workflow command. `folder`: that of the source's file, from the repository's root on."""
        source = {} if self.source is None else self.source._asdict() | {"file": (folder / self.source.file).as_posix()}
        told = {_PLACES[key]: str(value) for key, value in source.items() if value}
        told |= {"title": self.title} if self.title else {}
        properties = ",".join(f"{key}={_property(value)}" for key, value in told.items())
        return f"::{self.level}{' ' if properties else ''}{properties}::{_escaped(self.message)}"


def lines_of(annotations: Iterable[Annotation], folder: PurePath) -> str:
    return "".join(f"{each.line(folder)}\n" for each in annotations)


def folder_in(workspace: str, root: Path) -> PurePath:
    """Where a folder is in the repository; GitHub names files from its root on."""
    top = Path(workspace).resolve()
    inside = workspace and root.resolve().is_relative_to(top)
    return root.resolve().relative_to(top) if inside else PurePath()


def write_outputs(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """For the steps and jobs that follow. Where the runner names no file there is nobody to tell."""
    if path := environ.get(OUTPUT):
        _append(Path(path), "".join(_output(name, value) for name, value in values.items()))


def room_for_summary(environ: Mapping[str, str]) -> int:
    """Bytes that the step's summary can still take, at least one. Raises `UsageError` where there is no step."""
    path = Path(_summary_path(environ))
    return max(1, SUMMARY_LIMIT - (path.stat().st_size if path.exists() else 0))


def write_summary(environ: Mapping[str, str], markdown: str) -> None:
    _append(Path(_summary_path(environ)), markdown)


def bytes_of(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _summary_path(environ: Mapping[str, str]) -> str:
    if not (path := environ.get(SUMMARY)):
        raise UsageError(f"{SUMMARY} names no file: run this in a workflow's step, or set it")
    return path


def _output(name: str, value: str) -> str:
    """As a block, so that a value may have lines; nobody can know how it ends before it is written."""
    end = f"end_{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(text)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
