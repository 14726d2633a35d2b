"""What the manifests say, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from reconciler.errors import Alike, Source
from reconciler.model.names import Ref
from reconciler.model.spec import Resource


class Mode(StrEnum):
    """Whose the values of an attribute are."""

    MANAGED = "managed"  # the manifests'
    SEED = "seed"  # created once by us, then somebody else's
    OBSERVED = "observed"  # somebody else's: never touched


@dataclass(frozen=True, slots=True)
class Written:
    """One record as its author wrote it: attribute → text, the texts of a list's items, or `None` for «absent».

    `source` is the row's place; `columns` says where in the line a cell begins, as far as that is known.
    """

    texts: Mapping[str, str | tuple[str, ...] | None]
    source: Source
    columns: Mapping[str, Source] = field(default_factory=dict)

    def place(self, attribute: str) -> Source:
        return self.columns.get(attribute, self.source)


@dataclass(frozen=True)
class WrittenRecords:
    """The rows of a manifest before anybody asked what their attributes allow. `moved`: pairs of keys, from and to."""

    rows: tuple[Written, ...] = ()
    default: Written | None = None
    moved: tuple[tuple[Written, Written], ...] = ()
    prune: bool = False


class Problem(NamedTuple):
    """A mistake ("error") or a finding ("warning", "info") inside one manifest.

    `path` leads to it from the manifest's spec (keys and list positions); `source` is given where the path would lead
    to a CSV file; `alike` if many equal ones may be listed in one line.
    """

    severity: str
    path: tuple[str | int, ...]
    message: str
    source: Source | None = None
    alike: Alike = Alike()


@dataclass(frozen=True, slots=True)
class Record:
    """One declared row. `key`: primary name → wire text, empty for the default record. `cells`: attribute → wire text,
    `None` where the cell must be absent; an attribute that is not there is left alone."""

    key: Mapping[str, str]
    cells: Mapping[str, str | None]
    source: Source


@dataclass(frozen=True)
class Move:
    """A row that keeps its identity under another key; both map primary names to wire texts."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    source: Source


@dataclass(frozen=True)
class Records:
    """The values of one table as declared."""

    rows: tuple[Record, ...] = ()
    default: Record | None = None
    prune: bool = False
    moved: tuple[Move, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.default)


@dataclass(frozen=True)
class Manifest:
    """One resource as declared: its spec holds nothing of what `records` and the metadata say."""

    spec: Resource
    source: Source
    records: Records = field(default_factory=Records)
    protect: bool | None = None
    adopt: bool = False
    renamed_from: str | None = None

    @cached_property
    def ref(self) -> Ref:
        return Ref(type(self.spec).__name__, self.spec.name)


class Finding(NamedTuple):
    """Something that an operator should know and that is not a mistake.

    `severity` is "info" or "warning". In a plan it is "error" if apply would refuse the plan.
    """

    severity: str
    address: str
    message: str
    source: Source | None = None


@dataclass(frozen=True)
class Desired:
    """All that the manifests say for one environment."""

    manifests: Mapping[Ref, Manifest] = field(default_factory=dict)
    removed: Mapping[str, Source] = field(default_factory=dict)  # tombstones: address → where
    findings: tuple[Finding, ...] = ()
