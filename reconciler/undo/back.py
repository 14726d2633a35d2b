"""What undoing one resource comes to, and what of it is not undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconciler.canonical import canonical
from reconciler.directory import Directory
from reconciler.documents.hints import brief
from reconciler.environment import Environment
from reconciler.errors import Source
from reconciler.kinds.fields import linked
from reconciler.kinds.registry import KINDS
from reconciler.model import Change, Finding, Live, Manifest, Ref, from_words
from reconciler.plan import Selection


class Kept(NamedTuple):
    """A thing that stays as it is, and why; `place` is its path, empty for the resource itself."""

    place: str
    reason: str


@dataclass(frozen=True)
class Back:
    """`manifest`: what it shall be; `live` is it as it is, under the address that it will have. `leaves`: what the run
    has made goes. `changes` are those that no manifest can ask for; `already`: how many items are as they were."""

    ref: Ref
    manifest: Manifest | None = None
    live: Live | None = None
    leaves: bool = False
    changes: tuple[Change, ...] = ()
    kept: tuple[Kept, ...] = ()
    notes: tuple[Finding, ...] = ()
    already: int = 0


@dataclass(frozen=True)
class Now:
    """What is live, as undoing needs to know it. `source` is the outcome's file."""

    environment: Environment
    selection: Selection
    source: Source
    directory: Directory
    live: Mapping[Ref, Live] = field(default_factory=dict)
    coming: frozenset[Ref] = frozenset()  # what is to be made anew

    def of(self, ref: Ref) -> Live | None:
        """The live one at an address, whatever its case where that means nothing."""
        if ref in self.live or not KINDS[ref.kind].folds_case:
            return self.live.get(ref)
        folded = {known.name.casefold(): live for known, live in self.live.items() if known.kind == ref.kind}
        return folded.get(ref.name.casefold())

    def meant(self, value: Any) -> Any:
        """A value of the outcome; its texts that name resources which there are, or will be, name them again."""
        match value:
            case str():
                text = from_words(value)
                return text if {*linked(text)} <= self.directory.refs() | self.coming else str(text)
            case Mapping():
                return {key: self.meant(item) for key, item in value.items()}
            case list():
                return [self.meant(item) for item in value]
        return value


def equal(one: Any, other: Any) -> bool:
    """Of values as plans tell them; 2.0 is 2."""
    return canonical(one) == canonical(other)


def changed(now: Any, left: Any) -> str:
    return f"changed since: live is {_told(now)}, the run left {_told(left)}; it is left alone"


def _told(value: Any) -> str:
    return "(absent)" if value is None else brief(value)
