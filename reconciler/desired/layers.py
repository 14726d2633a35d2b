"""Reads a folder of YAML files into one draft per resource, and tombstones."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reconciler.desired.checked import Checked
from reconciler.documents.files import read_text
from reconciler.documents.hints import brief, did_you_mean, listed
from reconciler.documents.nodes import MapNode, Node, find, place, text_of
from reconciler.documents.yaml_text import YamlText, read_yaml
from reconciler.errors import Mistake, Source
from reconciler.schemas.kind import REMOVED

BASE = "base"
_GIT = "create it with a file such as .gitkeep, because git does not keep empty folders"


@dataclass(frozen=True)
class ManifestFolders:
    """The folders of a stack. Messages name files relative to `root`, the folder of reconcile.yaml."""

    root: Path
    manifests: Path

    def name(self, path: Path) -> str:
        relative = os.path.relpath(path, self.root).replace(os.sep, "/")
        return os.fsencode(relative).decode(errors="replace")

    def holds(self, path: Path) -> bool:
        """Returns whether the path is inside the manifests folder."""
        return self.inside(path, self.manifests)

    def beside(self, source: Source, name: str) -> Path:
        """Returns the path of a file that a manifest names, relative to the manifest."""
        return self.root / Path(source.file).parent / name

    def outside(self, name: str, path: Path) -> str:
        """Returns why a manifest cannot name this file; empty if the file is inside the manifests folder."""
        if not Path(name).is_absolute() and self.holds(path):
            return ""
        return f"{brief(name)} is outside {self.name(self.manifests)}; put the file beside the manifest"

    def inside(self, path: Path, folder: Path) -> bool:
        """Returns whether the path is the folder or inside it, after following every link."""
        try:
            return path.resolve().is_relative_to(folder.resolve())
        except (OSError, RuntimeError, ValueError):  # the path is too long, has circular links, or has a NUL
            return False


@dataclass(frozen=True)
class Draft:
    """One resource's document. `name` is as written, and empty if it is missing."""

    kind: str
    name: str
    node: MapNode

    @property
    def key(self) -> tuple[str, str]:
        """The key by which overlays match. A draft without a name matches nothing."""
        return self.kind, self.name or f" {self.node.source}"


class Layer(NamedTuple):
    """`unread`: documents without a valid kind, and invalid YAML; `None` for a file that cannot be read."""

    drafts: tuple[Draft, ...] = ()
    tombstones: tuple[MapNode, ...] = ()
    unread: tuple[Node | str | None, ...] = ()


def read_layer(folder: Path, where: ManifestFolders, kinds: Collection[str]) -> Checked[Layer]:
    """Reads every `*.yaml` and `*.yml` below the folder. Names of folders and files have no meaning."""
    if not folder.is_dir():
        return Checked(Layer(), (missing_folder(folder, where),))
    if not where.holds(folder):
        outside = f"is outside {where.name(where.manifests)}; move it inside"
        return Checked(Layer(), (Mistake(Source(where.name(folder)), outside),))
    read = [_documents(file, where) if isinstance(file, Path) else file for file in _files(folder, where)]
    mistakes = [file for file in read if isinstance(file, Mistake)]
    texts = [file for file in read if isinstance(file, YamlText)]
    mistakes += [mistake for text in texts for mistake in text.mistakes]
    classified = [(node, _draft(node, kinds)) for text in texts for node in text.documents]
    mistakes += [document for _, document in classified if isinstance(document, Mistake)]
    drafts = [document for _, document in classified if isinstance(document, Draft)]
    tombstones = [document for _, document in classified if isinstance(document, MapNode)]
    unread = [
        *(None for file in read if isinstance(file, Mistake)),
        *(lost for text in texts for lost in text.lost),
        *(node for node, document in classified if isinstance(document, Mistake)),
    ]
    unique = {draft.key: draft for draft in reversed(drafts)}
    layer = Layer(tuple(reversed(unique.values())), tuple(tombstones), tuple(unread))
    return Checked(layer, (*mistakes, *_twice(drafts)))


def unusable(name: str, path: Path, where: ManifestFolders) -> str:
    """Returns why a manifest cannot name this file; empty if the file is there and inside the manifests folder."""
    if wrong := where.outside(name, path):
        return wrong
    try:
        near = [] if path.exists() else [file.name for file in path.parent.glob("*") if file.is_file()]
        hint = did_you_mean(path.name, near) or "; write a path to a file, relative to the manifest"
        return "" if path.is_file() else f"{brief(name)} is not a file{hint}"
    except OSError as error:  # the name is too long
        return f"{brief(name)} cannot be read: {error.strerror}; write a path to a file, relative to the manifest"


def missing_folder(folder: Path, where: ManifestFolders) -> Mistake:
    return Mistake(Source(where.name(folder)), f"the folder does not exist; {_GIT}")


def _files(folder: Path, where: ManifestFolders) -> Iterator[Path | Mistake]:
    unreadable: list[Path] = []
    for at, folders, files in os.walk(folder, onerror=lambda error: unreadable.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (path := Path(at, name)).is_symlink():
                yield Mistake(
                    Source(where.name(path)),
                    "is a link to a folder, which reconcile does not follow; put the files here",
                )
        for name in sorted(files):
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                yield Path(at, name)
    for path in unreadable:
        yield Mistake(Source(where.name(path)), "the folder cannot be read; check its permissions")


def _documents(path: Path, where: ManifestFolders) -> YamlText | Mistake:
    name = where.name(path)
    if not where.holds(path):
        return Mistake(Source(name), f"is a link to a file outside {where.name(where.manifests)}; put the file here")
    read = read_text(path, name)
    return read if isinstance(read, Mistake) else read_yaml(read.text, name)


def _draft(node: Node, kinds: Collection[str]) -> Draft | MapNode | Mistake | None:
    """Returns a document; `None` for a mapping of a pipeline, which the pipeline's own document names."""
    if not isinstance(node, MapNode):
        return Mistake(node.source, "a manifest must be a map with kind, metadata and spec")
    if "canonicalTable" in node.entries and "kind" not in node.entries:
        return None
    choices = [*kinds, REMOVED]
    kind = text_of(node.get("kind"))
    if "kind" not in node.entries:
        return Mistake(node.source, f"kind is missing; write {listed(choices)}")
    if kind not in choices:
        hint = did_you_mean(kind, choices) if kind else ""
        return Mistake(place(node, ["kind"]), f"unknown kind {brief(kind)}{hint or f'; write {listed(choices)}'}")
    if kind == REMOVED:
        return node
    return Draft(str(kind), text_of(find(node, ["metadata", "name"])) or "", node)


def _twice(drafts: Collection[Draft]) -> Iterator[Mistake]:
    first: dict[tuple[str, str], Draft] = {}
    for draft in drafts:
        if (earlier := first.setdefault(draft.key, draft)) is not draft:
            message = f"{draft.kind} {brief(draft.name)} is also declared at {earlier.node.source}; delete one of them"
            yield Mistake(place(draft.node, ["metadata", "name"]), message)
