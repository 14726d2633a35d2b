"""Maps names to AWS ids and back. It is the only state of a run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from reconciler.errors import UnknownReferenceError
from reconciler.kinds.fields import reference_fields
from reconciler.model import (
    LIKE_REFERENCE,
    REFERENCE,
    Finding,
    IdOf,
    Linked,
    Live,
    Ref,
    Spec,
    in_order,
    reference_to,
)

# An ARN or an AWS id. Shorter texts are not looked up, so that 100,000 plain cells cost nothing.
_ID = re.compile(
    r"arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w/-]+|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
_SHORTEST = 36
S = TypeVar("S", bound=Spec)


class Identity(NamedTuple):
    id: str
    arn: str


class Directory:
    """The names and ids of live resources. Apply adds those that it creates. It is thread-safe."""

    def __init__(self, known: Iterable[tuple[Ref, Identity]] = ()) -> None:
        self._ids: dict[Ref, Identity] = {}
        self._refs: dict[str, tuple[Ref, str]] = {}
        self._lock = Lock()
        for ref, identity in known:
            self.add(ref, identity)

    def add(self, ref: Ref, identity: Identity) -> None:
        with self._lock:
            # After a replacement the old id and ARN must no longer resolve to this resource.
            for old in self._ids.get(ref, ()):
                self._refs.pop(old, None)
            self._ids[ref] = identity
            for id, word in ((identity.id, "id"), (identity.arn, "arn")):
                if id:
                    self._refs[id] = (ref, word)

    def add_part(self, key: Ref, id: str) -> None:
        """Adds a part under a key that is not an address. Only calls use it; texts never refer to it."""
        with self._lock:
            self._ids[key] = Identity(id, "")

    def without_names(self, refs: Collection[Ref]) -> Directory:
        """Returns a copy in which the ids and ARNs of `refs` no longer resolve to names."""
        other = Directory()
        other._ids = dict(self._ids)
        other._refs = {id: known for id, known in self._refs.items() if known[0] not in refs}
        return other

    def __contains__(self, ref: object) -> bool:
        return ref in self._ids

    def refs(self) -> set[Ref]:
        with self._lock:
            return set(self._ids)

    def count(self, kind: str) -> int:
        return sum(1 for ref in self._ids if ref.kind == kind)

    def identity(self, ref: Ref) -> Identity:
        """Returns the id and ARN of a resource. Raises `UnknownReferenceError` if it does not exist yet."""
        if ref not in self._ids:
            raise UnknownReferenceError(
                f"{ref} is neither live nor created by this plan; declare it or fix the reference"
            )
        return self._ids[ref]

    def name(self, kind: str, id: str) -> str:
        """Returns the name for an id of a kind. Other ids, such as an agent queue, are returned unchanged."""
        known = self._refs.get(id)
        return known[0].name if known and known[0].kind == kind else id

    def by_name(self, text: str) -> str:
        """Returns the text with known ids and ARNs as references, or the text itself if it has none.

        `by_id` restores the same text. An id stays if its reference would not read back.
        """
        if len(text) < _SHORTEST or not any(match[0] in self._refs for match in _ID.finditer(text)):
            return text
        if not isinstance(text, Linked) and LIKE_REFERENCE.search(text):
            # In a text with references, a plain `${Kind/` would also read as a reference.
            return text
        named = _ID.sub(self._reference, text)
        return text if named == str(text) else Linked(named)

    def by_name_within(self, value: Any) -> Any:
        """Returns a spec, or a part of one, with references instead of known ids. Without any it is the same object."""
        match value:
            case str():
                return self.by_name(value)
            case Spec():
                return self._within(value)
            case tuple():
                items = tuple(self.by_name_within(item) for item in value)
                if all(new is old for new, old in zip(items, value, strict=True)):
                    return value
                # A sorted list is one whose order has no meaning. Names sort differently from ids, so sort again.
                return in_order(items) if in_order(value) == value else items
            case dict():
                named = {key: self.by_name_within(item) for key, item in value.items()}
                return named if any(named[key] is not item for key, item in value.items()) else value
            case _:
                return value

    def _within(self, spec: S) -> S:
        kinds, new = reference_fields(type(spec)), dict[str, Any]()
        for key, item in vars(spec).items():
            # Most fields of most resources are empty or too short for an id.
            if not item or (key not in kinds and _is_short(item)):
                continue
            named = self._named(kinds[key], item) if key in kinds else self.by_name_within(item)
            if named is not item:
                new[key] = named
        return spec.model_copy(update=new) if new else spec

    def _named(self, kind: str, value: Any) -> Any:
        """Returns a reference field's value as a name; the field may have an id or ARN instead."""
        if isinstance(value, tuple):
            names = tuple(self._named(kind, item) for item in value)
            return value if names == value else in_order(names)
        return self.name(kind, value) if isinstance(value, str) else value

    def by_id(self, value: Any) -> Any:
        """Returns a call's parameters with every reference resolved. Raises `UnknownReferenceError`."""
        match value:
            case IdOf(ref, arn):
                return self.identity(ref).arn if arn else self.identity(ref).id
            case Linked():
                return self._by_id(value)
            case dict():
                return {key: self.by_id(item) for key, item in value.items()}
            case list() | tuple():
                return [self.by_id(item) for item in value]
            case _:
                return value

    def _by_id(self, text: str) -> str:
        # A NUL replaces each reference, so that the texts on both sides do not join into a new one.
        if left := LIKE_REFERENCE.search(REFERENCE.sub("\0", text)):
            raise UnknownReferenceError(
                f"{left[0]}… in a text is not a complete reference; write ${{Kind/name.arn}}, or the ARN itself if "
                "the name has a brace"
            )
        return REFERENCE.sub(self._resolved, text)

    def _reference(self, match: re.Match[str]) -> str:
        id = match[0]
        # Reports and manifests write a plain `${` as `$${`.
        if id not in self._refs or match.string[: match.start()].endswith("$"):
            return id
        return reference_to(*self._refs[id]) or id

    def _resolved(self, match: re.Match[str]) -> str:
        identity = self.identity(Ref(match["kind"], match["name"]))
        return identity.arn if match["word"] == "arn" else identity.id


def _is_short(value: Any) -> bool:
    """Returns whether the value is too short for an id."""
    kind = type(value)
    if kind is str:
        return len(value) < _SHORTEST
    if kind is tuple:
        return all(type(item) is str and len(item) < _SHORTEST for item in value)
    return kind in (int, bool, float)


@dataclass(frozen=True)
class World:
    """The live state: the declared, managed and requested resources, and the names of all others."""

    live: Mapping[Ref, Live] = field(default_factory=dict)
    directory: Directory = field(default_factory=Directory)
    # Undeclared kinds that the role may not list, with AWS's reason.
    unread: Mapping[str, str] = field(default_factory=dict)
    # Requested resources that a manifest cannot describe, with the reason.
    odd: tuple[Finding, ...] = ()
    # Unmanaged resources that may make AWS refuse a change.
    beside: Mapping[Ref, Live] = field(default_factory=dict)
