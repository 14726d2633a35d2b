"""Ids and ARNs of instances, assistants and sessions. Calls take ids: the URLs of Q in Connect can not hold an ARN."""

from __future__ import annotations

import re
from typing import NamedTuple

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PLACE = r"arn:(?P<partition>aws[a-z-]*):{service}:(?P<region>[a-z0-9-]+):(?P<account>\d{{12}}):"
ID = re.compile(_UUID)
INSTANCE = re.compile(_PLACE.format(service="connect") + rf"instance/(?P<id>{_UUID})")
ASSISTANT = re.compile(_PLACE.format(service="wisdom") + rf"assistant/(?P<id>{_UUID})")
SESSION = re.compile(_PLACE.format(service="wisdom") + rf"session/(?P<assistant>{_UUID})/(?P<id>{_UUID})")


class Place(NamedTuple):
    """Where a thing is; empty where only its id was given."""

    partition: str = ""
    region: str = ""
    account: str = ""


class Instance(NamedTuple):
    id: str
    place: Place = Place()


class Session(NamedTuple):
    id: str
    assistant: str


def instance(text: str) -> Instance | None:
    """From an id or an ARN; None where it is neither."""
    text = text.strip().lower()
    if ID.fullmatch(text):
        return Instance(text)
    found = INSTANCE.fullmatch(text)
    return Instance(found["id"], Place(found["partition"], found["region"], found["account"])) if found else None


def assistant(text: str) -> str | None:
    """The id, from an id or an ARN; None where it is neither."""
    text = text.strip().lower()
    found = ASSISTANT.fullmatch(text)
    return found["id"] if found else text if ID.fullmatch(text) else None


def session(arn: str) -> Session | None:
    """From `arn:aws:wisdom:REGION:ACCOUNT:session/ASSISTANT/SESSION`; None where it is none."""
    found = SESSION.fullmatch(arn.strip().lower())
    return Session(found["id"], found["assistant"]) if found else None
