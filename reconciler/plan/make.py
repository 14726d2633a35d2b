"""Makes the plan: the changes in the order of their addresses, with findings for the operator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from reconciler.directory import World
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Desired, Finding, Live, Ownership, Plan, Ref
from reconciler.model.environment import Environment
from reconciler.model.ownership import ADDRESS, STACK, owns
from reconciler.plan.anew import replaced_resources, stale_references, with_old_ids
from reconciler.plan.audit import findings
from reconciler.plan.contents import unless_unknown
from reconciler.plan.deletions import Deletions
from reconciler.plan.in_use import unless_refused, unless_used
from reconciler.plan.late import deferred_fields
from reconciler.plan.naming import unless_taken
from reconciler.plan.origins import holdings, origins_of, remembered_origins, staying_untagged, with_origins
from reconciler.plan.remarks import remarks
from reconciler.plan.resource import Planned, Planner
from reconciler.plan.retired import with_retired
from reconciler.plan.selection import Selection
from reconciler.plan.table import TablePlanner, with_columns
from reconciler.plan.turnover import turnover_findings, unless_spent
from reconciler.steps.estimate import estimate

NO_CALLS: Mapping[str, int] = MappingProxyType({})


def make_plan(
    environment: Environment,
    desired: Desired,
    world: World,
    selection: Selection,
    *,
    past: Mapping[str, int] = NO_CALLS,
) -> Plan:
    """Returns the least work that makes live equal to desired. Unsafe changes become blocked ones; none raises.

    `past`: the calls of earlier runs by `service:Operation`, for limits that AWS enforces for months.
    """
    desired = with_retired(desired, world, environment.scope)
    selection = selection.with_origins(desired.manifests, remembered_origins(world.live))
    plan, planned = _compared(environment, desired, world, selection, past)
    replaced = replaced_resources(plan.changes, world.live)
    if stale := with_old_ids(planned, replaced):
        # The old ids in place of names make the second plan point these resources to the new ones.
        with_ids = replace(world, live={**world.live, **stale}, directory=world.directory.without_names(replaced))
        plan, _ = _compared(environment, desired, with_ids, selection, past)
    left = stale_references(plan.changes, world.live, replaced)
    return replace(plan, findings=tuple(sorted({*plan.findings, *left}, key=_rank)))


def _compared(
    environment: Environment, desired: Desired, world: World, selection: Selection, past: Mapping[str, int]
) -> tuple[Plan, list[Planned]]:
    resources = world.directory.refs() | world.live.keys() | desired.manifests.keys()
    deletions = Deletions(environment.scope, desired.removed, selection, resources)
    held = deferred_fields(desired.manifests)
    selected = sorted(ref for ref in desired.manifests if selection.covers(str(ref)))
    tables = TablePlanner(environment, world.directory, deletions)
    orphans, making = _orphans(environment, desired, world.live, deletions), frozenset(selected)
    staying, remembered = staying_untagged(orphans, deletions), remembered_origins(world.live)
    planner = Planner(environment, world.directory, selection, deletions, tables, held, making, staying)
    planned = [planner.plan(desired.manifests[ref], world.live.get(ref)) for ref in selected]
    every = unless_unknown((item.change for item in planned if item.change), desired.manifests)
    every += (part for item in planned for part in item.parts)
    every += (*_deleted(orphans, deletions, planned), *deletions.of_strangers(world, desired.manifests))
    every.sort(key=lambda change: change.ref)
    after = {item.manifest.ref: item.after for item in planned}
    possible = unless_refused(unless_used(every, world.live, after), world, after, environment.scope.instance)
    changes = with_origins(_allowed(possible, environment, world, past), desired.manifests, remembered)
    listed = {change.ref for change in changes}
    messages = {
        *_remarks(environment, desired, world, deletions),
        *findings(environment, planned, world.directory),
        *deletions.without_aim(world, listed),
        *deletions.staying(orphans, listed),
        *turnover_findings(changes, environment, past),
        *remarks(changes, desired.manifests),
    }
    left = tuple(sorted(set(orphans).union(*(item.orphans for item in planned)) - listed))
    plan = Plan(
        environment.scope,
        changes=with_columns(changes, after, world.live),
        orphans=left,
        findings=tuple(sorted(messages, key=_rank)),
        estimate=estimate(changes, environment.rates),
        unchanged=sum(item.unchanged for item in planned),
        origins=origins_of(changes, left, desired.manifests, remembered),
        holds=holdings(left, world.live),
    )
    return plan, planned


def _remarks(environment: Environment, desired: Desired, world: World, deletions: Deletions) -> Iterator[Finding]:
    """Yields the findings about what was read, whatever changes."""
    yield from (*desired.findings, *_unread(world), *_strays(environment, desired, world.live, deletions))


def _allowed(
    possible: Sequence[Change], environment: Environment, world: World, past: Mapping[str, int]
) -> list[Change]:
    """Blocks the changes that a limit or a name in use forbids.

    The check of names comes last: a blocked change keeps its name, which another one may need.
    """
    return list(unless_taken(unless_spent(possible, environment, world, past), world.live))


def _deleted(orphans: Mapping[Ref, Live], deletions: Deletions, planned: Sequence[Planned]) -> Iterator[Change]:
    """Yields the deletions of orphans. A deletion is blocked while a planned spec refers to the orphan."""
    named = _named(planned) if orphans else {}
    for live in orphans.values():
        change = deletions.of_resource(live)
        if change and change.ref in named and change.action is not Action.BLOCKED:
            reason = f"{named[change.ref]} still refers to it"
            change = Change(Action.BLOCKED, change.ref, reason=reason, source=change.source)
        if change:
            yield change


def _named(planned: Iterable[Planned]) -> dict[Ref, Ref]:
    """Maps each resource that a planned spec refers to, by name or id, to the resource that refers to it."""
    named: dict[Ref, Ref] = {}
    for item in planned:
        ref = item.manifest.ref
        named |= dict.fromkeys(KINDS[ref.kind].references(item.after), ref)
    return named


def _orphans(
    environment: Environment, desired: Desired, live: Mapping[Ref, Live], deletions: Deletions
) -> dict[Ref, Live]:
    """Returns the resources managed by this stack that have no manifest.

    A secret that this tool made for a declared user is none. An untaggable resource is included if it is inside a
    managed one, or if a deletion names its address: no tag shows its owner.
    """
    return {
        ref: have
        for ref, have in live.items()
        if ref not in desired.manifests
        and ref.kind in KINDS
        and KINDS[ref.kind].serves(ref.name, environment.scope) not in desired.manifests
        and (
            owns(environment.scope, ref.kind, have.tags)
            or (KINDS[ref.kind].ownership is Ownership.DECLARED and (have.is_contained or deletions.allows(ref)))
        )
        and deletions.selection.covers(str(ref))
    }


def _strays(
    environment: Environment, desired: Desired, live: Mapping[Ref, Live], deletions: Deletions
) -> Iterator[Finding]:
    """Yields a warning for each undeclared resource that has the stack's tag but not its own address.

    Such a resource is not an orphan of this stack: its tag may be a copy from another resource.
    """
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
    for kind, reason in sorted(world.unread.items()):
        message = f"no manifest declares one; live ones cannot be read, so orphans are not listed: {reason}"
        yield Finding("info", f"{kind}/*", message)


def _rank(finding: Finding) -> tuple[str, str, str]:
    return finding.address, finding.severity, finding.message
