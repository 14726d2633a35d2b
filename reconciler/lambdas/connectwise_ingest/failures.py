"""Failures of a pair. Each has a code, which results and messages show; a message has no content of a record.

PairFailed     the base: the pair has failed and its next run tries again
Behind         time or rate do not allow more now; the cursor says where the next call goes on
PageTooLarge   the server gives up on a page of this size
"""

from __future__ import annotations


class PairFailed(Exception):  # noqa: N818 - the name says what happened
    """`code` is one of the codes of `CODES`."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class Behind(Exception):  # noqa: N818 - the name says what happened
    """The pass stops, and its cursor stays. `wait`: seconds for which the server wants no request."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class PageTooLarge(Exception):  # noqa: N818 - the name says what happened
    """The server answered that a time-out expired."""


CODES = {
    "AUTH": "the keys or the clientId of the tenant's secret are refused (401)",
    "FORBIDDEN": "the security role of the API member does not allow this table (403)",
    "NOT_FOUND": "the server has no such table, also below the codebase that it names (404)",
    "REFUSED": "the server refuses the request (other codes below 500)",
    "SERVER": "the server failed, again and again (5xx)",
    "NETWORK": "the connection failed or ended early, again and again",
    "BODY": "the answers are not lists of records, again and again",
    "ORDER": "the ids of pages do not increase, so rows could be skipped or doubled",
    "SECRET": "the tenant's secret is absent or lacks a member",
    "TENANT": "the row of the tenant cannot be used",
    "AWS": "an AWS call failed",
    "LEDGER": "DynamoDB failed",
    "MASS_DELETE": "more records vanished than the tenant allows; run with --accept-deletes if that is right",
    "POISONED": "the pair failed three times and is tried once an hour",
    "UNFORESEEN": "a defect; the log says where",
}
"""Every code and its meaning."""
