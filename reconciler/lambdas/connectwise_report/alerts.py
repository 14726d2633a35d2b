"""Messages about failed pairs: at the first failure, at another error, once a day, and at the end.

The item `alert#TABLE` of the ledger remembers the last one: {error, since, sent_at}. A message is sent before it is
noted. So a run that is killed in between sends it again, and none is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from reconciler.lambdas.connectwise.clock import iso, read_instant
from reconciler.lambdas.connectwise.ledger import Item
from reconciler.lambdas.connectwise_report.pairs import PairState

AGAIN = timedelta(days=1)
LONGEST_SUBJECT = 100  # [API reference, Publish]


def alert_name(table: str) -> str:
    """Returns the name of the item that remembers the messages about a source table."""
    return f"alert#{table}"


@dataclass(frozen=True)
class Alert:
    """`item`: the memory of a pair, None for none. `kind`: the message to send before, or empty."""

    kind: Literal["", "FAILED", "HEALED"]
    item: Mapping[str, Any] | None
    since: datetime | None


def decide(pair: PairState, known: Item, now: datetime) -> Alert:
    """Returns what is to be sent and remembered about a pair. `known` is empty if nothing is remembered."""
    since = read_instant(str(known["since"])) if known else now
    if pair.status != "failed":
        return Alert("HEALED" if known else "", None, since if known else None)
    is_due = not known or _cause(known["error"]) != _cause(pair.error)
    is_due = is_due or now - read_instant(str(known["sent_at"])) >= AGAIN
    sent_at = iso(now) if is_due else str(known["sent_at"])
    return Alert("FAILED" if is_due else "", {"error": pair.error, "since": iso(since), "sent_at": sent_at}, since)


def message(pair: PairState, alert: Alert, run: str, report: str, now: datetime) -> dict[str, str]:
    """Returns the parameters of Publish: names, a code and times, and nothing of a record."""
    content = {
        "run": run,
        "status": alert.kind.lower(),
        "tenant_id": pair.tenant,
        "table_name": pair.table,
        "error": pair.error,
        "since": iso(alert.since or now),
        "lastGood": pair.watermark,
        "runReport": report,
    }
    subject = f"connectwise {alert.kind} {pair.tenant} {pair.table}"
    return {"Subject": subject[:LONGEST_SUBJECT], "Message": json.dumps(content)}


def _cause(error: Any) -> str:
    """Returns an error without its times, which change from run to run."""
    return str(error).partition("; tried again at ")[0].removeprefix("POISONED: ")
