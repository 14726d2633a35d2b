"""The surroundings of a document that stands for others: files beside it, other documents, and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.desired.checked import Checked
from reconciler.desired.layers import Draft
from reconciler.desired.manifests import Surroundings, read_manifest
from reconciler.desired.merging import Kinds
from reconciler.documents.files import read_text
from reconciler.documents.nodes import Node, place, plain
from reconciler.documents.yaml_text import read_yaml
from reconciler.errors import Mistake, Source
from reconciler.kinds.composite import Around, AuthorFile, CannotExpandError, Composite
from reconciler.kinds.composite import Path as SpecPath
from reconciler.model import Finding, Ref, Scope

SUFFIXES = (".json", ".yaml", ".yml")


@dataclass(frozen=True)
class NodeFile:
    """A YAML or JSON file. It is the `AuthorFile` of kinds.composite."""

    name: str
    node: Node

    @property
    def value(self) -> Any:
        return plain(self.node)

    def place(self, path: SpecPath) -> Source:
        return place(self.node, path)


class GeneratedFile(NamedTuple):
    """A file that follows from the author's, as it must be."""

    path: Path
    text: str

    @property
    def is_current(self) -> bool:
        """Reads the file."""
        return self.path.is_file() and self.path.read_text(encoding="utf-8") == self.text


@dataclass(frozen=True)
class AuthorsSurroundings:
    """The surroundings of a document. It is the `Around` of kinds.composite.

    `declared`: the documents of the environment by address. `note` takes findings.
    """

    draft: Draft
    around: Surroundings
    kinds: Kinds
    declared: Mapping[Ref, Checked[Draft]]
    note: Callable[[Finding], None]

    @property
    def scope(self) -> Scope:
        return self.around.scope or Scope("", "")

    def text(self, name: str, path: SpecPath) -> str:
        file = self.beside(name, path)
        read = read_text(file, self.around.where.name(file))
        if isinstance(read, Mistake):
            raise CannotExpandError(path, f"{read}; write a path to a text file, relative to the manifest")
        return read.text

    def folder(self, name: str, path: SpecPath) -> tuple[AuthorFile, ...]:
        folder = self._folder(name, path)
        files, mistakes = list[AuthorFile](), list[Mistake]()
        for one in sorted(folder.iterdir()):
            if one.suffix in SUFFIXES:
                read = self._read(one)
                files += [read] if isinstance(read, NodeFile) else []
                mistakes += () if isinstance(read, NodeFile) else read
        if mistakes:
            raise CannotExpandError(path, "", tuple(mistakes))
        return tuple(files)

    def names(self, name: str, path: SpecPath) -> tuple[str, ...]:
        folder = self._folder(name, path)
        return tuple(sorted(it.name for it in folder.iterdir() if it.is_file() and not it.name.startswith(".")))

    def _folder(self, name: str, path: SpecPath) -> Path:
        folder = self.beside(name, path)
        if not folder.is_dir():
            message = f"there is no folder {self.around.where.name(folder)}; write a path relative to the manifest"
            raise CannotExpandError(path, message)
        return folder

    def other(self, kind: str, name: str) -> tuple[Any, Around] | None:
        checked = self.declared.get(Ref(kind, name))
        manifest = read_manifest(checked, self.kinds[kind], self.around).value if checked else None
        if checked is None or manifest is None:
            return None
        near = AuthorsSurroundings(checked.value, self.around, self.kinds, self.declared, self.note)
        return manifest.spec, near

    def source(self, name: str, path: SpecPath, line: int) -> Source:
        return Source(self.around.where.name(self.beside(name, path)), line, 1)

    def warn(self, source: Source, message: str) -> None:
        self.note(Finding("warning", f"{self.draft.kind}/{self.draft.name}", message, source))

    def generated_by(self, kind: Composite[Any], spec: Any) -> list[GeneratedFile]:
        """Returns the files that follow from the author's. Raises `CannotExpandError`."""
        return [GeneratedFile(self.beside(name, path), text) for path, name, text in kind.generated(spec, self)]

    def beside(self, name: str, path: SpecPath) -> Path:
        """Returns the path of a file or a folder that a field names. Raises `CannotExpandError`."""
        where = self.around.where
        file = where.beside(place(self.draft.node, ("spec", *path)), name)
        if wrong := where.outside(name, file):
            raise CannotExpandError(path, wrong)
        return file

    def _read(self, path: Path) -> NodeFile | tuple[Mistake, ...]:
        name = self.around.where.name(path)
        read = read_text(path, name)
        if isinstance(read, Mistake):
            return (read,)
        parsed = read_yaml(read.text, name)
        if parsed.mistakes:
            return parsed.mistakes
        if len(parsed.documents) != 1:
            return (Mistake(Source(name), f"has {len(parsed.documents)} documents; write one"),)
        return NodeFile(path.name, parsed.documents[0])
