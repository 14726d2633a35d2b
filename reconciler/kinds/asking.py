"""Executes the reads of a kind: the bulk reads, and the reads of one resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.errors import CallError
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import reads_of
from reconciler.model import Read
from reconciler.port import AwsPort

Members = Mapping[str, Any]
NO_PARAMS: Members = {}


def pages(aws: AwsPort, read: Read, own: Members = NO_PARAMS) -> Iterator[Any]:
    """Yields the answer page by page. `own` has the parameters that identify the resource, if the read is about one."""
    return aws.pages(read.service, read.operation, read.member, {**own, **read.filters})


def items(aws: AwsPort, read: Read, own: Members = NO_PARAMS) -> Iterator[Any]:
    for page in pages(aws, read, own):
        yield from page


def listed(aws: AwsPort, kind: Kind[Any], read: Read) -> Iterator[dict[str, Any]]:
    """Yields the resources of a bulk read.

    If AWS lists strings, each string is the id. If it returns one structure, that is the only item.
    """
    for page in pages(aws, read):
        for item in [page] if isinstance(page, dict) else page:
            members = {kind.identity.id_param: item} if isinstance(item, str) else item
            yield {**kind.of_search(members), **read.constants}


def own_of(kind: Kind[Any], members: Members) -> dict[str, Any]:
    """Returns the parameters by which calls identify a live resource."""
    named = {kind.param(f): members[kind.param(f)] for f in kind.identity.with_fields}
    return {**({kind.identity.id_param: kind.id_and_arn(members)[0]} if kind.identity.id_param else {}), **named}


def filled(aws: AwsPort, kind: Kind[Any], members: Members, wanted: Callable[[str], bool]) -> dict[str, Any]:
    """Returns the answer of a bulk read with its missing details. `wanted` decides by the path of a field."""
    filled_members, own = dict(members), own_of(kind, members)
    for read in reads_of(kind).missing(wanted):
        filled_members |= members_of(aws, kind, read, own)
    return filled_members


def again(aws: AwsPort, kind: Kind[Any], own: Members, fields: tuple[str, ...], arn: str = "") -> dict[str, Any] | None:
    """Rechecks one resource with the details of `fields`. Returns `None` if it no longer exists.

    `own` has the parameters by which calls identify it, and `arn` is its ARN, if that is known. Raises `CallError`.
    """
    members, reads = dict(own), reads_of(kind)
    try:
        for read in reads.again(fields):
            if read is reads.tags:
                id, answered_arn = kind.id_and_arn(members)
                members |= _tags(aws, read, kind.tagging.target(id, arn or answered_arn))
            else:
                members |= members_of(aws, kind, read, own)
    except CallError as wrong:
        if wrong.is_gone:
            return None
        raise
    return members


def _tags(aws: AwsPort, read: Read, target: Members) -> dict[str, Any]:
    """Returns the tags as a member, in the service's form."""
    if read.is_paged:
        return {read.member: [*items(aws, read, target)]}
    return {read.member: aws.read(read.service, read.operation, target).get(read.member)}


def members_of(aws: AwsPort, kind: Kind[Any], read: Read, own: Members) -> Members:
    """Returns the members that a read of one resource fills."""
    if read.is_paged:
        return kind.detail_members(read, [*items(aws, read, own)])
    return dict(aws.read(read.service, read.operation, {**own, **read.filters})[read.member])
