"""Plans an undo: reads the outcome and the live state, declares the state before the run, and plans it as usual."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler.directory import AwsIds, World
from reconciler.errors import Source
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import nested, refers_to
from reconciler.kinds.operations import is_searched_undeclared
from reconciler.kinds.registry import KINDS
from reconciler.live import ReadRequest, read
from reconciler.model import Action, Change, Desired, Ownership, Plan, Ref, Spec
from reconciler.plan import Selection, make_plan
from reconciler.plan.held_rows import rows_of
from reconciler.reconcile import Options, Preview
from reconciler.steps.estimate import estimate
from reconciler.undo.back import Back, Kept, Now
from reconciler.undo.births import recreated, taken_back
from reconciler.undo.fields import put_back
from reconciler.undo.past import Json, Past, check_place, read_past

REBUILT = "was deleted and recreated, so it cannot be undone: its id is gone, and the outcome holds only its values"
REASONS = {
    Action.CREATE: "deleted by the run that is undone",
    Action.DELETE: "created by the run that is undone",
}


def preview_undo(options: Options, outcome: Json, name: str) -> Preview:
    """Returns the way back of a run as a plan like any other.

    `outcome` is the run's outcome as JSON, and `name` its file name for messages. Raises `StalePlanError` if the run
    was of another stack, environment or place. Raises `UsageError` if the outcome cannot be read, and the errors of
    reading AWS.
    """
    environment = options.environment
    check_place(outcome, environment.scope)
    past = read_past(outcome, name)
    world = read(options.aws, environment.scope, {}, _asked(past))
    coming = frozenset(ref for ref, change in past.items() if change.action is Action.DELETE)
    beside = {ref: it.spec for ref, it in {**world.beside, **world.live}.items()}
    now = Now(environment, options.selection, Source(name), world.directory, world.live, coming, beside)
    backs = [_back(change, now) for _, change in sorted(past.items())]
    for back in backs:
        if back.live and back.live.ref not in world.live:
            # From the first call on, its old name refers to it again.
            world.directory.add(back.live.ref, AwsIds(back.live.id, back.live.arn, back.live.stream))
    desired = _desired(backs, now)
    plan = make_plan(environment, desired, _concerned(backs, world), _selection(options, backs))
    live = {**world.live, **{back.live.ref: back.live for back in backs if back.live}}
    return Preview(_whole(plan, backs, options), desired, replace(world, live=live))


def _back(past: Past, now: Now) -> Back:
    match past.action:
        case Action.REPLACE:
            return Back(past.ref, kept=(Kept("", REBUILT),))
        case Action.CREATE:
            return taken_back(past, now)
        case Action.DELETE:
            return recreated(past, now)
    return put_back(past, now)


def _asked(past: Mapping[Ref, Past]) -> ReadRequest:
    """Selects the resources that the run changed, and the names of resources that they may refer to."""
    # Kinds that ignore case may have the name in another case now.
    names = {ref.name.casefold() for ref in past}
    kinds = {ref.kind for ref in past}
    return ReadRequest(
        lambda ref: ref.kind in kinds and ref.name.casefold() in names,
        kinds.union(*(_named_apart(KINDS[kind].spec) for kind in kinds)),
        addresses={str(ref) for ref in past},
    )


def _named_apart(spec: type[Spec]) -> set[str]:
    """Returns the kinds that fields, at any depth, refer to by ids, and that plans do not always search."""
    named = {KINDS[name] for field in spec.model_fields if (name := refers_to(spec, field))}
    apart = {kind.name for kind in named if not (is_searched_undeclared(kind) or kind.reading.by_name)}
    return apart.union(*(_named_apart(inner) for field in spec.model_fields if (inner := nested(spec, field))))


def _desired(backs: Sequence[Back], now: Now) -> Desired:
    """Returns the state before the run as manifests and tombstones.

    An untaggable resource is deleted by its address only. Here the outcome takes the place of a tombstone in Git.
    """
    gone = [back.ref for back in backs if back.leaves]
    removed = {str(ref): now.source for ref in gone if _is_deleted_by_address(KINDS[ref.kind])}
    return Desired({back.ref: back.manifest for back in backs if back.manifest}, removed)


def _is_deleted_by_address(kind: Kind[Any]) -> bool:
    return kind.ownership is Ownership.DECLARED and not kind.deletion.irreversible and not kind.deletion.needs_tombstone


def _concerned(backs: Iterable[Back], world: World) -> World:
    """Returns a world with the resources to undo only, so that all others are not taken for orphans.

    The others stay beside them, because they may make AWS refuse the way back.
    """
    live = {back.live.ref: back.live for back in backs if back.live and (back.manifest or back.leaves)}
    others = {ref: have for ref, have in {**world.beside, **world.live}.items() if ref not in live}
    return World(live, world.directory, beside=others)


def _selection(options: Options, backs: Iterable[Back]) -> Selection:
    """Allows the deletion of resources that the run created, without --prune.

    An irreversible deletion still needs its own permission. No resource is replaced, because another writer may have
    changed it.
    """
    leaves = {str(back.ref) for back in backs if back.leaves}
    changed = {str(back.ref) for back in backs if back.manifest}
    # A name may hold slashes, so an address below a changed one may be a resource of the run itself.
    parts = tuple(f"{address}/" for address in changed)
    allowed = {
        it for it in options.selection.allow_delete if it in leaves or (it.startswith(parts) and it not in changed)
    }
    # Rows that are as the run left them are deleted, even if that empties the table.
    allowed |= {str(rows_of(back.ref)) for back in backs if back.manifest}
    return replace(options.selection, prune=True, allow_delete=frozenset(allowed))


def _whole(plan: Plan, backs: Sequence[Back], options: Options) -> Plan:
    """Returns the plan with the blocked parts and their reasons, without the findings for authors of manifests."""
    covers = options.selection.covers
    changes = [replace(change, reason=REASONS.get(change.action, change.reason)) for change in plan.changes]
    findings = [finding for finding in plan.findings if finding.severity != "info"]
    for back in backs:
        for change in (*back.changes, *_kept(back)):
            if covers(str(change.ref), str(change.part_of or "")):
                changes.append(change)
        if covers(str(back.ref)):
            findings += back.notes
    changes.sort(key=lambda change: change.ref)
    return replace(
        plan,
        changes=tuple(changes),
        findings=tuple(findings),
        estimate=estimate(changes, options.environment.rates),
        unchanged=sum(back.already for back in backs),
    )


def _kept(back: Back) -> Iterator[Change]:
    for place, reason in back.kept:
        ref = Ref(back.ref.kind, f"{back.ref.name}/{place}") if place else back.ref
        yield Change(Action.BLOCKED, ref, reason=reason, part_of=back.ref if place else None)
