"""Finds the kinds and composites that the service packages define. There is no list to edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules, walk_packages
from types import ModuleType
from typing import Any, TypeVar

import reconciler.kinds
from reconciler.kinds.base import Declarable, Kind
from reconciler.kinds.composite import Composite

T = TypeVar("T")


def discover(package: ModuleType) -> dict[str, Kind[Any]]:
    """Returns every kind of the service packages, by name. Raises `ValueError` if two kinds have the same name."""
    kinds = [kind_class() for kind_class in _classes(package, Kind)]
    declarable(kinds)
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: kind.name)}


def discover_composites(package: ModuleType) -> dict[str, Composite[Any]]:
    """Returns every composite of the service packages, by name. Raises `ValueError` on a repeated name."""
    # mypy allows no abstract class as an argument (its issue 4717); the classes below are concrete.
    classes = _classes(package, Composite)  # type: ignore[type-abstract]
    composites = [composite_class() for composite_class in classes]
    declarable(composites)
    return {composite.name: composite for composite in sorted(composites, key=lambda it: it.name)}


def declarable(kinds: Iterable[Declarable]) -> dict[str, Declarable]:
    """Returns kinds and composites by name, in order. Raises `ValueError` if two of them have the same name."""
    by_name: dict[str, Declarable] = {}
    for kind in sorted(kinds, key=lambda kind: (kind.name, type(kind).__module__)):
        if twin := by_name.get(kind.name):
            raise ValueError(f"kind {kind.name} is defined in {type(twin).__module__} and in {type(kind).__module__}")
        by_name[kind.name] = kind
    return by_name


def _service_modules(package: ModuleType) -> Iterator[ModuleType]:
    """Imports the packages below `package`, one per AWS service, and not the modules beside them, which serve all."""
    for service in iter_modules(package.__path__, f"{package.__name__}."):
        if service.ispkg:
            home = import_module(service.name)
            yield home
            for module in walk_packages(home.__path__, f"{service.name}."):
                yield import_module(module.name)


def _classes(package: ModuleType, base: type[T]) -> set[type[T]]:
    """Returns the classes of the service packages that are of a base and have a spec."""
    classes: set[type[T]] = set()
    for module in _service_modules(package):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, base) and hasattr(value, "spec"):
                classes.add(value)
    return classes


KINDS = discover(reconciler.kinds)
COMPOSITES = discover_composites(reconciler.kinds)
DECLARABLE = declarable((*KINDS.values(), *COMPOSITES.values()))

__all__ = [
    "COMPOSITES",
    "DECLARABLE",
    "KINDS",
    "declarable",
    "discover",
    "discover_composites",
]
