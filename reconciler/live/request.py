"""The resources to read: what the manifests declare and name, and what the caller requests by address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import says
from reconciler.kinds.operations import is_searched_undeclared
from reconciler.kinds.registry import KINDS
from reconciler.kinds.service import Service
from reconciler.live.who import SearchResult, is_managed
from reconciler.model import Manifest, Ref, Resource, Scope
from reconciler.port import AwsPort


@dataclass(frozen=True)
class ReadRequest:
    """The resources that the caller requests by address, to export, adopt or delete them.

    `covers`: whether an address is requested. `kinds`: the kinds that may be requested. `None` means any kind, and also
    the names of resources that these refer to. `elsewhere`: which of the account's other instances are requested;
    `None`: those that `covers` matches. `addresses`: the only ones that `covers` matches, if they are known.
    `account_wide`: the kinds to list even if an account has thousands that concern no manifest.
    """

    covers: Callable[[Ref], bool]
    kinds: Collection[str] | None = None
    elsewhere: Callable[[Ref], bool] | None = None
    addresses: Collection[str] | None = None
    account_wide: Collection[str] = ()

    @classmethod
    def of(cls, addresses: Collection[str]) -> ReadRequest:
        """Returns the request of some addresses."""
        kinds = {address.partition("/")[0] for address in addresses}
        return cls(lambda ref: str(ref) in addresses, kinds, addresses=addresses)

    def wants(self, ref: Ref, answer: SearchResult, scope: Scope) -> bool:
        is_elsewhere = answer.kind.reading.own is not None and answer.arn != scope.instance
        return self.covers(ref) and not (is_elsewhere and self.elsewhere and not self.elsewhere(ref))

    def any_of(self, kind: str) -> bool:
        return self.kinds is None or kind in self.kinds


@dataclass(frozen=True)
class LiveReader:
    aws: AwsPort
    scope: Scope
    desired: Mapping[Ref, Manifest]
    request: ReadRequest | None
    named: Collection[Ref]  # what manifests refer to
    # The ids of the stack's resources by their tags, by kind. Kinds that are read by name are not here.
    indexed: Mapping[Kind[Any], Collection[str]] = field(default_factory=dict)

    def concerns(self, ref: Ref, answer: SearchResult) -> bool:
        """Returns whether the resource is declared, requested or managed."""
        is_known = ref in self.desired or answer.is_contained
        return is_known or self.requests(ref, answer) or is_managed(answer, ref, self.scope, self.desired)

    def requests(self, ref: Ref, answer: SearchResult) -> bool:
        return self.request is not None and self.request.wants(ref, answer, self.scope)

    def wants(self, ref: Ref) -> Callable[[str], bool]:
        """Selects the fields to read: the declared ones for a managed resource, all of them otherwise."""
        if ref not in self.desired or (self.request is not None and self.request.covers(ref)):
            return lambda path: True
        return lambda path: says(self.desired[ref].spec, path)

    def watched(self) -> set[str]:
        """Returns the kinds whose unmanaged resources can still make AWS refuse our change."""
        requested = {name for name in KINDS if self.request and self.request.any_of(name)}
        kinds = {ref.kind for ref in self.desired} | requested
        return {watched for name in kinds for watched in KINDS[name].ordering.sees}

    def refers_to(self, kind: str) -> bool:
        """Returns whether a manifest refers to a resource of the kind."""
        return any(ref.kind == kind for ref in self.named)

    def searches(self, kind: Kind[Any]) -> bool:
        """Returns whether a plan searches the kind."""
        is_read = self.declared(kind) or self.requests_all(kind.name) or self.indexed.get(kind)
        return bool(is_read) or is_searched_undeclared(kind) or self.only_names(kind)

    def only_names(self, kind: Kind[Any]) -> bool:
        """Returns whether manifests only refer to resources of the kind. The search alone has their keys."""
        is_read = self.declared(kind) or self.requests_all(kind.name) or self.indexed.get(kind)
        return kind.identity.is_named_by_key and self.refers_to(kind.name) and not is_read

    def is_beside(self, kind: Kind[Any], members: Mapping[str, Any]) -> bool:
        """Returns whether a searched resource only has a name here: no tag of the stack, and no manifest."""
        if not kind.reading.candidates or self.requests_all(kind.name):
            return False
        known = {kind.key_of(spec) for spec in self.declared(kind)}
        known |= {it.renamed_from for ref, it in self.desired.items() if ref.kind == kind.name and it.renamed_from}
        is_tagged = kind.id_and_arn(members)[0] in self.indexed.get(kind, ())
        return not is_tagged and known.isdisjoint(kind.keys_of(members))

    def requests_all(self, kind: str) -> bool:
        """Returns whether every resource of the kind is requested."""
        return self.request is not None and self.request.any_of(kind)

    def reaches(self, service: Service) -> bool:
        """Returns whether the scope has the instance that calls of the service need."""
        return bool(self.scope.instance) or not service.instance

    def declared(self, kind: Kind[Any]) -> list[Resource]:
        return [manifest.spec for ref, manifest in self.desired.items() if ref.kind == kind.name]
