"""A value with the mistakes, findings and links that were collected while it was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from reconciler.errors import Mistake, Source
from reconciler.model import Finding, Ref

T = TypeVar("T")


class Link(NamedTuple):
    """A text or a field that names another resource, which must be declared unless it may be live without that."""

    ref: Ref
    source: Source
    may_be_live: bool = False


class Checked(NamedTuple, Generic[T]):
    value: T
    mistakes: tuple[Mistake, ...] = ()
    findings: tuple[Finding, ...] = ()
    links: tuple[Link, ...] = ()


def elsewhere(mistakes: Iterable[Mistake], known: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Drops mistakes at positions that already have one; they usually share a cause."""
    places = {mistake.source for mistake in known}
    return tuple(mistake for mistake in mistakes if mistake.source not in places)
