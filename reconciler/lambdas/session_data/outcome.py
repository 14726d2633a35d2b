"""What became of an event, and how a flow, a log and a metric are told of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from reconciler.lambdas.session_data import VERSION
from reconciler.lambdas.session_data.pairs import Pairs, Skipped
from reconciler.lambdas.session_data.refusals import Refused
from reconciler.lambdas.shared.metrics import Metric
from reconciler.lambdas.shared.redaction import redacted

LONGEST_LIST = 1000  # characters, of a message too; a flow takes 32 KB in all


@dataclass(frozen=True)
class Outcome:
    """received = updated + skipped + failed, always. `status` is updated, partial, empty or error."""

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
        found = replace(self, status=status, code=str(why.code), message=why.message[:LONGEST_LIST])
        return replace(found, aws_code=why.aws_code, request_id=why.request_id)


def as_flat(outcome: Outcome) -> dict[str, str]:
    """What `$.External` holds: texts alone, always the same keys, so that a flow can check any of them."""
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
    """What flows of the function that this replaces expect: a status code, and JSON as text."""
    if outcome.is_failure:
        return {"statusCode": 500, "body": json.dumps({"error": f"{outcome.code}: {outcome.message}"})}
    said = f"Updated session data with {outcome.updated} entries" if outcome.updated else "No session data to update"
    return {"statusCode": 200, "body": json.dumps({"message": said})}


def as_log(outcome: Outcome) -> dict[str, Any]:
    """The fields of the one line that every event leaves; names of parameters, and no values."""
    told = {
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
        told |= {"errorCode": outcome.code, "errorMessage": outcome.message}
        told |= {"awsErrorCode": outcome.aws_code, "awsRequestId": outcome.request_id}
    return told


def as_metrics(outcome: Outcome, milliseconds: float) -> dict[str, Metric]:
    """Under the names of `operations.json`."""
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
    """`notes:too_long tier:empty`, cut where it grows too long. Names, too, may hold what nobody should read."""
    text = " ".join(f"{each.key[:100]}:{each.reason}" for each in skipped)
    return str(redacted(text if len(text) <= LONGEST_LIST else f"{text[: LONGEST_LIST - 1]}…"))
