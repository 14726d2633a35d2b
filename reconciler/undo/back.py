"""Values that describe the way back of one resource, and the parts of it that are not undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconciler.directory import Directory
from reconciler.documents.hints import brief
from reconciler.errors import Source
from reconciler.kinds.fields import linked
from reconciler.kinds.registry import KINDS
from reconciler.model import Change, Concealed, Content, Finding, Live, Manifest, Ref, Resource, from_words
from reconciler.model.canonical import canonical
from reconciler.model.environment import Environment
from reconciler.plan import Selection


class Kept(NamedTuple):
    """A part of a resource that stays as it is, with the reason. `place` is its path, empty for the whole resource."""

    place: str
    reason: str


@dataclass(frozen=True)
class Back:
    """Way back of one resource.

    `manifest` declares the state to restore. `live` is the live resource under the address that it will have. `leaves`
    is true if the run created the resource, so undo deletes it. `changes` cannot be declared in a manifest. `already`
    is the number of items that are as they were before the run.
    """

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
    """Live state that undo needs. `source` is the file of the outcome."""

    environment: Environment
    selection: Selection
    source: Source
    directory: Directory
    live: Mapping[Ref, Live] = field(default_factory=dict)
    coming: frozenset[Ref] = frozenset()  # resources that undo will recreate
    beside: Mapping[Ref, Resource] = field(default_factory=dict)  # specs that may decide how they are recreated

    def of(self, ref: Ref) -> Live | None:
        """Returns the live resource at an address. Case does not matter if the kind ignores it."""
        if ref in self.live or not KINDS[ref.kind].identity.folds_case:
            return self.live.get(ref)
        folded = {known.name.casefold(): live for known, live in self.live.items() if known.kind == ref.kind}
        return folded.get(ref.name.casefold())

    def meant(self, value: Any) -> Any:
        """Restores references in an outcome's value if their targets exist or will be recreated."""
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
    """Compares two values as plans write them; 2.0 equals 2. A live content may lack its size."""
    return canonical(_with_contents(one)) == canonical(_with_contents(other))


def _with_contents(value: Any) -> Any:
    """Returns a value with the hash in place of each content."""
    if content := Content.from_json(value):
        return content.sha256
    match value:
        case Mapping():
            return {key: _with_contents(item) for key, item in value.items()}
        case list():
            return [_with_contents(item) for item in value]
    return value


def contents_within(value: Any) -> Iterator[Content]:
    """Yields the contents of a value of an outcome, at any depth."""
    if content := Content.from_json(value):
        yield content
        return
    match value:
        case Mapping():
            for item in value.values():
                yield from contents_within(item)
        case list():
            for item in value:
                yield from contents_within(item)


def unknown_bytes(contents: Iterable[Content]) -> str:
    """Returns why contents cannot be restored. An outcome has their hashes alone."""
    lost = [*contents]
    if any(isinstance(content, Concealed) for content in lost):
        return "cannot be undone: the outcome does not have the former values; declare them and apply"
    named = " and ".join(map(str, lost))
    return f"cannot be undone: the outcome has no bytes of {named}; declare that file again and apply"


def changed(now: Any, left: Any) -> str:
    return f"changed since the run: live is {_text(now)}, the run left {_text(left)}; it is left alone"


def _text(value: Any) -> str:
    content = Content.from_json(value)
    return "(absent)" if value is None else str(content) if content else brief(value)
