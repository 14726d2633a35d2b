"""Finds all kinds: every one that a module below `reconciler.kinds` defines. There is no list to edit."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import reconciler.kinds
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.lookups import LOOKUPS


def discover(package: ModuleType) -> dict[str, Kind[Any]]:
    """Returns every kind of the package, by name. Raises `ValueError` if two have the same name."""
    names = [module.name for module in walk_packages(package.__path__, f"{package.__name__}.")]
    classes = {value for name in names for value in vars(import_module(name)).values() if _is_kind(value)}
    kinds: dict[str, Kind[Any]] = {}
    for kind in sorted((kind_class() for kind_class in classes), key=lambda kind: (kind.name, type(kind).__module__)):
        if twin := kinds.get(kind.name):
            raise ValueError(f"kind {kind.name} is defined in {type(twin).__module__} and in {type(kind).__module__}")
        kinds[kind.name] = kind
    return kinds


def _is_kind(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Kind) and hasattr(value, "spec")


KINDS = discover(reconciler.kinds)

__all__ = ["KINDS", "LOOKUPS", "discover"]
