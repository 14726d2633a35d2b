"""Adopt: what is live bears our tags from now on; nothing else of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.directory import World
from reconciler.environment import Environment
from reconciler.errors import Source
from reconciler.estimate import estimate
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Does, FieldChange, Live, Plan, Ref, Step
from reconciler.ownership import STACK, tags


def make_adoption(environment: Environment, world: World, wanted: Iterable[Ref], sources: Mapping[Ref, Source]) -> Plan:
    """One change per resource that is live and not ours; what is ours already is unchanged."""
    changes: list[Change] = []
    unchanged = 0
    for ref in sorted(set(wanted)):
        live = world.live.get(ref)
        if live and live.tags.get(STACK) == environment.scope.owner:
            unchanged += 1
        else:
            changes += _adopt(environment, ref, live, sources.get(ref))
    return Plan(
        environment.scope,
        changes=tuple(changes),
        estimate=estimate(changes, environment.rates),
        unchanged=unchanged,
    )


def _adopt(environment: Environment, ref: Ref, live: Live | None, source: Source | None) -> Iterator[Change]:
    if live is None:
        reason = "not live: there is nothing to adopt; apply creates what is declared"
        yield Change(Action.BLOCKED, ref, reason=reason, source=source)
    elif owner := live.tags.get(STACK):
        reason = f"belongs to {owner}; take its tag {STACK} off first, if that stack has let go of it"
        yield Change(Action.BLOCKED, ref, reason=reason, source=source)
    else:
        own = tags(environment.scope, ref)
        fields = (FieldChange("metadata.owner", None, environment.scope.owner),)
        step = Step(KINDS[ref.kind].tag_call(ref, own), Does.TAG, fields=(0,))
        yield Change(Action.ADOPT, ref, "live, and nobody's", source=source, fields=fields, steps=(step,))
