"""Reads the manifests of some kinds with and without the last overlay of the environment.

An export that writes overlays needs both. Mistakes of other kinds do not matter to it. Ids of another environment are
no mistakes here, because an overlay may replace them later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.desired.examine import texts_of
from reconciler.desired.layers import Draft, Layer, ManifestFolders
from reconciler.desired.manifests import Surroundings, read_manifest
from reconciler.desired.merging import Merged, merge_layers, read_layers, resolve_document, resolve_draft
from reconciler.desired.names import is_for
from reconciler.desired.tombstones import read_tombstone
from reconciler.errors import ManifestError, Mistake, Source
from reconciler.kinds.registry import DECLARABLE
from reconciler.model import Manifest, Ref
from reconciler.model.environment import Environment
from reconciler.model.layered import LayeredManifests


def read_by_layer(
    environment: Environment, environ: Mapping[str, str], known_environments: Collection[str], kinds: Collection[str]
) -> LayeredManifests:
    """Returns the manifests of the kinds. Overlays that do not exist are empty.

    Raises `ManifestError` if a file is not valid YAML, or a document of these kinds has a mistake.
    """
    where = ManifestFolders(environment.root, environment.root / environment.manifests)
    if not where.manifests.is_dir():
        return LayeredManifests()
    around = Surroundings(where, texts_of(environment, environ), environment.quotas)
    there = tuple(overlay for overlay in environment.overlays if (where.manifests / overlay).is_dir())
    read = read_layers(replace(environment, overlays=there, overlays_at=()), around, DECLARABLE, known_environments)
    has_last = environment.overlays[-1:] == there[-1:]
    reader = _Reader(environment.name, known_environments, kinds, around)
    merged = merge_layers(read.value, where, around.texts, DECLARABLE).value
    every, doubts = reader.read(merged), reader.doubts(merged)
    if mistakes := (*read.mistakes, *doubts, *every.mistakes):
        raise ManifestError(sorted({*mistakes}))
    last = read.value[-1] if has_last and there else Layer()
    lower = read.value[:-1] if has_last and there else read.value
    below = reader.read(merge_layers(lower, where, around.texts, DECLARABLE).value)
    return LayeredManifests(
        every.manifests,
        below.manifests,
        overlay=reader.places(last.drafts),
        base=reader.places(read.value[0].drafts).keys(),
        places=reader.places(merged.drafts),
        written=every.written,
        removed=dict(reader.removed(read.value)),
    )


@dataclass(frozen=True)
class _MergedManifests:
    """Manifests, their names as written, and the mistakes of those that have some."""

    manifests: Mapping[Ref, Manifest]
    written: Mapping[Ref, str]
    mistakes: Sequence[Mistake]


@dataclass(frozen=True)
class _Reader:
    """Reads documents of some kinds for one environment."""

    environment: str
    known_environments: Collection[str]
    kinds: Collection[str]
    around: Surroundings

    def read(self, merged: Merged) -> _MergedManifests:
        manifests, written, mistakes = dict[Ref, Manifest](), dict[Ref, str](), list[Mistake]()
        for draft in merged.drafts:
            if draft.kind not in self.kinds or draft.key in merged.strays:
                continue
            if not is_for(draft.node, self.environment, self.known_environments):
                continue
            kind = DECLARABLE[draft.kind]
            resolved = resolve_draft(draft, self.around.texts, kind, self.around.where)
            built = read_manifest(resolved, kind, self.around)
            mistakes += (*resolved.mistakes, *built.mistakes)
            if built.value:
                manifests[built.value.ref] = built.value
                written[built.value.ref] = draft.name
        return _MergedManifests(manifests, written, mistakes)

    def doubts(self, merged: Merged) -> Iterator[Mistake]:
        """Yields the mistakes of overlays that match no resource, or remove what is not there."""
        for (kind, _), mistakes in merged.doubts.items():
            if kind in self.kinds:
                yield from mistakes

    def places(self, drafts: Collection[Draft]) -> Mapping[Ref, Source]:
        """Returns the position of each document, for any environment."""
        places: dict[Ref, Source] = {}
        for draft in drafts:
            if draft.kind in self.kinds:
                resolved = resolve_draft(draft, self.around.texts, DECLARABLE[draft.kind], self.around.where)
                places[Ref(draft.kind, resolved.value.name)] = draft.node.source
        return places

    def removed(self, layers: Collection[Layer]) -> Iterator[tuple[str, Source]]:
        for layer in layers:
            for tomb in layer.tombstones:
                if is_for(tomb, self.environment, self.known_environments):
                    meant = resolve_document(tomb, self.around.texts)
                    yield from read_tombstone(meant.value, DECLARABLE).value.items()
