"""Reads manifests, merges overlays, selects the environment, fills in texts, checks and builds the desired state.

It collects every mistake on the way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reconciler.desired import names
from reconciler.desired.author_files import GeneratedFile
from reconciler.desired.checked import Checked, Link, elsewhere
from reconciler.desired.circles import circles
from reconciler.desired.expansion import Expansion, expand_all
from reconciler.desired.hidden import hidden
from reconciler.desired.layers import BASE, Draft, Layer, ManifestFolders
from reconciler.desired.manifests import Surroundings, across, read_manifest, schema_mistakes
from reconciler.desired.merging import Kinds, Merged, merge_layers, read_layers, resolve_document, resolve_draft
from reconciler.desired.texts import Texts
from reconciler.desired.tombstones import read_tombstone, still_declared
from reconciler.documents.hints import brief
from reconciler.documents.nodes import MapNode, place
from reconciler.errors import ManifestError, Mistake, Source
from reconciler.kinds.base import Declarable, Kind
from reconciler.kinds.composite import Composite
from reconciler.kinds.registry import DECLARABLE
from reconciler.model import Desired, Finding, Manifest, Ref
from reconciler.model.environment import VARIABLE, Environment


@dataclass(frozen=True)
class Examination:
    """`desired` is `None` if there is a mistake. `declared` maps the resources of all environments to positions.

    `generated`: the files that follow from the author's, such as the lock of a pipeline's columns.
    """

    desired: Desired | None
    mistakes: tuple[Mistake, ...]
    findings: tuple[Finding, ...]
    declared: Mapping[Ref, Source] = field(default_factory=dict)
    generated: tuple[GeneratedFile, ...] = ()


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
    kinds: Kinds = DECLARABLE,
    today: date | None = None,
) -> Examination:
    """Returns the desired state with all mistakes and findings.

    `known_environments`: the names that `metadata.environments` may contain; empty: any name.
    `today`: the date for findings about past dates; without it there are no such findings.
    """
    where = ManifestFolders(environment.root, environment.root / environment.manifests)
    around = Surroundings(where, texts_of(environment, environ), environment.quotas, today, environment.scope)
    read = read_layers(environment, around, kinds, known_environments)
    merged = merge_layers(read.value, where, around.texts, kinds)
    buried = [tomb for layer in read.value for tomb in layer.tombstones]

    def is_here(document: MapNode) -> bool:
        return names.is_for(document, environment.name, known_environments)

    here = [draft for draft in merged.value.drafts if is_here(draft.node)]
    tombs = [tomb for tomb in buried if is_here(tomb)]
    documents = _read_documents(merged.value, here, around, kinds)
    removed = _removed(tombs, around.texts, kinds)

    drafts = [checked.value for checked in documents.resolved]
    declared = names.refs(drafts)
    lost = hidden((document for layer in read.value for document in layer.unread), documents.unbuilt, kinds)
    elsewhere_too = names.refs(merged.value.drafts)
    together = across(declared, kinds)
    between = (
        *_unknown_environments((*(draft.node for draft in merged.value.drafts), *buried), known_environments),
        *_without_instance(environment, documents, kinds),
        *_shapes((draft for draft in merged.value.drafts if not is_here(draft.node)), around, kinds),
        *_tombstone_shapes((tomb for tomb in buried if not is_here(tomb)), around.texts, kinds),
        *names.twins(drafts, kinds),
        *names.renames(declared),
        *names.dangling(documents.links, declared, elsewhere_too, lost),
        *documents.expansion.dangling(documents.of_members, declared, lost),
        *names.to_composites(_links((*documents.resolved, *documents.manifests)), kinds),
        *circles(declared, kinds),
        *elsewhere(together.mistakes, documents.mistakes),
        *still_declared(removed.value, names.addresses(declared, kinds)),
    )
    empty = [] if here or tombs else [_nothing(environment, where, read.value)]
    also = Checked(None, between, (*names.look_alikes(drafts, kinds), *together.findings, *empty))
    steps: list[Checked[Any]] = [read, merged, *documents.resolved, *documents.manifests, removed, also]
    steps.append(Checked(None, documents.doubtful, documents.expansion.findings))
    places = {ref: draft.node.source for ref, draft in elsewhere_too.items()}
    places |= {ref: member.source for ref, member in documents.expansion.members.items()}
    reading = _reading(documents.desired(removed.value, kinds), steps)
    return replace(reading, declared=places, generated=documents.expansion.generated)


@dataclass(frozen=True)
class _Documents:
    """The resources of an environment, those of authors first: with their texts filled in, and their manifests."""

    resolved: tuple[Checked[Draft], ...]
    manifests: tuple[Checked[Manifest | None], ...]
    expansion: Expansion
    doubtful: tuple[Mistake, ...]

    @property
    def of_members(self) -> tuple[Checked[Manifest | None], ...]:
        """The manifests of the resources that other documents stand for."""
        return self.manifests[len(self.manifests) - len(self.expansion.members) :]

    @property
    def links(self) -> Iterator[Link]:
        """The references of the author's documents."""
        own = len(self.manifests) - len(self.expansion.members)
        return _links((*self.resolved[:own], *self.manifests[:own]))

    @property
    def unbuilt(self) -> list[Draft]:
        """The documents with a mistake. The resources that they stand for are unknown."""
        pairs = zip(self.resolved, self.manifests, strict=True)
        return [
            checked.value
            for checked, manifest in pairs
            if not manifest.value or manifest.value.ref in self.expansion.failed
        ]

    @property
    def mistakes(self) -> list[Mistake]:
        mistakes: list[Mistake] = []
        for manifest in self.manifests:
            mistakes += manifest.mistakes
        return mistakes

    def desired(self, removed: Mapping[str, Source], kinds: Kinds) -> Desired:
        every = {manifest.value.ref: manifest.value for manifest in self.manifests if manifest.value}
        composites = {ref: it for ref, it in every.items() if isinstance(kinds[ref.kind], Composite)}
        resources = {ref: it for ref, it in every.items() if ref not in composites}
        return Desired(resources, removed, composites=composites)


def _read_documents(merged: Merged, here: Sequence[Draft], around: Surroundings, kinds: Kinds) -> _Documents:
    """Reads the documents of the environment and the resources that they stand for."""
    resolved = [resolve_draft(draft, around.texts, kinds[draft.kind], around.where) for draft in here]
    addresses = {draft.key: Ref(draft.kind, it.value.name) for draft, it in zip(here, resolved, strict=True)}
    written = {address: merged.written[key] for key, address in addresses.items()}
    expansion = expand_all(resolved, written, kinds, around)
    members = expansion.members
    overrides = {key for key, address in addresses.items() if address in members}
    alone = [(draft, it) for draft, it in zip(here, resolved, strict=True) if draft.key not in overrides]
    own: list[Checked[Manifest | None]] = [
        Checked(None) if draft.key in merged.strays else read_manifest(it, kinds[draft.kind], around)
        for draft, it in alone
    ]
    of_members = [it.built(read_manifest(it.draft, kinds[ref.kind], around)) for ref, it in members.items()]
    doubts: list[Mistake] = []
    for key, about in merged.doubts.items():
        if key not in overrides:
            doubts += about
    return _Documents(
        (*(it for _, it in alone), *(it.draft for it in members.values())),
        (*own, *of_members),
        expansion,
        (*doubts, *expansion.mistakes),
    )


def _reading(desired: Desired, steps: Sequence[Checked[Any]]) -> Examination:
    unread, *later = steps
    others: list[Mistake] = []
    unique = dict.fromkeys(unread.findings)
    for step in later:
        others += step.mistakes
        unique |= dict.fromkeys(step.findings)
    # A text with a YAML mistake is not also reported by the schema.
    mistakes = sorted({*unread.mistakes, *elsewhere(others, unread.mistakes)})
    findings = tuple(sorted(unique, key=lambda finding: (finding.source or Source(""), finding.message)))
    return Examination(None if mistakes else replace(desired, findings=findings), tuple(mistakes), findings)


def _links(steps: Iterable[Checked[Any]]) -> Iterator[Link]:
    for step in steps:
        yield from step.links


def texts_of(environment: Environment, environ: Mapping[str, str]) -> Texts:
    """Returns the meaning of `${…}` in the manifests of an environment."""
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


# Documents.


def _unknown_environments(documents: Iterable[MapNode], known: Collection[str]) -> Iterator[Mistake]:
    for document in documents:
        yield from names.unknown_environments(document, known)


def _without_instance(environment: Environment, documents: _Documents, kinds: Kinds) -> Iterator[Mistake]:
    """Yields the documents whose kind belongs to an instance, if the environment has none.

    A resource that such a document stands for is not reported as well.
    """
    if environment.has_instance:
        return
    for draft in (checked.value for checked in documents.resolved):
        member = documents.expansion.members.get(Ref(draft.kind, draft.name))
        is_reported = member is not None and bool(_service_of_instance(kinds[member.origins[-1].kind]))
        if (title := _service_of_instance(kinds[draft.kind])) and not is_reported:
            yield Mistake(
                place(draft.node, ["kind"]),
                f"{draft.kind} is a kind of {title}, but environment {brief(environment.name)} has no instance; "
                "add one in reconcile.yaml, or list other environments in metadata.environments",
            )


def _service_of_instance(kind: Declarable) -> str:
    """Returns the title of the kind's service if its calls need an instance, else an empty text."""
    return kind.service.title if isinstance(kind, Kind) and kind.service.instance else ""


def _shapes(drafts: Iterable[Draft], around: Surroundings, kinds: Kinds) -> list[Mistake]:
    """Checks only the shape of resources for other environments, whose variables and overlays are unknown here."""
    mistakes: list[Mistake] = []
    for draft in drafts:
        meant = resolve_draft(draft, around.texts, kinds[draft.kind], around.where)
        mistakes += elsewhere(schema_mistakes(meant.value, kinds[draft.kind], overlay=True), meant.mistakes)
    return mistakes


def _tombstone_shapes(tombs: Iterable[MapNode], texts: Texts, kinds: Kinds) -> list[Mistake]:
    """Checks only the shape of tombstones for other environments."""
    mistakes: list[Mistake] = []
    for tomb in tombs:
        meant = resolve_document(tomb, texts)
        mistakes += elsewhere(read_tombstone(meant.value, kinds).mistakes, meant.mistakes)
    return mistakes


def _removed(tombs: Iterable[MapNode], texts: Texts, kinds: Kinds) -> Checked[Mapping[str, Source]]:
    addresses: dict[str, Source] = {}
    mistakes: list[Mistake] = []
    for tomb in tombs:
        meant = resolve_document(tomb, texts)
        wrong = list(meant.mistakes)
        for link in meant.links:
            wrong.append(Mistake(link.source, f"{link.ref} is a reference; write an address, Kind/name"))
        read = read_tombstone(meant.value, kinds)
        mistakes += (*wrong, *elsewhere(read.mistakes, wrong))
        for address, source in read.value.items():
            addresses.setdefault(address, source)
    return Checked(addresses, tuple(mistakes))
