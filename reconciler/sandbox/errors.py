"""What can go wrong in the sandbox, by who is told.

Refused        the caller gets an error of AWS's own
ItemRefused    one item of a batch comes back under `Failed`
Dropped        the caller gets no answer at all
NotOurs        moto answers instead
WrongSetting   the person who wrote the faults, switches or quotas is told what is wrong with them
"""

from __future__ import annotations

from enum import Enum


class Refused(Exception):  # noqa: N818 - an answer, not a failure of the sandbox
    """An error that the service answers: its modelled code, a message, and what else its shape has members for."""

    def __init__(self, code: str, message: str, **members: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.members = members


class Why(Enum):
    """Why an item is refused; switches decide whether the whole request goes with it."""

    EXISTS = "DuplicateResourceException"
    MISSING = "ResourceNotFoundException"
    INVALID = "InvalidParameterException"
    STALE = "ConflictException"
    INJECTED = "InternalServiceException"


class ItemRefused(Exception):  # noqa: N818
    def __init__(self, why: Why, message: str) -> None:
        super().__init__(why, message)
        self.why = why
        self.message = message


class Dropped(Exception):  # noqa: N818
    """The connection is closed without an answer."""


class NotOurs(Exception):  # noqa: N818
    """The request is about something that moto keeps."""


class WrongSetting(ValueError):  # noqa: N818
    """Faults, switches or quotas that mean nothing; the message names the key and what it may be."""


def invalid(message: str) -> Refused:
    return Refused("InvalidParameterException", message)


def not_found(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message)


def conflict(message: str) -> Refused:
    return Refused("ConflictException", message)


def in_use(message: str, arn: str, resource_type: str = "") -> Refused:
    """Which of the two ResourceId and ResourceType tell of is not stated: the one that cannot go [inferred].

    The model's words for types lack most types; those are left out.
    """
    members = {"ResourceId": arn} | ({"ResourceType": resource_type} if resource_type else {})
    return Refused("ResourceInUseException", message, **members)
