"""Expands manifests that declare other resources, as if the author had written a manifest for each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from pydantic import ValidationError

from reconciler.desired.checked import Checked
from reconciler.desired.hidden import Hidden
from reconciler.desired.layers import Draft
from reconciler.documents.hints import brief
from reconciler.documents.nodes import place
from reconciler.errors import Mistake, Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Records, Ref


def expanded(
    manifests: Iterable[Manifest], declared: Mapping[Ref, Draft], hidden: Hidden
) -> Checked[tuple[Manifest, ...]]:
    """Returns the expanded manifests. A resource that is declared twice or has an invalid value is a mistake."""
    built: dict[Ref, Manifest] = {}
    mistakes: list[Mistake] = []
    for manifest, kind, fields, source in _expansions(manifests, declared):
        try:
            spec = KINDS[kind].spec.model_validate(fields)
        except ValidationError as wrong:
            first = wrong.errors(include_url=False)[0]
            mistakes.append(Mistake(source, f"{kind} {brief(fields.get('name'))}: {first['msg']}"))
            continue
        ref = Ref(kind, spec.name)
        if earlier := declared[ref].node.source if ref in declared else built[ref].source if ref in built else None:
            remedy = f"the name of a {kind} must be unique; delete one, or give it another name"
            mistakes.append(Mistake(source, f"{ref} is also declared at {earlier}; {remedy}"))
        else:
            built[ref] = replace(manifest, spec=spec, source=source, records=Records(), renamed_from=None)
    mistakes += _dangling(built, {*declared, *built}, hidden)
    return Checked(tuple(built.values()), tuple(mistakes))


def _dangling(built: Mapping[Ref, Manifest], known: Collection[Ref], hidden: Hidden) -> Iterator[Mistake]:
    for ref, manifest in built.items():
        for target in KINDS[ref.kind].references(manifest.spec):
            if target not in known and not hidden.may_hold(target):
                yield Mistake(manifest.source, f"{ref} needs {target}, which is not declared; declare it")


def _expansions(
    manifests: Iterable[Manifest], declared: Mapping[Ref, Draft]
) -> Iterator[tuple[Manifest, str, Mapping[str, object], Source]]:
    """Yields a manifest, the kind and fields of a resource that it declares, and their position."""
    for manifest in manifests:
        for kind, fields, path in KINDS[manifest.ref.kind].expand(manifest.spec) if manifest.ref.kind in KINDS else ():
            yield manifest, kind, fields, place(declared[manifest.ref].node, ("spec", *path))
