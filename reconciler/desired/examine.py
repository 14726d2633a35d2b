"""Reads manifests, merges overlays, selects the environment, fills in texts, checks and builds the desired state.

It collects every mistake on the way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reconciler.desired import names
from reconciler.desired.checked import Checked, Link, elsewhere
from reconciler.desired.circles import circles
from reconciler.desired.expansion import expanded
from reconciler.desired.hidden import hidden
from reconciler.desired.layers import BASE, Draft, Layer, ManifestFolders, read_layer
from reconciler.desired.manifests import Surroundings, across, read_manifest, repetitions, schema_mistakes
from reconciler.desired.missing import missing_manifests, missing_overlay
from reconciler.desired.overlays import merged_draft, pointless_removals
from reconciler.desired.texts import Texts, resolve
from reconciler.desired.tombstones import read_tombstone, still_declared
from reconciler.desired.unread import unread_files
from reconciler.documents.hints import did_you_mean
from reconciler.documents.nodes import MapNode, find, place, text_of, with_entries
from reconciler.errors import ManifestError, Mistake, Source
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS
from reconciler.model import Desired, Finding, Ref
from reconciler.model.environment import VARIABLE, Environment

Kinds = Mapping[str, Kind[Any]]


@dataclass(frozen=True)
class Examination:
    """`desired` is `None` if there is a mistake. `declared` maps the resources of all environments to positions."""

    desired: Desired | None
    mistakes: tuple[Mistake, ...]
    findings: tuple[Finding, ...]
    declared: Mapping[Ref, Source] = field(default_factory=dict)


def read_desired(
    environment: Environment,
    environ: Mapping[str, str],
    known_environments: Collection[str] = (),
    *,
    today: date | None = None,
) -> Desired:
    """Returns the desired state of an environment. Raises `ManifestError` with every mistake."""
    reading = examine(environment, environ, known_environments, today=today)
    if reading.desired is None:
        raise ManifestError(reading.mistakes)
    return reading.desired


def examine(
    environment: Environment,
    environ: Mapping[str, str],
    known_environments: Collection[str] = (),
    *,
    kinds: Kinds = KINDS,
    today: date | None = None,
) -> Examination:
    """Returns the desired state with all mistakes and findings.

    `known_environments`: the names that `metadata.environments` may contain; empty: any name.
    `today`: the date for findings about past dates; without it there are no such findings.
    """
    where = ManifestFolders(environment.root, environment.root / environment.manifests)
    around = Surroundings(where, _texts(environment, environ), environment.quotas, today)
    read = _layers(environment, around, kinds, known_environments)
    merged, strays = _merged(read.value, where, around.texts, kinds)
    buried = [tomb for layer in read.value for tomb in layer.tombstones]

    def is_here(document: MapNode) -> bool:
        return names.is_for(document, environment.name, known_environments)

    here = [draft for draft in merged.value if is_here(draft.node)]
    tombs = [tomb for tomb in buried if is_here(tomb)]
    resolved = [_resolved(draft, around.texts, kinds[draft.kind]) for draft in here]
    manifests = [
        Checked(None) if draft.key in strays else read_manifest(checked, kinds[draft.kind], around)
        for draft, checked in zip(here, resolved, strict=True)
    ]
    removed = _removed(tombs, around.texts, kinds)

    drafts = [checked.value for checked in resolved]
    declared = names.refs(drafts)
    unbuilt = [draft for draft, manifest in zip(drafts, manifests, strict=True) if not manifest.value]
    lost = hidden((document for layer in read.value for document in layer.unread), unbuilt, kinds)
    others = expanded((manifest.value for manifest in manifests if manifest.value), declared, lost)
    links = [*_links(resolved), *_links(manifests)]
    between = (
        *_unknown_environments((*(draft.node for draft in merged.value), *buried), known_environments),
        *_shapes((draft for draft in merged.value if not is_here(draft.node)), around.texts, kinds),
        *_tombstone_shapes((tomb for tomb in buried if not is_here(tomb)), around.texts, kinds),
        *names.twins(drafts, kinds),
        *names.renames(declared),
        *names.dangling(links, {*declared, *(other.ref for other in others.value)}, names.refs(merged.value), lost),
        *circles(declared, kinds),
        *elsewhere(across(declared, kinds), [mistake for manifest in manifests for mistake in manifest.mistakes]),
        *still_declared(removed.value, names.addresses(declared, kinds)),
    )
    empty = [] if here or tombs else [_nothing(environment, where, read.value)]
    also = Checked(None, between, (*names.look_alikes(drafts, kinds), *empty))
    steps: list[Checked[Any]] = [read, merged, *resolved, *manifests, others, removed, also]
    every = (*(manifest.value for manifest in manifests if manifest.value), *others.value)
    desired = Desired({manifest.ref: manifest for manifest in every}, removed.value)
    return replace(_reading(desired, steps), declared=_places(merged.value))


def _reading(desired: Desired, steps: Sequence[Checked[Any]]) -> Examination:
    unread, *later = steps
    # A text with a YAML mistake is not also reported by the schema.
    others = elsewhere((mistake for step in later for mistake in step.mistakes), unread.mistakes)
    mistakes = sorted({*unread.mistakes, *others})
    unique = dict.fromkeys(finding for step in steps for finding in step.findings)
    findings = tuple(sorted(unique, key=lambda finding: (finding.source or Source(""), finding.message)))
    return Examination(None if mistakes else replace(desired, findings=findings), tuple(mistakes), findings)


def _places(drafts: Iterable[Draft]) -> dict[Ref, Source]:
    return {ref: draft.node.source for ref, draft in names.refs(drafts).items()}


def _links(steps: Iterable[Checked[Any]]) -> Iterator[Link]:
    return (link for step in steps for link in step.links)


def _texts(environment: Environment, environ: Mapping[str, str]) -> Texts:
    given = {key.removeprefix(VARIABLE): value for key, value in environ.items() if key.startswith(VARIABLE)}
    return Texts(environment.name, {**environment.variables, **given}, "a field cannot contain a secret")


def _nothing(environment: Environment, where: ManifestFolders, layers: Iterable[Layer]) -> Finding:
    orphans = f"every resource that the stack manages in environment {environment.name} is an orphan"
    if any(any(layer) for layer in layers):
        message = f"no manifest is for environment {environment.name}, so {orphans}; check metadata.environments"
    else:
        base = where.name(where.manifests / BASE)
        message = f"there is no manifest in {base}, so {orphans}; put the manifests there"
    return Finding("warning", "", message, Source(where.name(where.manifests)))


# Layers: the base, then each overlay.


def _layers(
    environment: Environment, around: Surroundings, kinds: Kinds, known_environments: Collection[str]
) -> Checked[tuple[Layer, ...]]:
    where = around.where
    if not where.manifests.is_dir():
        return Checked((Layer(),), (missing_manifests(environment, where),))
    base = where.manifests / BASE
    # git drops an empty folder, and a stack may manage nothing.
    first = read_layer(base, where, kinds) if base.exists() or base.is_symlink() else Checked(Layer())
    read = [first, *(_overlay(environment, at, where, kinds) for at in range(len(environment.overlays)))]
    mistakes = tuple(mistake for layer in read for mistake in layer.mistakes)
    layers = tuple(layer.value for layer in read)
    return Checked(layers, mistakes, tuple(unread_files(environment, where, layers, around.texts, known_environments)))


def _overlay(environment: Environment, at: int, where: ManifestFolders, kinds: Kinds) -> Checked[Layer]:
    base, folder = where.manifests / BASE, where.manifests / environment.overlays[at]
    if where.inside(folder, base):
        message = f"an overlay cannot be inside {where.name(base)}, which is the base; move the folder"
        return Checked(Layer(), (Mistake(Source(where.name(folder)), message),))
    if not folder.is_dir():
        return Checked(Layer(), (missing_overlay(environment, at, where),))
    return read_layer(folder, where, kinds)


def _merged(
    layers: Sequence[Layer], where: ManifestFolders, texts: Texts, kinds: Kinds
) -> tuple[Checked[tuple[Draft, ...]], set[tuple[str, str]]]:
    """Returns the merged resources of all layers, and the keys of overlays that match no resource.

    Overlays are also checked against their own schema, which requires no field.
    """
    base, *overlays = layers
    drafts = {draft.key: draft for draft in base.drafts}
    mistakes: list[Mistake] = []
    strays: set[tuple[str, str]] = set()
    for over in (draft for layer in overlays for draft in layer.drafts):
        kind, below = kinds[over.kind], drafts.get(over.key)
        meant = _resolved(over, texts, kind)
        wrong = elsewhere(schema_mistakes(meant.value, kind, overlay=True), meant.mistakes)
        if over.name and not below and (stray := _stray(meant.value, drafts, wrong, where, kind)):
            mistakes.append(stray)
            strays.add(over.key)
        mistakes += (*wrong, *pointless_removals(below, over, kind), *repetitions(meant.value, kind))
        if over.name:
            drafts[over.key] = merged_draft(below, over, kind)
    return Checked(tuple(drafts.values()), tuple(mistakes)), strays


def _stray(
    over: Draft, drafts: Collection[tuple[str, str]], wrong: Sequence[Mistake], where: ManifestFolders, kind: Kind[Any]
) -> Mistake | None:
    """Returns the mistake of an overlay that matches no resource and is incomplete: its name is misspelled.

    An overlay may add a resource if it declares it completely.
    """
    missing = elsewhere(schema_mistakes(merged_draft(None, over, kind), kind), wrong)
    if not missing:
        return None
    hint = did_you_mean(over.name, [name for known, name in drafts if known == over.kind])
    remedy = f"; correct the name, or declare the complete resource here: {missing[0].message}"
    base = where.name(where.manifests / BASE)
    return Mistake(place(over.node, ["metadata", "name"]), f"no {over.kind}/{over.name} in {base}{hint or remedy}")


# Documents.


def _unknown_environments(documents: Iterable[MapNode], known: Collection[str]) -> list[Mistake]:
    return [mistake for document in documents for mistake in names.unknown_environments(document, known)]


def _resolved(draft: Draft, texts: Texts, kind: Kind[Any]) -> Checked[Draft]:
    """Returns the draft with variables and references resolved in its texts."""
    why = (
        "every flow can read the values of a data table"
        if kind.cells
        else f"a field of {kind.name} cannot contain a secret"
    )
    read = _meant(draft.node, replace(texts, no_secrets=why))
    name = text_of(find(read.value, ["metadata", "name"])) or ""
    return Checked(Draft(draft.kind, name, read.value), read.mistakes, links=read.links)


def _meant(document: MapNode, texts: Texts) -> Checked[MapNode]:
    parts = {key: resolve(entry.node, texts) for key, entry in document.entries.items() if key != "kind"}
    misplaced = [link for key, part in parts.items() if key != "spec" for link in part.links]
    return Checked(
        with_entries(document, {key: part.value for key, part in parts.items()}),
        (
            *(mistake for part in parts.values() for mistake in part.mistakes),
            *(
                Mistake(link.source, f"{link.ref} cannot be referenced here; only a spec has references")
                for link in misplaced
            ),
        ),
        links=parts["spec"].links if "spec" in parts else (),
    )


def _shapes(drafts: Iterable[Draft], texts: Texts, kinds: Kinds) -> list[Mistake]:
    """Checks only the shape of resources for other environments, whose variables and overlays are unknown here."""
    mistakes: list[Mistake] = []
    for draft in drafts:
        meant = _resolved(draft, texts, kinds[draft.kind])
        mistakes += elsewhere(schema_mistakes(meant.value, kinds[draft.kind], overlay=True), meant.mistakes)
    return mistakes


def _tombstone_shapes(tombs: Iterable[MapNode], texts: Texts, kinds: Kinds) -> list[Mistake]:
    """Checks only the shape of tombstones for other environments."""
    read = [(meant, read_tombstone(meant.value, kinds)) for meant in (_meant(tomb, texts) for tomb in tombs)]
    return [mistake for meant, tomb in read for mistake in elsewhere(tomb.mistakes, meant.mistakes)]


def _removed(tombs: Iterable[MapNode], texts: Texts, kinds: Kinds) -> Checked[Mapping[str, Source]]:
    addresses: dict[str, Source] = {}
    mistakes: list[Mistake] = []
    for meant in (_meant(tomb, texts) for tomb in tombs):
        links = (
            Mistake(link.source, f"{link.ref} is a reference; write an address, Kind/name") for link in meant.links
        )
        wrong = (*meant.mistakes, *links)
        read = read_tombstone(meant.value, kinds)
        mistakes += (*wrong, *elsewhere(read.mistakes, wrong))
        addresses |= {address: source for address, source in read.value.items() if address not in addresses}
    return Checked(addresses, tuple(mistakes))
