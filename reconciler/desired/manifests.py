"""Checks one merged draft against its kind's schema and rules, then builds the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from pydantic import ValidationError

from reconciler.desired.cells import Sheet, columns_of, read_records, shell
from reconciler.desired.checked import Checked, Link, elsewhere
from reconciler.desired.contents import HashedBody, hash_contents
from reconciler.desired.document_files import document_files
from reconciler.desired.layers import Draft, ManifestFolders
from reconciler.desired.linking import field_links, with_links
from reconciler.desired.texts import Texts
from reconciler.documents.hints import brief
from reconciler.documents.nodes import MapNode, place, plain, scalars, with_entries, without
from reconciler.documents.schema_check import against
from reconciler.errors import Mistake, Source
from reconciler.kinds.base import Declarable, Kind
from reconciler.kinds.parts import record_fields
from reconciler.kinds.rules import faults, repeated
from reconciler.model import (
    Finding,
    Linked,
    Manifest,
    Ownership,
    Problem,
    Records,
    Ref,
    Resource,
    Scope,
    WrittenRecords,
)
from reconciler.model.environment import Quotas
from reconciler.schemas.kind import kind_schema


@dataclass(frozen=True)
class Surroundings:
    """The context of a manifest: its folder, the meaning of `${…}`, and the account's limits.

    `today` is the date for findings about past dates; without it there are none. `scope` is the environment's place.
    """

    where: ManifestFolders
    texts: Texts
    quotas: Quotas
    today: date | None = None
    scope: Scope | None = None


def schema_mistakes(draft: Draft, kind: Declarable, *, overlay: bool = False) -> tuple[Mistake, ...]:
    """Checks the draft, without its cells, against its kind's schema."""
    spec = draft.node.get("spec")
    bare = {"spec": _without_cells(spec, kind)} if isinstance(spec, MapNode) else {}
    return against(_schema(kind, overlay), with_entries(draft.node, bare))


def read_manifest(resolved: Checked[Draft], kind: Declarable, around: Surroundings) -> Checked[Manifest | None]:
    """Builds the manifest if it has no mistake. Mistakes already reported for its texts are not repeated."""
    draft = resolved.value
    body = body_of(draft)
    address = f"{kind.name}/{draft.name}"
    written = _written(body, kind, around, address)
    shape = schema_mistakes(draft, kind)
    hashed = hash_contents(kind.spec, body, around.where)
    wrong = elsewhere((*shape, *written.mistakes, *hashed.mistakes), resolved.mistakes)
    declared = _declared(draft, body, kind)
    problems = tuple(faults(kind, declared, written.value, around.quotas))
    problems += tuple(kind.outdated(declared, around.today)) if around.today else ()
    problems += tuple(kind.in_place(declared, around.scope)) if around.scope and isinstance(kind, Kind) else ()
    mistakes = (*wrong, *elsewhere(_mistakes(problems, draft), (*wrong, *resolved.mistakes)))
    mistakes += elsewhere(_lost_protection(draft, kind), (*mistakes, *resolved.mistakes))
    findings = (*written.findings, *_findings(problems, draft, address))
    links = (*written.links, *field_links(kind.spec, body), *_link_above(draft, kind))
    if mistakes or resolved.mistakes:
        return Checked(None, mistakes, findings, links)
    built = _built(draft, hashed.value.body, kind)
    if not built.value:
        return Checked(None, built.mistakes, findings, links)
    records = kind.records(built.value, written.value) if isinstance(kind, Kind) else Records()
    manifest = _manifest(draft, built.value, records, hashed.value)
    return Checked(replace(manifest, documents=document_files(kind.spec, body, around.where)), (), findings, links)


def _link_above(draft: Draft, kind: Declarable) -> Iterator[Link]:
    """Yields the resource above, which a name that is a path needs; it may be live without a manifest."""
    above = kind.above(draft.name) if isinstance(kind, Kind) else None
    if above:
        yield Link(above, place(draft.node, ("metadata", "name")), may_be_live=True)


@cache
def _schema(kind: Declarable, overlay: bool) -> Mapping[str, Any]:
    return kind_schema(kind, overlay=overlay)


def _written(body: MapNode, kind: Declarable, around: Surroundings, address: str) -> Checked[WrittenRecords]:
    if not kind.cells:
        return Checked(WrittenRecords())
    columns = columns_of(body.get(kind.parts_key))
    return read_records(body, Sheet(around.where, around.texts, columns, address))


def _declared(draft: Draft, body: MapNode, kind: Declarable) -> Mapping[str, Any]:
    return {**plain(_without_cells(body, kind)), "name": draft.name}


def _without_cells(spec: MapNode, kind: Declarable) -> MapNode:
    """Returns a table's spec without its cells, which only the table's own rules inspect."""
    return shell(spec) if kind.cells else spec


def across(drafts: Mapping[Ref, Draft], kinds: Mapping[str, Declarable]) -> Checked[None]:
    """Returns the mistakes and findings that only several manifests of a kind together show."""
    mistakes, findings = list[Mistake](), list[Finding]()
    here = {ref.kind for ref in drafts}
    for kind in (kinds[name] for name in sorted(here)):
        if not isinstance(kind, Kind) or type(kind).among is Kind.among:
            continue
        beside = {ref: draft for ref, draft in drafts.items() if ref.kind in (kind.name, *kind.ordering.compares_with)}
        declared = {ref: _declared(draft, body_of(draft), kinds[ref.kind]) for ref, draft in beside.items()}
        for ref, problem in kind.among(declared):
            mistakes += _mistakes((problem,), drafts[ref])
            findings += _findings((problem,), drafts[ref], str(ref))
    return Checked(None, tuple(mistakes), tuple(findings))


def body_of(draft: Draft) -> MapNode:
    """Returns the spec, or an empty map if it cannot be read."""
    spec = draft.node.get("spec")
    return spec if isinstance(spec, MapNode) else MapNode({}, draft.node.source)


def repetitions(draft: Draft, kind: Declarable) -> Iterator[Mistake]:
    """Returns the keyed items that an overlay repeats. Merged with the base, the last one would win silently."""
    return _mistakes(repeated(kind.spec, _declared(draft, body_of(draft), kind)), draft)


def _mistakes(problems: Iterable[Problem], draft: Draft) -> Iterator[Mistake]:
    for problem in problems:
        if problem.severity == "error":
            yield Mistake(_source_of(draft, problem), problem.message, problem.alike)


def _findings(problems: Iterable[Problem], draft: Draft, address: str) -> Iterator[Finding]:
    for problem in problems:
        if problem.severity != "error":
            yield Finding(problem.severity, address, problem.message, _source_of(draft, problem))


def _source_of(draft: Draft, problem: Problem) -> Source:
    source = problem.source or _source(draft, problem.path)
    # Only the text of a file begins with its first line. A text in YAML has no places of its own.
    is_file = (source.line, source.column) == (1, 1)
    return Source(source.file, *problem.inside) if problem.inside and is_file else source


def _source(draft: Draft, path: tuple[str | int, ...]) -> Source:
    """Returns the position of a path of the spec. The name is in the metadata."""
    return place(draft.node, ("metadata", "name") if path[:1] == ("name",) else ("spec", *path))


def _built(draft: Draft, body: MapNode, kind: Declarable) -> Checked[Resource | None]:
    fields = without(body, *record_fields(kind))
    given = {**plain(fields), "name": draft.name}
    try:
        spec = kind.spec.model_validate(given)
    except ValidationError as error:
        return Checked(None, tuple(_left_over(error, draft)))
    has_links = any(isinstance(scalar.value, Linked) for scalar in scalars(fields))
    return Checked(with_links(spec, given) if has_links else spec)


def _left_over(error: ValidationError, draft: Draft) -> Iterator[Mistake]:
    """Yields the faults that the schema allows and the spec does not."""
    for fault in error.errors(include_url=False):
        path = tuple(step for step in fault["loc"] if isinstance(step, str | int))
        yield Mistake(_source(draft, path), f"{brief(fault['input'])}: {fault['msg']}")


def _lost_protection(draft: Draft, kind: Declarable) -> Iterator[Mistake]:
    """Yields the mistake of a protection that cannot be stored. It is a tag, so that it outlives the file."""
    metadata = plain(draft.node.entries["metadata"].node) if "metadata" in draft.node.entries else {}
    if not isinstance(metadata, Mapping) or metadata.get("protect") is not True:
        return
    source = place(draft.node, ["metadata", "protect"])
    if kind.ownership is not Ownership.TAGS:
        yield Mistake(source, f"a {kind.name} has no tags, so protect cannot be stored; delete the line")
    elif metadata.get("adopt") is True:
        yield Mistake(source, "protect is stored as a tag, but adopt: true writes no tags; choose one of them")


def _manifest(draft: Draft, spec: Resource, records: Records, hashed: HashedBody) -> Manifest:
    metadata = plain(draft.node.entries["metadata"].node)
    return Manifest(
        spec=spec,
        source=draft.node.source,
        records=records,
        contents=hashed.files,
        protect=metadata.get("protect"),
        adopt=metadata.get("adopt", False),
        renamed_from=metadata.get("renamedFrom"),
    )
