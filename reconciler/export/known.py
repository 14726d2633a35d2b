"""What manifests say already, so that an export neither repeats nor contradicts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Ref


@dataclass(frozen=True)
class Known:
    """`places`: every resource that is declared, whatever its environment; `manifests`: those of this environment;
    `removed`: the addresses of tombstones."""

    places: Mapping[Ref, Source] = field(default_factory=dict)
    manifests: Mapping[Ref, Manifest] = field(default_factory=dict)
    removed: Mapping[str, Source] = field(default_factory=dict)

    def told(self, ref: Ref) -> str:
        """Why the resource is left alone; empty where nothing is said of it."""
        remedy = "left alone; write it elsewhere with --into DIR"
        if ref in self.manifests:
            return f"{ref} is declared in {self.manifests[ref].source.file}; {remedy}"
        if place := {_folded(each): source for each, source in self.places.items()}.get(_folded(ref)):
            return f"{ref} is declared in {place.file}, for other environments; {remedy}"
        if str(ref) in self.removed:
            return f"{ref} is to be deleted by {self.removed[str(ref)].file}; {remedy}"
        return ""


NOTHING = Known()


def _folded(ref: Ref) -> Ref:
    return ref._replace(name=ref.name.casefold()) if KINDS[ref.kind].folds_case else ref
