"""The errors of the product, as a tree. Each error has the exit code that the command's contract defines.

ReconcileError               1
├── UsageError              64   wrong flags, unknown environment
├── ManifestError            1   all mistakes of an author together
├── RefusedError             3   policy or freeze: nothing was written
├── StalePlanError           4   the plan differs from the reviewed plan: nothing was written
├── AmbiguousAddressError    1   two live resources have the same address
├── UnknownReferenceError    1   a name that is neither live nor created by this plan
├── ContentError             1   a file has other bytes than the plan: they were not sent
├── SecretError              1   a secret has no value, or none that AWS takes
├── UnreadableAnswerError    1   an AWS answer contradicts AWS's own model
├── UnreachableError         1   no credentials, no network, the wrong account
└── CallError                1   AWS refused a call, or its result is unknown
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple


class Source(NamedTuple):
    """A position in an author's file. Line and column count from 1; 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Returns one line. A line end in the file name is escaped: it could begin a command for a GitHub runner."""
        file = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in self.file)
        return ":".join([file, *(str(number) for number in (self.line, self.column) if number)])


class Alike(NamedTuple):
    """The common parts of similar mistakes in a file, so that a report lists many of them in one line.

    The line is "`subject`: 300 `many` (first: line 2 `value`); `remedy`".
    """

    many: str = ""
    subject: str = ""
    value: str = ""
    remedy: str = ""


class Mistake(NamedTuple):
    """One mistake of an author: what is wrong, where, and what to do."""

    source: Source
    message: str
    alike: Alike = Alike()

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


class ReconcileError(Exception):
    """The base of all errors. A message names the thing, the place and the remedy."""

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


class ContentError(ReconcileError): ...


class SecretError(ReconcileError): ...


class UnreadableAnswerError(ReconcileError): ...


class UnreachableError(ReconcileError): ...


class Fate(StrEnum):
    """The effect of a failed call at AWS."""

    NOT_DONE = "not done"  # throttled or never sent: the call may be repeated
    UNKNOWN = "unknown"  # the reply was lost, or the status is 5xx: read again before a repetition
    REFUSED = "refused"  # the service refused the call, and will refuse it again


class Meaning(StrEnum):
    """The meaning of a refusal, whatever the service calls it (`kinds/service.py` has the codes)."""

    OTHER = "other"
    GONE = "gone"  # it never existed, or it is deleted, or its creation has not spread yet
    TAKEN = "taken"  # the name belongs to another resource, perhaps by our own lost call
    IN_USE = "in use"  # another resource refers to it
    CONFLICT = "conflict"  # another writer or operation was faster: read again before a repetition
    STALE = "stale"  # the resource is no longer as it was read: the guard of the call must be read again
    NOT_YET = "not yet"  # AWS does not know yet what was just written, such as a new role
    LATER = "later"  # AWS refuses the same call for some time, whatever the caller does, such as after a deletion
    UNFOUND = "unfound"  # a parameter names what AWS does not find: perhaps a new resource, perhaps a wrong id
    DENIED = "denied"  # the role lacks the action
    THROTTLED = "throttled"  # refused before it had any effect
    QUOTA = "quota"  # a quota is full, also with status 429
    INVALID = "invalid"  # a parameter is wrong


# Meanings that every other call of the operation on the same resource will have too.
LASTING = frozenset({Meaning.QUOTA, Meaning.DENIED})


class CallError(ReconcileError):
    """One failed call. `code` is AWS's error code, or the name of a network error. Callers ask for its `meaning`."""

    def __init__(
        self,
        operation: str,
        code: str,
        message: str,
        *,
        fate: Fate,
        meaning: Meaning = Meaning.OTHER,
        request_id: str = "",
    ) -> None:
        super().__init__(f"{operation}: {code}: {message}" + (f" (request {request_id})" if request_id else ""))
        self.operation, self.code, self.message = operation, code, message
        self.fate, self.meaning, self.request_id = fate, meaning, request_id

    @property
    def is_gone(self) -> bool:
        return self.meaning is Meaning.GONE

    @property
    def is_denied(self) -> bool:
        return self.meaning is Meaning.DENIED
