"""What can go wrong, as a tree; each error knows the exit code that the command's contract gives it.

ReconcileError               1
├── UsageError              64   wrong flags, unknown environment
├── ManifestError            1   everything an author got wrong, at once
├── RefusedError             3   policy or freeze: nothing was written
├── StalePlanError           4   not what was reviewed: nothing was written
├── AmbiguousAddressError    1   two live resources bear one address
├── UnknownReferenceError    1   a name that is neither live nor made by this plan
├── UnreadableAnswerError    1   AWS answers what its own model does not allow
├── UnreachableError         1   no credentials, no network, the wrong account
└── CallError                1   AWS refused a call, or nobody knows whether it was made
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple


class Source(NamedTuple):
    """Where an author wrote a thing; line and column count from 1, 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """One line, whatever the name of the file: a line end in it could begin a command for a GitHub runner."""
        file = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in self.file)
        return ":".join([file, *(str(number) for number in (self.line, self.column) if number)])


class Alike(NamedTuple):
    """What one mistake has in common with others of its file, so that a report can tell many of them in one line:
    «`subject`: 300 `many` (first: line 2 `value`); `remedy`»."""

    many: str = ""
    subject: str = ""
    value: str = ""
    remedy: str = ""


class Mistake(NamedTuple):
    """One thing an author got wrong: what, where, and what to do about it."""

    source: Source
    message: str
    alike: Alike = Alike()

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


class ReconcileError(Exception):
    """Each names the thing, the place and the remedy."""

    exit_code: ClassVar[int] = 1


class UsageError(ReconcileError):
    exit_code = 64


class ManifestError(ReconcileError):
    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class RefusedError(ReconcileError):
    exit_code = 3


class StalePlanError(ReconcileError):
    exit_code = 4


class AmbiguousAddressError(ReconcileError): ...


class UnknownReferenceError(ReconcileError): ...


class UnreadableAnswerError(ReconcileError): ...


class UnreachableError(ReconcileError): ...


class Fate(StrEnum):
    """What became of a call that failed."""

    NOT_DONE = "not done"  # throttled, or never sent: it may be repeated as it is
    UNKNOWN = "unknown"  # the reply was lost, or a 5xx: look before you repeat
    REFUSED = "refused"  # the service said no, and will say it again


# The service will refuse every other call of the operation on the same resource too: a quota is full (also where the
# status is 429), or the role lacks the action.
LASTING = frozenset(
    {"ServiceQuotaExceededException", "LimitExceededException", "AccessDenied", "AccessDeniedException"}
)


class CallError(ReconcileError):
    """One call that AWS did not answer with success; `code` is AWS's own error code, or the name of a network error."""

    def __init__(self, operation: str, code: str, message: str, *, fate: Fate, request_id: str = "") -> None:
        super().__init__(f"{operation}: {code}: {message}" + (f" (request {request_id})" if request_id else ""))
        self.operation, self.code, self.message, self.fate, self.request_id = operation, code, message, fate, request_id
