"""Declarations of some kinds, with the layer that holds each of them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from reconciler.errors import Source
from reconciler.model.declared import Manifest
from reconciler.model.names import Ref


@dataclass(frozen=True)
class LayeredManifests:
    """The manifests of one environment, with and without its last overlay.

    `below` has them without the last overlay, whose documents are in `overlay`. `base` are the resources that the base
    declares for any environment, and `places` those of any layer. `written` are the names as their authors wrote them.
    `removed` are the addresses of tombstones.
    """

    manifests: Mapping[Ref, Manifest] = field(default_factory=dict)
    below: Mapping[Ref, Manifest] = field(default_factory=dict)
    overlay: Mapping[Ref, Source] = field(default_factory=dict)
    base: AbstractSet[Ref] = frozenset()
    places: Mapping[Ref, Source] = field(default_factory=dict)
    written: Mapping[Ref, str] = field(default_factory=dict)
    removed: Mapping[str, Source] = field(default_factory=dict)
