"""New resources of moto's services that AWS does not know everywhere yet: the fault `consistency`.

Nothing is remembered about a resource that moto has forgotten.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from reconciler.sandbox.facts import facts
from reconciler.sandbox.world import World

_hidden_until: WeakKeyDictionary[Any, int] = facts("newness")


def note_new(world: World, resource: object) -> None:
    """Hides a new resource from the number of accepted calls that the fault states."""
    if calls := world.faults.consistency:
        _hidden_until[resource] = world.accepted + calls


def is_hidden(world: World, resource: object) -> bool:
    """Returns whether AWS does not show the resource yet; asked once per answer."""
    hidden = world.accepted <= _hidden_until.get(resource, -1)
    if hidden:
        world.counts.served("consistency")
    return hidden
