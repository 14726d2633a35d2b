"""Plans adoptions: a live resource gets the stack's tags, and nothing else of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.directory import World
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
from reconciler.model.environment import Environment
from reconciler.model.ownership import STACK, owns, pipeline_of, tags
from reconciler.steps.estimate import estimate

Manifests = Mapping[Ref, Manifest]


def make_adoption(environment: Environment, world: World, wanted: Iterable[Ref], manifests: Manifests) -> Plan:
    """Returns one change for each live resource that is not managed. Managed and untaggable ones are unchanged."""
    changes: list[Change] = []
    without_tags: list[Ref] = []
    unchanged = 0
    for ref in sorted(set(wanted)):
        live = world.live.get(ref)
        if live and _is_untagged(ref, manifests):
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


def _is_untagged(ref: Ref, manifests: Manifests) -> bool:
    """Returns whether the kind cannot have tags, or the manifest adopts the resource without them."""
    return KINDS[ref.kind].ownership is Ownership.DECLARED or (ref in manifests and manifests[ref].adopt)


def _untagged(refs: Iterable[Ref], manifests: Manifests) -> Iterator[Finding]:
    """Yields one finding for each kind, whatever the number of its resources."""
    declared, others = dict[str, list[Ref]](), dict[str, list[Ref]]()
    for ref in refs:
        (declared if ref in manifests else others).setdefault(ref.kind, []).append(ref)
    for by_kind, message in (
        (declared, "nothing to tag: it is managed while a manifest declares it"),
        (others, "nothing to tag: it is managed as soon as a manifest declares it"),
    ):
        for kind, those in by_kind.items():
            yield Finding("info", str(those[0]) if len(those) == 1 else f"{kind}/*", message)


def _adopted(environment: Environment, world: World, ref: Ref, manifest: Manifest | None) -> Change:
    live, source = world.live.get(ref), manifest.source if manifest else None
    if live is None or (reason := _obstacle(live, environment.scope)):
        reason = _missing(world, ref) if live is None else reason
        return Change(Action.BLOCKED, ref, reason=reason, source=source)
    own = tags(environment.scope, ref)
    fields = (FieldChange("metadata", live.tags.get(STACK), environment.scope.owner, inner="owner"),)
    step = Step(KINDS[ref.kind].tag_call(ref, own), Does.TAG, fields=(0,))
    pipeline = pipeline_of(environment.scope, live.tags.get(STACK, ""))
    reason = f"{pipeline} made it, and leaves it alone from now on" if pipeline else "exists, not managed"
    return Change(Action.ADOPT, ref, reason, source=source, fields=fields, steps=(step,))


def _obstacle(live: Live, scope: Scope) -> str:
    """Returns why a live resource cannot be adopted. A copy of this stack's own tag does not prevent it."""
    owner = live.tags.get(STACK)
    if owner and owner != scope.owner and not pipeline_of(scope, owner):
        return f"is managed by {owner}; remove its tag {STACK} first, if that stack no longer declares it"
    if live.elsewhere:
        return f"is in {live.elsewhere}; adopt it in the environment of that instance"
    return live.unready


def _missing(world: World, ref: Ref) -> str:
    if reason := world.unread.get(ref.kind):
        return f"cannot be read, so it may or may not be live: {reason}"
    odd = {finding.address: finding.message for finding in world.odd}
    return odd.get(str(ref)) or "not live, so there is nothing to adopt; apply creates it if a manifest declares it"
