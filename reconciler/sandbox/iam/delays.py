"""New roles that AWS does not know everywhere yet. Nothing is remembered about a role that moto has forgotten.

For the number of accepted calls in the fault `consistency`, IAM answers NoSuchEntity about a new role. For the number
in `propagation`, no service may assume a role whose trust policy is new. Terraform waits two minutes for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from moto.iam.models import Role

from reconciler.sandbox.facts import facts
from reconciler.sandbox.world import World


@dataclass
class Delay:
    """The numbers of the accepted calls after which the role is known to IAM, and to other services."""

    hidden_until: int = -1
    unknown_until: int = -1


_delays: WeakKeyDictionary[Role, Delay] = facts("iam.delays")


def note_new_role(world: World, role: Role) -> None:
    _delays[role] = Delay(_until(world, world.faults.consistency), _until(world, world.faults.propagation))


def note_new_trust(world: World, role: Role) -> None:
    _delays.setdefault(role, Delay()).unknown_until = _until(world, world.faults.propagation)


def is_hidden(world: World, role: Role) -> bool:
    """Returns whether IAM does not show the role yet; asked once per answer."""
    hidden = world.accepted <= _delays.get(role, Delay()).hidden_until
    if hidden:
        world.counts.served("consistency")
    return hidden


def is_unknown(world: World, role: Role) -> bool:
    """Returns whether other services do not know the role or its trust policy yet; asked once per call."""
    unknown = world.accepted <= _delays.get(role, Delay()).unknown_until
    if unknown:
        world.counts.served("propagation")
    return unknown


def _until(world: World, calls: int) -> int:
    # Without the fault nothing is ever hidden, not even from a call that came in at the same time.
    return world.accepted + calls if calls else -1
