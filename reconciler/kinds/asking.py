"""Executes the reads of a kind: the bulk reads, and the reads of one resource."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from reconciler.errors import CallError, Fate, Meaning
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import reads_of
from reconciler.model import DraftForm, Reach, Read, Ref, Scope
from reconciler.port import AwsPort

Members = Mapping[str, Any]
NO_PARAMS: Members = {}
CONTAINER = "ContainerName"  # the member of an item that has the name of its container


def pages(aws: AwsPort, read: Read, own: Members = NO_PARAMS) -> Iterator[Any]:
    """Yields the answer page by page. `own` has the parameters that identify the resource, if the read is about one."""
    return aws.pages(read.service, read.operation, read.member, {**own, **read.filters})


def items(aws: AwsPort, read: Read, own: Members = NO_PARAMS) -> Iterator[Any]:
    for page in pages(aws, read, own):
        yield from page


def listed(aws: AwsPort, kind: Kind[Any], read: Read, own: Members = NO_PARAMS) -> Iterator[dict[str, Any]]:
    """Yields the resources of a bulk read.

    If AWS lists strings, each string is the id. If it returns one structure, that is the only item.
    """
    for page in pages(aws, read, own):
        for item in [page] if isinstance(page, dict) else page:
            answer = {kind.identity.id_param: item} if isinstance(item, str) else item
            for members in kind.items_in(answer):
                yield {**kind.of_search(members), **read.constants}


def listed_in(aws: AwsPort, kind: Kind[Any], read: Read, container: Ref, id: str) -> Iterator[dict[str, Any]]:
    """Yields the resources inside one container, which has this id. Each item has the container's id and name."""
    own = {kind.reading.container[1]: id}
    for members in listed(aws, kind, read, own):
        yield {**members, **own, CONTAINER: container.name}


def filled(aws: AwsPort, kind: Kind[Any], members: Members, wanted: Callable[[str], bool]) -> dict[str, Any]:
    """Returns the answer of a bulk read with its missing details. `wanted` decides by the path of a field."""
    filled_members, own, arn = dict(members), kind.own_of(members), kind.id_and_arn(members)[1]
    for read in reads_of(kind).missing(wanted):
        filled_members |= members_of(aws, kind, read, own, arn)
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
                members |= tags_of(aws, kind, read, kind.tagging.target(id, arn or answered_arn))
            else:
                members |= members_of(aws, kind, read, own, arn or kind.id_and_arn(members)[1])
    except CallError as wrong:
        if wrong.is_gone:
            return None
        raise
    return members


def own_named(aws: AwsPort, kind: Kind[Any], name: str, scope: Scope) -> dict[str, Any] | None:
    """Returns the parameters by which calls identify the resource of a name; `None` if it does not exist.

    Raises `CallError`.
    """
    own, locate = kind.named(name, scope), reads_of(kind).locate
    try:
        return kind.own_of(structure(aws, locate, own)) if locate else own
    except CallError as wrong:
        if wrong.is_gone:
            return None
        raise


def completed(aws: AwsPort, kind: Kind[Any], members: Members) -> dict[str, Any] | None:
    """Returns what the search of a kind leaves out of one result. Returns `None` if it no longer exists."""
    if kind.reading.describe:
        return again(aws, kind, kind.own_of(members), ("tags",), kind.id_and_arn(members)[1])
    try:
        return {**left_out(aws, kind, members)}
    except CallError as wrong:
        if wrong.is_gone:
            return None
        raise


def left_out(aws: AwsPort, kind: Kind[Any], members: Members) -> Members:
    """Returns the description of a listed resource with its tags; without one, the tags alone. Raises `CallError`."""
    reads = reads_of(kind)
    if kind.reading.describe and reads.describe:
        described = members_of(aws, kind, reads.describe, kind.own_of(members))
        target = kind.tagging.target(*kind.id_and_arn({**members, **described})) if reads.tags else NO_PARAMS
        return {**described, **tags_of(aws, kind, reads.tags, target)} if reads.tags else described
    return tags_of(aws, kind, reads.tags, kind.tagging.target(*kind.id_and_arn(members))) if reads.tags else NO_PARAMS


def tags_of(aws: AwsPort, kind: Kind[Any], read: Read, target: Members) -> dict[str, Any]:
    """Returns the tags as a member, in the service's form."""
    if read.is_paged:
        try:
            return {kind.tagging.create: [*items(aws, read, target)]}
        except CallError as wrong:
            if wrong.code in read.absent:
                return {kind.tagging.create: []}
            raise
    return {kind.tagging.create: aws.read(read.service, read.operation, target).get(read.member)}


def members_of(aws: AwsPort, kind: Kind[Any], read: Read, own: Members, arn: str = "") -> Members:
    """Returns the members that a read of one resource fills. `arn` identifies the resource in reads that take no id.

    Raises `CallError`, also with the meaning GONE if a read of several resources leaves this one out.
    """
    try:
        if read.ids:
            return _only(read, described(aws, kind, read, [own[kind.identity.id_param]]))
        if read.reach is Reach.ALL:
            return _only(
                read, [members for members in listed(aws, kind, read) if kind.own_of(members).items() <= own.items()]
            )
        if read.is_paged:
            return kind.detail_members(read, [*items(aws, read, kind.detail_params(read, own, arn))])
        return kind.of_structure(read, structure(aws, read, kind.read_params(read, own)))
    except CallError as wrong:
        if wrong.code in read.absent:
            return NO_PARAMS
        raise


def described(aws: AwsPort, kind: Kind[Any], read: Read, ids: Collection[str]) -> list[dict[str, Any]]:
    """Returns the resources of some ids that exist, by a read that takes several."""
    answers = items(aws, read, {read.ids: [*ids]})
    return [members for members in answers if kind.id_and_arn(members)[0] in ids]


def structure(aws: AwsPort, read: Read, own: Members) -> dict[str, Any]:
    """Returns the structure that a read answers, which may be the whole answer."""
    params = {**own, **read.filters, **(draft_of(read.draft, own) if read.draft and read.is_of_draft else {})}
    try:
        answer = aws.read(read.service, read.operation, params)
    except CallError as wrong:
        if not read.draft or wrong.code != read.draft.unpublished:
            raise
        answer = aws.read(read.service, read.operation, {**params, **draft_of(read.draft, own)})
    if read.member and read.member not in answer:
        # GetItem of DynamoDB answers nothing where others answer an error.
        raise CallError(read.name, "NotFound", "there is no such resource", meaning=Meaning.GONE, fate=Fate.REFUSED)
    return dict(answer[read.member] if read.member else answer)


def draft_of(draft: DraftForm, own: Members) -> Members:
    """Returns the parameter that names the draft of a resource."""
    return {draft.parameter: f"{own[draft.parameter]}{draft.qualifier}"}


def parts_of(aws: AwsPort, kind: Kind[Any], own: Members, only: str = "") -> list[dict[str, Any]]:
    """Returns the parts of one resource, each of them read alone if their listing has only names.

    `only`: the name of the one part that matters, if it can be read alone.
    """
    reads = reads_of(kind)
    if not reads.parts or not kind.parts:
        return []
    if not (describe := reads.each_part):
        return list(items(aws, reads.parts, own))
    parts = []
    for name in [only] if only else items(aws, reads.parts, own):
        try:
            parts.append(structure(aws, describe, {**own, kind.parts.id_param: name}))
        except CallError as wrong:
            # Another writer may have deleted it since it was listed.
            if not wrong.is_gone:
                raise
    return parts


def _only(read: Read, resources: list[dict[str, Any]]) -> Members:
    if not resources:
        raise CallError(read.name, "NotListed", "AWS lists no such resource", meaning=Meaning.GONE, fate=Fate.REFUSED)
    return resources[0]
