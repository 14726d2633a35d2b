"""Reads the layers of an environment, the base and then each overlay, and merges them into one draft per resource."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from reconciler.desired.checked import Checked, elsewhere
from reconciler.desired.document_files import read_documents
from reconciler.desired.layers import BASE, Draft, Layer, ManifestFolders, read_layer
from reconciler.desired.linking import with_names
from reconciler.desired.manifests import Surroundings, repetitions, schema_mistakes
from reconciler.desired.missing import missing_manifests, missing_overlay
from reconciler.desired.overlays import merged_draft, pointless_removals
from reconciler.desired.texts import Texts, resolve
from reconciler.desired.unread import unread_files
from reconciler.documents.hints import did_you_mean
from reconciler.documents.nodes import MapNode, find, place, text_of, with_entries
from reconciler.errors import Mistake, Source
from reconciler.kinds.base import Declarable
from reconciler.model.environment import Environment

Kinds = Mapping[str, Declarable]
DraftKey = tuple[str, str]


class Merged(NamedTuple):
    """`written`: the documents of each draft, one for each layer.

    `strays`: overlays that match no resource of the base and are incomplete. `doubts`: mistakes of overlays, unless
    another document stands for the resource.
    """

    drafts: tuple[Draft, ...]
    written: Mapping[DraftKey, Sequence[Draft]]
    strays: frozenset[DraftKey]
    doubts: Mapping[DraftKey, Sequence[Mistake]]


def read_layers(
    environment: Environment, around: Surroundings, kinds: Kinds, known_environments: Collection[str]
) -> Checked[tuple[Layer, ...]]:
    where = around.where
    if not where.manifests.is_dir():
        return Checked((Layer(),), (missing_manifests(environment, where),))
    base = where.manifests / BASE
    # git drops an empty folder, and a stack may manage nothing.
    first = read_layer(base, where, kinds) if base.exists() or base.is_symlink() else Checked(Layer())
    read = [first, *(_overlay(environment, at, where, kinds) for at in range(len(environment.overlays)))]
    mistakes: list[Mistake] = []
    for layer in read:
        mistakes += layer.mistakes
    layers = tuple(layer.value for layer in read)
    findings = unread_files(environment, where, layers, around.texts, known_environments, kinds)
    return Checked(layers, tuple(mistakes), tuple(findings))


def _overlay(environment: Environment, at: int, where: ManifestFolders, kinds: Kinds) -> Checked[Layer]:
    base, folder = where.manifests / BASE, where.manifests / environment.overlays[at]
    if where.inside(folder, base):
        message = f"an overlay cannot be inside {where.name(base)}, which is the base; move the folder"
        return Checked(Layer(), (Mistake(Source(where.name(folder)), message),))
    if not folder.is_dir():
        return Checked(Layer(), (missing_overlay(environment, at, where),))
    return read_layer(folder, where, kinds)


def merge_layers(layers: Sequence[Layer], where: ManifestFolders, texts: Texts, kinds: Kinds) -> Checked[Merged]:
    """Returns the merged resources of all layers.

    Overlays are also checked against their own schema, which requires no field.
    """
    base, *overlays = layers
    drafts = {draft.key: draft for draft in base.drafts}
    written = {draft.key: [draft] for draft in base.drafts}
    mistakes: list[Mistake] = []
    strays: set[DraftKey] = set()
    doubts: dict[DraftKey, list[Mistake]] = {}
    overs: list[Draft] = []
    for layer in overlays:
        overs += layer.drafts
    for over in overs:
        kind, below = kinds[over.kind], drafts.get(over.key)
        meant = resolve_draft(over, texts, kind, where)
        wrong = elsewhere(schema_mistakes(meant.value, kind, overlay=True), meant.mistakes)
        doubtful = doubts.setdefault(over.key, [])
        if over.name and not below and (stray := _stray(meant.value, drafts, wrong, where, kind)):
            doubtful.append(stray)
            strays.add(over.key)
        doubtful += pointless_removals(below, over, kind)
        mistakes += (*wrong, *repetitions(meant.value, kind))
        if over.name:
            drafts[over.key] = merged_draft(below, over, kind)
            written.setdefault(over.key, []).append(over)
    return Checked(Merged(tuple(drafts.values()), written, frozenset(strays), doubts), tuple(mistakes))


def _stray(
    over: Draft, drafts: Collection[tuple[str, str]], wrong: Sequence[Mistake], where: ManifestFolders, kind: Declarable
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


def resolve_draft(draft: Draft, texts: Texts, kind: Declarable, where: ManifestFolders) -> Checked[Draft]:
    """Returns the draft with its documents read from their files, and with variables and references resolved."""
    why = (
        "every flow can read the values of a data table"
        if kind.cells
        else f"a field of {kind.name} cannot contain a secret"
    )
    read = resolve_document(draft.node, replace(texts, no_secrets=why))
    name = text_of(find(read.value, ["metadata", "name"])) or ""
    spec = read.value.get("spec")
    if not isinstance(spec, MapNode):
        return Checked(Draft(draft.kind, name, read.value), read.mistakes, links=read.links)
    body = read_documents(kind.spec, spec, read.links, where, texts)
    node = with_entries(read.value, {"spec": with_names(kind.spec, body.value)})
    return Checked(Draft(draft.kind, name, node), (*read.mistakes, *body.mistakes), links=body.links)


def resolve_document(document: MapNode, texts: Texts) -> Checked[MapNode]:
    parts = {key: resolve(entry.node, texts) for key, entry in document.entries.items() if key != "kind"}
    mistakes, misplaced = list[Mistake](), list[Mistake]()
    for key, part in parts.items():
        mistakes += part.mistakes
        for link in part.links if key != "spec" else ():
            message = f"{link.ref} cannot be referenced here; only a spec has references"
            misplaced.append(Mistake(link.source, message))
    return Checked(
        with_entries(document, {key: part.value for key, part in parts.items()}),
        (*mistakes, *misplaced),
        links=parts["spec"].links if "spec" in parts else (),
    )
