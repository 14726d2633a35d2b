"""The changes in the order of their addresses, and what an operator should know beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.directory import World
from reconciler.environment import Environment
from reconciler.estimate import estimate
from reconciler.kinds.registry import KINDS
from reconciler.model import Change, Desired, Finding, Live, Ownership, Plan, Ref
from reconciler.ownership import STACK
from reconciler.plan.audit import findings
from reconciler.plan.deletions import Deletions
from reconciler.plan.late import waiting
from reconciler.plan.resource import Planned, Planner
from reconciler.plan.selection import Selection


def make_plan(environment: Environment, desired: Desired, world: World, selection: Selection) -> Plan:
    """The least work that makes live equal to desired. Never fails because of safety: it says what is blocked."""
    deletions = Deletions(environment.scope, desired.removed, selection)
    held = {ref: frozenset(waiting(ref, desired.manifests)) for ref in desired.manifests}
    planner = Planner(environment, world.directory, selection, deletions, held)
    planned = [
        planner.plan(manifest, world.live.get(ref))
        for ref, manifest in sorted(desired.manifests.items())
        if selection.covers(str(ref))
    ]
    orphans = _orphans(environment, desired, world.live, deletions)
    strangers = deletions.of_strangers(world, desired.manifests)
    gone = [change for live in orphans.values() if (change := deletions.of_resource(live))]
    parts = [change for each in planned for change in each.parts]
    changes = sorted([*_changes(planned), *parts, *gone, *strangers], key=lambda change: change.ref)
    listed = {change.ref for change in changes}
    said = {
        *desired.findings,
        *_unread(world),
        *findings(environment, planned, world.directory),
        *deletions.without_aim(world, listed),
    }
    return Plan(
        environment.scope,
        changes=tuple(changes),
        orphans=tuple(sorted({*orphans, *(ref for each in planned for ref in each.orphans)} - listed)),
        findings=tuple(sorted(said, key=_rank)),
        estimate=estimate(changes, environment.rates),
        unchanged=sum(each.unchanged for each in planned),
    )


def _changes(planned: list[Planned]) -> Iterator[Change]:
    yield from (each.change for each in planned if each.change)


def _orphans(
    environment: Environment, desired: Desired, live: Mapping[Ref, Live], deletions: Deletions
) -> dict[Ref, Live]:
    """What is ours and nobody declares; what bears no tags is nobody's then, and goes only by its address."""
    owner = environment.scope.owner
    return {
        ref: have
        for ref, have in live.items()
        if ref not in desired.manifests
        and ref.kind in KINDS
        and (
            have.tags.get(STACK) == owner or (KINDS[ref.kind].ownership is Ownership.DECLARED and deletions.allows(ref))
        )
        and deletions.selection.covers(str(ref))
    }


def _unread(world: World) -> Iterator[Finding]:
    for kind, told in sorted(world.unread.items()):
        yield Finding(
            "info", f"{kind}/*", f"nobody declares one, and whether one of ours is live can not be read: {told}"
        )


def _rank(finding: Finding) -> tuple[str, str, str]:
    return finding.address, finding.severity, finding.message
