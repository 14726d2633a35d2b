"""Turns one AWS resource into a live resource with its parts and values, and ids into names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from reconciler.directory import Directory
from reconciler.errors import UnreadableAnswerError
from reconciler.kinds import asking
from reconciler.kinds.asking import items
from reconciler.kinds.base import Kind, part_key
from reconciler.kinds.operations import reads_of
from reconciler.kinds.registry import KINDS
from reconciler.live.cells import to_records
from reconciler.live.who import SearchResult
from reconciler.model import Contents, Live, LiveRecord, Ref
from reconciler.model.ownership import foreign
from reconciler.port import AwsPort


def read_contents(
    aws: AwsPort, ref: Ref, directory: Directory, *, parts: bool = True, records: bool = True, part: str = ""
) -> Contents:
    """Reads the present parts and records of one resource. Raises `UnreadableAnswerError` if a part is invalid.

    `part`: the name of the one part that matters. Others may be left out.
    """
    kind, identity = KINDS[ref.kind], directory.identity(ref)
    answer = SearchResult(kind, {"Id": identity.id, "Arn": identity.arn})
    listed = asking.parts_of(aws, kind, kind.own_of(answer.members), part) if parts else []
    _enter(directory, ref, kind, listed)
    try:
        specs = tuple(directory.by_name_within(kind.part_from_aws(item, directory.name)) for item in listed)
    except ValidationError as wrong:
        raise UnreadableAnswerError(f"{ref} ({identity.arn}) does not fit its spec: {_first(wrong)}") from wrong
    return Contents(specs, _locks(listed), records_of(aws, answer, directory) if records else ())


def as_live(ref: Ref, answer: SearchResult, parts: list[dict[str, Any]], directory: Directory) -> Live:
    """Builds the live resource. Raises `UnreadableAnswerError` if AWS's answer does not fit the spec."""
    kind, members = answer.kind, answer.members
    complete = kind.with_kept(kind.with_tags(members, foreign(answer.tags)), answer.tags)
    if kind.parts and parts:
        complete[kind.param(kind.parts.field)] = parts
        _enter(directory, ref, kind, parts)
    try:
        spec = kind.from_aws(complete, directory.name, "" if kind.identity.key == "name" else ref.name)
    except ValidationError as wrong:
        raise UnreadableAnswerError(
            f"{ref} ({answer.arn or answer.id}) does not fit its spec: {_first(wrong)}"
        ) from wrong
    return Live(
        ref,
        answer.id,
        answer.arn,
        directory.by_name_within(spec),
        tags=directory.by_name_within(dict(answer.tags)),
        modified=members.get("LastModifiedTime"),
        region=members.get("LastModifiedRegion", ""),
        part_locks=_locks(parts),
        lasting=kind.lasting(members),
        holds=kind.holds(members),
        waiting=kind.waiting(members),
        unready=_unready(answer),
        elsewhere=answer.elsewhere,
        decided=kind.decided(members),
        is_contained=answer.is_contained,
        stream=kind.stream_of(members),
    )


def _unready(answer: SearchResult) -> str:
    """Returns why AWS accepts no change yet. A resource whose move here has failed is still elsewhere, and ready."""
    wait = answer.kind.writing.wait
    has_failed = wait is not None and wait.state(answer.members) in wait.failed
    return "" if answer.elsewhere and has_failed else answer.kind.unready(answer.members)


def _first(wrong: ValidationError) -> str:
    first = wrong.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _enter(directory: Directory, ref: Ref, kind: Kind[Any], parts: list[dict[str, Any]]) -> None:
    """Adds parts with ids to the directory, so that their names resolve to these ids."""
    if kind.parts and kind.parts.has_id:
        for part in parts:
            directory.add_part(part_key(ref, part[kind.parts.name]), part[kind.parts.id_param])


def records_of(aws: AwsPort, answer: SearchResult, directory: Directory) -> tuple[LiveRecord, ...]:
    read = reads_of(answer.kind).cells
    return tuple(to_records(items(aws, read, answer.kind.own_of(answer.members)), directory)) if read else ()


def _locks(parts: list[dict[str, Any]]) -> dict[str, Mapping[str, str]]:
    return {part["Name"]: part["LockVersion"] for part in parts if part.get("LockVersion")}


def parts_of(aws: AwsPort, answer: SearchResult) -> list[dict[str, Any]]:
    return asking.parts_of(aws, answer.kind, answer.kind.own_of(answer.members))
