"""Reads every resource of every kind from AWS in bulk, and translates ids to names.

Each kind is searched once, all kinds in parallel. For declared, managed and requested resources it also reads parts,
values and the details that the search leaves out. It reads only the declared fields of a declared resource. It never
evaluates values, because AWS records who evaluated a value and when.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, zip_longest
from typing import Any

from reconciler.directory import Directory, World
from reconciler.errors import CallError, UnreadableAnswerError, UsageError
from reconciler.kinds.asking import completed, filled, listed
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import reads_of, searches
from reconciler.kinds.registry import KINDS
from reconciler.live.beside import read_own, unmanaged
from reconciler.live.by_name import NameReader
from reconciler.live.elsewhere import found_elsewhere
from reconciler.live.inside import read_inside
from reconciler.live.request import LiveReader, ReadRequest
from reconciler.live.resource import as_live, parts_of, records_of
from reconciler.live.who import SearchResult, directory_of, is_managed, named, names_by_id
from reconciler.model import Finding, Live, Manifest, Read, Ref, Scope
from reconciler.port import AwsPort

WORKERS = 8
PARTS, WHOLE, RECORDS = "parts", "whole", "records"
_Job = tuple[str, Ref]  # PARTS, WHOLE or RECORDS, and the resource to read
_ByOwner = dict[str, list[dict[str, Any]]]  # parts by the ids of their owners


def threads() -> Executor:
    """Returns the threads of one read."""
    return ThreadPoolExecutor(WORKERS)


def read(
    aws: AwsPort,
    scope: Scope,
    desired: Mapping[Ref, Manifest],
    request: ReadRequest | None = None,
    *,
    pool: Callable[[], Executor] = threads,
) -> World:
    """Reads the declared, managed and requested resources, with several calls at a time.

    Raises `AmbiguousAddressError`, `UnreadableAnswerError`, `UsageError` and the errors of the port.
    """
    targets = {target for ref, it in desired.items() for target in KINDS[ref.kind].references(it.spec)}
    reader = LiveReader(aws, scope, desired, request, targets)
    with no_garbage_collection(), ExitStack() as pools:
        workers = pools.enter_context(pool())
        by_name = NameReader(reader, workers, lambda: pools.enter_context(pool()))
        every, unread = _found(reader, workers, by_name)
        first = _first(reader, every) if by_name.has_rest else {}
        reads, by_owner = _contents(reader, workers, first, Directory())
        every, unread = every + by_name.rest(), unread | by_name.unread
        known = named(every, scope, desired)
        directory = directory_of(known)
        concern = {ref: answer for ref, answer in known.items() if reader.concerns(ref, answer)}
        more, owners = _contents(reader, workers, {ref: concern[ref] for ref in concern if ref not in first}, directory)
        reads, by_owner = {**reads, **more}, {**by_owner, **owners}
        # This thread would compete with the reading threads, so it waits for them first.
        wait([job for (what, _), job in reads.items() if what != RECORDS])
        live, odd = dict[Ref, Live](), list(_nameless(reader, every, known))
        for ref, answer in concern.items():
            try:
                it = replace(answer, members=reads[WHOLE, ref].result()) if (WHOLE, ref) in reads else answer
                live[ref] = as_live(ref, it, _parts(ref, it, reads, by_owner), directory)
            except UnreadableAnswerError as wrong:
                if ref in desired or is_managed(answer, ref, scope, desired):
                    raise
                odd.append(Finding("warning", str(ref), f"is left alone: {wrong}"))
        for ref in (ref for what, ref in reads if what == RECORDS and ref in live):
            live[ref] = replace(live[ref], records=reads[RECORDS, ref].result())
        return World(live, directory, unread, tuple(odd), _beside(reader, known, live, directory))


def _first(reader: LiveReader, results: Collection[SearchResult]) -> dict[Ref, SearchResult]:
    """Returns the resources whose details are read while rates hold back tags. Cells wait: they may name any other."""
    known = named(results, reader.scope, reader.desired)
    return {ref: it for ref, it in known.items() if reader.concerns(ref, it) and not reads_of(it.kind).cells}


def _found(reader: LiveReader, workers: Executor, by_name: NameReader) -> tuple[list[SearchResult], dict[str, str]]:
    """Returns the resources of every kind, and AWS's reasons for the undeclared kinds that the role may not list.

    Those that `by_name` returns last are not there yet.
    """
    by_name.begin()
    others = [kind for kind in KINDS.values() if not (kind.reading.by_name or kind.reading.container[0])]
    tagged = {kind: workers.submit(_tagged, reader, kind) for kind in others if kind.reading.candidates}
    by_tag = [kind for kind in others if kind.reading.index or kind in tagged]
    first = [kind for kind in others if reader.searches(kind) and kind not in by_tag]
    searches = {kind: workers.submit(_searched, reader, kind) for kind in first}
    every, unread = list(chain.from_iterable(by_name.find().values())), by_name.unread
    indexed = by_name.indexed
    for kind, listing in tagged.items():
        candidates = listing.result()
        if isinstance(candidates, str):
            unread[kind.name] = candidates
        else:
            indexed[kind] = candidates
    reader = replace(reader, indexed=indexed)
    second = [kind for kind in by_tag if reader.searches(kind)]
    searches |= {kind: workers.submit(_searched, reader, kind) for kind in second}
    for kind, search in searches.items():
        results = search.result()
        if isinstance(results, str):
            unread[kind.name] = results
        else:
            every += results
    inside, refused = read_inside(reader, workers, every)
    return every + inside, unread | refused


def _beside(
    reader: LiveReader, known: Mapping[Ref, SearchResult], live: Mapping[Ref, Live], directory: Directory
) -> dict[Ref, Live]:
    watched = reader.watched()
    searched = {name for name in watched if reader.requests_all(name) or reader.declared(KINDS[name])}
    own = read_own(reader.aws, reader.scope, watched - searched)
    others = {ref: answer for ref, answer in {**own, **known}.items() if ref not in live}
    return unmanaged(others, watched, reader.scope, directory)


def _nameless(
    reader: LiveReader, every: Collection[SearchResult], known: Mapping[Ref, SearchResult]
) -> Iterator[Finding]:
    """Yields findings about requested resources whose name belongs to another resource."""
    taken, names = {id(answer.members) for answer in known.values()}, names_by_id(known)
    for answer in every if reader.request else ():
        ref = Ref(answer.kind.name, answer.below(names).called)
        if id(answer.members) not in taken and reader.requests(ref, answer):
            message = f"{answer.arn or answer.id} is left alone: another resource has the same name; rename one"
            yield Finding("warning", str(ref), message)


# Bulk reads.


def _tagged(reader: LiveReader, kind: Kind[Any]) -> set[str] | str:
    """Returns the ids of the resources of the stack, or why AWS lists none to the role.

    A search by tag finds them, as the tag index does for other kinds.
    """
    candidates = reads_of(kind).candidates
    if not candidates or not reader.reaches(kind.service):
        return set()
    own = replace(candidates, filters={**candidates.filters, **kind.tagged_by(reader.scope.owner)})
    try:
        return {kind.id_and_arn(members)[0] for members in listed(reader.aws, kind, own)}
    except CallError as wrong:
        if wrong.is_denied and not reader.declared(kind):
            return wrong.message
        raise


def _searched(reader: LiveReader, kind: Kind[Any]) -> list[SearchResult] | str:
    """Returns the kind's resources, or AWS's reason if the role may not list an undeclared kind."""
    declared, everything = reader.declared(kind), reader.requests_all(kind.name)
    if not reader.reaches(kind.service):
        if declared:
            message = f"has no instance, but manifests declare {kind.name}; add its instance to reconcile.yaml"
            raise UsageError(f'environment "{reader.scope.environment}" {message}')
        return []
    try:
        results = [
            members
            for search in searches(kind, declared, everything)
            for members in listed(reader.aws, kind, search)
            if kind.is_one(members)
        ]
        known = {kind.id_and_arn(members)[0] for members in results}
        # A list may lack what AWS has not finished, or what was moved to another instance.
        results += [{kind.identity.id_param: id} for id in sorted({*reader.indexed.get(kind, ())} - known)]
        if reads_of(kind).of_each and not reader.only_names(kind):
            described = [
                members if reader.is_beside(kind, members) else _described(reader, kind, members) for members in results
            ]
            results = [members for members in described if members]
        if declared:
            results += found_elsewhere(reader, kind, results, partial(_described, reader, kind))
    except CallError as wrong:
        if wrong.is_denied and not declared:
            return wrong.message
        raise
    return [SearchResult(kind, members, elsewhere=_elsewhere(reader, kind, members)) for members in results]


def _elsewhere(reader: LiveReader, kind: Kind[Any], members: dict[str, Any]) -> str:
    """Returns the ARN of the other instance that has the resource, or an empty text."""
    instance = kind.instance_of(members)
    return instance if instance != reader.scope.instance else ""


def _described(reader: LiveReader, kind: Kind[Any], members: dict[str, Any]) -> dict[str, Any] | None:
    """Returns the described resource; `None` if it no longer exists, or is unmanaged and the role may not read it."""
    try:
        details = completed(reader.aws, kind, members)
    except CallError as wrong:
        keys = {kind.key_of(spec) for spec in reader.declared(kind)}
        is_own = bool(reader.scope.instance) and kind.id_and_arn(members)[1] == reader.scope.instance
        # Tags alone show which resource a create has chosen, so any may be the declared one.
        may_be_declared = keys if kind.writing.choice else keys.intersection(kind.keys_of(members))
        if wrong.is_denied and not is_own and not may_be_declared:
            return members if kind.identity.is_named_by_key else None
        raise
    return {**members, **details} if details else None


# Details that a bulk read leaves out.


def _whole(reader: LiveReader, ref: Ref, answer: SearchResult) -> dict[str, Any]:
    return filled(reader.aws, answer.kind, answer.members, reader.wants(ref))


def _contents(
    reader: LiveReader, workers: Executor, concern: Mapping[Ref, SearchResult], directory: Directory
) -> tuple[dict[_Job, Future[Any]], dict[Ref, Future[_ByOwner]]]:
    """Starts the reads of each resource, and the searches that list the parts of a whole kind. Returns both.

    A job in a thread is expensive, so a resource gets none if its search has returned every wanted field.
    """
    with_parts = {ref: answer for ref, answer in concern.items() if _wants_parts(reader, ref, answer.kind)}
    bulks = {answer.kind: read for answer in with_parts.values() if (read := reads_of(answer.kind).all_parts)}
    bulk = {kind: workers.submit(_by_owner, reader.aws, kind, read) for kind, read in bulks.items()}
    # A number of another instance has no flow here.
    here = {ref: it for ref, it in concern.items() if not it.elsewhere}
    incomplete = {ref: it for ref, it in here.items() if reads_of(it.kind).missing(reader.wants(ref))}
    with_cells = {ref: answer for ref, answer in concern.items() if reads_of(answer.kind).cells}
    jobs: dict[_Job, tuple[Any, ...]] = {
        **{(PARTS, ref): (parts_of, reader.aws, it) for ref, it in with_parts.items() if it.kind not in bulks},
        **{(WHOLE, ref): (_whole, reader, ref, it) for ref, it in incomplete.items()},
        **{(RECORDS, ref): (records_of, reader.aws, it, directory) for ref, it in with_cells.items()},
    }
    return {job: workers.submit(*jobs[job]) for job in _in_turns(jobs)}, {
        ref: bulk[it.kind] for ref, it in with_parts.items() if it.kind in bulks
    }


def _in_turns(jobs: Iterable[_Job]) -> Iterator[_Job]:
    """Alternates between operations. AWS limits each one separately, so no job must wait behind those of another."""
    groups: dict[tuple[str, str], list[_Job]] = {}
    for what, ref in jobs:
        groups.setdefault((what, ref.kind), []).append((what, ref))
    for turn in zip_longest(*groups.values()):
        yield from (job for job in turn if job)


def _parts(
    ref: Ref, answer: SearchResult, reads: Mapping[_Job, Future[Any]], by_owner: Mapping[Ref, Future[_ByOwner]]
) -> list[dict[str, Any]]:
    if (PARTS, ref) in reads:
        return list(reads[PARTS, ref].result())
    return by_owner[ref].result().get(answer.id, []) if ref in by_owner else []


def _wants_parts(reader: LiveReader, ref: Ref, kind: Kind[Any]) -> bool:
    reads = reads_of(kind)
    if not reads.parts:
        return False
    # A table's values cannot be compared without its attributes.
    return reads.cells is not None or any(map(reader.wants(ref), reads.parts.fills))


def _by_owner(aws: AwsPort, kind: Kind[Any], read: Read) -> _ByOwner:
    parts: _ByOwner = {}
    for part in listed(aws, kind, read):
        parts.setdefault(part[kind.identity.id_param], []).append(part)
    return parts


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Disables the garbage collector, whose search for cycles takes a third of the reading time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
