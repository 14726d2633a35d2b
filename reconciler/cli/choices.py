"""Holds the values of the global flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any


class Verbosity(IntEnum):
    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


@dataclass(frozen=True)
class Flags:
    """The values of the global flags. If a flag is given twice, the later value counts."""

    folder: Path | None = None
    environment: str = ""
    verbosity: Verbosity = Verbosity.NORMAL
    log_format: str = "text"
    dry_run: bool = False
    auto_approve: bool = False


NOTED = "reconciler.cli.flags."  # the key of the global flags in a click context


def noted(meta: Mapping[str, Any]) -> Flags:
    """Returns the global flags that the command line has set so far."""
    return Flags(**{key.removeprefix(NOTED): value for key, value in meta.items() if key.startswith(NOTED)})
