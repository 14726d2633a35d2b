"""Manifests that stand for others: what those say is as if somebody had written it in their place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from pydantic import ValidationError

from reconciler.desired.checked import Checked
from reconciler.desired.hidden import Hidden
from reconciler.desired.layers import Draft
from reconciler.documents.hints import shown
from reconciler.documents.nodes import place
from reconciler.errors import Mistake, Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Records, Ref


def expanded(
    manifests: Iterable[Manifest], declared: Mapping[Ref, Draft], hidden: Hidden
) -> Checked[tuple[Manifest, ...]]:
    """The manifests that others stand for; what is declared in both ways, or said wrongly, is a mistake."""
    made: dict[Ref, Manifest] = {}
    mistakes: list[Mistake] = []
    for manifest, kind, said, source in _each(manifests, declared):
        try:
            spec = KINDS[kind].spec.model_validate(said)
        except ValidationError as wrong:
            first = wrong.errors(include_url=False)[0]
            mistakes.append(Mistake(source, f"{kind} {shown(said.get('name'))}: {first['msg']}"))
            continue
        ref = Ref(kind, spec.name)
        if earlier := declared[ref].node.source if ref in declared else made[ref].source if ref in made else None:
            remedy = f"a {kind} goes by its name alone, wherever it is; delete one, or give it another name"
            mistakes.append(Mistake(source, f"{ref} is also declared at {earlier}; {remedy}"))
        else:
            made[ref] = replace(manifest, spec=spec, source=source, records=Records(), renamed_from=None)
    mistakes += _dangling(made, {*declared, *made}, hidden)
    return Checked(tuple(made.values()), tuple(mistakes))


def _dangling(made: Mapping[Ref, Manifest], known: Collection[Ref], hidden: Hidden) -> Iterator[Mistake]:
    for ref, manifest in made.items():
        for target in KINDS[ref.kind].references(manifest.spec):
            if target not in known and not hidden.may_hold(target):
                yield Mistake(manifest.source, f"{ref} needs {target}, which is not declared")


def _each(
    manifests: Iterable[Manifest], declared: Mapping[Ref, Draft]
) -> Iterator[tuple[Manifest, str, Mapping[str, object], Source]]:
    """With where each is said."""
    for manifest in manifests:
        for kind, said, path in KINDS[manifest.ref.kind].expand(manifest.spec) if manifest.ref.kind in KINDS else ():
            yield manifest, kind, said, place(declared[manifest.ref].node, ("spec", *path))
