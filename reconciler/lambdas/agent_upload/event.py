"""Reads an event of S3: several records, with URL-encoded keys. Source: S3 user guide, "Event message structure"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from reconciler.lambdas.agent_upload.failures import WrongEvent
from reconciler.lambdas.agents.item import sequencer_text

CREATED, TEST = "ObjectCreated:", "s3:TestEvent"


@dataclass(frozen=True)
class Created:
    """One version of an object. `version_id` is empty in a bucket without versions; `at` is UTC with milliseconds."""

    bucket: str
    key: str
    size: int
    e_tag: str
    version_id: str
    sequencer: str
    at: str


def read_event(event: Any) -> tuple[Created, ...]:
    """Returns the created objects; none for the event by which S3 tests a notification. Raises `WrongEvent`."""
    if isinstance(event, Mapping) and event.get("Event") == TEST:
        return ()
    records = event.get("Records") if isinstance(event, Mapping) else None
    if not isinstance(records, list):
        raise WrongEvent("the event has no Records; call this function by a notification of S3")
    return tuple(_created(record) for record in records if _is_created(record))


def _is_created(record: Any) -> bool:
    if not isinstance(record, Mapping) or record.get("eventSource") != "aws:s3":
        raise WrongEvent("a record is not one of S3; call this function by a notification of S3")
    return str(record.get("eventName", "")).startswith(CREATED)


def _created(record: Mapping[str, Any]) -> Created:
    try:
        held = record["s3"]["object"]
        return Created(
            bucket=str(record["s3"]["bucket"]["name"]),
            key=unquote_plus(held["key"], errors="strict"),
            size=int(held.get("size", 0)),
            e_tag=str(held.get("eTag", "")),
            version_id=str(held.get("versionId", "")),
            sequencer=sequencer_text(held["sequencer"]),
            at=str(record["eventTime"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        lacks = "a record lacks its bucket, its key, its sequencer or its time"
        raise WrongEvent(f"{lacks}; call this function by a notification of S3") from wrong
