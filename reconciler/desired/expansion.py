"""Expands documents that stand for other resources, as if the author had written a document for each of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.desired.author_files import AuthorsSurroundings, GeneratedFile
from reconciler.desired.checked import Checked, Link, elsewhere
from reconciler.desired.hidden import Hidden
from reconciler.desired.layers import Draft
from reconciler.desired.manifests import Surroundings, read_manifest, repetitions, schema_mistakes
from reconciler.desired.merging import Kinds, resolve_draft
from reconciler.desired.overlays import merged_draft, pointless_removals
from reconciler.desired.overriding import idle_overrides, misnamed_overrides
from reconciler.documents.nodes import Entry, ListNode, MapNode, Scalar, find, place, plain, scalars
from reconciler.errors import Mistake, Source
from reconciler.kinds.base import Declarable, Kind
from reconciler.kinds.composite import MOST_LEVELS, CannotExpandError, Child, Composite
from reconciler.kinds.fields import linked
from reconciler.model import Content, Finding, Linked, Manifest, Ownership, Ref


@dataclass(frozen=True)
class ExpandedDraft:
    """A resource that a document stands for.

    `origins`: the documents that stand for it, from the author's own to the nearest. `source`: where the author's
    document declares it. `draft` holds it with the author's overrides. `untagged`: see `Manifest`.
    """

    draft: Checked[Draft]
    origins: tuple[Ref, ...]
    source: Source
    untagged: tuple[Ref, ...] = ()
    effects: Mapping[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        return Ref(self.draft.value.kind, self.draft.value.name)

    def built(self, read: Checked[Manifest | None]) -> Checked[Manifest | None]:
        """Returns its manifest with its origins. A mistake at the author's line names the resource."""
        mistakes = [
            mistake._replace(message=f"{self.ref}: {mistake.message}") if mistake.source == self.source else mistake
            for mistake in read.mistakes
        ]
        manifest = read.value
        if manifest:
            manifest = replace(manifest, origins=self.origins, untagged=self.untagged, effects=self.effects)
        return read._replace(value=manifest, mistakes=tuple(mistakes))


@dataclass(frozen=True)
class Expansion:
    """`failed`: documents that could not be expanded, so that their resources are unknown."""

    members: Mapping[Ref, ExpandedDraft]
    mistakes: tuple[Mistake, ...] = ()
    failed: frozenset[Ref] = frozenset()
    findings: tuple[Finding, ...] = ()
    generated: tuple[GeneratedFile, ...] = ()

    def dangling(
        self, manifests: Iterable[Checked[Manifest | None]], known: Collection[Ref], hidden: Hidden
    ) -> Iterator[Mistake]:
        """Yields references of the members, which have `manifests`, to undeclared resources."""
        for member, manifest in zip(self.members.values(), manifests, strict=True):
            for target, source, may_be_live in (*member.draft.links, *manifest.links):
                if target not in known and not (may_be_live or hidden.may_hold(target)):
                    yield Mistake(source, f"{member.ref} needs {target}, which is not declared; declare it")


def expand_all(
    documents: Sequence[Checked[Draft]],
    written: Mapping[Ref, Sequence[Draft]],
    kinds: Kinds,
    around: Surroundings,
) -> Expansion:
    """Returns the resources that the documents stand for.

    `written`: the documents of each address, one for each layer. Those of a composite's child are merged into it.
    """
    declared = {Ref(it.value.kind, it.value.name): it for it in documents}
    walk = _Walk(written, kinds, around, declared)
    for document in documents:
        draft = document.value
        ref = Ref(draft.kind, draft.name)
        if draft.name and kinds[draft.kind].expands and ref not in walk.members:
            walk.visit(document, (ref,), draft.node.source)
    mistakes = tuple(mistake for _, mistake in walk.mistakes)
    alone = (draft for ref, drafts in written.items() if ref not in walk.members for draft in drafts)
    mistakes = mistakes or tuple(idle_overrides(alone, walk.failed))  # a mistake may hide what a document stands for
    members = _remembering(walk.members, kinds)
    return Expansion(members, mistakes, frozenset(walk.failed), tuple(walk.findings), tuple(walk.generated))


def _remembering(members: Mapping[Ref, ExpandedDraft], kinds: Kinds) -> dict[Ref, ExpandedDraft]:
    """Returns the members, of which the first taggable one of each document remembers those that AWS cannot tag.

    The first one is created first and deleted last. One inside a tagged member needs no memory.
    """
    keepers: dict[Ref, Ref] = {}
    untagged: dict[Ref, list[Ref]] = {}
    for ref, member in members.items():
        kind, origin = kinds[ref.kind], member.origins[0]
        if not isinstance(kind, Kind):
            continue
        if kind.ownership is Ownership.TAGS:
            keepers.setdefault(origin, ref)
        elif not kind.reading.within[0]:
            untagged.setdefault(origin, []).append(ref)
    marked = {keepers[origin]: tuple(refs) for origin, refs in untagged.items() if origin in keepers}
    return {ref: replace(it, untagged=marked[ref]) if ref in marked else it for ref, it in members.items()}


@dataclass
class _Walk:
    """Visits documents from the outermost to the innermost. A mistake is kept with the author's document."""

    written: Mapping[Ref, Sequence[Draft]]
    kinds: Kinds
    around: Surroundings
    declared: Mapping[Ref, Checked[Draft]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    generated: list[GeneratedFile] = field(default_factory=list)
    members: dict[Ref, ExpandedDraft] = field(default_factory=dict)
    mistakes: list[tuple[Ref, Mistake]] = field(default_factory=list)
    failed: set[Ref] = field(default_factory=set)

    def visit(self, checked: Checked[Draft], chain: tuple[Ref, ...], source: Source) -> None:
        """Expands the last document of the chain. `source`: where the author's document declares it."""
        draft = checked.value
        kind = self.kinds[draft.kind]
        manifest = read_manifest(checked, kind, self.around).value
        if manifest is None:
            return  # the caller reads it too, and reports its mistakes
        try:
            near = AuthorsSurroundings(draft, self.around, self.kinds, self.declared, self.findings.append)
            if isinstance(kind, Composite):
                self.generated += near.generated_by(kind, manifest.spec)
            children = list(kind.expand(manifest.spec, near))
        except CannotExpandError as error:
            self.failed.add(chain[-1])
            own = (Mistake(place(draft.node, ("spec", *error.path)), str(error)),)
            self.mistakes += [(chain[0], mistake) for mistake in error.mistakes or own]
            return
        for child in children:
            at = place(draft.node, ("spec", *child.path)) if len(chain) == 1 else source
            ref = Ref(child.kind, str(child.spec["name"]))
            if fault := self._fault(ref, chain):
                self._wrong(chain, at, fault)
                continue
            self.mistakes += [(chain[0], mistake) for mistake in misnamed_overrides(self.written.get(ref, ()), chain)]
            self._demote(ref)
            drawn = self._overridden(self._draft(child, manifest, draft, at))
            member = ExpandedDraft(drawn, chain, at, effects=child.effects)
            self.members[ref] = member
            if self.kinds[ref.kind].expands:
                self.visit(member.draft, (*chain, ref), at)

    def _fault(self, ref: Ref, chain: tuple[Ref, ...]) -> str:
        """Returns why this resource cannot be a member; empty if it can."""
        way = " → ".join(map(str, (*chain, ref)))
        if ref in chain:
            return f"{ref} stands for itself: {way}; delete one of these documents"
        if len(chain) > MOST_LEVELS:
            return f"{chain[0]} expands more than {MOST_LEVELS} levels deep: {way}; declare {ref} in its own document"
        earlier = self.members[ref].source if ref in self.members else None
        if earlier is None and ref in self.written and not isinstance(self.kinds[chain[-1].kind], Composite):
            earlier = self.written[ref][0].node.source
        if earlier is None:
            return ""
        remedy = f"the name of a {ref.kind} must be unique; delete one, or give it another name"
        return f"{ref} is also declared at {earlier}; {remedy}"

    def _draft(self, child: Child, manifest: Manifest, parent: Draft, source: Source) -> Draft:
        """Returns the document that an author would have written for the child, at the author's line."""
        folder = self.around.where.beside(source, "")

        def named(content: Content) -> Mapping[str, str]:
            return {"file": os.path.relpath(manifest.contents[content].path, folder)}

        return _draft(child._replace(spec=_with_files(child.spec, named)), parent, self.kinds[child.kind], source)

    def _demote(self, ref: Ref) -> None:
        """Forgets what a document expands to on its own: it is an override, and is expanded again as a whole."""
        self.members = {name: member for name, member in self.members.items() if member.origins[0] != ref}
        self.mistakes = [(root, mistake) for root, mistake in self.mistakes if root != ref]
        self.failed.discard(ref)

    def _overridden(self, child: Draft) -> Checked[Draft]:
        """Returns the child with the documents of its address merged into it, layer by layer."""
        kind, draft = self.kinds[child.kind], child
        mistakes: list[Mistake] = []
        links = list(_links(child))
        for document in self.written.get(Ref(child.kind, child.name), ()):
            over = resolve_draft(document, self.around.texts, kind, self.around.where)
            wrong = elsewhere(schema_mistakes(over.value, kind, overlay=True), over.mistakes)
            mistakes += (*over.mistakes, *wrong, *pointless_removals(draft, over.value, kind))
            mistakes += repetitions(over.value, kind)
            links += over.links
            draft = merged_draft(draft, over.value, kind)
        return Checked(draft, tuple(mistakes), links=tuple(links))

    def _wrong(self, chain: tuple[Ref, ...], source: Source, message: str) -> None:
        self.mistakes.append((chain[0], Mistake(source, message)))


def _draft(child: Child, parent: Draft, kind: Declarable, source: Source) -> Draft:
    name = str(child.spec["name"])
    metadata: dict[str, Any] = {"name": name}
    # Protection is stored as a tag.
    inherited = ("adopt", "protect") if kind.ownership is Ownership.TAGS else ("adopt",)
    for key in inherited:
        if (setting := find(parent.node, ("metadata", key))) is not None:
            metadata[key] = plain(setting)
    spec = {key: value for key, value in child.spec.items() if key != "name"}
    document = _node({"kind": child.kind, "metadata": metadata, "spec": spec}, source)
    # Merging drops the absent fields.
    return merged_draft(None, Draft(child.kind, name, document), kind)


def _with_files(value: Any, named: Callable[[Content], Mapping[str, str]]) -> Any:
    """Returns a value with `{file: PATH}` in place of each content."""
    match value:
        case Content():
            return named(value)
        case Mapping():
            return {key: _with_files(item, named) for key, item in value.items()}
        case list() | tuple():
            return [_with_files(item, named) for item in value]
        case _:
            return value


def _node(value: Any, source: Source) -> Any:
    match value:
        case Mapping():
            return MapNode({key: Entry(source, _node(item, source)) for key, item in value.items()}, source)
        case list() | tuple():
            return ListNode(tuple(_node(item, source) for item in value), source)
        case str():
            return Scalar(value, value, source)
        case _:
            return Scalar(value, json.dumps(value), source)


def _links(draft: Draft) -> Iterator[Link]:
    for scalar in scalars(draft.node):
        if isinstance(scalar.value, Linked):
            yield from (Link(target, scalar.source) for target in linked(scalar.value))
