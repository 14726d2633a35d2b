"""The changes in the order of their addresses, and what an operator should know beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.directory import World
from reconciler.environment import Environment
from reconciler.estimate import estimate
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Desired, Finding, Live, Ownership, Plan, Ref
from reconciler.ownership import ADDRESS, STACK, owns
from reconciler.plan.anew import left_pointing, made_anew, pointing
from reconciler.plan.audit import findings
from reconciler.plan.deletions import Deletions
from reconciler.plan.in_use import unless_refused, unless_used
from reconciler.plan.late import waiting
from reconciler.plan.naming import unless_taken
from reconciler.plan.resource import Planned, Planner
from reconciler.plan.selection import Selection
from reconciler.plan.table_columns import with_columns


def make_plan(environment: Environment, desired: Desired, world: World, selection: Selection) -> Plan:
    """The least work that makes live equal to desired. Never fails because of safety: it says what is blocked."""
    plan, planned = _compared(environment, desired, world, selection)
    gone = made_anew(plan.changes, world.live)
    if stale := pointing(planned, gone):
        seen = replace(world, live={**world.live, **stale}, directory=world.directory.without_names(gone))
        plan, _ = _compared(environment, desired, seen, selection)
    left = left_pointing(plan.changes, world.live, gone)
    return replace(plan, findings=tuple(sorted({*plan.findings, *left}, key=_rank)))


def _compared(
    environment: Environment, desired: Desired, world: World, selection: Selection
) -> tuple[Plan, list[Planned]]:
    resources = world.directory.refs() | world.live.keys() | desired.manifests.keys()
    deletions = Deletions(environment.scope, desired.removed, selection, resources)
    held = {ref: frozenset(waiting(ref, desired.manifests)) for ref in desired.manifests}
    selected = sorted(ref for ref in desired.manifests if selection.covers(str(ref)))
    planner = Planner(environment, world.directory, selection, deletions, held, frozenset(selected))
    planned = [planner.plan(desired.manifests[ref], world.live.get(ref)) for ref in selected]
    orphans = _orphans(environment, desired, world.live, deletions)
    strangers = deletions.of_strangers(world, desired.manifests)
    named = _named(planned) if orphans else {}
    gone = [_unless_named(change, named) for live in orphans.values() if (change := deletions.of_resource(live))]
    parts = [change for each in planned for change in each.parts]
    every = sorted([*_changes(planned), *parts, *gone, *strangers], key=lambda change: change.ref)
    after = {each.manifest.ref: each.after for each in planned}
    changes = unless_taken(unless_refused(unless_used(every, world.live, after), world, after), world.live)
    listed = {change.ref for change in changes}
    said = {
        *desired.findings,
        *_unread(world),
        *_strays(environment, desired, world.live, deletions),
        *findings(environment, planned, world.directory),
        *deletions.without_aim(world, listed),
    }
    plan = Plan(
        environment.scope,
        changes=with_columns(changes, after, world.live),
        orphans=tuple(sorted({*orphans, *(ref for each in planned for ref in each.orphans)} - listed)),
        findings=tuple(sorted(said, key=_rank)),
        estimate=estimate(changes, environment.rates),
        unchanged=sum(each.unchanged for each in planned),
    )
    return plan, planned


def _named(planned: Iterable[Planned]) -> dict[Ref, Ref]:
    """What will be referred to, and by whom: by its name, or by an id in its place."""
    return {
        target: each.manifest.ref for each in planned for target in KINDS[each.manifest.ref.kind].references(each.after)
    }


def _unless_named(change: Change, named: Mapping[Ref, Ref]) -> Change:
    if change.ref not in named or change.action is Action.BLOCKED:
        return change
    reason = f"{named[change.ref]} still refers to it"
    return Change(Action.BLOCKED, change.ref, reason=reason, source=change.source)


def _changes(planned: list[Planned]) -> Iterator[Change]:
    yield from (each.change for each in planned if each.change)


def _orphans(
    environment: Environment, desired: Desired, live: Mapping[Ref, Live], deletions: Deletions
) -> dict[Ref, Live]:
    """What is ours and nobody declares; what bears no tags is nobody's then, and goes only by its address."""
    return {
        ref: have
        for ref, have in live.items()
        if ref not in desired.manifests
        and ref.kind in KINDS
        and (
            owns(environment.scope, ref.kind, have.tags)
            or (KINDS[ref.kind].ownership is Ownership.DECLARED and deletions.allows(ref))
        )
        and deletions.selection.covers(str(ref))
    }


def _strays(
    environment: Environment, desired: Desired, live: Mapping[Ref, Live], deletions: Deletions
) -> Iterator[Finding]:
    """Yields undeclared resources that have the stack's tag alone: they are not orphans of this stack."""
    for ref, have in live.items():
        is_marked = have.tags.get(STACK) == environment.scope.owner and not owns(environment.scope, ref.kind, have.tags)
        if is_marked and ref not in desired.manifests and deletions.selection.covers(str(ref)):
            address = f"its tag {ADDRESS} is {have.tags[ADDRESS]}" if ADDRESS in have.tags else f"no tag {ADDRESS}"
            message = (
                f"has the tag {STACK} of this stack and no address of its own ({address}), so it is left alone; take "
                f"that tag off, or declare the resource and adopt it with: reconcile adopt {ref}"
            )
            yield Finding("warning", str(ref), message)


def _unread(world: World) -> Iterator[Finding]:
    for kind, told in sorted(world.unread.items()):
        yield Finding(
            "info", f"{kind}/*", f"nobody declares one, and whether one of ours is live can not be read: {told}"
        )


def _rank(finding: Finding) -> tuple[str, str, str]:
    return finding.address, finding.severity, finding.message
