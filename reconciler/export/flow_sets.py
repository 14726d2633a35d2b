"""Merges the flows of several instances into one set of manifests: a base, and overlays with what differs.

The first environment fills the base. Later ones write only what differs from it to their last overlay. Documents of the
base are never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reconciler.directory import World
from reconciler.export.declaration import Declaration, declare
from reconciler.export.differences import differences
from reconciler.export.documents import document_files
from reconciler.export.environments import bound_texts
from reconciler.export.file_names import folder_name
from reconciler.export.flow_notes import FlowNotes
from reconciler.export.references import Writer
from reconciler.export.sayable import drop_invalid
from reconciler.export.write import (
    Exported,
    File,
    Target,
    compared,
    manifest_files,
    schema_comment,
    stems_of_refs,
    written_specs,
)
from reconciler.export.yaml_out import yaml_text
from reconciler.kinds.registry import KINDS
from reconciler.model import Document, Finding, Live, Manifest, Ref, Resource
from reconciler.model.layered import LayeredManifests

FLOWS = ("ContactFlow", "ContactFlowModule")
BASE = "base"


@dataclass(frozen=True)
class FlowTarget:
    """The set of manifests in a folder, and the environment that is merged into it.

    `overlay` is its last overlay, relative to the folder. `others` are the other environments of reconcile.yaml.
    `ignored` returns for a resource which of its fields are not compared. `expected` are the overlays that must exist.
    """

    folder: Path
    root: Path
    environment: str
    overlay: Path
    others: tuple[str, ...] = ()
    overwrite: bool = False
    ignored: Callable[[Ref], Callable[[str], bool]] = lambda ref: lambda path: False
    expected: tuple[Path, ...] = ()

    @property
    def files(self) -> Target:
        return Target(self.folder, self.root, self.folder, self.overwrite, option="--flows")

    def layer(self, name: Path) -> Target:
        return replace(self.files, folder=self.folder / name)


@dataclass(frozen=True)
class FlowExport:
    """The files to write, and the flows that the manifests declare as they are live."""

    exported: Exported
    matching: tuple[Ref, ...] = ()


def prepare_flows(world: World, declared: LayeredManifests, target: FlowTarget) -> FlowExport:
    """Returns the files that make the manifests equal to the live flows of one environment.

    Raises `UsageError` if a file cannot be read, and `OverwriteError` if one would be replaced without permission.
    """
    sorting = _Sorting(world, declared, target)
    for ref, live in sorted(world.live.items()):
        if ref.kind in FLOWS:
            sorting.sort(live)
    sorting.note_absent()
    files = [*_documents(sorting), *_folders(sorting)]
    exported = compared(files, target.files)
    notes = (*world.odd, *sorting.notes)
    return FlowExport(replace(exported, notes=notes, left=tuple(sorting.left)), tuple(sorting.matching))


@dataclass
class _Sorting:
    """The live flows by what is written of each: a document in the base or the overlay, its differences, nothing."""

    world: World
    declared: LayeredManifests
    target: FlowTarget
    base: list[Declaration] = field(default_factory=list)
    overlay: list[Declaration] = field(default_factory=list)
    changed: list[tuple[Declaration, Mapping[str, Any]]] = field(default_factory=list)
    matching: list[Ref] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        live = (ref for ref in self.world.live if ref.kind in FLOWS)
        self.stems = stems_of_refs([*{*live, *self.declared.places}])
        self.say = FlowNotes(self.target.environment, self.target.others)

    def sort(self, live: Live) -> None:
        ref, manifest = live.ref, self.declared.manifests.get(live.ref)
        valid = drop_invalid(declare(live))
        if manifest is None and (reason := self._reason_to_skip(ref)):
            self.left.append(reason)
            return
        self.notes += valid.notes
        if valid.declaration is None:
            return
        if manifest is None:
            self._add(valid.declaration)
            return
        if live.spec.name != manifest.spec.name:
            self.notes.append(self.say.renamed(live, manifest))
        if self._differences(manifest, valid.declaration):
            self._change(valid.declaration)
        else:
            self.matching.append(ref)

    def note_absent(self) -> None:
        """Adds a note for each declared flow that is not live here."""
        for ref, manifest in sorted(self.declared.manifests.items()):
            if ref not in self.world.live:
                self.notes.append(self.say.absent(manifest, is_in_base=ref in self.declared.base))

    def path(self, ref: Ref, layer: Path) -> Path:
        return self.target.folder / layer / folder_name(ref.kind) / f"{self.stems[ref]}.yaml"

    def _add(self, declaration: Declaration) -> None:
        if self.declared.base:
            self.overlay.append(declaration)
        else:
            self.base.append(declaration)

    def _change(self, declaration: Declaration) -> None:
        ref = declaration.live.ref
        over, below = self.declared.overlay.get(ref), self.declared.below.get(ref)
        if over and (self.target.root / over.file).resolve() != self.path(ref, self.target.overlay).resolve():
            self.left.append(self.say.differs_elsewhere(ref, over))
        elif below is None:
            self.overlay.append(declaration)
        elif fields := self._differences(below, declaration):
            self.changed.append((declaration, fields))
            there, here = (bound_texts(_contents(spec)) for spec in (below.spec, declaration.live.spec))
            self.notes += self.say.hint(ref, [text for text in there if text not in here], below.source.file)
        elif over:
            self.left.append(self.say.needless(ref, over))

    def _differences(self, manifest: Manifest, declaration: Declaration) -> dict[str, Any]:
        spec = self.world.directory.by_name_within(manifest.spec)
        return differences(spec, declaration, self.target.ignored(declaration.live.ref))

    def _reason_to_skip(self, ref: Ref) -> str:
        if ref in self.declared.places:
            return f"{ref} is declared in {self.declared.places[ref].file}, for other environments; left alone"
        if str(ref) in self.declared.removed:
            return f"{ref} is to be deleted by {self.declared.removed[str(ref)].file}; left alone"
        return ""


def _contents(spec: Resource) -> list[Any]:
    return [value.written for _, value in spec if isinstance(value, Document)]


def _documents(sorting: _Sorting) -> Iterator[File]:
    target = sorting.target
    new = [*sorting.base, *sorting.overlay]
    writer = Writer(sorting.world.directory, {item.live.ref: item.live.spec.name for item in new})
    specs = written_specs(new, writer)
    for item in sorting.base:
        sorting.notes += sorting.say.bound(item.live.ref, bound_texts(specs[item.live.ref]))
    yield from manifest_files(sorting.base, specs, writer, target.layer(Path(BASE)), sorting.stems, ())
    yield from manifest_files(sorting.overlay, specs, writer, target.layer(target.overlay), sorting.stems, ())
    for item, fields in sorting.changed:
        yield from _overlay_files(sorting, item, writer.spec(KINDS[item.live.ref.kind], fields))


def _overlay_files(sorting: _Sorting, item: Declaration, spec: dict[str, Any]) -> Iterator[File]:
    """Yields the document with the differences of one flow, after the files that it names."""
    ref = item.live.ref
    path = sorting.path(ref, sorting.target.overlay)
    for document in document_files(KINDS[ref.kind].spec, spec, sorting.stems[ref]):
        yield File(path.with_name(document.name), document.text)
        spec[document.field] = {"file": document.name}
    # The overlay matches the document below by the name as its author wrote it.
    metadata = {"name": sorting.declared.written.get(ref, ref.name)}
    comment = schema_comment("overlay", path.parent, sorting.target.root)
    yield File(path, comment + yaml_text({"kind": ref.kind, "metadata": metadata, "spec": spec}))


def _folders(sorting: _Sorting) -> Iterator[File]:
    """Yields a file for each overlay that reconcile.yaml names and that would not exist: a plan needs it."""
    target = sorting.target
    filled = {target.overlay} if sorting.overlay or sorting.changed else set[Path]()
    for overlay in target.expected:
        if overlay not in filled and not (target.folder / overlay).is_dir():
            yield File(target.folder / overlay / ".gitkeep", "")
