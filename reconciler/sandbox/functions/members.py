"""Members of a function's configuration that moto's functions do not have."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

from reconciler.sandbox.functions.store import function_stores


def logging_config(function: LambdaFunction) -> dict[str, Any]:
    """Returns LogFormat, LogGroup and ApplicationLogLevel, as far as they are set."""
    return dict(_members(function).get("LoggingConfig") or {})


def dead_letter_arn(function: LambdaFunction) -> str:
    """Returns the queue or topic of events that were given up, or an empty text."""
    return str((_members(function).get("DeadLetterConfig") or {}).get("TargetArn") or "")


def _members(function: LambdaFunction) -> dict[str, Any]:
    facts = function_stores[function.account_id][function.region].functions.get(function.function_name)
    return facts.members if facts else {}
