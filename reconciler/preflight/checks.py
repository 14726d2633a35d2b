"""A check: its result, a message and a remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from reconciler.errors import GONE, CallError, ReconcileError, UnreachableError
from reconciler.report.visible import shortened

DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
_LONGEST = 160  # characters
_MARKS = re.compile(r"<[!/a-z][^>]*>|\\n")


class CheckResult(StrEnum):
    OK = "ok"
    FAILED = "failed"
    WARNING = "warning"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One check. `remedy` is empty if there is nothing to do. `details` list single items of a check about many."""

    name: str
    result: CheckResult
    message: str
    remedy: str = ""
    details: tuple[str, ...] = ()


def is_denied(wrong: ReconcileError) -> bool:
    return isinstance(wrong, CallError) and wrong.code in DENIED


def error_text(wrong: ReconcileError) -> str:
    """Returns the error's message in one line without HTML tags, cut after 160 characters."""
    return shortened(" ".join(_MARKS.sub(" ", str(wrong)).split()), _LONGEST)


def unknown(name: str, wrong: ReconcileError, action: str) -> Check:
    """Returns a check without a result: the caller may not read it, or AWS's answer does not help."""
    remedy = f"allow {action}, which only reads, to have it checked" if is_denied(wrong) else ""
    return Check(name, CheckResult.UNKNOWN, f"not known: {error_text(wrong)}", remedy)


def failed_or_unknown(name: str, wrong: ReconcileError, action: str, remedy: str) -> Check:
    """Returns FAILED if the service refuses or is unreachable, and UNKNOWN if a retry or another caller may succeed."""
    if isinstance(wrong, UnreachableError):
        return Check(name, CheckResult.FAILED, error_text(wrong), "sign in, check the network and AWS_ENDPOINT_URL")
    if isinstance(wrong, CallError) and wrong.code in REFUSALS:
        return Check(name, CheckResult.FAILED, error_text(wrong), remedy)
    return unknown(name, wrong, action)


REFUSALS = frozenset({"InvalidParameterException", "InvalidRequestException", GONE})
