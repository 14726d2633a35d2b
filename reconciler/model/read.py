"""A read of AWS as a value. It is alone because kinds make it, live and apply execute it, and plans hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Reach(StrEnum):
    """The resources that one read is about."""

    ALL = "all"  # every resource of a kind
    ONE = "one"  # one resource, which the parameters of the call identify


class DraftForm(NamedTuple):
    """The form of a resource that was never published: AWS refuses to describe it by its id alone.

    parameter: the parameter of the id.
    qualifier: the text behind the id that names the draft.
    unpublished: the error code of a resource that has only a draft.
    """

    parameter: str
    qualifier: str
    unpublished: str


@dataclass(frozen=True)
class Read:
    """One read operation, and the content of its answer.

    member: the member of the answer that holds the content; "" if the answer itself does.
    fills: the paths of the fields that the content fills: `field`, or `field.inner` for a part of one.
    filters: the parameters of each call, next to those that identify a resource.
    constants: members that every item has because of the filters. AWS does not repeat them in the answer.
    ids: the parameter that takes the ids of several resources, if the read describes them together.
    arns: the parameter that takes the ARNs of several resources, if the read takes no id.
    absent: the error codes that mean that the resource has nothing of this.
    draft: how to read a resource that AWS has only as a draft.
    is_of_draft: whether it reads the draft, even if the resource is published.
    is_paged: whether the answer is a list with pages. Otherwise it is one structure.
    """

    service: str
    operation: str
    member: str
    fills: tuple[str, ...]
    reach: Reach
    filters: Mapping[str, Any] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    is_paged: bool = True
    ids: str = ""
    arns: str = ""
    absent: frozenset[str] = frozenset()
    draft: DraftForm | None = None
    is_of_draft: bool = False

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"
