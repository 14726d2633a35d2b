"""The links that associate operations add. A second association is refused [inferred]; switches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.errors import Refused


class Links(Resources):
    def attach(self, holdings: Holdings, resource: Resource, kind: str, new: Mapping[Any, Any]) -> None:
        """Attaches all links or none."""
        self.refuse_existing(resource, kind, list(new))
        self.change(holdings, resource)
        resource.links[kind] = {**resource.links.get(kind, {}), **new}

    def detach(self, holdings: Holdings, resource: Resource, kind: str, gone: list[Any]) -> None:
        self.refuse_missing(resource, kind, gone)
        self.change(holdings, resource)
        links = resource.links.get(kind, {})
        resource.links[kind] = {key: value for key, value in links.items() if key not in gone}

    def refuse_existing(self, resource: Resource, kind: str, keys: list[Any]) -> None:
        known = [key for key in keys if key in resource.links.get(kind, {})]
        if known and self.world.switches.existing_link != "accepted":
            raise Refused(self.world.switches.existing_link, f"{_spelled(known[0])} is already associated")

    def refuse_missing(self, resource: Resource, kind: str, keys: list[Any]) -> None:
        missing = [key for key in keys if key not in resource.links.get(kind, {})]
        if missing and self.world.switches.missing_link != "accepted":
            raise Refused(self.world.switches.missing_link, f"{_spelled(missing[0])} is not associated")


def _spelled(key: Any) -> str:
    return " ".join(key) if isinstance(key, tuple) else str(key)
