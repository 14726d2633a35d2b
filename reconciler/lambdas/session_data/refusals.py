"""The reasons to refuse an event: a code to branch on, and a text for people without values."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    BAD_EVENT = "BAD_EVENT"  # not the event of a contact flow
    CONFIG_MISSING = "CONFIG_MISSING"  # neither the event nor the environment says which instance or assistant
    CONFIG_INVALID = "CONFIG_INVALID"  # an environment variable is invalid
    NOT_ALLOWED = "NOT_ALLOWED"  # an instance or assistant that is not on the list
    ASSISTANT_MISMATCH = "ASSISTANT_MISMATCH"  # the contact's session belongs to another assistant
    SESSION_NOT_FOUND = "SESSION_NOT_FOUND"  # the contact has no session, or not yet
    AWS_ERROR = "AWS_ERROR"  # AWS refused, or did not answer; awsErrorCode has the code
    TIMEOUT = "TIMEOUT"  # the time that a flow waits ended before a call
    INTERNAL = "INTERNAL"  # an error of this function


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    def __init__(self, code: Code, message: str, *, aws_code: str = "", request_id: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.aws_code, self.request_id = code, message, aws_code, request_id


class SessionDataFailed(Exception):  # noqa: N818 - operators read this name in the console
    """The error that FAIL_MODE=raise raises instead of an answer."""
