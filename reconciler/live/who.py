"""Matches live resources with the addresses of manifests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from reconciler.directory import AwsIds, Directory
from reconciler.errors import AmbiguousAddressError
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Ownership, Ref, Scope
from reconciler.model.ownership import ADDRESS, MOVED, STACK, address, former, ref_of


@dataclass(frozen=True)
class SearchResult:
    """One resource in the form of a bulk read."""

    kind: Kind[Any]
    members: Mapping[str, Any]
    is_contained: bool = False  # untaggable, and inside a resource that the stack manages
    above: str = ""  # the name of the resource above, with which the name begins
    elsewhere: str = ""  # the ARN of the other instance, or of the traffic distribution group, that has it

    @cached_property
    def tags(self) -> Mapping[str, str]:
        return self.kind.tags_of(self.members)

    @property
    def id(self) -> str:
        return self._identity[0]

    @property
    def arn(self) -> str:
        return self._identity[1]

    @property
    def ids(self) -> AwsIds:
        return AwsIds(self.id, self.arn, self.kind.stream_of(self.members))

    @property
    def called(self) -> str:
        """The name of the resource if it is not declared."""
        return self.path(self.kind.called(self.members))

    def path(self, name: str) -> str:
        """Returns a name of the resource as it is below the resource above."""
        return f"{self.above}/{name}" if self.above else name

    def below(self, names: Mapping[tuple[str, str], str]) -> SearchResult:
        """Returns the resource below the resource above, given the names by kind and id."""
        ids = self.kind.ids_above(self.members)
        return replace(self, above=names.get((self.kind.name, ids[-1]), ids[-1])) if ids else self

    @cached_property
    def _identity(self) -> tuple[str, str]:
        return self.kind.id_and_arn(self.members)


def named(answers: Iterable[SearchResult], scope: Scope, desired: Mapping[Ref, Manifest]) -> dict[Ref, SearchResult]:
    """Returns the resources by address: first by address tag, then by name.

    An unmanaged resource gets no address if a managed one has that name. A path begins with the name of the resource
    above, so that one gets its address first.

    Raises `AmbiguousAddressError`.
    """
    levels: dict[int, list[SearchResult]] = {}
    for answer in answers:
        levels.setdefault(len(answer.kind.ids_above(answer.members)), []).append(answer)
    every: dict[Ref, SearchResult] = {}
    for depth in sorted(levels):
        names = names_by_id(every)
        tagged, untagged = _by_tags([answer.below(names) for answer in levels[depth]], scope, desired)
        for ref in tagged.keys() & every.keys():
            if every[ref].tags.get(STACK) == scope.owner:
                raise _ambiguous(ref, every[ref], tagged[ref])
        every |= _with_untagged(tagged, untagged, desired)
    return every


def directory_of(known: Mapping[Ref, SearchResult]) -> Directory:
    """Returns the directory of resources, also by the other names that manifests may use."""
    directory = Directory((ref, answer.ids) for ref, answer in known.items())
    for ref, answer in known.items():
        if answer.kind.identity.is_named_by_key:
            directory.add_other_name(ref, answer.kind.keys_of(answer.members)[0])
    return directory


def names_by_id(answers: Mapping[Ref, SearchResult]) -> dict[tuple[str, str], str]:
    """Returns the names with which the names of other resources of the kind may begin, by kind and id."""
    return {(ref.kind, answer.id): ref.name for ref, answer in answers.items() if answer.kind.nests}


def _by_tags(
    answers: Iterable[SearchResult], scope: Scope, desired: Mapping[Ref, Manifest]
) -> tuple[dict[Ref, SearchResult], list[SearchResult]]:
    """Returns the resources with an address tag of this stack by their addresses, and the others."""
    old = {Ref(ref.kind, m.renamed_from): ref for ref, m in desired.items() if m.renamed_from}
    before = {_folded_address(known): ref for known, ref in old.items()}
    by_address = {**before, **{_folded_address(ref): ref for ref in desired}}
    tagged: dict[Ref, SearchResult] = {}
    untagged = []
    for answer in answers:
        tag = answer.tags.get(ADDRESS, "")
        if answer.tags.get(STACK) != scope.owner or not tag.startswith(f"{answer.kind.name}/"):
            untagged.append(answer)
            continue
        written, meant = ref_of(tag), _meant(answer, tag)
        is_path = not answer.above or "/" in written.name
        former = before.get(_folded_address(written)) if is_path else None
        ref = former or by_address.get(_folded_address(meant)) or meant
        if ref in tagged:
            raise _ambiguous(ref, tagged[ref], answer)
        tagged[ref] = answer
    return _with_moved(tagged, untagged, scope, desired)


def _with_moved(
    tagged: dict[Ref, SearchResult], untagged: list[SearchResult], scope: Scope, desired: Mapping[Ref, Manifest]
) -> tuple[dict[Ref, SearchResult], list[SearchResult]]:
    """Adds the resources that another stack has taken over from this one, unless this one has another by now."""
    before = {former(scope.owner, address(ref)): ref for ref in desired if KINDS[ref.kind].writing.move}
    moved, left = dict(tagged), []
    for answer in untagged:
        ref = before.get(answer.tags.get(MOVED, ""))
        if ref and ref.kind == answer.kind.name and moved.setdefault(ref, answer) is answer:
            continue
        left.append(answer)
    return moved, left


def _meant(answer: SearchResult, tag: str) -> Ref:
    """Returns the address that a tag stands for.

    A hash does not contain the name, so the live name counts if it has that hash. AWS cannot move a resource with a
    path, so only the last name of its tag counts: the resource above may have been renamed since. Tags of earlier
    versions have no path, but the name at AWS.
    """
    live, written = Ref(answer.kind.name, answer.called), ref_of(tag)
    if address(live) == tag or not answer.kind.nests:
        return live if address(live) == tag else written
    is_own = written.name in (answer.members.get(answer.kind.answered(answer.kind.identity.key)), _hash_in(tag))
    return live if is_own else Ref(live.kind, answer.path(written.name.rpartition("/")[2]))


def _hash_in(tag: str) -> str:
    """Returns the name in an address tag if it is a hash."""
    name = tag.partition("/")[2]
    return name if name.startswith("sha256:") else ""


def _ambiguous(ref: Ref, *answers: SearchResult) -> AmbiguousAddressError:
    arns = sorted(answer.arn for answer in answers)
    return AmbiguousAddressError(
        f"{ref}: both {arns[0]} and {arns[1]} have this address; remove the tag {ADDRESS} from the wrong one"
    )


def is_managed(answer: SearchResult, ref: Ref, scope: Scope, desired: Mapping[Ref, Manifest]) -> bool:
    """Returns whether the stack manages the resource: by its tags, or, if untaggable, by a manifest."""
    if answer.kind.ownership is Ownership.DECLARED:
        return ref in desired
    return answer.tags.get(STACK) == scope.owner


def _with_untagged(
    tagged: dict[Ref, SearchResult], untagged: list[SearchResult], desired: Mapping[Ref, Manifest]
) -> dict[Ref, SearchResult]:
    """Adds untagged resources by their declared key, then by their former name, then by their own name."""
    named = dict(tagged)
    now = {_folded(KINDS[ref.kind], KINDS[ref.kind].key_of(m.spec)): ref for ref, m in desired.items()}
    before = {_folded(KINDS[ref.kind], m.renamed_from): ref for ref, m in desired.items() if m.renamed_from}
    for known in (now, before):
        for answer in untagged:
            keys = (_folded(answer.kind, answer.path(key)) for key in answer.kind.keys_of(answer.members))
            if ref := next((known[key] for key in keys if key in known), None):
                named.setdefault(ref, answer)
    taken = {id(answer) for answer in named.values()}
    for answer in untagged:
        if id(answer) not in taken:
            named.setdefault(Ref(answer.kind.name, answer.called), answer)
    return named


def _folded_address(ref: Ref) -> str:
    """Returns the address for comparison: without case if AWS ignores the case of the kind's names."""
    text = address(ref)
    return text.casefold() if ref.kind in KINDS and KINDS[ref.kind].identity.folds_case else text


def _folded(kind: Kind[Any], key: str) -> Ref:
    return Ref(kind.name, key.casefold() if kind.identity.folds_case else key)
