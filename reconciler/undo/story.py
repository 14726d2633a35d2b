"""outcome → live → what shall be → plan: the ordinary planner, asked for what was before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler.directory import Directory, Identity, World
from reconciler.errors import Source
from reconciler.estimate import estimate
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import nested, refers_to
from reconciler.kinds.registry import KINDS, LOOKUPS
from reconciler.live import ReadRequest, read
from reconciler.model import Action, Change, Desired, Ownership, Plan, Ref, Spec
from reconciler.plan import Selection, make_plan
from reconciler.plan.held_rows import rows_of
from reconciler.reconcile import Options, Preview
from reconciler.undo.back import Back, Kept, Now
from reconciler.undo.births import made_anew, taken_back
from reconciler.undo.fields import put_back
from reconciler.undo.past import Json, Past, check_place, read_past

REBUILT = "was deleted and made anew: the outcome holds no more of what it was than its values, and its id is gone"
REASONS = {
    Action.CREATE: "deleted by the run that is undone",
    Action.DELETE: "made by the run that is undone",
}


def preview_undo(options: Options, told: Json, name: str) -> Preview:
    """The way back of a run, as a plan like any other. `told`: its outcome as JSON; `name`: the file's, for messages.

    Raises `StalePlanError` where the run was of another stack, environment or instance, `UsageError` where the outcome
    can not be understood, and whatever reading raises.
    """
    environment = options.environment
    check_place(told, environment.scope)
    past = read_past(told, name)
    world = read(options.aws, environment.scope, {}, _asked(past))
    coming = frozenset(ref for ref, each in past.items() if each.action is Action.DELETE)
    now = Now(environment, options.selection, Source(name), world.directory, world.live, coming)
    backs = [_back(each, now) for _, each in sorted(past.items())]
    for back in backs:
        if back.live and back.live.ref not in world.live:
            # Its old name stands for it again from the first call on.
            world.directory.add(back.live.ref, Identity(back.live.id, back.live.arn))
    desired = _desired(backs, now)
    plan = make_plan(environment, desired, _concerned(backs, world.directory), _selection(options, backs))
    live = {**world.live, **{back.live.ref: back.live for back in backs if back.live}}
    return Preview(_whole(plan, backs, options), desired, replace(world, live=live))


def _back(past: Past, now: Now) -> Back:
    match past.action:
        case Action.REPLACE:
            return Back(past.ref, kept=(Kept("", REBUILT),))
        case Action.CREATE:
            return taken_back(past, now)
        case Action.DELETE:
            return made_anew(past, now)
    return put_back(past, now)


def _asked(past: Mapping[Ref, Past]) -> ReadRequest:
    """All that is live of what the run has touched, and the names of what that may refer to."""
    names = {each.name.casefold() for each in past}
    kinds = {ref.kind for ref in past}
    looks_up = any(_names_others(KINDS[kind].spec) for kind in kinds)
    return ReadRequest(lambda ref: ref.kind in kinds and ref.name.casefold() in names, None if looks_up else kinds)


def _names_others(spec: type[Spec]) -> bool:
    """Whether a field, at whatever depth, names something that is looked up where it lives."""
    inner = (nested(spec, field) for field in spec.model_fields)
    return any(refers_to(spec, field) in LOOKUPS for field in spec.model_fields) or any(
        _names_others(each) for each in inner if each
    )


def _desired(backs: Sequence[Back], now: Now) -> Desired:
    """What bears no tags goes only by its address: the outcome is the reviewed line that gives it."""
    gone = [back.ref for back in backs if back.leaves]
    removed = {str(ref): now.source for ref in gone if _goes_by_its_address(KINDS[ref.kind])}
    return Desired({back.ref: back.manifest for back in backs if back.manifest}, removed)


def _goes_by_its_address(kind: Kind[Any]) -> bool:
    return kind.ownership is Ownership.DECLARED and not kind.irreversible and not kind.grave


def _concerned(backs: Iterable[Back], directory: Directory) -> World:
    """Nothing else is anybody's question: what nobody declares here is no orphan."""
    return World(
        {back.live.ref: back.live for back in backs if back.live and (back.manifest or back.leaves)}, directory
    )


def _selection(options: Options, backs: Iterable[Back]) -> Selection:
    """What was made goes without being pruned by name; what can not be undone needs its permission nevertheless, and
    nothing is made anew that somebody may have written to."""
    leaves = {str(back.ref) for back in backs if back.leaves}
    changed = {str(back.ref) for back in backs if back.manifest}
    parts = tuple(f"{address}/" for address in changed)
    allowed = {
        it for it in options.selection.allow_delete if it in leaves or (it.startswith(parts) and it not in changed)
    }
    # Rows that are as the run left them go, also where the table had none before.
    allowed |= {str(rows_of(back.ref)) for back in backs if back.manifest}
    return replace(options.selection, prune=True, allow_delete=frozenset(allowed))


def _whole(plan: Plan, backs: Sequence[Back], options: Options) -> Plan:
    """With what stays, and why; and without what the planner has to say to authors."""
    planned = (replace(change, reason=REASONS.get(change.action, change.reason)) for change in plan.changes)
    others = (change for back in backs for change in (*back.changes, *_kept(back)))
    covered = (change for change in others if options.selection.covers(str(change.ref), str(change.part_of or "")))
    changes = tuple(sorted([*planned, *covered], key=lambda change: change.ref))
    notes = (note for back in backs if options.selection.covers(str(back.ref)) for note in back.notes)
    return replace(
        plan,
        changes=changes,
        findings=(*(each for each in plan.findings if each.severity != "info"), *notes),
        estimate=estimate(changes, options.environment.rates),
        unchanged=sum(back.already for back in backs),
    )


def _kept(back: Back) -> Iterator[Change]:
    for place, reason in back.kept:
        ref = Ref(back.ref.kind, f"{back.ref.name}/{place}") if place else back.ref
        yield Change(Action.BLOCKED, ref, reason=reason, part_of=back.ref if place else None)
