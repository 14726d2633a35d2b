"""Reads the resources inside others, such as the versions and aliases of a module.

AWS lists them for one container at a time. So a plan searches only the containers that manifests name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Executor
from typing import Any

from reconciler.errors import CallError
from reconciler.kinds.asking import listed_in
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import reference_fields
from reconciler.kinds.operations import reads_of
from reconciler.kinds.registry import KINDS
from reconciler.live.request import LiveReader
from reconciler.live.who import SearchResult, named
from reconciler.model import Ref


def read_inside(
    reader: LiveReader, workers: Executor, every: Collection[SearchResult]
) -> tuple[list[SearchResult], dict[str, str]]:
    """Returns the resources inside containers, and AWS's reasons for the undeclared kinds that the role may not list.

    `every`: the resources of the other kinds. Raises `AmbiguousAddressError` and `CallError`.
    """
    inner = [kind for kind in KINDS.values() if kind.reading.container[0]]
    searches = []
    for kind in inner:
        containers = [answer for answer in every if answer.kind.name == kind.reading.container[0]]
        # Those that name this kind's resources may be requested without a manifest.
        namers = {it.name: it for it in inner if it is kind or kind.name in reference_fields(it.spec).values()}
        for ref, container in _wanted(reader, namers, containers):
            searches.append((kind, workers.submit(_search, reader, kind, ref, container.id)))
    results, unread = list[SearchResult](), dict[str, str]()
    for kind, search in searches:
        answers = search.result()
        if isinstance(answers, str):
            unread[kind.name] = answers
        else:
            results += answers
    return results, unread


def _wanted(
    reader: LiveReader, kinds: Mapping[str, Kind[Any]], containers: Collection[SearchResult]
) -> Iterator[tuple[Ref, SearchResult]]:
    """Yields the containers in which manifests, or the caller, name a resource of the kinds."""
    addresses = reader.request.addresses if reader.request else None
    is_all = addresses is None and any(map(reader.requests_all, kinds))
    refs = {*reader.desired, *reader.named, *(_ref(address) for address in addresses or ())}
    refs |= {Ref(ref.kind, it.renamed_from) for ref, it in reader.desired.items() if it.renamed_from}
    wanted = {kinds[ref.kind].container_of(ref.name) for ref in refs if ref.kind in kinds}
    if is_all or wanted:
        for ref, container in named(containers, reader.scope, reader.desired).items():
            if is_all or ref in wanted:
                yield ref, container


def _ref(address: str) -> Ref:
    kind, _, name = address.partition("/")
    return Ref(kind, name)


def _search(reader: LiveReader, kind: Kind[Any], container: Ref, id: str) -> list[SearchResult] | str:
    try:
        results = []
        for read in reads_of(kind).searches:
            listed = listed_in(reader.aws, kind, read, container, id)
            results += [SearchResult(kind, members) for members in listed if kind.is_one(members)]
    except CallError as wrong:
        if wrong.is_gone:
            return []
        if wrong.is_denied and not reader.declared(kind):
            return wrong.message
        raise
    return results
