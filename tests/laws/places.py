"""One resource and what it refers to, in a world that may create and replace it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Outcome, Plan
from tests.builders.examples import SWITCHES, example, permitted, surroundings
from tests.worlds.world import World


class Place:
    """One resource and its references, in a world that may create and replace it."""

    def __init__(self, world: World, it: Manifest, *others: Manifest) -> None:
        self.world, self.it = world, it
        self.around = surroundings(it, *others)
        self.around = [each for each in self.around if each.ref != it.ref]
        self.seed()

    def faults(self, **faults: Any) -> None:
        """Sets faults, in an account that may have every feature, where manifests can create users."""
        self.world.control.set_faults({"switches": SWITCHES, **faults})

    def seed(self) -> None:
        self.faults()
        variants = [example(self.it.ref.kind, which) for which in ("first", "second")]
        self.world.seed(*variants, *self.around)

    def run(self, it: Manifest | None = None) -> Outcome:
        return self.world.run(it or self.it, *self.around, **permitted(self.it))

    def with_its_key(self) -> Manifest:
        """Returns the manifest with the key that its create chose: without tags, nothing else shows the resource."""
        kind = KINDS[self.it.ref.kind]
        if not kind.writing.choice:
            return self.it
        live = self.world.preview(self.it, *self.around).world.live[self.it.ref].spec
        key = {kind.identity.key: getattr(live, kind.identity.key)}
        return replace(self.it, spec=self.it.spec.model_copy(update=key))

    def plan(self, it: Manifest | None = None) -> Plan:
        return self.world.plan(it or self.it, *self.around, **permitted(self.it))


def first(world: World, kind: str) -> Place:
    return Place(world, example(kind), example(kind, "second"))


def second(world: World, kind: str) -> Place:
    return Place(world, example(kind, "second"), example(kind))
