"""Ids and ARNs of instances, assistants and sessions. Calls take ids: Q in Connect's URLs cannot contain an ARN."""

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
    """The partition, Region and account of an ARN; empty if only an id was given."""

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
    """Returns the instance of an id or an ARN, or None."""
    text = text.strip().lower()
    if ID.fullmatch(text):
        return Instance(text)
    match = INSTANCE.fullmatch(text)
    return Instance(match["id"], Place(match["partition"], match["region"], match["account"])) if match else None


def assistant(text: str) -> str | None:
    """Returns the id of an id or an ARN, or None."""
    text = text.strip().lower()
    match = ASSISTANT.fullmatch(text)
    return match["id"] if match else text if ID.fullmatch(text) else None


def session(arn: str) -> Session | None:
    """Returns the session of `arn:aws:wisdom:REGION:ACCOUNT:session/ASSISTANT/SESSION`, or None."""
    match = SESSION.fullmatch(arn.strip().lower())
    return Session(match["id"], match["assistant"]) if match else None
