"""Finds the kinds and lookups that the service packages below `reconciler.kinds` define. There is no list to edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules, walk_packages
from types import ModuleType
from typing import Any

import reconciler.kinds
from reconciler.kinds.base import Kind
from reconciler.kinds.verbs import Lookup


def discover(package: ModuleType) -> dict[str, Kind[Any]]:
    """Returns every kind of the service packages, by name. Raises `ValueError` if two kinds have the same name."""
    classes = {value for module in _service_modules(package) for value in vars(module).values() if _is_kind(value)}
    kinds: dict[str, Kind[Any]] = {}
    for kind in sorted((kind_class() for kind_class in classes), key=lambda kind: (kind.name, type(kind).__module__)):
        if twin := kinds.get(kind.name):
            raise ValueError(f"kind {kind.name} is defined in {type(twin).__module__} and in {type(kind).__module__}")
        kinds[kind.name] = kind
    return kinds


def discover_lookups(package: ModuleType) -> dict[str, Lookup]:
    """Returns what the modules of the service packages declare as `LOOKUPS`. Raises `ValueError` on a repeated name."""
    lookups: dict[str, Lookup] = {}
    homes: dict[str, str] = {}
    for module in _service_modules(package):
        declared: Mapping[str, Lookup] = getattr(module, "LOOKUPS", {})
        for name, lookup in declared.items():
            if name in lookups and lookups[name] is not lookup:
                raise ValueError(f"lookup {name} is defined in {homes[name]} and in {module.__name__}")
            lookups[name], homes[name] = lookup, module.__name__
    return lookups


def _service_modules(package: ModuleType) -> Iterator[ModuleType]:
    """Imports the packages below `package`, one per AWS service, and not the modules beside them, which serve all."""
    for service in iter_modules(package.__path__, f"{package.__name__}."):
        if service.ispkg:
            home = import_module(service.name)
            yield home
            for module in walk_packages(home.__path__, f"{service.name}."):
                yield import_module(module.name)


def _is_kind(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Kind) and hasattr(value, "spec")


KINDS = discover(reconciler.kinds)
LOOKUPS = discover_lookups(reconciler.kinds)

__all__ = ["KINDS", "LOOKUPS", "discover", "discover_lookups"]
