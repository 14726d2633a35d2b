"""Names ↔ AWS ids, both ways: the only state of a run."""

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

# An ARN, or an id as AWS makes them; nothing shorter is looked up, so that 100,000 plain cells cost nothing.
_ID = re.compile(
    r"arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w/-]+|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
_SHORTEST = 36
S = TypeVar("S", bound=Spec)


class Identity(NamedTuple):
    id: str
    arn: str


class Directory:
    """Filled by what is live; apply adds what it creates. Safe to use from many threads."""

    def __init__(self, known: Iterable[tuple[Ref, Identity]] = ()) -> None:
        self._ids: dict[Ref, Identity] = {}
        self._refs: dict[str, tuple[Ref, str]] = {}
        self._lock = Lock()
        for ref, identity in known:
            self.add(ref, identity)

    def add(self, ref: Ref, identity: Identity) -> None:
        with self._lock:
            for old in self._ids.get(ref, ()):  # made anew: nobody is to take what bears the old id for it
                self._refs.pop(old, None)
            self._ids[ref] = identity
            for id, word in ((identity.id, "id"), (identity.arn, "arn")):
                if id:
                    self._refs[id] = (ref, word)

    def add_part(self, key: Ref, id: str) -> None:
        """Only calls name it, by a key that is no resource's address: no text speaks of it."""
        with self._lock:
            self._ids[key] = Identity(id, "")

    def without_names(self, refs: Collection[Ref]) -> Directory:
        """The same, but their ids and ARNs are no names any more."""
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
        """Raises `UnknownReferenceError` for what is neither live nor made yet."""
        if ref not in self._ids:
            raise UnknownReferenceError(
                f"{ref} is neither live nor made by this plan; declare it or mend the reference"
            )
        return self._ids[ref]

    def name(self, kind: str, id: str) -> str:
        """The name of a kind's id; an id that no kind lists, an agent's own queue say, is its own name."""
        known = self._refs.get(id)
        return known[0].name if known and known[0].kind == kind else id

    def by_name(self, text: str) -> str:
        """Returns the text with known ids and ARNs as references; without any it is the text itself.

        `by_id` turns the result back into the same text. An id stays where its reference would not read back.
        """
        if len(text) < _SHORTEST or not any(found[0] in self._refs for found in _ID.finditer(text)):
            return text
        if not isinstance(text, Linked) and LIKE_REFERENCE.search(text):
            # Among references, a plain `${Kind/` would be taken for one as well.
            return text
        named = _ID.sub(self._reference, text)
        return text if named == str(text) else Linked(named)

    def by_name_within(self, value: Any) -> Any:
        """A spec, or a part of one, with references for the ids in its texts; without any it is the value itself."""
        match value:
            case str():
                return self.by_name(value)
            case Spec():
                return self._within(value)
            case tuple():
                items = tuple(self.by_name_within(item) for item in value)
                if all(new is old for new, old in zip(items, value, strict=True)):
                    return value
                # A list that was in order is one whose order means nothing: names sort otherwise than ids.
                return in_order(items) if in_order(value) == value else items
            case dict():
                named = {key: self.by_name_within(item) for key, item in value.items()}
                return named if any(named[key] is not item for key, item in value.items()) else value
            case _:
                return value

    def _within(self, spec: S) -> S:
        kinds, new = reference_fields(type(spec)), dict[str, Any]()
        for key, item in vars(spec).items():
            # Most fields of most resources are empty, or hold nothing as long as an id.
            if not item or (key not in kinds and _is_short(item)):
                continue
            named = self._named(kinds[key], item) if key in kinds else self.by_name_within(item)
            if named is not item:
                new[key] = named
        return spec.model_copy(update=new) if new else spec

    def _named(self, kind: str, value: Any) -> Any:
        """A field that names another thing may hold its id or ARN instead."""
        if isinstance(value, tuple):
            names = tuple(self._named(kind, item) for item in value)
            return value if names == value else in_order(names)
        return self.name(kind, value) if isinstance(value, str) else value

    def by_id(self, value: Any) -> Any:
        """A call's parameters with every reference resolved. Raises `UnknownReferenceError`."""
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
        # A NUL, so that what is left and right of a reference does not grow together.
        if left := LIKE_REFERENCE.search(REFERENCE.sub("\0", text)):
            raise UnknownReferenceError(
                f"{left[0]}… in a text is not a complete reference; write ${{Kind/name.arn}}, or the ARN itself where "
                "the name holds a brace"
            )
        return REFERENCE.sub(self._resolved, text)

    def _reference(self, found: re.Match[str]) -> str:
        id = found[0]
        # `$${` is how reports and manifests write a plain `${`.
        if id not in self._refs or found.string[: found.start()].endswith("$"):
            return id
        return reference_to(*self._refs[id]) or id

    def _resolved(self, found: re.Match[str]) -> str:
        identity = self.identity(Ref(found["kind"], found["name"]))
        return identity.arn if found["word"] == "arn" else identity.id


def _is_short(value: Any) -> bool:
    """Whether no id has room in it."""
    kind = type(value)
    if kind is str:
        return len(value) < _SHORTEST
    if kind is tuple:
        return all(type(item) is str and len(item) < _SHORTEST for item in value)
    return kind in (int, bool, float)


@dataclass(frozen=True)
class World:
    """What is live: everything that concerns us, and the names of everything else."""

    live: Mapping[Ref, Live] = field(default_factory=dict)
    directory: Directory = field(default_factory=Directory)
    unread: Mapping[str, str] = field(default_factory=dict)  # kinds that nobody declares and we may not list: why
    odd: tuple[Finding, ...] = ()  # what somebody asks for, and no manifest can speak of: why
    beside: Mapping[Ref, Live] = field(default_factory=dict)  # what does not concern us, and may stand in our way
