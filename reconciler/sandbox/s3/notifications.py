"""The events that buckets send, with the members that moto lacks: order, version, requester, the sandbox's time.

Source: user guide of Amazon S3, "Event message structure".
"""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from moto.s3 import notifications
from moto.s3.models import FakeBucket, FakeKey

from reconciler.sandbox.place import ACCOUNT
from reconciler.sandbox.world import world

_sequence = {"last": 0}
_lock = Lock()


def install() -> None:
    """Makes moto send these events."""
    notifications._get_s3_event = _event


def _event(event_name: str, bucket: FakeBucket, key: FakeKey, notification_id: str) -> dict[str, Any]:
    moment = datetime.fromtimestamp(world.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    versioned = {"versionId": str(key.version_id)} if bucket.versioning_status else {}
    held = {"key": quote_plus(key.name, safe="/"), "size": key.size, "eTag": key.etag.replace('"', "")}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": moment,
        "eventName": event_name.removeprefix("s3:"),
        "userIdentity": {"principalId": f"AWS:{ACCOUNT}"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": uuid4().hex[:16].upper(), "x-amz-id-2": uuid4().hex},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": notification_id,
            "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": ACCOUNT}, "arn": bucket.arn},
            "object": {**held, **versioned, "sequencer": _sequencer()},
        },
    }
    return {"Records": [record]}


def _sequencer() -> str:
    """Returns a number in hexadecimal digits that grows with every event, also from one start to the next."""
    with _lock:
        _sequence["last"] = max(_sequence["last"] + 1, int(world.now() * 1_000_000))
        return f"00{_sequence['last']:016X}"
