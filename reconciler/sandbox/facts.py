"""Facts about moto's objects that moto does not keep, by name.

Nothing is remembered about an object that moto has forgotten. `keeping` saves all of them.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

FACTS: dict[str, WeakKeyDictionary[Any, Any]] = {}


def facts(name: str) -> WeakKeyDictionary[Any, Any]:
    """Returns the facts of that name. A name with a dot begins with the room that uses it."""
    return FACTS.setdefault(name, WeakKeyDictionary())


def forget_facts() -> None:
    """Forgets everything. Objects of before a reset may live on until Python collects them."""
    for known in FACTS.values():
        known.clear()
