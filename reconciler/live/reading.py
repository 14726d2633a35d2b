"""AWS → live: read every resource of every kind in bulk, and speak of it by name.

A kind is searched once, all kinds at a time; of what concerns us (declared, or ours by its tags) the parts, values and
whatever else the search leaves out are read too, in parallel and only as far as a manifest says it. Nothing is
evaluated: an evaluation stamps who read a value and when.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Any

from reconciler.answers import again, filled, listed, own_of
from reconciler.directory import Directory, Identity, World
from reconciler.errors import CallError, UnreadableAnswerError
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import says
from reconciler.kinds.registry import KINDS, LOOKUPS
from reconciler.live.resource import as_live, parts_of, records_of
from reconciler.live.undisturbed import undisturbed
from reconciler.live.who import Answer, is_ours, named
from reconciler.model import Finding, Live, Manifest, Ownership, Ref, Resource, Scope
from reconciler.port import AwsPort

WORKERS = 8
DENIED = ("AccessDeniedException", "AccessDenied")
PARTS, WHOLE, RECORDS = "parts", "whole", "records"
_Job = tuple[str, Ref]  # what is read of which resource
_ByOwner = dict[str, list[dict[str, Any]]]  # parts, by the ids of their owners


@dataclass(frozen=True)
class Asked:
    """What somebody asks for by its address, to export, adopt or delete it. `kinds`: of which kinds that may be; `None`
    stands for any, and for the names of whatever else these things refer to. `elsewhere`: which of the account's other
    instances; `None`: those that are covered."""

    covers: Callable[[Ref], bool]
    kinds: Collection[str] | None = None
    elsewhere: Callable[[Ref], bool] | None = None

    def wants(self, ref: Ref, answer: Answer, scope: Scope) -> bool:
        is_elsewhere = answer.kind.bare_search and answer.arn != scope.instance
        return self.covers(ref) and not (is_elsewhere and self.elsewhere and not self.elsewhere(ref))

    def any_of(self, kind: str) -> bool:
        return self.kinds is None or kind in self.kinds


@dataclass(frozen=True)
class _Reader:
    aws: AwsPort
    scope: Scope
    desired: Mapping[Ref, Manifest]
    asked: Asked | None
    named: Collection[str]  # kinds of which manifests name something

    def concerns(self, ref: Ref, answer: Answer) -> bool:
        return ref in self.desired or self.asks(ref, answer) or is_ours(answer, ref, self.scope, self.desired)

    def asks(self, ref: Ref, answer: Answer) -> bool:
        return self.asked is not None and self.asked.wants(ref, answer, self.scope)

    def wants(self, ref: Ref) -> Callable[[str], bool]:
        """Which paths of fields: what is declared, or all of what is not declared or somebody asks for."""
        if ref not in self.desired or (self.asked is not None and self.asked.covers(ref)):
            return lambda path: True
        return lambda path: says(self.desired[ref].spec, path)

    def watched(self) -> set[str]:
        """Kinds of which even what does not concern us may stand in our way."""
        spoken = {ref.kind for ref in self.desired} | {name for name in KINDS if self.asked and self.asked.any_of(name)}
        return {watched for name in spoken for watched in KINDS[name].watches}

    def names(self, kind: str) -> bool:
        """Whether things of a kind may be named that no manifest declares."""
        return kind in self.named or (self.asked is not None and self.asked.kinds is None)

    def lacks(self, ref: Ref, kind: Kind[Any]) -> bool:
        """Whether something is wanted that the kind's search does not tell."""
        wanted = self.wants(ref)
        return any(wanted(path) for gap in kind.gaps for path in gap.fields)

    def declared(self, kind: Kind[Any]) -> list[Resource]:
        return [manifest.spec for ref, manifest in self.desired.items() if ref.kind == kind.name]


def read(
    aws: AwsPort,
    scope: Scope,
    desired: Mapping[Ref, Manifest],
    asked: Asked | None = None,
) -> World:
    """What is declared, what is ours, and what somebody asks for.

    Raises `AmbiguousAddressError`, `UnreadableAnswerError` and whatever the port raises.
    """
    kinds_named = {target.kind for ref, it in desired.items() for target in KINDS[ref.kind].references(it.spec)}
    reader = _Reader(aws, scope, desired, asked, kinds_named)
    with undisturbed(), ThreadPoolExecutor(WORKERS) as workers:
        looked_up = [workers.submit(_looked_up, reader, kind) for kind in LOOKUPS if reader.names(kind)]
        searches = {kind: workers.submit(_searched, reader, kind) for kind in KINDS.values()}
        found = {kind.name: search.result() for kind, search in searches.items()}
        unread = {kind: told for kind, told in found.items() if isinstance(told, str)}
        every = [each for told in found.values() if not isinstance(told, str) for each in told]
        known = named(every, scope, desired)
        directory = Directory((ref, Identity(each.id, each.arn)) for ref, each in known.items())
        for ref, identity in chain.from_iterable(names.result() for names in looked_up):
            directory.add(ref, identity)
        concern = {ref: each for ref, each in known.items() if reader.concerns(ref, each)}
        told, by_owner = _contents(reader, workers, concern, directory)
        wait([it for (what, _), it in told.items() if what != RECORDS])  # who works beside those that read takes turns
        live, odd = dict[Ref, Live](), list(_nameless(reader, every, known))
        for ref, each in concern.items():
            try:
                it = replace(each, members=told[WHOLE, ref].result()) if (WHOLE, ref) in told else each
                live[ref] = as_live(ref, it, _parts(ref, it, told, by_owner), directory)
            except UnreadableAnswerError as wrong:
                if ref in desired or is_ours(each, ref, scope, desired):
                    raise
                odd.append(Finding("warning", str(ref), f"is left alone: {wrong}"))
        for ref in (ref for what, ref in told if what == RECORDS and ref in live):
            live[ref] = replace(live[ref], records=told[RECORDS, ref].result())
        return World(live, directory, unread, tuple(odd), _beside(reader, known, live, directory))


def _beside(
    reader: _Reader, known: Mapping[Ref, Answer], live: Mapping[Ref, Live], directory: Directory
) -> dict[Ref, Live]:
    """What is somebody else's and watched, as its search tells of it."""
    watched = reader.watched()
    strangers = {ref: each for ref, each in known.items() if ref.kind in watched and ref not in live}
    return {ref: as_live(ref, each, [], directory) for ref, each in strangers.items()}


def _nameless(reader: _Reader, every: Collection[Answer], known: Mapping[Ref, Answer]) -> Iterator[Finding]:
    """What is asked for, and bears a name that another one has got."""
    taken = {id(answer) for answer in known.values()}
    for answer in every if reader.asked else ():
        ref = Ref(answer.kind.name, answer.kind.called(answer.members))
        if id(answer) not in taken and reader.asks(ref, answer):
            message = f"{answer.arn or answer.id} is left alone: another one is called so too"
            yield Finding("warning", str(ref), message)


# Bulk reads.


def _searched(reader: _Reader, kind: Kind[Any]) -> list[Answer] | str:
    """The kind's resources, or why nobody may list them where no manifest speaks of the kind either."""
    declared = reader.declared(kind)
    everything = reader.asked is not None and reader.asked.any_of(kind.name)
    if not (declared or everything) and (kind.ownership is Ownership.DECLARED or kind.bare_search):
        return []
    try:
        found = [
            members
            for listing in kind.searches(declared, everything)
            for members in listed(reader.aws, kind, listing)
            if kind.is_one(members)
        ]
        if kind.bare_search:
            found = [whole for members in found if (whole := _described(reader, kind, members))]
    except CallError as wrong:
        if wrong.code in DENIED and not declared:
            return wrong.message
        raise
    return [Answer(kind, members) for members in found]


def _described(reader: _Reader, kind: Kind[Any], members: dict[str, Any]) -> dict[str, Any] | None:
    """Nothing where it is gone, or somebody else's that we may not see."""
    try:
        told = again(reader.aws, kind, own_of(kind, members), ())
    except CallError as wrong:
        keys = {kind.key_of(spec) for spec in reader.declared(kind)}
        is_own = kind.identity(members)[1] == reader.scope.instance
        if wrong.code in DENIED and not is_own and keys.isdisjoint(kind.keys_of(members)):
            return None
        raise
    return {**members, **told} if told else None


def _looked_up(reader: _Reader, kind: str) -> list[tuple[Ref, Identity]]:
    lookup, found = LOOKUPS[kind], list[tuple[Ref, Identity]]()
    listing = lookup.listing
    try:
        for page in reader.aws.pages("connect", listing.operation, listing.items, listing.filters):
            found += [
                (Ref(kind, str(item[lookup.name])), Identity(item[lookup.id], item[lookup.arn]))
                for item in page
                if lookup.name in item
            ]
    except CallError as wrong:
        if wrong.code not in DENIED or kind in reader.named:
            raise
    return found


# What a bulk read leaves out.


def _whole(reader: _Reader, ref: Ref, answer: Answer) -> dict[str, Any]:
    return filled(reader.aws, answer.kind, answer.members, reader.wants(ref))


def _contents(
    reader: _Reader, workers: ThreadPoolExecutor, concern: Mapping[Ref, Answer], directory: Directory
) -> tuple[dict[_Job, Future[Any]], dict[Ref, Future[_ByOwner]]]:
    """What is read of each resource, and for those whose parts one search tells the parts of all of their kind.

    A thread's turn costs more than what most resources need: nothing is asked that their search has told.
    """
    with_parts = {ref: each for ref, each in concern.items() if _wants_parts(reader, ref, each.kind)}
    bulks = {each.kind for each in with_parts.values() if each.kind.parts and each.kind.parts.bulk}
    bulk = {kind: workers.submit(_by_owner, reader.aws, kind) for kind in bulks}
    jobs: dict[_Job, tuple[Any, ...]] = {
        **{(PARTS, ref): (parts_of, reader.aws, it) for ref, it in with_parts.items() if it.kind not in bulks},
        **{(WHOLE, ref): (_whole, reader, ref, it) for ref, it in concern.items() if reader.lacks(ref, it.kind)},
        **{(RECORDS, ref): (records_of, reader.aws, it, directory) for ref, it in concern.items() if it.kind.cells},
    }
    return {job: workers.submit(*jobs[job]) for job in _in_turns(jobs)}, {
        ref: bulk[it.kind] for ref, it in with_parts.items() if it.kind in bulks
    }


def _in_turns(jobs: Iterable[_Job]) -> Iterator[_Job]:
    """AWS counts each operation by itself: what asks one is not to wait behind all that ask another."""
    groups: dict[tuple[str, str], list[_Job]] = {}
    for what, ref in jobs:
        groups.setdefault((what, ref.kind), []).append((what, ref))
    for turn in zip_longest(*groups.values()):
        yield from (job for job in turn if job)


def _parts(
    ref: Ref, answer: Answer, told: Mapping[_Job, Future[Any]], by_owner: Mapping[Ref, Future[_ByOwner]]
) -> list[dict[str, Any]]:
    if (PARTS, ref) in told:
        return list(told[PARTS, ref].result())
    return by_owner[ref].result().get(answer.id, []) if ref in by_owner else []


def _wants_parts(reader: _Reader, ref: Ref, kind: Kind[Any]) -> bool:
    return kind.parts is not None and (kind.cells is not None or reader.wants(ref)(kind.parts.field))


def _by_owner(aws: AwsPort, kind: Kind[Any]) -> _ByOwner:
    found: _ByOwner = {}
    if kind.parts and kind.parts.bulk:
        for part in listed(aws, kind, kind.parts.bulk):
            found.setdefault(part[kind.id_param], []).append(part)
    return found
