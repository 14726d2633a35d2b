"""Maps names to AWS ids and back. It is the only state of a run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from reconciler.errors import UnknownReferenceError
from reconciler.kinds.fields import reference_fields
from reconciler.model import (
    LIKE_REFERENCE,
    REFERENCE,
    Document,
    Finding,
    IdOf,
    Linked,
    Live,
    Ref,
    Spec,
    in_order,
    is_id,
    reference_to,
)

# The beginning of an ARN, or an id in Amazon Connect's form. The end of an ARN is clear only for known ones: names may
# hold `:`, `.`, `/`, `$` and more.
_BEGINNING = re.compile(
    r"arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
_UNKNOWN = re.compile(r"[\w/-]*")  # the rest of an unknown ARN: an id inside it is not the resource
# What continues the name before it. A dot, for example, may be a bucket's letter or end a sentence.
_CONTINUES = re.compile(r"[\w-]|[.@+=]\w")
# Services in whose ARNs a `/` begins a part of the resource, as in `bucket/key`. In others it is a letter of the name:
# `role/a` and `role/a/b` are two roles.
_WITH_PARTS = frozenset({"s3", "dynamodb", "emr-serverless"})
_LENGTH_OF_ID = 36
S = TypeVar("S", bound=Spec)


class AwsIds(NamedTuple):
    """The texts that references stand for. `stream` is the ARN of a table's stream; empty for all else."""

    id: str
    arn: str
    stream: str = ""


class Directory:
    """The names and ids of live resources. Apply adds those that it creates. It is thread-safe."""

    def __init__(self, known: Iterable[tuple[Ref, AwsIds]] = ()) -> None:
        self._ids: dict[Ref, AwsIds] = {}
        self._refs: dict[str, tuple[Ref, str]] = {}  # by ARNs and Amazon Connect's ids, which may be in texts
        self._by_kind: dict[tuple[str, str], Ref] = {}  # by kind and id or ARN; elsewhere, ids are names
        self._other_names: dict[Ref, Ref] = {}  # by a name that manifests may use too, such as a phone number
        self._lengths: tuple[int, ...] = ()  # of ARNs, the longest first
        self._lock = Lock()
        for ref, identity in known:
            self.add(ref, identity)

    def add(self, ref: Ref, identity: AwsIds) -> None:
        with self._lock:
            # After a replacement the old id and ARN must no longer resolve to this resource.
            for old in self._ids.get(ref, ()):
                self._refs.pop(old, None)
                self._by_kind.pop((ref.kind, old), None)
            self._ids[ref] = identity
            for id, word in zip(identity, AwsIds._fields, strict=True):
                if id:
                    self._by_kind[ref.kind, id] = ref
                # An ARN as the id of an association, such as a function's, belongs to another resource.
                if is_id(id) and (word != "id" or not id.startswith("arn:")):
                    self._refs[id] = (ref, word)
            new = {len(arn) for arn in (identity.arn, identity.stream) if arn} - {*self._lengths}
            if new:
                self._lengths = tuple(sorted((*self._lengths, *new), reverse=True))

    def add_part(self, key: Ref, id: str) -> None:
        """Adds a part under a key that is not an address. Only calls use it; texts never refer to it."""
        with self._lock:
            self._ids[key] = AwsIds(id, "")

    def add_other_name(self, ref: Ref, name: str) -> None:
        """Adds another name by which manifests may refer to a known resource. Values with it become its own name."""
        with self._lock:
            if name != ref.name:
                self._by_kind[ref.kind, name] = ref
                self._other_names[ref._replace(name=name)] = ref

    def without_names(self, refs: Collection[Ref]) -> Directory:
        """Returns a copy in which the ids and ARNs of `refs` no longer resolve to names."""
        other = Directory()
        other._ids, other._other_names = dict(self._ids), dict(self._other_names)
        other._refs = {id: known for id, known in self._refs.items() if known[0] not in refs}
        other._by_kind = {key: ref for key, ref in self._by_kind.items() if ref not in refs}
        other._lengths = self._lengths
        return other

    def __contains__(self, ref: object) -> bool:
        return ref in self._ids

    def refs(self) -> set[Ref]:
        with self._lock:
            return set(self._ids)

    def count(self, kind: str) -> int:
        return sum(1 for ref in self._ids if ref.kind == kind)

    def identity(self, ref: Ref) -> AwsIds:
        """Returns the id and ARN of a resource. Raises `UnknownReferenceError` if it does not exist yet."""
        ref = self._other_names.get(ref, ref)
        if ref not in self._ids:
            raise UnknownReferenceError(
                f"{ref} is neither live nor created by this plan; declare it or fix the reference"
            )
        return self._ids[ref]

    def name(self, kind: str, id: str) -> str:
        """Returns the name for an id of a kind. Other ids, such as an agent queue, are returned unchanged."""
        known = self._by_kind.get((kind, id))
        return known.name if known else id

    def by_name(self, text: str) -> str:
        """Returns the text with known ids and ARNs as references, or the text itself if it has none.

        `by_id` restores the same text. An id stays if its reference would not read back, or inside an unknown ARN. A
        declared text becomes what the same text of AWS becomes.
        """
        text = self._as_sent(text) if isinstance(text, Linked) else text
        if _holds_no_id(text):
            return text
        pieces, last = list[str](), 0
        for begin, end, reference in self._references(text):
            pieces += (text[last:begin], reference)
            last = end
        if not pieces or (not isinstance(text, Linked) and LIKE_REFERENCE.search(text)):
            # In a text with references, a plain `${Kind/` would also read as a reference.
            return text
        return Linked("".join((*pieces, text[last:])))

    def _as_sent(self, text: Linked) -> str:
        """Returns a declared text as AWS has it, if all references in it are known by their id or ARN."""
        targets = {Ref(match["kind"], match["name"]) for match in REFERENCE.finditer(text)}
        known = all(any(id in self._refs for id in self._ids.get(self._other_names.get(it, it), ())) for it in targets)
        return self._by_id(text) if known and not LIKE_REFERENCE.search(REFERENCE.sub("\0", text)) else text

    def by_name_within(self, value: Any) -> Any:
        """Returns a spec, or a part of one, with references instead of known ids. Without any it is the same object."""
        match value:
            case str():
                return self.by_name(value)
            case Document(text=text):
                written = self.by_name(text)
                return value if written is text else type(value)(written)
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
            if not item or (key not in kinds and _is_plain(item)):
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
            case IdOf(ref, is_number=True):
                return int(self.identity(ref).id.rpartition(":")[2])
            case IdOf(ref, arn, qualifier):
                identity = self.identity(ref)
                return (identity.arn if arn else identity.id) + qualifier
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

    def _references(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yields the positions of known ids and ARNs in a text, each with its reference."""
        at = 0
        while match := _BEGINNING.search(text, at):
            begin, is_arn = match.start(), match[0].startswith("arn:")
            id = self._longest_arn(text, begin) if is_arn else match[0]
            known = self._refs.get(id)
            at = begin + len(id) if known else _end_of_unknown(text, match.end()) if is_arn else match.end()
            # Reports and manifests write a plain `${` as `$${`.
            if known and not text.endswith("$", 0, begin) and (reference := reference_to(*known)):
                yield begin, at, reference

    def _longest_arn(self, text: str, begin: int) -> str:
        """Returns the longest known ARN that begins there and ends with its name; empty if there is none."""
        for length in self._lengths:
            arn, end = text[begin : begin + length], begin + length
            if arn in self._refs and not _CONTINUES.match(text, end):
                if text.startswith("/", end) and arn.split(":", 3)[2] not in _WITH_PARTS:
                    continue
                return arn
        return ""

    def _resolved(self, match: re.Match[str]) -> str:
        identity = self.identity(Ref(match["kind"], match["name"]))
        word = match["word"]
        if word == "stream" and not identity.stream:
            raise UnknownReferenceError(f"{match[0]}: the table has no stream yet; plan again after this apply")
        return str(getattr(identity, word))


def _end_of_unknown(text: str, at: int) -> int:
    rest = _UNKNOWN.match(text, at)
    return rest.end() if rest else at


def _holds_no_id(text: str) -> bool:
    """Returns whether a text cannot hold an id. Most are short and no ARN, so that 100,000 plain cells cost nothing."""
    return len(text) < _LENGTH_OF_ID and "arn:" not in text


def _is_plain(value: Any) -> bool:
    """Returns whether the value cannot hold an id."""
    kind = type(value)
    if kind is str:
        return _holds_no_id(value)
    if kind is tuple:
        return all(type(item) is str and _holds_no_id(item) for item in value)
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
