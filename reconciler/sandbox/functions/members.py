"""Members of a function's configuration that moto's functions do not have."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction


def logging_config(function: LambdaFunction) -> dict[str, Any]:
    """Returns LogFormat, LogGroup and ApplicationLogLevel, as far as they are set."""
    return dict(getattr(function, "logging_config", None) or {})


def dead_letter_arn(function: LambdaFunction) -> str:
    """Returns the queue or topic of events that were given up, or an empty text."""
    return str((getattr(function, "dead_letter_config", None) or {}).get("TargetArn") or "")


def keep_members(function: LambdaFunction, spec: dict[str, Any]) -> None:
    """Keeps the members of a request to create or to configure a function."""
    if spec.get("LoggingConfig") is not None:
        function.logging_config = spec["LoggingConfig"]  # type: ignore[attr-defined]
    if spec.get("DeadLetterConfig") is not None:
        function.dead_letter_config = spec["DeadLetterConfig"]  # type: ignore[attr-defined]
