"""The outcome of an event, as the answer to the flow, as a log line and as metrics."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from reconciler.lambdas.session_data import VERSION
from reconciler.lambdas.session_data.pairs import Pairs, Skipped
from reconciler.lambdas.session_data.refusals import Refused
from reconciler.lambdas.shared.metrics import Metric
from reconciler.lambdas.shared.redaction import redacted

LONGEST_LIST = 1000  # characters, also of a message; a flow takes 32 KB in all


@dataclass(frozen=True)
class Outcome:
    """The outcome: received = updated + skipped + failed. `status` is updated, partial, empty or error."""

    status: str = "error"
    contact: str = ""
    instance: str = ""
    assistant: str = ""
    session: str = ""
    received: int = 0
    updated: int = 0
    skipped: tuple[Skipped, ...] = ()
    truncated: int = 0
    code: str = ""
    message: str = ""
    aws_code: str = ""
    request_id: str = ""

    @property
    def failed(self) -> int:
        return self.received - self.updated - len(self.skipped)

    @property
    def is_failure(self) -> bool:
        return self.status in ("error", "partial")

    def of(self, pairs: Pairs) -> Outcome:
        received = len(pairs.entries) + len(pairs.skipped)
        return replace(self, received=received, skipped=pairs.skipped, truncated=len(pairs.truncated))

    def refused(self, why: Refused) -> Outcome:
        status = "partial" if self.updated else "error"
        refused = replace(self, status=status, code=str(why.code), message=why.message[:LONGEST_LIST])
        return replace(refused, aws_code=why.aws_code, request_id=why.request_id)


def as_flat(outcome: Outcome) -> dict[str, str]:
    """Returns the content of `$.External`: texts only, always the same keys, so a flow can check each of them."""
    return {
        "status": outcome.status,
        "receivedCount": str(outcome.received),
        "updatedCount": str(outcome.updated),
        "skippedCount": str(len(outcome.skipped)),
        "failedCount": str(outcome.failed),
        "truncatedCount": str(outcome.truncated),
        "skippedKeys": _listed(outcome.skipped),
        "sessionId": outcome.session,
        "errorCode": outcome.code,
        "errorMessage": outcome.message,
        "awsErrorCode": outcome.aws_code,
        "version": VERSION,
    }


def as_legacy(outcome: Outcome) -> dict[str, Any]:
    """Returns the format of the function that this one replaces: a status code, and JSON as text."""
    if outcome.is_failure:
        return {"statusCode": 500, "body": json.dumps({"error": f"{outcome.code}: {outcome.message}"})}
    text = f"Updated session data with {outcome.updated} entries" if outcome.updated else "No session data to update"
    return {"statusCode": 200, "body": json.dumps({"message": text})}


def as_log(outcome: Outcome) -> dict[str, Any]:
    """Returns the fields of the event's log line: names of parameters, and no values."""
    fields = {
        "status": outcome.status,
        "contactId": outcome.contact,
        "instanceId": outcome.instance,
        "assistantId": outcome.assistant,
        "sessionId": outcome.session,
        "receivedCount": outcome.received,
        "updatedDataCount": outcome.updated,
        "skippedCount": len(outcome.skipped),
        "failedCount": outcome.failed,
        "truncatedCount": outcome.truncated,
        "skippedKeys": _listed(outcome.skipped),
    }
    if outcome.code:
        fields |= {"errorCode": outcome.code, "errorMessage": outcome.message}
        fields |= {"awsErrorCode": outcome.aws_code, "awsRequestId": outcome.request_id}
    return fields


def as_metrics(outcome: Outcome, milliseconds: float) -> dict[str, Metric]:
    """Returns the metrics under the names of `operations.json`."""
    return {
        "Updated": (outcome.updated, "Count"),
        "Skipped": (len(outcome.skipped), "Count"),
        "Failed": (outcome.failed, "Count"),
        "Truncated": (outcome.truncated, "Count"),
        "Errors": (int(outcome.is_failure), "Count"),
        "SessionsNotFound": (int(outcome.code == "SESSION_NOT_FOUND"), "Count"),
        "Duration": (milliseconds, "Milliseconds"),
    }


def _listed(skipped: tuple[Skipped, ...]) -> str:
    """Returns `notes:too_long tier:empty`, cut if too long, and redacted: names may also contain personal data."""
    text = " ".join(f"{item.key[:100]}:{item.reason}" for item in skipped)
    return str(redacted(text if len(text) <= LONGEST_LIST else f"{text[: LONGEST_LIST - 1]}…"))
