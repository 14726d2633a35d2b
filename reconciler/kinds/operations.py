"""Lists every operation that a kind's table can call: the reads as values, the writes by name.

Only `reads_of` turns a table into reads. `kinds/asking` executes them, `kinds/iam` grants them, and the rechecks of a
plan hold them, so the estimate counts them. A new way to read is added here, and a new form of answer is added there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import is_local
from reconciler.kinds.service import TagShape
from reconciler.kinds.services import TAGGING
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import Ownership, Reach, Read

INDEX = Read(
    *(TAGGING.name, "GetResources", "ResourceTagMappingList", ("tags",), Reach.ALL), filters={"ResourcesPerPage": 100}
)


@dataclass(frozen=True)
class KindReads:
    """Every read of a kind, by its content.

    searches: all resources. `InstanceStorage` has one search for each type of data.
    of_each: the reads of each result, if a search returns little more than ids.
    locate: the id of one resource by its name, if calls do not take the name.
    tags: the tags of one resource, if no other read of it has them.
    index: the resources of the stack in AWS's tag index, of all kinds that it lists, as ARNs with tags.
    candidates: the resources that the stack may manage, if the tag index lacks the kind.
    details: fields that the searches leave out. Plan reads them only if a manifest declares one of them.
    all_parts: the parts of all resources at once, if AWS can list them so. Plan prefers it to `parts`.
    each_part: one part, if `parts` lists only names.
    lookup: the names of all resources, for a create: a search may lag behind.
    describe: one resource without the details that have a listing of their own.
    own: the instance of the environment. Plan reads it if a kind that sees this one is declared.
    choice: the free items, of which apply chooses one right before a create.
    versions: what apply has published, if a reply is lost.
    everywhere: the resources of all instances. Plan reads it only if a declared one is not in this instance.
    """

    searches: tuple[Read, ...]
    of_each: tuple[Read, ...]
    details: tuple[Read, ...]
    all_parts: Read | None
    parts: Read | None
    each_part: Read | None
    cells: Read | None
    lookup: Read | None
    describe: Read | None
    tags: Read | None
    index: Read | None
    candidates: Read | None
    locate: Read | None = None
    own: Read | None = None
    choice: Read | None = None
    everywhere: Read | None = None
    versions: Read | None = None

    @property
    def of_plan(self) -> tuple[Read, ...]:
        orphans = _present(self.index, self.candidates)
        parts = _present(self.all_parts or self.parts, self.each_part)
        elsewhere = _present(self.everywhere)
        return (*orphans, *self.searches, *elsewhere, *self.of_each, *self.details, *parts, *_present(self.cells))

    @property
    def of_apply(self) -> tuple[Read, ...]:
        """The reads that find one resource or recheck it. A recheck also makes the details and cells of plan."""
        return _present(self.lookup, self.choice, self.locate, self.describe, self.parts, self.tags, self.versions)

    @property
    def contents(self) -> tuple[Read, ...]:
        """The reads of what one resource contains."""
        return _present(self.parts, self.each_part, self.cells)

    @property
    def of_one_part(self) -> tuple[Read, ...]:
        """The read of one part, or of all if AWS has none of one."""
        return _present(self.each_part or self.parts)

    def of_parts(self, count: int) -> tuple[Read, ...]:
        """Returns the reads of the parts of one resource that has `count` parts."""
        return (*_present(self.parts), *_present(self.each_part) * count)

    def missing(self, wanted: Callable[[str], bool]) -> tuple[Read, ...]:
        """Returns the reads of details that fill a wanted field."""
        return tuple(read for read in self.details if any(map(wanted, read.fills)))

    def again(self, fields: Collection[str]) -> tuple[Read, ...]:
        """Returns the reads that recheck a resource and the given fields, without its parts and cells."""
        # Every recheck describes the resource, and that fills the details without a listing of their own.
        described = self.describe.operation if self.describe else ""
        others = (read for read in self.details if read.operation != described)
        others = (read for read in (*others, *_present(self.tags)) if not set(read.fills).isdisjoint(fields))
        return (*_present(self.describe), *others)


@cache
def reads_of(kind: Kind[Any]) -> KindReads:
    """Returns every read that the kind's table describes."""
    parts, cells = kind.parts, kind.cells
    describe = _describe(kind)
    tags = _tags(kind) if kind.ownership is Ownership.TAGS and kind.tagging.read else None
    reading = kind.reading
    locate = _structure(kind, reading.locate, _key(kind)) if reading.locate else None
    return KindReads(
        searches=searches(kind, (), True),
        locate=locate,
        of_each=_present(locate, describe if reading.describe else None, tags)
        if reading.describes_each or reading.by_name
        else (),
        details=_details(kind, describe),
        all_parts=_listing(kind, parts.bulk, (parts.field,), Reach.ALL) if parts and parts.bulk else None,
        parts=_listing(kind, parts.listing, (parts.field,), Reach.ONE) if parts else None,
        each_part=_structure(kind, parts.describe, (parts.field,)) if parts and parts.describe else None,
        cells=_listing(kind, cells.listing, (cells.field,), Reach.ONE) if cells else None,
        lookup=_listing(kind, kind.reading.lookup, _key(kind), Reach.ALL) if kind.reading.lookup else None,
        describe=describe,
        tags=tags,
        own=_listing(kind, kind.reading.own, _whole(kind), Reach.ALL) if kind.reading.own else None,
        index=INDEX if reading.index else None,
        choice=_listing(kind, kind.writing.choice.search, (), Reach.ALL) if kind.writing.choice else None,
        candidates=_listing(kind, reading.candidates, _key(kind), Reach.ALL) if reading.candidates else None,
        versions=_listing(kind, kind.writing.publication.listing, (), Reach.ONE) if kind.writing.publication else None,
        everywhere=_listing(kind, kind.writing.move.everywhere, _key(kind), Reach.ALL) if kind.writing.move else None,
    )


def searches(kind: Kind[Any], declared: Collection[Any], everything: bool) -> tuple[Read, ...]:
    """Returns the bulk reads for the declared resources, or for everything."""
    described = set[str]().union(*(gap.fields for gap in kind.reading.details if not gap.is_apart))
    is_bare = kind.reading.by_name or (kind.reading.describes_each and kind.reading.describe is not None)
    fills = _key(kind) if is_bare else tuple(f for f in _whole(kind) if f not in described)
    return tuple(_listing(kind, listing, fills, Reach.ALL) for listing in kind.searches(declared, everything))


def finding(kind: Kind[Any], spec: Any) -> tuple[Read, ...]:
    """Returns the reads that find a resource by its key, before or after its create."""
    reads = reads_of(kind)
    if kind.reading.by_name:
        return reads.of_each
    return (reads.lookup,) if reads.lookup else searches(kind, [spec], False)


def is_searched_undeclared(kind: Kind[Any]) -> bool:
    """Returns whether every plan searches the kind, because a managed resource may have lost its manifest."""
    return kind.ownership is Ownership.TAGS and not (kind.reading.describes_each or kind.reading.by_name)


def is_listed(kind: Kind[Any]) -> bool:
    """Returns whether a search finds every resource of the kind: AWS lists objects and items in one container each."""
    return bool(reads_of(kind).searches) and not kind.reading.within_tag


def finds_orphans(kind: Kind[Any]) -> bool:
    """Returns whether every plan looks for the stack's resources of the kind, also without a manifest."""
    return is_searched_undeclared(kind) or (kind.reading.candidates is not None and not kind.reading.by_name)


def orphan_reads(kind: Kind[Any]) -> tuple[Read, ...]:
    """Returns the reads by which a plan finds resources of an undeclared kind, if their stack manages any."""
    reads = reads_of(kind)
    if not kind.reading.by_name:
        return reads.of_plan
    inside = reads.searches if kind.reading.within[0] else ()
    return (*_present(reads.index, reads.candidates), *inside, *reads.of_each)


def writes(kind: Kind[Any]) -> Iterator[str]:
    """Yields the operations by which apply writes."""
    publication = kind.writing.publication
    yield from filter(None, (kind.writing.create, kind.writing.delete, publication and publication.operation))
    if kind.ownership is Ownership.TAGS:
        yield from (kind.tagging.tag, *([] if kind.tagging.replaces_all else [kind.tagging.untag]))
    for update in kind.writing.updates:
        yield from filter(None, (update.operation, update.clear))
    for members in kind.writing.sets:
        yield from filter(None, (members.add, members.change, members.remove))
    if kind.parts:
        yield from (kind.parts.create, kind.parts.update, kind.parts.delete)
    if kind.cells:
        yield from (kind.cells.create, kind.cells.update, kind.cells.delete, kind.cells.rename)


def calls_of(kind: Kind[Any]) -> frozenset[str]:
    """Returns every call in a kind's table as `service:Operation`."""
    reads = reads_of(kind)
    read = {read.name for read in (*reads.of_plan, *reads.of_apply)}
    return frozenset(read | {f"{kind.service.name}:{operation}" for operation in writes(kind)})


def detail_fields(kind: Kind[Any]) -> set[str]:
    """Returns the fields that are read by separate calls, and only if a manifest declares them."""
    reads = reads_of(kind)
    return set[str]().union(*(read.fills for read in (*reads.details, *_present(reads.parts))))


def update_reads(kind: Kind[Any], update: Update) -> tuple[Read, ...]:
    """Returns the reads before an update: those of its fields, and the draft that it would replace."""
    again = field_reads(kind, update.fields)
    return (*again, *draft_reads(kind)) if update.publishes else again


def draft_reads(kind: Kind[Any]) -> tuple[Read, ...]:
    """Returns the read of a resource's draft, if its content has one."""
    describe = reads_of(kind).describe
    return (replace(describe, is_of_draft=True),) if kind.reading.draft and describe else ()


def field_reads(kind: Kind[Any], fields: Collection[str]) -> tuple[Read, ...]:
    """Returns the reads that recheck the fields of a resource: Describe, and the listings of details."""
    return reads_of(kind).again(fields)


def _whole(kind: Kind[Any]) -> tuple[str, ...]:
    """Returns the fields that describe and a full search answer: those without a listing of their own."""
    apart = {kind.parts.field} if kind.parts else set[str]()
    for gap in kind.reading.details:
        apart |= set(gap.fields) if gap.is_apart else set()
    apart |= kind.reading.write_only
    if kind.service.tagging and kind.tagging.read:
        apart.add("tags")
    return tuple(f for f in kind.spec.model_fields if f not in apart and not is_local(kind.spec, f))


def _describe(kind: Kind[Any]) -> Read | None:
    if not kind.reading.describe:
        # The search has every field but the tags, so it describes a resource too.
        return _listing(kind, kind.reading.search, _whole(kind), Reach.ALL) if kind.reading.describes_each else None
    read = _structure(kind, kind.reading.describe, _whole(kind))
    read = replace(read, filters=kind.reading.described_by, absent=kind.reading.undescribed, draft=kind.reading.draft)
    batch = kind.reading.batch
    return replace(read, ids=batch.parameter, is_paged=True, filters=batch.filters) if batch else read


def _details(kind: Kind[Any], describe: Read | None) -> tuple[Read, ...]:
    details = []
    for gap in kind.reading.details:
        if gap.listing:
            listing = _listing(kind, gap.listing, gap.fields, Reach.ONE)
            details.append(replace(listing, absent=gap.absent, arns=gap.arns))
        elif gap.describe:
            details.append(replace(_structure(kind, gap.describe, gap.fields), absent=gap.absent))
        elif describe:
            details.append(replace(describe, fills=gap.fields))
    return tuple(details)


def _structure(kind: Kind[Any], describe: tuple[str, str], fills: tuple[str, ...]) -> Read:
    return Read(kind.service.name, *describe, fills, Reach.ONE, is_paged=False)


def _listing(kind: Kind[Any], listing: Listing, fills: tuple[str, ...], reach: Reach) -> Read:
    return Read(kind.service.name, listing.operation, listing.items, fills, reach, listing.filters, listing.constants)


def _tags(kind: Kind[Any]) -> Read:
    tagging = kind.tagging
    is_paged = tagging.shape is not TagShape.MAP
    member = tagging.answered or tagging.create
    read = Read(kind.service.name, tagging.read, member, ("tags",), Reach.ONE, is_paged=is_paged)
    return replace(read, absent=tagging.absent)


def _key(kind: Kind[Any]) -> tuple[str, ...]:
    return (kind.identity.key,) if kind.identity.key else ()


def _present(*reads: Read | None) -> tuple[Read, ...]:
    return tuple(read for read in reads if read)
