"""The base of composites: documents that stand for other resources, as a pipeline does for a function and its role."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from reconciler.errors import Mistake, Source
from reconciler.model import Ownership, Problem, Resource, Scope, WrittenRecords
from reconciler.model.environment import Quotas

S = TypeVar("S", bound=Resource)
Path = tuple[str | int, ...]

MOST_LEVELS = 5  # of children below an author's document


class Child(NamedTuple):
    """A resource that another one stands for.

    `spec` is in the manifest's words and has the resource's `name`; `None` means an absent field. A text that refers to
    resources must be a `Linked`. A file is `{file: PATH}`, relative to the author's manifest, or a `Content` of the
    other one's own spec. `path` leads from the spec of the other one to the place that declares this one: mistakes and
    plans show that position. `effects` has the meaning of changes, as phrases. Its keys are paths of fields, as plans
    show them, alone or with `=` and the new value in JSON.
    """

    kind: str
    spec: Mapping[str, Any]
    path: Path = ()
    effects: Mapping[str, str] = MappingProxyType({})


class CannotExpandError(Exception):
    """The spec, or a file that it names, does not say what the resources are. `path` leads to the place in the spec.

    `mistakes` are in files that the spec names; then there is no other message.
    """

    def __init__(self, path: Path, message: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__(message)
        self.path = path
        self.mistakes = mistakes


class AuthorFile(Protocol):
    """A YAML or JSON file that a spec names."""

    @property
    def name(self) -> str:
        """The name without folders."""

    @property
    def value(self) -> Any:
        """The content: maps, lists and scalars."""

    def place(self, path: Path) -> Source:
        """Returns the position of the value at a path, or of the nearest one around it."""


class Around(Protocol):
    """The surroundings of a document: the place of its environment, and the files of the stack."""

    @property
    def scope(self) -> Scope:
        """The place. Before a sandbox starts, it has neither account nor Region."""

    def text(self, name: str, path: Path) -> str:
        """Returns the text of a file. `name` is relative to the file with the value at `path` of the spec.

        Raises `CannotExpandError` if the file is outside the manifests folder or cannot be read.
        """

    def folder(self, name: str, path: Path) -> tuple[AuthorFile, ...]:
        """Returns the YAML and JSON files of a folder, in the order of their names. `name` is as in `text`.

        Raises `CannotExpandError` if the folder is outside the manifests folder, or a file has a mistake.
        """

    def names(self, name: str, path: Path) -> tuple[str, ...]:
        """Returns the names of all files of a folder, sorted, without hidden ones and folders. `name` is as in `text`.

        Raises `CannotExpandError` if the folder is outside the manifests folder, or there is none.
        """

    def other(self, kind: str, name: str) -> tuple[Any, Around] | None:
        """Returns the spec and the surroundings of another document; `None` if it is not declared, or has mistakes."""

    def source(self, name: str, path: Path, line: int) -> Source:
        """Returns a position in a file. `name` is as in `text`."""

    def warn(self, source: Source, message: str) -> None:
        """Notes a finding about a place in a file that the spec names."""


class Composite(ABC, Generic[S]):
    """A kind of document that AWS does not have: it stands for other resources.

    A composite must fill `spec` and `expand`. `expand` must be pure: the same spec, scope and files give the same
    children. No two children have the same address. It may yield children of any kind. They may be composites too, up
    to `MOST_LEVELS` below the author's document. It must read the author's files through `around` only. In its spec,
    variables are already filled in. It raises `CannotExpandError` for what it cannot read.

    Each child is a resource like any other: it has its own address, tags and change. `protect` and `adopt` of the
    composite hold for its children. A document of a child's address is merged into the child, as an overlay is merged
    into the base. When a composite leaves the manifests, its children become orphans by their tags.

    A child that AWS cannot tag has no such memory. A tag of the first taggable child remembers it, so that it is an
    orphan too. So a composite with untaggable children must yield a taggable one, and first the one that is deleted
    last. Without any, the plan that creates the child warns that it will stay.
    """

    spec: ClassVar[type[Resource]]

    # Attributes that a document of a `Kind` has too.
    ownership: ClassVar[Ownership] = Ownership.TAGS  # `protect` is stored in the tags of the children.
    cells: ClassVar[None] = None
    parts_key: ClassVar[str] = ""
    expands: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return self.spec.__name__

    @abstractmethod
    def expand(self, spec: S, around: Around) -> Iterable[Child]:
        """Returns the resources that the document stands for."""

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        """Returns the mistakes of the spec that a schema cannot find, as `Kind.problems` does."""
        return iter(())

    def generated(self, spec: S, around: Around) -> Iterator[tuple[Path, str, str]]:
        """Yields the files that follow from the author's: the path of a folder in the spec, a name, and the text.

        `reconcile validate --write` writes them. `expand` must report one that is missing or stale.
        """
        return iter(())

    def outdated(self, declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
        """Returns findings about the past, as `Kind.outdated` does."""
        return iter(())
