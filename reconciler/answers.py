"""What AWS tells of one resource beyond its bulk read: its describe, and the listings that are made for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.errors import CallError
from reconciler.kinds.base import Kind
from reconciler.kinds.tables import Gap, Listing
from reconciler.port import AwsPort

Members = Mapping[str, Any]


def listed(aws: AwsPort, kind: Kind[Any], listing: Listing) -> Iterator[dict[str, Any]]:
    """The things of a bulk read, page by page; a plain text is what the kind's calls name one by, and a structure that
    is no list is the one there is."""
    for page in aws.pages(kind.service, listing.operation, listing.items, listing.filters):
        for item in [page] if isinstance(page, dict) else page:
            yield {**({kind.id_param: item} if isinstance(item, str) else item), **listing.constants}


def own_of(kind: Kind[Any], members: Members) -> dict[str, Any]:
    """What calls name a live resource by."""
    named = {kind.param(f): members[kind.param(f)] for f in kind.named_with}
    return {**({kind.id_param: kind.identity(members)[0]} if kind.id_param else {}), **named}


def filled(aws: AwsPort, kind: Kind[Any], members: Members, wanted: Callable[[str], bool]) -> dict[str, Any]:
    """The answer with what its bulk read left out, as far as it is wanted: `wanted` is asked for paths of fields."""
    told, own = dict(members), own_of(kind, members)
    for gap in kind.gaps:
        if any(map(wanted, gap.fields)):
            told |= _told(aws, kind, gap, own)
    return told


def again(aws: AwsPort, kind: Kind[Any], own: Members, fields: tuple[str, ...]) -> dict[str, Any] | None:
    """A second look at one resource, with all that tells the fields; `None` where it is gone.

    `own` is what calls name it by. Raises `CallError`.
    """
    try:
        told = described(aws, kind, own) if kind.describe else {}
        for gap in kind.gaps:
            if gap.listing and set(gap.fields) & set(fields):
                told |= _told(aws, kind, gap, own)
    except CallError as wrong:
        if wrong.code == "ResourceNotFoundException":
            return None
        raise
    return {**own, **told}


def described(aws: AwsPort, kind: Kind[Any], own: Members) -> dict[str, Any]:
    assert kind.describe, f"{kind.name} has nothing that describes it"  # noqa: S101 (a kind's table is wrong)
    operation, member = kind.describe
    return dict(aws.read(kind.service, operation, own)[member])


def _told(aws: AwsPort, kind: Kind[Any], gap: Gap, own: Members) -> Mapping[str, Any]:
    if gap.listing is None:
        return described(aws, kind, own)
    listing = gap.listing
    pages = aws.pages(kind.service, listing.operation, listing.items, {**own, **listing.filters})
    return kind.detail_members(gap, [item for page in pages for item in page])
