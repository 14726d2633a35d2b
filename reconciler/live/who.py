"""Who is who: live things by the addresses that manifests give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.errors import AmbiguousAddressError
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Ownership, Ref, Scope
from reconciler.ownership import ADDRESS, STACK, address, ref_of


@dataclass(frozen=True)
class Answer:
    """One resource as a bulk read tells of it."""

    kind: Kind[Any]
    members: Mapping[str, Any]

    @property
    def tags(self) -> Mapping[str, str]:
        return self.members.get("Tags") or {}

    @property
    def id(self) -> str:
        return self._identity[0]

    @property
    def arn(self) -> str:
        return self._identity[1]

    @cached_property
    def _identity(self) -> tuple[str, str]:
        return self.kind.identity(self.members)


def named(answers: Iterable[Answer], scope: Scope, desired: Mapping[Ref, Manifest]) -> dict[Ref, Answer]:
    """By address tag first, then by name; a stranger whose name a tag has taken is left without an address.

    Raises `AmbiguousAddressError`.
    """
    old = {Ref(ref.kind, m.renamed_from): ref for ref, m in desired.items() if m.renamed_from}
    by_address = {_folded_address(known): ref for known, ref in (*old.items(), *((ref, ref) for ref in desired))}
    found: dict[Ref, Answer] = {}
    untagged = []
    for answer in answers:
        tag = answer.tags.get(ADDRESS, "")
        if answer.tags.get(STACK) != scope.owner or not tag.startswith(f"{answer.kind.name}/"):
            untagged.append(answer)
            continue
        ref = by_address.get(_folded_address(ref_of(tag))) or _untold(answer, tag)
        if ref in found:
            arns = sorted((found[ref].arn, answer.arn))
            raise AmbiguousAddressError(
                f"{ref} is borne by {arns[0]} and {arns[1]}: take the tag {ADDRESS} off the wrong one"
            )
        found[ref] = answer
    return _with_untagged(found, untagged, desired)


def _untold(answer: Answer, tag: str) -> Ref:
    """The address of one that nobody declares. A hash tells no name: it is the live one's, unless that is another."""
    live = Ref(answer.kind.name, answer.kind.called(answer.members))
    return live if address(live) == tag else ref_of(tag)


def is_ours(answer: Answer, ref: Ref, scope: Scope, desired: Mapping[Ref, Manifest]) -> bool:
    """What bears no tags is ours while somebody declares it."""
    if answer.kind.ownership is Ownership.DECLARED:
        return ref in desired
    return answer.tags.get(STACK) == scope.owner


def _with_untagged(
    found: dict[Ref, Answer], untagged: list[Answer], desired: Mapping[Ref, Manifest]
) -> dict[Ref, Answer]:
    """A declared key stands for the thing that bears it; the name it had before only where nothing does."""
    now = {_folded(KINDS[ref.kind], KINDS[ref.kind].key_of(m.spec)): ref for ref, m in desired.items()}
    before = {_folded(KINDS[ref.kind], m.renamed_from): ref for ref, m in desired.items() if m.renamed_from}
    for known in (now, before):
        for answer in untagged:
            keys = (_folded(answer.kind, key) for key in answer.kind.keys_of(answer.members))
            if ref := next((known[key] for key in keys if key in known), None):
                found.setdefault(ref, answer)
    taken = {id(answer) for answer in found.values()}
    for answer in untagged:
        if id(answer) not in taken:
            found.setdefault(Ref(answer.kind.name, answer.kind.called(answer.members)), answer)
    return found


def _folded_address(ref: Ref) -> str:
    """Two addresses that differ in case alone are one where AWS holds the names for one."""
    text = address(ref)
    return text.casefold() if ref.kind in KINDS and KINDS[ref.kind].folds_case else text


def _folded(kind: Kind[Any], key: str) -> Ref:
    return Ref(kind.name, key.casefold() if kind.folds_case else key)
