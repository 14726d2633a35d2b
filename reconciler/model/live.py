"""The live state: the values that AWS has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.model.names import Ref
from reconciler.model.spec import Resource, Spec


@dataclass(frozen=True, slots=True)
class LiveCell:
    text: str
    lock: Mapping[str, str]
    modified: datetime | None = None
    region: str = ""


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """One stored row; the default record has an empty `key`."""

    key: Mapping[str, str]
    cells: dict[str, LiveCell]


@dataclass(frozen=True)
class Live:
    """A live resource. After a rename in the console, `spec.name` differs from `ref.name`."""

    ref: Ref
    id: str
    arn: str
    spec: Resource
    tags: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None
    region: str = ""
    records: tuple[LiveRecord, ...] = ()
    part_locks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # part name → its lock versions
    lasting: str = ""  # why AWS never deletes it; empty if AWS can
    holds: str = ""  # how much a deletion destroys; empty if AWS does not say
    waiting: str = ""  # what it waits for; AWS neither shows nor changes its settings until then
    unready: str = ""  # why AWS accepts no change yet: its creation is not finished or has failed
    elsewhere: str = ""  # the ARN of the other instance, or of the traffic distribution group, that has it
    decided: Mapping[str, str] = field(default_factory=dict)  # fields that something else decides → why
    is_contained: bool = False  # untaggable, and inside a resource that the stack manages
    stream: str = ""  # the ARN of a table's stream


@dataclass(frozen=True)
class Contents:
    """The parts and records of one resource at one moment."""

    parts: tuple[Spec, ...] = ()
    part_locks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    records: tuple[LiveRecord, ...] = ()


_ACCOUNT_AND_REGION = re.compile(r"(?P<account>[0-9]{12})/(?P<region>[a-z0-9-]+)")
# How the Regions of each other partition begin (botocore, partitions.json).
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)


@dataclass(frozen=True)
class Scope:
    """The scope of a plan: one environment of a stack, in one Region of an account.

    instance: the ARN of the Connect instance; "" if the stack has no resources of Amazon Connect.
    permissions_boundary: the ARN of the policy that every role must have as its boundary; "" if there is none.
    artifacts: the bucket for large archives of functions; "" if there is none.
    is_sandbox: the environment is on this machine.
    """

    stack: str
    environment: str
    instance: str = ""
    account: str = ""
    region: str = ""
    permissions_boundary: str = field(default="", compare=False)
    artifacts: str = field(default="", compare=False)
    is_sandbox: bool = field(default=False, compare=False)

    @property
    def place(self) -> str:
        """The text that identifies the place in plans, digests and outcomes."""
        return self.instance or "/".join(filter(None, (self.account, self.region)))

    @property
    def owner(self) -> str:
        return f"{self.stack}/{self.environment}"

    @property
    def partition(self) -> str:
        """The AWS partition, such as `aws-cn`: that of the instance, or else of the Region."""
        if self.instance.startswith("arn:"):
            return self.instance.split(":")[1]
        return next((name for start, name in _PARTITIONS if self.region.startswith(start)), "aws")

    @classmethod
    def at(cls, stack: str, environment: str, place: str) -> Scope:
        """Returns the scope of a plan that was read from a file, where only the place is known."""
        if match := _ACCOUNT_AND_REGION.fullmatch(place):
            return cls(stack, environment, account=match["account"], region=match["region"])
        arn = (*place.split(":"), "", "", "", "")
        return cls(stack, environment, place, account=arn[4], region=arn[3])


def place_word(*places: str) -> str:
    """Returns the word for these places in a message: they are instances, or some are an account and a Region."""
    return "place" if any(map(_ACCOUNT_AND_REGION.fullmatch, places)) else "instance"


class Ownership(StrEnum):
    """How a kind shows that the stack manages a resource."""

    TAGS = "tags"  # the resource has the stack's tags
    # Untaggable: managed while a manifest declares it. Only one inside a managed resource can be an orphan.
    DECLARED = "declared"
