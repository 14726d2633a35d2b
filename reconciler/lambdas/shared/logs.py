"""Logs for machines: one JSON object a line, with nothing of anybody's in it that was not let through."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.shared.redaction import redacted


def to_stdout(line: str) -> None:
    """CloudWatch takes each line as an event; one write keeps it whole."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Log:
    """`said` is what every line of it says, as the request it belongs to."""

    said: Mapping[str, Any]
    write: Callable[[str], None] = to_stdout
    is_debug: bool = False

    def debug(self, message: str, **fields: Any) -> None:
        if self.is_debug:
            self.line("DEBUG", message, fields)

    def line(
        self, level: str, message: str, fields: Mapping[str, Any], metrics: Mapping[str, Any] | None = None
    ) -> None:
        """`metrics` are members that CloudWatch reads (see `metrics`); they are numbers and names of ours."""
        told = {"level": level, "message": message, **redacted({**self.said, **fields})}
        self.write(json.dumps({**told, **(metrics or {})}, default=str))
