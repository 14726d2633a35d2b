"""Matches live resources with the addresses of manifests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.errors import AmbiguousAddressError
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Ownership, Ref, Scope
from reconciler.model.ownership import ADDRESS, STACK, address, ref_of


@dataclass(frozen=True)
class SearchResult:
    """One resource in the form of a bulk read."""

    kind: Kind[Any]
    members: Mapping[str, Any]
    is_contained: bool = False  # untaggable, and inside a resource that the stack manages
    elsewhere: str = ""  # the ARN of the other instance that has it now

    @cached_property
    def tags(self) -> Mapping[str, str]:
        return self.kind.tags_of(self.members)

    @property
    def id(self) -> str:
        return self._identity[0]

    @property
    def arn(self) -> str:
        return self._identity[1]

    @cached_property
    def _identity(self) -> tuple[str, str]:
        return self.kind.id_and_arn(self.members)


def named(answers: Iterable[SearchResult], scope: Scope, desired: Mapping[Ref, Manifest]) -> dict[Ref, SearchResult]:
    """Returns the resources by address: first by address tag, then by name.

    An unmanaged resource gets no address if a managed one has that name.

    Raises `AmbiguousAddressError`.
    """
    old = {Ref(ref.kind, m.renamed_from): ref for ref, m in desired.items() if m.renamed_from}
    by_address = {_folded_address(known): ref for known, ref in (*old.items(), *((ref, ref) for ref in desired))}
    tagged: dict[Ref, SearchResult] = {}
    untagged = []
    for answer in answers:
        tag = answer.tags.get(ADDRESS, "")
        if answer.tags.get(STACK) != scope.owner or not tag.startswith(f"{answer.kind.name}/"):
            untagged.append(answer)
            continue
        ref = by_address.get(_folded_address(ref_of(tag))) or _undeclared_ref(answer, tag)
        if ref in tagged:
            arns = sorted((tagged[ref].arn, answer.arn))
            raise AmbiguousAddressError(
                f"{ref}: both {arns[0]} and {arns[1]} have this address; remove the tag {ADDRESS} from the wrong one"
            )
        tagged[ref] = answer
    return _with_untagged(tagged, untagged, desired)


def _undeclared_ref(answer: SearchResult, tag: str) -> Ref:
    """Returns the address of a managed resource without a manifest.

    A hash does not contain the name, so the live name counts if it has that hash.
    """
    live = Ref(answer.kind.name, answer.kind.called(answer.members))
    return live if address(live) == tag else ref_of(tag)


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
            keys = (_folded(answer.kind, key) for key in answer.kind.keys_of(answer.members))
            if ref := next((known[key] for key in keys if key in known), None):
                named.setdefault(ref, answer)
    taken = {id(answer) for answer in named.values()}
    for answer in untagged:
        if id(answer) not in taken:
            named.setdefault(Ref(answer.kind.name, answer.kind.called(answer.members)), answer)
    return named


def _folded_address(ref: Ref) -> str:
    """Returns the address for comparison: without case if AWS ignores the case of the kind's names."""
    text = address(ref)
    return text.casefold() if ref.kind in KINDS and KINDS[ref.kind].identity.folds_case else text


def _folded(kind: Kind[Any], key: str) -> Ref:
    return Ref(kind.name, key.casefold() if kind.identity.folds_case else key)
