"""Reads the details of one resource that its bulk read leaves out: its describe call, and listings per resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.errors import CallError, Meaning
from reconciler.kinds.base import Kind
from reconciler.kinds.verbs import Gap, Listing
from reconciler.port import AwsPort

Members = Mapping[str, Any]


def listed(aws: AwsPort, kind: Kind[Any], listing: Listing) -> Iterator[dict[str, Any]]:
    """Yields the items of a bulk read, page by page.

    If AWS lists strings, each string is the id. If it returns one structure, that is the only item.
    """
    for page in aws.pages(kind.service, listing.operation, listing.items, listing.filters):
        for item in [page] if isinstance(page, dict) else page:
            yield {**({kind.id_param: item} if isinstance(item, str) else item), **listing.constants}


def own_of(kind: Kind[Any], members: Members) -> dict[str, Any]:
    """Returns the parameters by which calls identify a live resource."""
    named = {kind.param(f): members[kind.param(f)] for f in kind.named_with}
    return {**({kind.id_param: kind.identity(members)[0]} if kind.id_param else {}), **named}


def filled(aws: AwsPort, kind: Kind[Any], members: Members, wanted: Callable[[str], bool]) -> dict[str, Any]:
    """Returns the answer of a bulk read with its missing details. `wanted` decides by the path of a field."""
    filled_members, own = dict(members), own_of(kind, members)
    for gap in kind.gaps:
        if any(map(wanted, gap.fields)):
            filled_members |= _details(aws, kind, gap, own)
    return filled_members


def again(aws: AwsPort, kind: Kind[Any], own: Members, fields: tuple[str, ...]) -> dict[str, Any] | None:
    """Rechecks one resource with the details of `fields`. Returns `None` if it no longer exists.

    `own` has the parameters by which calls identify it. Raises `CallError`.
    """
    try:
        members = described(aws, kind, own) if kind.describe else {}
        for gap in kind.gaps:
            if gap.listing and set(gap.fields) & set(fields):
                members |= _details(aws, kind, gap, own)
    except CallError as wrong:
        if wrong.meaning is Meaning.GONE:
            return None
        raise
    return {**own, **members}


def described(aws: AwsPort, kind: Kind[Any], own: Members) -> dict[str, Any]:
    assert kind.describe, f"{kind.name} has no describe operation"  # noqa: S101 (the kind's table is wrong)
    operation, member = kind.describe
    return dict(aws.read(kind.service, operation, own)[member])


def _details(aws: AwsPort, kind: Kind[Any], gap: Gap, own: Members) -> Mapping[str, Any]:
    if gap.listing is None:
        return described(aws, kind, own)
    listing = gap.listing
    pages = aws.pages(kind.service, listing.operation, listing.items, {**own, **listing.filters})
    return kind.detail_members(gap, [item for page in pages for item in page])
