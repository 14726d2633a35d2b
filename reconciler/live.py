"""AWS → live: read every resource of every kind in bulk, and speak of it by name.

A kind is searched once; what concerns us (declared, or ours by its tags) has its parts and values listed, in parallel.
Nothing is described one by one, and nothing is evaluated: an evaluation stamps who read a value and when.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from reconciler.directory import Directory, Identity, World
from reconciler.errors import AmbiguousAddressError, UnreadableAnswerError
from reconciler.kinds.base import Kind, Listing
from reconciler.kinds.registry import KINDS
from reconciler.model import Contents, Live, LiveCell, LiveRecord, Manifest, Ref, Scope
from reconciler.ownership import ADDRESS, STACK, address, foreign, ref_of
from reconciler.port import AwsPort

WORKERS = 8


@dataclass(frozen=True)
class _Answer:
    """One resource as a search tells of it."""

    kind: Kind[Any]
    members: Mapping[str, Any]

    @property
    def tags(self) -> Mapping[str, str]:
        return self.members.get("Tags") or {}

    @property
    def name(self) -> str:
        return str(self.members[self.kind.param("name")])


def read(
    aws: AwsPort,
    scope: Scope,
    desired: Mapping[Ref, Manifest],
    also: Callable[[Ref], bool] = lambda ref: False,
) -> World:
    """What is declared, what is ours, and `also` what somebody asks for by name (to export or to adopt it).

    Raises `AmbiguousAddressError`, `UnreadableAnswerError` and whatever the port raises.
    """
    answers = [
        _Answer(kind, members)
        for kind in KINDS.values()
        for page in aws.pages(kind.service, kind.search.operation, kind.search.items, kind.search.filters)
        for members in page
    ]
    named = _named(answers, scope, desired)
    directory = Directory((ref, Identity(each.members["Id"], each.members["Arn"])) for ref, each in named.items())
    concern = {
        ref: each for ref, each in named.items() if ref in desired or also(ref) or each.tags.get(STACK) == scope.owner
    }
    with _undisturbed(), ThreadPoolExecutor(WORKERS) as workers:
        parts = {ref: workers.submit(_parts, aws, each) for ref, each in concern.items()}
        records = {ref: workers.submit(_records, aws, each, directory) for ref, each in concern.items()}
        live = {ref: _live(ref, each, parts[ref].result(), directory) for ref, each in concern.items()}
        return World({ref: _with_records(it, records[ref].result()) for ref, it in live.items()}, directory)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Reading makes a million values and no circle of them: to look for circles all the while costs a third of it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def reread(aws: AwsPort, ref: Ref, directory: Directory, *, parts: bool = True, records: bool = True) -> Contents:
    """What is in one resource now."""
    kind, identity = KINDS[ref.kind], directory.identity(ref)
    answer = _Answer(kind, {"Id": identity.id, "Arn": identity.arn})
    found = _parts(aws, answer) if parts else []
    try:
        specs = tuple(directory.by_name_within(kind.part_from_aws(part, directory.name)) for part in found)
    except ValidationError as wrong:
        raise UnreadableAnswerError(f"{ref} ({identity.arn}) is not what its spec allows: {wrong}") from wrong
    return Contents(specs, _locks(found), _records(aws, answer, directory) if records else ())


def _named(answers: list[_Answer], scope: Scope, desired: Mapping[Ref, Manifest]) -> dict[Ref, _Answer]:
    """By address tag first, then by name; a stranger whose name a tag has taken is left without an address."""
    old = {Ref(ref.kind, m.renamed_from): ref for ref, m in desired.items() if m.renamed_from}
    by_address = {folded_address(known): ref for known, ref in (*old.items(), *((ref, ref) for ref in desired))}
    named: dict[Ref, _Answer] = {}
    untagged = []
    for answer in answers:
        tag = answer.tags.get(ADDRESS, "")
        if answer.tags.get(STACK) != scope.owner or not tag.startswith(f"{answer.kind.name}/"):
            untagged.append(answer)
            continue
        ref = by_address.get(folded_address(ref_of(tag))) or ref_of(tag)
        if ref in named:
            arns = sorted((named[ref].members["Arn"], answer.members["Arn"]))
            raise AmbiguousAddressError(
                f"{ref} is borne by {arns[0]} and {arns[1]}: take the tag {ADDRESS} off the wrong one"
            )
        named[ref] = answer
    return _with_untagged(named, untagged, desired)


def _with_untagged(
    named: dict[Ref, _Answer], untagged: list[_Answer], desired: Mapping[Ref, Manifest]
) -> dict[Ref, _Answer]:
    """A declared name stands for the thing that bears it; the name it had before only where nothing does."""
    now = {_folded(KINDS[ref.kind], ref.name): ref for ref in desired}
    before = {_folded(KINDS[ref.kind], m.renamed_from): ref for ref, m in desired.items() if m.renamed_from}
    for known in (now, before):
        for answer in untagged:
            if ref := known.get(_folded(answer.kind, answer.name)):
                named.setdefault(ref, answer)
    taken = {id(answer) for answer in named.values()}
    for answer in untagged:
        if id(answer) not in taken:
            named.setdefault(Ref(answer.kind.name, answer.name), answer)
    return named


def folded_address(ref: Ref) -> str:
    """Two addresses that differ in case alone are one where AWS holds the names for one."""
    text = address(ref)
    return text.casefold() if ref.kind in KINDS and KINDS[ref.kind].folds_case else text


def _folded(kind: Kind[Any], name: str) -> Ref:
    return Ref(kind.name, name.casefold() if kind.folds_case else name)


def _parts(aws: AwsPort, answer: _Answer) -> list[dict[str, Any]]:
    return list(_listed(aws, answer, answer.kind.parts.listing)) if answer.kind.parts else []


def _listed(aws: AwsPort, answer: _Answer, listing: Listing) -> Iterator[dict[str, Any]]:
    own = {answer.kind.id_param: answer.members["Id"]}
    for page in aws.pages(answer.kind.service, listing.operation, listing.items, {**own, **listing.filters}):
        yield from page


def _live(ref: Ref, answer: _Answer, parts: list[dict[str, Any]], directory: Directory) -> Live:
    kind, members = answer.kind, answer.members
    told = {**members, "Tags": foreign(answer.tags)}
    if kind.parts:
        told[kind.param(kind.parts.field)] = parts
    try:
        spec = kind.from_aws(told, directory.name)
    except ValidationError as wrong:
        raise UnreadableAnswerError(f"{ref} ({members['Arn']}) is not what its spec allows: {wrong}") from wrong
    return Live(
        ref,
        members["Id"],
        members["Arn"],
        directory.by_name_within(spec),
        tags=directory.by_name_within(dict(answer.tags)),
        modified=members.get("LastModifiedTime"),
        region=members.get("LastModifiedRegion", ""),
        part_locks=_locks(parts),
    )


def _records(aws: AwsPort, answer: _Answer, directory: Directory) -> tuple[LiveRecord, ...]:
    cells = answer.kind.cells
    return tuple(to_records(_listed(aws, answer, cells.listing), directory)) if cells else ()


def to_records(values: Iterable[Mapping[str, Any]], directory: Directory) -> Iterable[LiveRecord]:
    """Listed values as rows. The default record is the one without primary values, whatever its record id says."""
    records: dict[tuple[tuple[str, str], ...], LiveRecord] = {}
    for value in values:
        given = value.get("PrimaryValues") or ()
        pairs = tuple(sorted((primary["AttributeName"], primary["Value"]) for primary in given))
        record = records.get(pairs)
        if record is None:
            record = records[pairs] = LiveRecord(dict(pairs), {})
        # Whether keys are listed as values of their own is not documented; they are never ours to write.
        if value["AttributeName"] not in record.key:
            record.cells[value["AttributeName"]] = LiveCell(
                directory.by_name(value["Value"]),
                value.get("LockVersion") or {},
                value.get("LastModifiedTime"),
                value.get("LastModifiedRegion", ""),
            )
    return records.values()


def _with_records(live: Live, records: tuple[LiveRecord, ...]) -> Live:
    return replace(live, records=records)


def _locks(parts: list[dict[str, Any]]) -> dict[str, Mapping[str, str]]:
    return {part["Name"]: part["LockVersion"] for part in parts if part.get("LockVersion")}
