"""The rules for attributes of queues [service model, the texts of CreateQueue and SetQueueAttributes]."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.errors import Refused

NUMBERS = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
}
WORDS = {
    "FifoQueue": ("true", "false"),
    "ContentBasedDeduplication": ("true", "false"),
    "SqsManagedSseEnabled": ("true", "false"),
    "DeduplicationScope": ("queue", "messageGroup"),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId"),
}
ONLY_FIFO = ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")
DOCUMENTS = ("Policy", "RedrivePolicy", "RedriveAllowPolicy")
SETTABLE = {*NUMBERS, *WORDS, *DOCUMENTS, "KmsMasterKeyId"}
PERMISSIONS = ("allowAll", "denyAll", "byQueue")
SOURCES = 10  # "You can specify up to 10 source queue ARNs"


def check(name: str, attributes: Mapping[str, str], live: Mapping[str, str]) -> None:
    """Refuses attributes that AWS refuses. `live` has those that the queue keeps. The codes are inferred."""
    for attribute, value in attributes.items():
        if attribute not in SETTABLE:
            raise Refused("InvalidAttributeName", f"Unknown Attribute {attribute}.")
        if attribute in NUMBERS and not _is_within(value, *NUMBERS[attribute]):
            raise wrong(attribute)
        if attribute in WORDS and value not in WORDS[attribute]:
            raise wrong(attribute)
        if attribute in ONLY_FIFO and not name.endswith(".fifo"):
            raise Refused(
                "InvalidAttributeName", f"You can specify the {attribute} only when FifoQueue is set to true."
            )
        if attribute in DOCUMENTS and value:
            _check_document(attribute, value)
    after = {**live, **attributes}
    if after.get("FifoThroughputLimit") == "perMessageGroupId" and after.get("DeduplicationScope") != "messageGroup":
        raise wrong("FifoThroughputLimit")
    # "Only one server-side encryption option is supported per queue".
    if attributes.get("KmsMasterKeyId") and attributes.get("SqsManagedSseEnabled") == "true":
        raise Refused("InvalidAttributeValue", "You can use one type of server-side encryption (SSE) at one time.")


def wrong(attribute: str) -> Refused:
    return Refused("InvalidAttributeValue", f"Invalid value for the parameter {attribute}.")


def _is_within(value: str, low: int, high: int) -> bool:
    return value.isdecimal() and low <= int(value) <= high


def _check_document(attribute: str, text: str) -> None:
    try:
        document: Any = json.loads(text)
    except ValueError:
        raise wrong(attribute) from None
    if not isinstance(document, dict):
        raise wrong(attribute)
    count = str(document.get("maxReceiveCount", ""))
    if attribute == "RedrivePolicy" and not _is_within(count, 1, 1000):
        raise wrong(attribute)
    permission, sources = document.get("redrivePermission"), document.get("sourceQueueArns") or []
    if attribute == "RedriveAllowPolicy":
        is_by_queue = permission == "byQueue"
        if permission not in PERMISSIONS or is_by_queue != bool(sources) or len(sources) > SOURCES:
            raise wrong(attribute)
