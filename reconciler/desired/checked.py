"""A value together with all that was found wrong or worth knowing on the way to it."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from reconciler.errors import Mistake, Source
from reconciler.model import Finding, Ref

T = TypeVar("T")


class Link(NamedTuple):
    """A text or a field that names another resource."""

    ref: Ref
    source: Source


class Checked(NamedTuple, Generic[T]):
    value: T
    mistakes: tuple[Mistake, ...] = ()
    findings: tuple[Finding, ...] = ()
    links: tuple[Link, ...] = ()
