"""Logs for machines: one JSON object a line, without personal data unless the settings allow it."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.shared.redaction import redacted


def to_stdout(line: str) -> None:
    """Writes a line at once: CloudWatch takes each line as an event."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Log:
    """A log. `fields` are part of every line, such as the id of the request."""

    fields: Mapping[str, Any]
    write: Callable[[str], None] = to_stdout
    is_debug: bool = False

    def debug(self, message: str, **fields: Any) -> None:
        if self.is_debug:
            self.line("DEBUG", message, fields)

    def line(
        self, level: str, message: str, fields: Mapping[str, Any], metrics: Mapping[str, Any] | None = None
    ) -> None:
        """Writes a line. `metrics` are members that CloudWatch reads (see `metrics`): numbers and constant names."""
        content = {"level": level, "message": message, **redacted({**self.fields, **fields})}
        self.write(json.dumps({**content, **(metrics or {})}, default=str))


def code_places(wrong: Exception) -> list[str]:
    """Returns the places in the code of an unforeseen error. Its message may repeat the event, so it is not logged."""
    return [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(wrong.__traceback__)]
