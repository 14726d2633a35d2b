"""Finds YAML and CSV files below the manifests folder that reconcile does not read, with reason and remedy."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from reconciler.desired.layers import BASE, Draft, Layer, ManifestFolders
from reconciler.desired.texts import MARK, Texts
from reconciler.documents.files import read_text
from reconciler.documents.nodes import Scalar, find, scalars
from reconciler.errors import Mistake, Source
from reconciler.kinds.base import Declarable
from reconciler.kinds.composite import Composite
from reconciler.kinds.contents import holds_contents
from reconciler.model import Finding
from reconciler.model.environment import Environment

_MANIFESTS = (".yaml", ".yml")
_FORMS = (*_MANIFESTS, ".csv")


@dataclass(frozen=True)
class _Folders:
    """The folders that are read, relative to the manifests folder. `here`: those of this environment."""

    here: Collection[PurePath]
    all: Collection[PurePath]

    def is_read(self, path: PurePath) -> bool:
        return any(path.is_relative_to(folder) for folder in self.all)

    def is_read_here(self, path: PurePath) -> bool:
        return any(path.is_relative_to(folder) for folder in self.here)

    def unread_above(self, path: PurePath, environments: Collection[str]) -> PurePath | None:
        """Returns the unread folder around a file: one named like an environment, else the outermost.

        No folder inside it is read.
        """
        outer = [PurePath(*path.parts[:depth]) for depth in range(1, len(path.parts))]
        unread = [parent for parent in outer if not any(folder.is_relative_to(parent) for folder in self.all)]
        return next((parent for parent in unread if parent.name in environments), unread[0] if unread else None)


def unread_files(
    environment: Environment,
    where: ManifestFolders,
    layers: Iterable[Layer],
    texts: Texts,
    known_environments: Collection[str],
    kinds: Mapping[str, Declarable],
) -> Iterator[Finding]:
    """Yields one warning per unread folder, and one per single unread file."""
    if not where.manifests.is_dir():
        return
    folders = _folders(environment)
    files = [PurePath(os.path.relpath(path, where.manifests)) for path in _files(where.manifests)]
    if where.inside(where.root, where.manifests):
        # The repository itself is the manifests folder, so files beside the base may be anything.
        files = [path for path in files if folders.is_read(path)]
    named = _named(layers, where, texts, kinds)
    outside = [path for path in files if not folders.is_read(path) and _resolved(where.manifests / path) not in named]
    yield from _outside(outside, folders, where, known_environments)
    for path in files:
        if path.suffix.lower() in _MANIFESTS and path.suffix not in _MANIFESTS and folders.is_read_here(path):
            message = f"is not read: the file name must end in {' or '.join(_MANIFESTS)}, in lower case; rename it"
            yield _warning(message, where, path)
    sheets = [path for path in files if path.suffix.lower() == ".csv" and folders.is_read_here(path)]
    # A composite may name any file in any text.
    texts_of_composites: list[str] = []
    for draft in _drafts(layers):
        if isinstance(kinds[draft.kind], Composite):
            texts_of_composites += (scalar.text for scalar in scalars(draft.node))
    unnamed = [path for path in sheets if not any(path.name in text for text in texts_of_composites)]
    yield from _unnamed(unnamed, named, layers, folders, where)


def _drafts(layers: Iterable[Layer]) -> Iterator[Draft]:
    for layer in layers:
        yield from layer.drafts


def _folders(environment: Environment) -> _Folders:
    base = PurePath(BASE)
    here = {base, *(_normal(folder) for folder in environment.overlays)}
    return _Folders(here, here | {_normal(folder) for folder in environment.overlays_of_all})


def _normal(folder: Path) -> PurePath:
    return PurePath(os.path.normpath(folder))


def _files(folder: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(_FORMS) and not name.startswith("."):
                yield Path(at, name)


def _warning(message: str, where: ManifestFolders, path: PurePath) -> Finding:
    return Finding("warning", "", message, Source(where.name(where.manifests / path)))


# Files outside every folder that is read.


def _outside(
    files: Iterable[PurePath], folders: _Folders, where: ManifestFolders, known_environments: Collection[str]
) -> Iterator[Finding]:
    base = where.name(where.manifests / BASE)
    groups: dict[PurePath, list[PurePath]] = {}
    for path in files:
        groups.setdefault(folders.unread_above(path, known_environments) or path, []).append(path)
    for group, members in groups.items():
        if group == members[0]:
            message = f"is not read: only {base} and the overlays are read; move the file to {base}"
        else:
            more = f" ({len(members)} files)" if len(members) > 1 else ""
            message = (
                f"is not read, like all of {where.name(where.manifests / group)}{more}: only {base} and the folders of "
                f"`overlays:` in reconcile.yaml are read; move it to {base}, or {_overlay(group, known_environments)}"
            )
        yield _warning(message, where, members[0])


def _overlay(folder: PurePath, known_environments: Collection[str]) -> str:
    """Returns the line of reconcile.yaml that makes reconcile read the folder."""
    whose = folder.name if folder.name in known_environments else "an environment"
    return f"write `overlays: [{folder.as_posix()}]` for {whose}"


# CSV files that no manifest names.


def _named(layers: Iterable[Layer], where: ManifestFolders, texts: Texts, kinds: Mapping[str, Declarable]) -> set[Path]:
    """Returns the files that any manifest names, also manifests for other environments."""
    named = set[Path]()
    for draft in _drafts(layers):
        for name in _file_names(draft, kinds[draft.kind]):
            text = texts.read(name.text).text if MARK in name.text else name.text
            named.add(_resolved(where.beside(name.source, text)))
    return named


def _file_names(draft: Draft, kind: Declarable) -> Iterator[Scalar]:
    """Yields the texts that name a file, or may name one."""
    if isinstance(sheet := find(draft.node, ["spec", "values", "file"]), Scalar):
        yield sheet
    if holds_contents(kind.spec):
        yield from scalars(draft.node)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # the path is too long, has circular links, or has a NUL
        return path


def _unnamed(
    sheets: Iterable[PurePath],
    named: Collection[Path],
    layers: Iterable[Layer],
    folders: _Folders,
    where: ManifestFolders,
) -> Iterator[Finding]:
    unnamed = [path for path in sheets if _resolved(where.manifests / path) not in named]
    elsewhere = _other_texts(layers, folders, where) if unnamed else []
    for path in unnamed:
        if not any(text is None or path.name in text for text in elsewhere):
            message = (
                f"is not read: no manifest names it; write `values: {{file: {path.name}}}` in its table's manifest"
            )
            yield _warning(f"{message}, or delete the file", where, path)


def _other_texts(layers: Iterable[Layer], folders: _Folders, where: ManifestFolders) -> list[str | None]:
    """Returns other texts that may name a CSV file: invalid YAML, and overlays of other environments."""
    texts: list[str | None] = []
    for layer in layers:
        texts += (document for document in layer.unread if not isinstance(document, tuple))
    for path in _files(where.manifests):
        relative = PurePath(os.path.relpath(path, where.manifests))
        if path.suffix in _MANIFESTS and folders.is_read(relative) and not folders.is_read_here(relative):
            read = read_text(path, where.name(path))
            texts.append(None if isinstance(read, Mistake) else read.text)
    return texts
