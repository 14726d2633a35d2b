"""The rules of functions that a schema cannot express."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.wording import quoted
from reconciler.model import Problem

LARGEST = 4096  # bytes of all variables together (Lambda quotas, "Environment variables")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
# Lambda developer guide, "Reserved environment variables". Others that it sets may be overridden.
RESERVED = frozenset(
    {
        *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
    }
)
_LIKE_A_SECRET = re.compile(r"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)$", re.IGNORECASE)


def function_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields the mistakes of one function. Skips wrong shapes."""
    yield from _of_environment(declared.get("environment"))
    logging = declared.get("loggingConfig")
    if isinstance(logging, Mapping) and logging.get("logFormat") == "Text":
        for key in ("applicationLogLevel", "systemLogLevel"):
            if logging.get(key):
                yield Problem(
                    "error", ("loggingConfig", key), f"{key} needs logFormat: JSON; write that, or delete {key}"
                )


def _of_environment(variables: Any) -> Iterator[Problem]:
    if not isinstance(variables, Mapping):
        return
    size = 0
    for name, value in variables.items():
        text = value if isinstance(value, str) else ""
        size += len(str(name).encode()) + len(text.encode())
        path = ("environment", str(name))
        if not _NAME.fullmatch(str(name)):
            message = "is not a name of a variable: it begins with a letter, and has letters, digits and _"
            yield Problem("error", path, f"{quoted(str(name))} {message}")
        elif name in RESERVED:
            yield Problem("error", path, f"AWS sets {name} itself; choose another name")
        elif text and _LIKE_A_SECRET.search(str(name)):
            message = f"{name} looks like a secret, and plans show its value; put it into a Secret, and its name here"
            yield Problem("warning", path, message)
    if size > LARGEST:
        message = (
            f"the variables have {size} bytes together; AWS allows {LARGEST}; shorten them, or store them elsewhere"
        )
        yield Problem("error", ("environment",), message)
