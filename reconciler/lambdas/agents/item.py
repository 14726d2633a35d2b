"""An agent's item in the roster table, and its typed form in items and in images of the stream.

Two functions share an item, and each writes its own attributes:

    agent_upload, the request    agent agent_hash upload_key upload_sequencer upload_row requested_at password_secret
    agent_roster, the result     user_id owner last_result last_column last_error settled_hash settled_at
    agent_roster, its tries      tries tried changing
    both                         status, which a request sets to PENDING

A record of the stream is a request if its new image is PENDING and the request differs (`is_request`). A filter keeps
most other records away from the function (`STREAM_FILTERS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reconciler.lambdas.agents.agent import Agent, agent_of, as_plain

PENDING, ACTIVE, FAILED = "PENDING", "ACTIVE", "FAILED"
"""Requested and not settled; the user is as requested; the last request was refused or failed."""

STREAM_FILTERS: tuple[Mapping[str, Any], ...] = (
    {"dynamodb": {"NewImage": {"status": {"S": [PENDING]}}}},
    {"eventName": ["REMOVE"]},
)
"""Patterns for the event source mapping: one of them must fit a record."""

SEQUENCER_LENGTH = 32
Typed = Mapping[str, Any]
"""A value of DynamoDB with its type, such as `{"S": "ada"}`."""


@dataclass(frozen=True)
class Request:
    """The wish of one row of an upload. `row` counts as a spreadsheet does, so the first row below a header is 2.

    `sequencer` has a fixed length, so that texts sort as S3 orders the versions of one key. `at` is the time of the
    upload by S3's event, in UTC, and orders the uploads of different keys.
    """

    agent: Agent
    agent_hash: str
    key: str
    sequencer: str
    row: int
    at: str
    password_secret: str | None = None


@dataclass(frozen=True)
class RosterItem:
    """One item of the roster table. `request` is `None` if the item holds none, or one that cannot be read."""

    instance_id: str
    username: str
    request: Request | None = None
    status: str = ""
    user_id: str | None = None
    last_result: str | None = None
    last_column: str | None = None
    last_error: str | None = None
    settled_hash: str | None = None
    settled_at: str | None = None
    owner: str | None = None

    @property
    def is_settled_well(self) -> bool:
        """Returns whether the user is as the last request states."""
        is_same = self.request is not None and self.settled_hash == self.request.agent_hash
        return self.status == ACTIVE and is_same


def item_key(instance_id: str, username: str) -> dict[str, Typed]:
    return {"instance_id": {"S": instance_id}, "username": {"S": username}}


def request_attributes(request: Request) -> dict[str, Typed]:
    """Returns the attributes that `agent_upload` writes, typed, with the status."""
    plain: dict[str, Any] = {
        "agent": as_plain(request.agent),
        "agent_hash": request.agent_hash,
        "upload_key": request.key,
        "upload_sequencer": request.sequencer,
        "upload_row": request.row,
        "requested_at": request.at,
        "status": PENDING,
    }
    if request.password_secret:
        plain["password_secret"] = request.password_secret
    return {name: typed(value) for name, value in plain.items()}


def read_item(attributes: Mapping[str, Typed]) -> RosterItem:
    """Reads an item or an image of the stream. Raises `ValueError` if its keys are missing or a type is unknown."""
    plain = {name: untyped(value) for name, value in attributes.items()}
    if not plain.get("instance_id") or not plain.get("username"):
        raise ValueError("the item has no instance_id or no username")
    words = ("user_id", "last_result", "last_column", "last_error", "settled_hash", "settled_at", "owner")
    return RosterItem(
        instance_id=str(plain["instance_id"]),
        username=str(plain["username"]),
        request=_request_of(plain),
        status=str(plain.get("status", "")),
        **{name: plain.get(name) for name in words},
    )


def is_request(old: Mapping[str, Typed] | None, new: Mapping[str, Typed] | None) -> bool:
    """Returns whether a record of the stream asks for something: `agent_roster` ignores its own writes.

    The whole request counts and not only the agent's hash, so that a row that failed can be uploaded again.
    """
    if new is None or new.get("status") != {"S": PENDING}:
        return False
    names = ("agent_hash", "upload_key", "upload_sequencer", "upload_row", "password_secret")
    is_new = old is None or any(old.get(name) != new.get(name) for name in names)
    return is_new or (old is not None and old.get("status") != new.get("status"))


def sequencer_text(sequencer: str) -> str:
    """Returns S3's sequencer with a fixed length.

    Two of one key are compared as texts, the shorter one with zeros at its end. Capital hex digits are made small.
    Source: S3 user guide, "Event message structure".
    """
    return sequencer.lower().ljust(SEQUENCER_LENGTH, "0")


def typed(value: Any) -> Typed:
    """Returns a plain value in DynamoDB's form. Raises `ValueError` for a type that no item here has."""
    match value:
        case bool():
            return {"BOOL": value}
        case None:
            return {"NULL": True}
        case int() | Decimal():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list() | tuple():
            return {"L": [typed(item) for item in value]}
        case dict():
            return {"M": {name: typed(item) for name, item in value.items()}}
        case _:
            raise ValueError(f"{type(value).__name__} has no form in DynamoDB")


def untyped(value: Typed) -> Any:
    """Reverses `typed`. Sets become sorted lists, and numbers without a fraction are `int`. Raises `ValueError`."""
    if len(value) != 1:
        raise ValueError("a value of DynamoDB has one type")
    ((kind, content),) = value.items()
    match kind:
        case "S" | "BOOL":
            return content
        case "N":
            number = Decimal(content)
            return int(number) if number == number.to_integral_value() else number
        case "NULL":
            return None
        case "L":
            return [untyped(item) for item in content]
        case "M":
            return {name: untyped(item) for name, item in content.items()}
        case "SS":
            return sorted(content)
        case _:
            raise ValueError("an item has a value of an unknown type")


def _request_of(plain: Mapping[str, Any]) -> Request | None:
    try:
        return Request(
            agent=agent_of(plain["agent"]),
            agent_hash=str(plain["agent_hash"]),
            key=str(plain["upload_key"]),
            sequencer=str(plain["upload_sequencer"]),
            row=int(plain["upload_row"]),
            at=str(plain["requested_at"]),
            password_secret=plain.get("password_secret"),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
