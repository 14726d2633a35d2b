"""A value together with all that was found wrong or worth knowing on the way to it."""

from __future__ import annotations

from collections.abc import Iterable
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


def elsewhere(mistakes: Iterable[Mistake], said: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Mistakes at places of which nothing is said yet: a second one there has the same cause."""
    places = {mistake.source for mistake in said}
    return tuple(mistake for mistake in mistakes if mistake.source not in places)
