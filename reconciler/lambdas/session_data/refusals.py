"""Why an event could not be answered as asked: a code to branch on, and words for people that hold no values."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    BAD_EVENT = "BAD_EVENT"  # not what a contact flow sends
    CONFIG_MISSING = "CONFIG_MISSING"  # neither the event nor the environment says which instance or assistant
    CONFIG_INVALID = "CONFIG_INVALID"  # an environment variable means nothing
    NOT_ALLOWED = "NOT_ALLOWED"  # an instance or assistant that is not on the list
    ASSISTANT_MISMATCH = "ASSISTANT_MISMATCH"  # the contact's session belongs to another assistant
    SESSION_NOT_FOUND = "SESSION_NOT_FOUND"  # the contact has none, or not yet
    AWS_ERROR = "AWS_ERROR"  # AWS said no, or nothing; awsErrorCode says which
    TIMEOUT = "TIMEOUT"  # the time that a flow waits was used up before AWS was asked
    INTERNAL = "INTERNAL"  # a mistake of this function


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    def __init__(self, code: Code, message: str, *, aws_code: str = "", request_id: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.aws_code, self.request_id = code, message, aws_code, request_id


class SessionDataFailed(Exception):  # noqa: N818 - the name is what operators read in the console
    """Raised instead of answered with FAIL_MODE=raise."""
