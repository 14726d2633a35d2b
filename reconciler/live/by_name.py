"""Finds the resources of kinds whose names are ids, without a search of the account.

An account may have thousands of log groups or roles that concern no manifest. So a plan describes those that manifests
declare or name, and those that AWS's tag index lists for the stack. The index lags: it only suggests names. A kind that
the index lacks has a listing of candidates instead.

AWS describes alarms, log groups and parameters in batches. It lists their tags one by one, at a few calls a second. So
these reads begin first, in threads of their own, and end last. So do those of kinds that share the rate of such tags.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import Any

from reconciler.errors import CallError, UsageError
from reconciler.kinds.asking import again, described, items, listed, own_named, tags_of
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import INDEX, reads_of
from reconciler.kinds.registry import KINDS
from reconciler.live.request import LiveReader
from reconciler.live.who import SearchResult
from reconciler.model import Read
from reconciler.model.ownership import STACK

_Names = dict[Kind[Any], set[str]]
_Results = dict[Kind[Any], list[SearchResult]]
# Described resources, and the reads of their tags, if these are apart.
_Tagged = list[tuple[dict[str, Any], Future[dict[str, Any]] | None]]


@dataclass
class NameReader:
    """Reads all kinds that are read by name. `unread` has AWS's reasons for the kinds that the role may not list.

    `indexed`: the ids of the stack's resources of other kinds that the tag index has.
    """

    reader: LiveReader
    workers: Executor
    lane: Callable[[], Executor]
    """Returns more threads, for the tags of one kind: calls that wait for their rate must not delay others."""
    unread: dict[str, str] = field(default_factory=dict)
    indexed: _Names = field(default_factory=dict)
    _tagging: dict[Kind[Any], list[Future[_Tagged]]] = field(default_factory=dict)
    _lanes: dict[Kind[Any], Executor] = field(default_factory=dict)
    _begun: _Names = field(default_factory=dict)

    def begin(self) -> None:
        """Starts the reads of the known resources that `rest` returns."""
        for kind in KINDS.values():
            if _ends_last(kind):
                self._begin_last(kind, self._known(kind))

    def find(self) -> _Results:
        """Returns the resources of each kind but those of `rest`. Containers are read before what they contain."""
        kinds = [kind for kind in KINDS.values() if kind.reading.by_name]
        inner = [kind for kind in kinds if kind.reading.within[0]]
        is_used = any(self._known(kind) for kind in inner)
        names = self._names([kind for kind in kinds if kind not in inner], is_used)
        for kind in filter(_ends_last, kinds):
            self._begin_last(kind, names.pop(kind) - self._begun.get(kind, set()))
        results = self._described(names)
        for kind in inner:
            results[kind] = self._contained(kind, results.get(KINDS[kind.reading.within[0]], ()))
        return results

    @property
    def has_rest(self) -> bool:
        return bool(self._tagging)

    def rest(self) -> list[SearchResult]:
        """Returns the resources that AWS's rates hold back longest. It waits for their tags."""
        results = []
        for kind, batches in self._tagging.items():
            for members, tags in chain.from_iterable(batch.result() for batch in batches):
                results.append(SearchResult(kind, {**members, **tags.result()} if tags else members))
        return results

    # Names.

    def _names(self, kinds: list[Kind[Any]], is_used: bool) -> _Names:
        names = {kind: self._known(kind) for kind in kinds}
        others = [kind for kind in KINDS.values() if kind.reading.index and not kind.reading.by_name]
        others = [kind for kind in others if self.reader.reaches(kind.service)]
        index = self.workers.submit(self._indexed, [*(kind for kind in kinds if kind.reading.index), *others])
        whole = {kind: self.workers.submit(self._listed, kind, reads_of(kind).searches) for kind in self._all_of(kinds)}
        suggested = index.result()
        self.indexed |= {kind: suggested[kind] for kind in others}
        for kind in names.keys() & suggested.keys():
            names[kind] |= suggested[kind]
        for kind, listing in whole.items():
            names[kind] |= listing.result()
        # A stack without any resource outside the instance has no roles either, and needs no right to list them.
        is_used = is_used or any(names.values())
        candidates = [kind for kind in kinds if is_used and kind.reading.candidates and kind not in whole]
        listings = {kind: self.workers.submit(self._candidates, kind) for kind in candidates}
        for kind, listing in listings.items():
            names[kind] |= listing.result()
        return names

    def _known(self, kind: Kind[Any]) -> set[str]:
        """Returns the names that manifests declare or refer to, and those that the caller requests."""
        reader, known = self.reader, set[str]()
        for ref, manifest in reader.desired.items():
            if ref.kind == kind.name:
                known |= {kind.key_of(manifest.spec), manifest.renamed_from or kind.key_of(manifest.spec)}
        if known and not reader.reaches(kind.service):
            message = f"has no instance, but manifests declare {kind.name}; add its instance to reconcile.yaml"
            raise UsageError(f'environment "{reader.scope.environment}" {message}')
        known |= {ref.name for ref in reader.named if ref.kind == kind.name}
        requested = reader.request.addresses if reader.request else None
        for address in requested or ():
            name, _, rest = address.partition("/")
            # The address of a part begins with the name of its resource, which has no slash where there are parts.
            whole = rest.partition("/")[0] if kind.parts else rest
            known |= {whole} if name == kind.name else set()
            # A requested resource inside another one is only found in it.
            inside = KINDS[name].reading.container[0] if name in KINDS else ""
            known |= {KINDS[name].container_of(rest).name} if inside == kind.name else set()
        return known

    def _all_of(self, kinds: Iterable[Kind[Any]]) -> list[Kind[Any]]:
        """Returns the kinds of which every resource of the account is requested."""
        wide = {*self.reader.request.account_wide} if self.reader.request else set[str]()
        tables = [KINDS[name].reading for name in wide & KINDS.keys()]
        wide |= {table.container[0] for table in tables} | {it.within[0] for it in tables if it.within_each}
        return [kind for kind in kinds if kind.name in wide]

    def _listed(self, kind: Kind[Any], reads: Iterable[Read]) -> set[str]:
        every = chain.from_iterable(listed(self.reader.aws, kind, read) for read in reads)
        return {kind.keys_of(it)[0] for it in every if kind.is_one(it)}

    def _candidates(self, kind: Kind[Any]) -> set[str]:
        candidates = reads_of(kind).candidates
        try:
            return self._listed(kind, [candidates] if candidates else [])
        except CallError as wrong:
            self._note_refusal(wrong, [kind])
            return set()

    def _indexed(self, kinds: Collection[Kind[Any]]) -> _Names:
        """Returns what AWS's tag index lists as managed by the stack."""
        names: _Names = {kind: set() for kind in kinds}
        filters = {
            "TagFilters": [{"Key": STACK, "Values": [self.reader.scope.owner]}],
            "ResourceTypeFilters": sorted(kind.reading.index for kind in kinds),
        }
        try:
            for entry in items(self.reader.aws, INDEX, filters) if kinds else ():
                for kind in kinds:
                    names[kind] |= {kind.id_within(entry["ResourceARN"])} - {""}
        except CallError as wrong:
            self._note_refusal(wrong, kinds)
        return names

    def _note_refusal(self, wrong: CallError, kinds: Iterable[Kind[Any]]) -> None:
        """Notes a listing that the role may not make. Raises any other error again."""
        if not wrong.is_denied:
            raise wrong
        self.unread |= {kind.name: wrong.message for kind in kinds if not self.reader.declared(kind)}

    # Describes.

    def _contained(self, kind: Kind[Any], containers: Iterable[SearchResult]) -> list[SearchResult]:
        """Returns the resources inside the containers that the stack manages, and the declared and requested ones."""
        searches, mark = reads_of(kind).searches, kind.reading.within_tag

        def listed_in(containers: Iterable[SearchResult]) -> set[str]:
            own = [{kind.reading.within[1]: container.id} for container in containers]
            reads = [replace(it, filters={**it.filters, **named}) for named in own for it in searches]
            return self._listed(kind, reads)

        owned = [it for it in containers if it.tags.get(STACK) == self.reader.scope.owner]
        owned = [it for it in owned if not mark or it.tags.get(mark, "0") != "0"]
        inside = listed_in(owned)
        names = {kind: self._known(kind) | inside}
        if self._all_of([kind]) and not mark:
            others = [it for it in containers if it not in owned]
            names[kind] |= listed_in(others) if kind.reading.within_each else self._listed(kind, searches)
        answers = self._described(names)[kind]
        return [replace(it, is_contained=kind.keys_of(it.members)[0] in inside) for it in answers]

    def _described(self, names: _Names) -> _Results:
        """Describes resources, in batches where AWS allows it. Those that do not exist are left out."""
        jobs = {
            kind: [self.workers.submit(self._describe, kind, some) for some in _batches(kind, sorted(known))]
            for kind, known in names.items()
        }
        return {
            kind: [SearchResult(kind, members) for job in describes for members in job.result()]
            for kind, describes in jobs.items()
        }

    def _begin_last(self, kind: Kind[Any], names: set[str]) -> None:
        if not names:
            return
        if kind not in self._lanes:
            self._lanes[kind] = self.lane()
        lane, batches = self._lanes[kind], self._tagging.setdefault(kind, [])
        # The tags of a batch come after it. Kinds that are described one by one would delay others there.
        workers = self.workers if kind.reading.batch else lane
        batches += [workers.submit(self._tagged, kind, some, lane) for some in _batches(kind, sorted(names))]
        self._begun.setdefault(kind, set()).update(names)

    def _tagged(self, kind: Kind[Any], names: Sequence[str], lane: Executor) -> _Tagged:
        """Describes some resources, and starts to list the tags of each one of a batch."""
        existing = self._describe(kind, names)
        if not kind.reading.batch:
            return [(members, None) for members in existing]
        return [(members, lane.submit(self._tags, kind, members)) for members in existing]

    def _describe(self, kind: Kind[Any], names: Sequence[str]) -> list[dict[str, Any]]:
        """Returns the existing ones of some resources. Raises `CallError` if a declared one cannot be read."""
        aws, describe = self.reader.aws, reads_of(kind).describe
        try:
            if describe and describe.ids:
                return described(aws, kind, describe, names)
            existing = list(filter(None, (self._named(kind, name) for name in names)))
            return [it for it in existing if not kind.is_leaving(it) or kind.keys_of(it)[0] in self._wanted(kind)]
        except CallError as wrong:
            declared = self._wanted(kind)
            if wrong.is_denied and declared.isdisjoint(names):
                self.unread.setdefault(kind.name, wrong.message)
                return []
            raise

    def _named(self, kind: Kind[Any], name: str) -> dict[str, Any] | None:
        """Returns the resource of a name with its tags; `None` if it does not exist."""
        aws, scope = self.reader.aws, self.reader.scope
        own = own_named(aws, kind, name, scope)
        members = again(aws, kind, own, ("tags",)) if own else None
        if not members:
            return None
        live = {**kind.named(name, scope), **members}
        id, arn = kind.id_and_arn(live)
        # Some answers have no ARN, such as that of a bucket, and texts may hold it.
        return live if arn else {**live, "Arn": kind.arn_of(id, scope)}

    def _wanted(self, kind: Kind[Any]) -> set[str]:
        """Returns the names of the declared resources of a kind."""
        return {kind.key_of(spec) for spec in self.reader.declared(kind)}

    def _tags(self, kind: Kind[Any], members: dict[str, Any]) -> dict[str, Any]:
        """Returns the tags; none if the resource was deleted since it was described."""
        tags = reads_of(kind).tags
        try:
            target = kind.tagging.target(*kind.id_and_arn(members))
            return tags_of(self.reader.aws, kind, tags, target) if tags else {}
        except CallError as wrong:
            if not wrong.is_gone:
                raise
            return {}


@cache
def _ends_last(kind: Kind[Any]) -> bool:
    """Returns whether the kind's tags are listed by the operation of a kind that AWS describes in batches."""
    named = [it for it in KINDS.values() if it.reading.by_name and not it.reading.within[0]]
    slow = {tags.name for it in named if it.reading.batch and (tags := reads_of(it).tags)}
    tags = reads_of(kind).tags
    return kind in named and tags is not None and tags.name in slow


def _batches(kind: Kind[Any], names: Sequence[str]) -> Iterator[Sequence[str]]:
    most = kind.reading.batch.most if kind.reading.batch else 1
    for start in range(0, len(names), most):
        yield names[start : start + most]
