"""Why a row has another result than the user that it asks for, and why a whole batch fails.

No text has a password, or words of AWS's errors.

Refused      the rules, the instance or AWS do not allow what the row asks for; another try would not help
GivenUp      AWS does not carry out a call, and another try would not help either
TryAgain     a later try may help: AWS throttles, fails, or did not answer
WrongEvent   the event is not one of the stream of a roster table
BatchFailed  a defect of the function
"""

from __future__ import annotations

from reconciler.lambdas.agents.headers import EMAIL, PASSWORD
from reconciler.lambdas.shared.calls import CallFailed

QUOTA = frozenset({"LimitExceededException", "ServiceQuotaExceededException"})
DENIED = frozenset({"AccessDeniedException", "AccessDenied"})
INVALID = frozenset({"InvalidRequestException", "InvalidParameterException", "ParamValidationError"})
MISSING = "ResourceNotFoundException"
TAKEN = "DuplicateResourceException"
# The column that AWS most likely means, by the operation that refuses a value.
_COLUMNS = {"UpdateUserIdentityInfo": EMAIL.name}
_COUNTED = {"CreateUser": "users", "CreateUserHierarchyGroup": "hierarchy groups"}


class Refused(Exception):  # noqa: N818 - the name says what happened
    """`column` is empty if the whole row is meant."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


class GivenUp(Refused):
    """The row is well, and AWS does not carry it out."""


class TryAgain(Exception):  # noqa: N818
    """`reason` is what to show while the row waits."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WrongEvent(Exception):  # noqa: N818
    pass


class BatchFailed(Exception):  # noqa: N818
    pass


def of_call(failed: CallFailed, *, has_password: bool = True) -> Refused | TryAgain:
    """Returns what a failed call means for its row. `has_password`: a create had one to send."""
    operation = failed.operation.rpartition(":")[2]
    if failed.is_transient or failed.code == MISSING:
        # A name that was looked up before may be another resource's by now.
        return TryAgain(f"AWS did not carry out {operation} ({failed.code})")
    if failed.code in QUOTA:
        many = _COUNTED.get(operation, "resources")
        remedy = "ask AWS for a higher quota, then upload the row again"
        return GivenUp(
            "", f"the instance has as many {many} as its quota allows ({operation}: {failed.code}); {remedy}"
        )
    if failed.code in DENIED:
        return GivenUp("", f"the function's role may not call {operation}; the plan of the pipeline shows the change")
    if failed.code in INVALID and operation == "GetSecretValue":
        fault = f"the secret with the password cannot be read, perhaps because it is being deleted ({failed.code})"
        return GivenUp(PASSWORD.name, f"{fault}; upload the row again, with its password")
    if failed.code in INVALID and operation == "CreateUser" and not has_password:
        reason = "users of this instance sign in with a password, and the row has none; fill the cell"
        return Refused(PASSWORD.name, reason)
    if failed.code in INVALID:
        column = _COLUMNS.get(operation, "")
        return Refused(column, f"Amazon Connect refuses a value of this row ({operation}: {failed.code}); correct it")
    return GivenUp("", f"AWS refuses {operation} with {failed.code}")
