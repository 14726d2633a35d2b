"""The errors of the sandbox, by who gets them.

Refused          the caller gets one of AWS's errors
ItemRefused      one item of a batch is listed under `Failed`
Dropped          the caller gets no answer
AnsweredByMoto   moto answers instead
WrongSetting     the author of faults, switches or quotas gets a message
"""

from __future__ import annotations

from enum import Enum
from typing import Any


class Refused(Exception):  # noqa: N818 - an answer, not a failure of the sandbox
    """An error that the service answers: its modelled code, a message, and the other members of its shape.

    Errors with problems have no message [service model].
    """

    def __init__(self, code: str, message: str, **members: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.members = members


class Why(Enum):
    """The reason to refuse an item. Switches decide whether the whole request fails with it."""

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
    """The connection closes without an answer."""


class AnsweredByMoto(Exception):  # noqa: N818
    """The request is about a resource that moto keeps."""


class WrongSetting(ValueError):  # noqa: N818
    """Invalid faults, switches or quotas. The message names the key and the valid values."""


def invalid(message: str) -> Refused:
    return Refused("InvalidParameterException", message)


def not_found(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message)


def conflict(message: str) -> Refused:
    return Refused("ConflictException", message)


def in_use(message: str, arn: str, resource_type: str = "") -> Refused:
    """Returns the error for a resource in use. ResourceId names the resource that cannot be deleted [inferred].

    The model has words for few types; the others are left out.
    """
    members = {"ResourceId": arn} | ({"ResourceType": resource_type} if resource_type else {})
    return Refused("ResourceInUseException", message, **members)
