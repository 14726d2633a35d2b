"""Contacts that AWS finds but does not describe: set aside with their reasons, so that the others are loaded.

A contact is set aside after both tries of a run, if others were described in the same run: then the service works. If
none was, the run fails. The third run of a window that fails in this way sets them aside. A release describes a contact
once more and loads it, however long ago it ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from reconciler.lambdas.contact_calls.describe import Described, describe_all
from reconciler.lambdas.contact_calls.loading import Batch, Tools, load_batch
from reconciler.lambdas.contact_calls.tally import Tally
from reconciler.lambdas.contact_calls.windows import Window

FAILED_RUNS = 2  # of a window before, because of descriptions
BY_HAND = "by hand"


def must_be_single(tools: Tools, window: Window, described: Described) -> None:
    """Raises `DescribeFailed` if the refused contacts may be due to an outage."""
    if not described.refused or described.contacts:
        return
    if tools.ledger.undescribed_attempts(tools.settings.grid.whole(window.start)) < FAILED_RUNS:
        raise described.failure()


def set_aside(tools: Tools, described: Described, ended: Mapping[str, datetime]) -> None:
    """Quarantines the refused contacts and warns of each."""
    for id, answer in described.refused.items():
        tools.ledger.quarantine(id, str(answer), tools.now(), ended.get(id))
        tools.warn("quarantined", {"contact": id, "reason": str(answer)}, {"NewlyQuarantined": 1})


def quarantine(tools: Tools, contacts: Iterable[str]) -> dict[str, Any]:
    """Skips contacts from now on."""
    for id in dict.fromkeys(contacts):
        tools.ledger.quarantine(id, BY_HAND, tools.now())
    return {"status": "done", "quarantined": len(tools.ledger.state().quarantined)}


def report(tools: Tools) -> dict[str, Any]:
    """Returns the contacts in quarantine with their reasons, by id."""
    held = tools.ledger.held()
    listed = [{"contact": id, **held.get(id, {"reason": BY_HAND})} for id in sorted(tools.ledger.state().quarantined)]
    return {"status": "quarantined" if listed else "none", "count": len(listed), "contacts": listed}


def release(tools: Tools, contacts: Iterable[str]) -> dict[str, Any]:
    """Describes and loads contacts of the quarantine, and takes out those that were loaded."""
    ids, held = list(dict.fromkeys(contacts)), tools.ledger.state().quarantined
    kept = {id: "not in quarantine" for id in ids if id not in held}
    wanted = [id for id in ids if id in held]
    described = describe_all(tools.asking.describe, wanted, tools.settings.workers, most_refused=len(wanted))
    kept |= {id: str(answer) for id, answer in described.refused.items()}
    kept |= {contact["Id"]: "has not ended" for contact in described.contacts if not contact.get("DisconnectTimestamp")}
    ended = sorted((contact for contact in described.contacts if contact["Id"] not in kept), key=_ended)
    tally, released = Tally(), []
    for window, group in groupby(ended, key=lambda contact: tools.settings.grid.whole(_ended(contact))):
        records = list(group)
        batch = Batch(window, records, described=len(records), skipped=0, until=window.end)
        tally = tally.merged(len(records), load_batch(tools, batch))
        tools.ledger.release(record["Id"] for record in records)
        released += [record["Id"] for record in records]
    listed = [{"contact": id, "reason": reason} for id, reason in kept.items()]
    return {"status": "partial" if kept else "done", "released": released, "kept": listed, **tally.as_json()}


def _ended(record: Mapping[str, Any]) -> datetime:
    ended: datetime = record["DisconnectTimestamp"]
    return ended.astimezone(UTC)
