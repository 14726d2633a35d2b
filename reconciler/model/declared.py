"""The declared state: the values of manifests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from reconciler.errors import Alike, Source
from reconciler.model.content import Content, ContentFile
from reconciler.model.names import Ref
from reconciler.model.spec import Resource


class Mode(StrEnum):
    """Who owns the values of an attribute."""

    MANAGED = "managed"  # The manifests own them.
    SEED = "seed"  # Apply creates them once; then other writers own them.
    OBSERVED = "observed"  # Other writers own them, and apply never changes them.


@dataclass(frozen=True, slots=True)
class Written:
    """One record as its author wrote it: attribute → text, the texts of a list's items, or `None` for an absent cell.

    `source` is the row's position. `columns` has the positions of cells, as far as they are known.
    """

    texts: Mapping[str, str | tuple[str, ...] | None]
    source: Source
    columns: Mapping[str, Source] = field(default_factory=dict)

    def place(self, attribute: str) -> Source:
        return self.columns.get(attribute, self.source)


@dataclass(frozen=True)
class WrittenRecords:
    """The rows of a manifest before the rules of their attributes are checked. `moved`: pairs of keys, from and to."""

    rows: tuple[Written, ...] = ()
    default: Written | None = None
    moved: tuple[tuple[Written, Written], ...] = ()
    prune: bool = False


class Problem(NamedTuple):
    """A mistake ("error") or a finding ("warning", "info") inside one manifest.

    `path` leads from the manifest's spec to it, by keys and list positions. `source` is set if it is in a CSV file
    instead. `alike` is set if a report may list many similar ones in one line. `inside` is the line and the column in
    the text of the value, if a file holds that text.
    """

    severity: str
    path: tuple[str | int, ...]
    message: str
    source: Source | None = None
    alike: Alike = Alike()
    inside: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One declared row.

    `key`: primary name → wire text; empty for the default record. `cells`: attribute → wire text, or `None` if the
    cell must be absent. Apply does not change an attribute that is missing in `cells`.
    """

    key: Mapping[str, str]
    cells: Mapping[str, str | None]
    source: Source


@dataclass(frozen=True)
class Move:
    """A row that gets a new key and keeps its values. Both sides map primary names to wire texts."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    source: Source


@dataclass(frozen=True)
class Records:
    """The declared values of one table."""

    rows: tuple[Record, ...] = ()
    default: Record | None = None
    prune: bool = False
    moved: tuple[Move, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.default)


@dataclass(frozen=True)
class Manifest:
    """One declared resource. Its spec does not repeat `records` or the metadata."""

    spec: Resource
    source: Source
    records: Records = field(default_factory=Records)
    protect: bool | None = None
    adopt: bool = False
    renamed_from: str | None = None
    origins: tuple[Ref, ...] = ()  # The documents that stand for this one, from the author's own to the nearest.
    untagged: tuple[Ref, ...] = ()  # Untaggable resources of the same document, which the tags of this one remember.
    contents: Mapping[Content, ContentFile] = field(default_factory=dict)  # The files of the spec's contents.
    documents: Mapping[str, ContentFile] = field(default_factory=dict)  # The files of its documents, by field.
    effects: Mapping[str, str] = field(default_factory=dict)  # The meaning of changes, by their paths: see `Child`.

    @property
    def origin(self) -> Ref | None:
        """The author's document that stands for this resource; `None` if the author declared the resource itself."""
        return self.origins[0] if self.origins else None

    @cached_property
    def ref(self) -> Ref:
        return Ref(type(self.spec).__name__, self.spec.name)


class Finding(NamedTuple):
    """A remark for the operator that is not a mistake.

    `severity` is "info" or "warning". In a plan it is "error" if apply would refuse the plan at any time.
    """

    severity: str
    address: str
    message: str
    source: Source | None = None


@dataclass(frozen=True)
class Desired:
    """The declared state of one environment."""

    manifests: Mapping[Ref, Manifest] = field(default_factory=dict)
    removed: Mapping[str, Source] = field(default_factory=dict)  # tombstones: address → position
    findings: tuple[Finding, ...] = ()
    composites: Mapping[Ref, Manifest] = field(default_factory=dict)  # `manifests` has what they stand for.

    @property
    def contents(self) -> dict[Content, ContentFile]:
        """The files of every declared content."""
        files: dict[Content, ContentFile] = {}
        for manifest in self.manifests.values():
            files |= manifest.contents
        return files
