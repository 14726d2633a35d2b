"""What a check says: a result, a sentence, a remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from reconciler.errors import CallError, ReconcileError, UnreachableError
from reconciler.report.visible import shortened

DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
_LONGEST = 160  # characters
_MARKS = re.compile(r"<[!/a-z][^>]*>|\\n")


class Result(StrEnum):
    OK = "ok"
    FAILED = "failed"
    WARNING = "warning"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """`remedy` is empty where there is nothing to do; `details` tell single things of a check that is about many."""

    name: str
    result: Result
    message: str
    remedy: str = ""
    details: tuple[str, ...] = ()


def is_denied(wrong: ReconcileError) -> bool:
    return isinstance(wrong, CallError) and wrong.code in DENIED


def said(wrong: ReconcileError) -> str:
    """The service's own words, without the marks and the length of a page of HTML."""
    return shortened(" ".join(_MARKS.sub(" ", str(wrong)).split()), _LONGEST)


def unknown(name: str, wrong: ReconcileError, action: str) -> Check:
    """Nobody can tell: the caller may not ask, or there was no answer that tells."""
    remedy = f"allow {action}, which only asks, to have it checked" if is_denied(wrong) else ""
    return Check(name, Result.UNKNOWN, f"not known: {said(wrong)}", remedy)


def unanswered(name: str, wrong: ReconcileError, action: str, remedy: str) -> Check:
    """Failed where the service refused or cannot be reached, unknown where it may be asked again, or by others."""
    if isinstance(wrong, UnreachableError):
        return Check(name, Result.FAILED, said(wrong), "sign in, check the network and AWS_ENDPOINT_URL")
    if isinstance(wrong, CallError) and wrong.code in REFUSALS:
        return Check(name, Result.FAILED, said(wrong), remedy)
    return unknown(name, wrong, action)


REFUSALS = frozenset({"InvalidParameterException", "InvalidRequestException", "ResourceNotFoundException"})
