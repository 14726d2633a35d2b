"""What the global flags say, as values."""

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
    """What the global flags say; of a flag that is given twice the later one holds."""

    folder: Path | None = None
    environment: str = ""
    verbosity: Verbosity = Verbosity.NORMAL
    log_format: str = "text"
    dry_run: bool = False
    auto_approve: bool = False


NOTED = "reconciler.cli.flags."  # what a click context keeps global flags under


def noted(meta: Mapping[str, Any]) -> Flags:
    """What a command line has said so far."""
    return Flags(**{key.removeprefix(NOTED): value for key, value in meta.items() if key.startswith(NOTED)})
