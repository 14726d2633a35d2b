"""The nouns of the reconciler: frozen values, no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from reconciler.canonical import canonical
from reconciler.errors import Source

FORMAT_VERSION = "1.0"
# A reference inside a text. No name holds a brace; a name may hold dots, so the last one is the word before `}`.
REFERENCE = re.compile(r"\$\{(?P<kind>[A-Z]\w*)/(?P<name>[^{}]+)\.(?P<word>id|arn)\}")
T = TypeVar("T")


class Ref(NamedTuple):
    """The address of one resource: kind and name, never an AWS id. A part has its parent's name before its own."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


# What a manifest may say.


class Spec(BaseModel):
    """`time_zone` here, `timeZone` in YAML, `TimeZone` in a call."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Resource(Spec):
    """The spec of a kind. `name` comes from the manifest's `metadata`; here it is a field, so a rename is an update."""

    name: str


def _in_order(values: tuple[T, ...]) -> tuple[T, ...]:
    by_text = {canonical(value): value for value in values}
    return tuple(by_text[text] for text in sorted(by_text))


# A list whose order means nothing to AWS: sorted, without repeats, so that both sides and every dump are equal.
Unordered = Annotated[tuple[T, ...], AfterValidator(_in_order)]


@dataclass(frozen=True)
class RefTo:
    """Marks a spec field whose value is the name of another resource."""

    kind: str


@dataclass(frozen=True)
class AwsName:
    """Marks a spec field whose AWS parameter does not follow from its key."""

    name: str


@dataclass(frozen=True)
class Keyed:
    """Marks a list of specs that are told apart by one of their fields; overlays and diffs go item by item."""

    by: str = "name"


@dataclass(frozen=True)
class Ours:
    """Marks a spec field that AWS never hears of."""


class Linked(str):
    """A text that holds references, `${Kind/name.arn}` or `.id`: apply puts AWS's ids in, live takes them out.

    A plain `str` is sent as it is, even where it looks like a reference (an author's `$${` has become `${`).
    """

    __slots__ = ()


@dataclass(frozen=True)
class IdOf:
    """An AWS id or ARN that may not exist yet; apply fills it in."""

    ref: Ref
    arn: bool = False


class Mode(StrEnum):
    """Whose the values of an attribute are."""

    MANAGED = "managed"  # the manifests'
    SEED = "seed"  # created once by us, then somebody else's
    OBSERVED = "observed"  # somebody else's: never touched


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


@dataclass(frozen=True)
class Manifest:
    """One resource as declared: its spec holds nothing of what `records` and the metadata say."""

    spec: Resource
    source: Source
    records: Records = field(default_factory=Records)
    protect: bool | None = None
    adopt: bool = False
    renamed_from: str | None = None

    @property
    def ref(self) -> Ref:
        return Ref(type(self.spec).__name__, self.spec.name)


class Finding(NamedTuple):
    """Something an operator should know that is no mistake: `severity` is "info" or "warning"."""

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


# What is live.


@dataclass(frozen=True, slots=True)
class LiveCell:
    text: str
    lock: Mapping[str, str]
    modified: datetime | None = None
    region: str = ""


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """One stored row; the default record has an empty `key`."""

    key: Mapping[str, str]
    cells: dict[str, LiveCell]


@dataclass(frozen=True)
class Live:
    """A resource as AWS has it. After a rename in the console `spec.name` is no longer `ref.name`."""

    ref: Ref
    id: str
    arn: str
    spec: Resource
    tags: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None
    region: str = ""
    records: tuple[LiveRecord, ...] = ()
    part_locks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # part name → its lock versions


@dataclass(frozen=True)
class Scope:
    """Where a plan holds: one environment of a stack, on one Connect instance (its ARN)."""

    stack: str
    environment: str
    instance: str

    @property
    def owner(self) -> str:
        return f"{self.stack}/{self.environment}"


class Ownership(StrEnum):
    """How a kind shows whose a resource is."""

    TAGS = "tags"  # by the tags on it
    PARENT = "parent"  # untaggable part of another: ours when that one is
    DECLARED = "declared"  # untaggable: ours while declared, never an orphan, never pruned


# What differs, and what closes the difference.


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class FieldChange:
    """`path` in the manifest's own words; `before`, `after` are plain JSON values, `None` = absent."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell; `before`, `after` are wire texts, `None` = absent. `identity` is the row's typed key."""

    action: Action
    key: Mapping[str, str]
    attribute: str
    before: str | None
    after: str | None
    value_type: str
    identity: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row whose primary values change; both map names to wire texts. Its action is always "rename"."""

    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """One write to AWS, decided but not made."""

    service: str
    operation: str
    params: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Step:
    """One call, the items of its change that it makes true (by position), and the steps that must be done before it.

    `reread`: the call replaces a thing whole, so what is live is read again right before it is sent.
    """

    call: Call
    fields: tuple[int, ...] = ()
    cells: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    reread: bool = False


@dataclass(frozen=True)
class Size:
    """How much there was before: what thresholds are shares of."""

    rows: int = 0
    cells: Mapping[str, int] = field(default_factory=dict)  # attribute → stored cells


@dataclass(frozen=True)
class Change:
    """What one resource needs."""

    action: Action
    ref: Ref
    reason: str = ""
    irreversible: bool = False
    source: Source | None = None
    fields: tuple[FieldChange, ...] = ()
    cells: tuple[CellChange, ...] = ()
    rows: tuple[RowChange, ...] = ()
    steps: tuple[Step, ...] = ()
    unchanged: int = 0  # declared cells that are live as they should be
    size: Size = Size()


@dataclass(frozen=True)
class Estimate:
    """What apply will cost beyond reading: calls by `service:Operation`, and seconds under the declared rates."""

    seconds: float = 0.0
    operations: Mapping[str, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        return sum(self.operations.values())


@dataclass(frozen=True)
class Plan:
    scope: Scope
    changes: tuple[Change, ...] = ()
    orphans: tuple[Ref, ...] = ()
    findings: tuple[Finding, ...] = ()
    estimate: Estimate = Estimate()
    unchanged: int = 0  # declared resources and cells that need nothing

    @property
    def actionable(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action is not Action.BLOCKED)
