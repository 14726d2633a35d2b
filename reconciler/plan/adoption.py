"""Adopt: what is live bears our tags from now on; nothing else of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.directory import World
from reconciler.environment import Environment
from reconciler.estimate import estimate
from reconciler.kinds.registry import KINDS
from reconciler.model import (
    Action,
    Change,
    Does,
    FieldChange,
    Finding,
    Live,
    Manifest,
    Ownership,
    Plan,
    Ref,
    Scope,
    Step,
)
from reconciler.ownership import STACK, owns, tags

Manifests = Mapping[Ref, Manifest]


def make_adoption(environment: Environment, world: World, wanted: Iterable[Ref], manifests: Manifests) -> Plan:
    """One change per resource that is live and not ours; what is ours already, or bears no tags, is unchanged."""
    changes: list[Change] = []
    without_tags: list[Ref] = []
    unchanged = 0
    for ref in sorted(set(wanted)):
        live = world.live.get(ref)
        if live and _bears_no_tags(ref, manifests):
            without_tags.append(ref)
        elif live and owns(environment.scope, ref.kind, live.tags):
            unchanged += 1
        else:
            changes.append(_adopted(environment, world, ref, manifests.get(ref)))
    return Plan(
        environment.scope,
        changes=tuple(changes),
        findings=tuple(_untagged(without_tags, manifests)),
        estimate=estimate(changes, environment.rates),
        unchanged=unchanged + len(without_tags),
    )


def _bears_no_tags(ref: Ref, manifests: Manifests) -> bool:
    """By its kind, or because its manifest says that it refuses them."""
    return KINDS[ref.kind].ownership is Ownership.DECLARED or (ref in manifests and manifests[ref].adopt)


def _untagged(refs: Iterable[Ref], manifests: Manifests) -> Iterator[Finding]:
    """One for each kind, however many there are."""
    declared, others = dict[str, list[Ref]](), dict[str, list[Ref]]()
    for ref in refs:
        (declared if ref in manifests else others).setdefault(ref.kind, []).append(ref)
    for found, message in (
        (declared, "nothing to tag: ours while declared"),
        (others, "nothing to tag: ours as soon as a manifest declares it"),
    ):
        for kind, those in found.items():
            yield Finding("info", str(those[0]) if len(those) == 1 else f"{kind}/*", message)


def _adopted(environment: Environment, world: World, ref: Ref, manifest: Manifest | None) -> Change:
    live, source = world.live.get(ref), manifest.source if manifest else None
    if live is None or (reason := _stands_against(live, environment.scope)):
        reason = _missing(world, ref) if live is None else reason
        return Change(Action.BLOCKED, ref, reason=reason, source=source)
    own = tags(environment.scope, ref)
    fields = (FieldChange("metadata.owner", None, environment.scope.owner),)
    step = Step(KINDS[ref.kind].tag_call(ref, own), Does.TAG, fields=(0,))
    return Change(Action.ADOPT, ref, "exists, not managed", source=source, fields=fields, steps=(step,))


def _stands_against(live: Live, scope: Scope) -> str:
    """Returns why a live resource cannot be adopted. A copy of this stack's own tag does not prevent it."""
    owner = live.tags.get(STACK)
    if owner and owner != scope.owner:
        return f"belongs to {owner}; take its tag {STACK} off first, if that stack has let go of it"
    return live.unready


def _missing(world: World, ref: Ref) -> str:
    if told := world.unread.get(ref.kind):
        return f"whether it is live can not be read: {told}"
    odd = {finding.address: finding.message for finding in world.odd}
    return odd.get(str(ref)) or "not live: there is nothing to adopt; apply creates what is declared"
