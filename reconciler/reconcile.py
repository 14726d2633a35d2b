"""The story: manifests → desired → live → diff → plan → apply → report. Nothing else knows the order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from reconciler.apply import Ports, Stop, apply
from reconciler.desired import Reading, examine, read_desired
from reconciler.digest import digest
from reconciler.directory import World
from reconciler.documents.hints import shown
from reconciler.environment import Environment
from reconciler.errors import ManifestError, RefusedError, StalePlanError, UsageError
from reconciler.keeping import (
    OUTCOMES,
    STATE,
    UnkeptError,
    UnreadyError,
    begin_journal,
    keep,
    must_be_writable,
    past_run,
    past_runs,
    recover,
    write_outcome,
)
from reconciler.kinds.registry import KINDS, LOOKUPS
from reconciler.live import Asked, read, reread
from reconciler.model import (
    Action,
    Change,
    Desired,
    Finding,
    Item,
    Live,
    Outcome,
    Ownership,
    Plan,
    Ref,
    Result,
    Status,
    items,
)
from reconciler.model.events import Event
from reconciler.ownership import STACK, owns, tags
from reconciler.plan import Selection, make_adoption, make_plan
from reconciler.policy import findings, prunes_everything, refusals
from reconciler.port import AwsPort
from reconciler.reviewed import Reviewed, check_digest, check_reviewed
from reconciler.verdict import verdict

DECLINED = "declined at the prompt"


@dataclass(frozen=True)
class Options:
    """One run's choices. `expect`: the reviewed digest, 12 digits or more; `reviewed`: the reviewed plan itself."""

    environment: Environment
    aws: AwsPort
    selection: Selection = Selection()
    environ: Mapping[str, str] = field(default_factory=dict)
    known_environments: tuple[str, ...] = ()
    today: date | None = None  # by which findings call a thing over; without it there are none of them
    expect: str = ""
    reviewed: Reviewed | None = None
    show: Callable[[Preview], None] = lambda seen: None  # told of the plan before anything is checked or asked
    confirm: Callable[[Plan], bool] = lambda plan: True
    tell: Callable[[Event], None] = lambda event: None
    stop: Stop = field(default_factory=Stop)


@dataclass(frozen=True)
class Preview:
    """A plan and what it was made of."""

    plan: Plan
    desired: Desired
    world: World
    refused: tuple[Finding, ...] = ()  # why nothing of the plan may be applied, whatever the policy says


def preview(options: Options) -> Preview:
    """Read both sides and compare them; nothing is written."""
    environment = options.environment
    desired = read_desired(environment, options.environ, options.known_environments, today=options.today)
    world = read(options.aws, environment.scope, desired.manifests, by_address(desired, options.selection))
    plan = make_plan(environment, desired, world, options.selection)
    is_bare = options.selection.prune and not desired.manifests and plan.actionable
    return Preview(plan, desired, world, (prunes_everything(environment),) if is_bare else ())


def judged(seen: Preview, environment: Environment) -> Preview:
    """Returns the preview whose plan also says why apply would refuse it."""
    refused = (*seen.refused, *findings(seen.plan, environment, seen.world.live))
    return replace(seen, plan=replace(seen.plan, findings=(*refused, *seen.plan.findings)))


def by_address(desired: Desired, selection: Selection) -> Asked | None:
    """What shall go by its address, of kinds that are read only where somebody speaks of them."""
    addresses = {*desired.removed, *selection.allow_delete}
    kinds = {_kind(address) for address in addresses}
    return Asked(lambda ref: str(ref) in addresses, kinds) if kinds else None


def run(options: Options, look: Callable[[Options], Preview] = preview) -> Outcome:
    """Plan, check, ask, apply; the outcome is on disk when this returns, also that of a run that wrote nothing.

    `look` makes the plan: of the manifests, unless something else is wanted. Raises whatever it raises, and
    `UnkeptError` with the outcome where it can not be written.
    """
    started = datetime.now(UTC)
    seen = judged(look(options), options.environment)
    options.show(seen)
    try:
        conflicts = check(options, seen.plan)
        reasons = (*(each.message for each in seen.refused), *refusals(seen.plan, options.environment, seen.world.live))
        if reasons:
            raise RefusedError("\n".join(reasons))
    except (StalePlanError, RefusedError) as error:
        return _stopped(options, seen.plan, error, started)
    return _confirmed(options, seen, conflicts, started)


def check(options: Options, plan: Plan) -> dict[Item, Result]:
    """What of the plan is in conflict with what was reviewed. Raises `StalePlanError`."""
    if options.expect and plan.actionable:
        check_digest(plan, options.expect)
    return check_reviewed(plan, options.reviewed) if options.reviewed else {}


def adopt(options: Options, addresses: Collection[str]) -> Outcome:
    """Tag live resources as ours: those of the addresses, or every declared one where there are none."""
    started, environment = datetime.now(UTC), options.environment
    desired = read_desired(environment, options.environ, options.known_environments)
    wanted = {_ref(address) for address in addresses} or set(desired.manifests)
    asked = Asked(wanted.__contains__, {ref.kind for ref in wanted})
    world = read(options.aws, environment.scope, desired.manifests, asked)
    seen = Preview(make_adoption(environment, world, wanted, desired.manifests), desired, world)
    options.show(seen)
    return _confirmed(options, seen, {}, started)


def destroy(options: Options) -> Outcome:
    """Delete all that the stack owns in this environment, but for what is protected.

    What bears no tags is ours while manifests declare it, so these are read. Raises `ManifestError` where they cannot
    be: who would know that something was left?
    """
    started, environment = datetime.now(UTC), options.environment
    desired = declared_here(options).desired or Desired()
    world = _owned_world(environment, desired, read(options.aws, environment.scope, desired.manifests, _own(desired)))
    owned = (ref for ref, live in world.live.items() if _is_owned(environment, live))
    selection = replace(options.selection, prune=True, allow_delete=frozenset(map(str, owned)))
    removed = {address: source for address, source in desired.removed.items() if address in selection.allow_delete}
    plan = make_plan(environment, Desired(removed=removed), world, selection)
    seen = Preview(replace(plan, changes=tuple(map(_owned, plan.changes))), Desired(), world)
    options.show(seen)
    return _confirmed(options, seen, {}, started)


def declared_here(options: Options) -> Reading:
    """What manifests say, where there are any. Raises `ManifestError` where they cannot be read."""
    environment = options.environment
    reading = examine(environment, options.environ, options.known_environments)
    if not reading.desired and any((environment.root / environment.manifests).rglob("*.y*ml")):
        raise ManifestError(reading.mistakes)
    return reading


def _own(desired: Desired) -> Asked:
    """All of what is declared, whatever a manifest says of it: what is deleted is told whole, and in its order. Of
    tombstones those of kinds that are read only where somebody speaks of them."""
    aside = {name for name, kind in KINDS.items() if kind.bare_search or kind.ownership is Ownership.DECLARED}
    addresses = {*map(str, desired.manifests), *(address for address in desired.removed if _kind(address) in aside)}
    return Asked(lambda ref: str(ref) in addresses, {_kind(address) for address in addresses})


def _owned_world(environment: Environment, desired: Desired, world: World) -> World:
    """What of the world is ours: by its tags, or by a manifest's word. The stack's tag alone is only a finding."""
    owner = environment.scope.owner
    adopted = {ref for ref, manifest in desired.manifests.items() if manifest.adopt}
    every = {
        ref: replace(live, tags={**tags(environment.scope, ref), **live.tags}) if ref in adopted else live
        for ref, live in world.live.items()
    }
    ours = {ref: live for ref, live in every.items() if live.tags.get(STACK) == owner or _is_owned(environment, live)}
    others = {ref: live for ref, live in every.items() if ref not in ours}
    return replace(world, live=ours, beside={**world.beside, **others})


def _is_owned(environment: Environment, live: Live) -> bool:
    kind = KINDS[live.ref.kind]
    return kind.ownership is Ownership.DECLARED or owns(environment.scope, kind.name, live.tags)


def _kind(address: str) -> str:
    return address.partition("/")[0]


def _owned(change: Change) -> Change:
    """Nobody gave a permission by its address, so the reason does not speak of one."""
    return replace(change, reason="owned by this stack") if change.action is Action.DELETE else change


def _confirmed(options: Options, seen: Preview, decided: Mapping[Item, Result], started: datetime) -> Outcome:
    """The one way to a write: never into a frozen environment, never without the yes."""
    environment, plan = options.environment, seen.plan
    if environment.frozen and plan.actionable:
        error = RefusedError(f"environment {shown(environment.name)} is frozen: {environment.frozen}")
        return _stopped(options, plan, error, started)
    if plan.actionable and not options.confirm(plan):
        return _unwritten(options, Outcome(plan, "declined", 1, started, started, message=DECLINED))
    return carry_out(options, seen, decided, started)


def _stopped(options: Options, plan: Plan, error: StalePlanError | RefusedError, started: datetime) -> Outcome:
    status = "stale" if isinstance(error, StalePlanError) else "refused"
    return _unwritten(options, Outcome(plan, status, error.exit_code, started, started, message=str(error)))


def _unwritten(options: Options, begun: Outcome) -> Outcome:
    """Every item was passed over for the same reason; what was read is counted."""
    passed = Result(Status.SKIPPED, f"{begun.status}: nothing was written")
    operations = dict(options.aws.counts())
    outcome = replace(
        begun,
        finished_at=datetime.now(UTC),
        results=dict.fromkeys(items(begun.plan), passed),
        operations=operations,
        calls_to_plan=sum(operations.values()),
    )
    keep(outcome_file(options, outcome.plan, outcome.started_at), outcome)
    return outcome


def outcome_file(options: Options, plan: Plan, started: datetime) -> Path:
    """Returns where the outcome of a run is written; the name begins with the environment and the time."""
    name = f"{options.environment.name}-{started:%Y%m%dT%H%M%S%fZ}-{digest(plan)[:12]}.json"
    return options.environment.root / STATE / OUTCOMES / name


def _ref(address: str) -> Ref:
    kind, slash, name = address.partition("/")
    if kind in LOOKUPS:
        raise UsageError(f"{shown(address)} can be referred to but not declared, so it cannot be adopted")
    if kind not in KINDS or not slash or not name:
        raise UsageError(f"{shown(address)} is not an address; write Kind/name, as in DataTable/CustomerTypes")
    return Ref(kind, name)


def carry_out(options: Options, seen: Preview, decided: Mapping[Item, Result], started: datetime) -> Outcome:
    """Apply a plan that nothing stands against; `decided` items are settled already."""
    environment, plan = options.environment, seen.plan
    told = outcome_file(options, plan, started)
    calls_to_plan = sum(options.aws.counts().values())
    journal = begin_journal(told, plan, started)
    ports = Ports(
        options.aws,
        seen.world.directory,
        partial(reread, options.aws, directory=seen.world.directory),
        journal,
        options.tell,
        options.stop,
    )
    try:
        done = apply(plan, environment, seen.world.live, ports, decided)
    finally:
        # What was done until then is in the journal; where no outcome follows, the next run tells it.
        journal.close()
    outcome = verdict(
        plan,
        done.results,
        started=started,
        operations=options.aws.counts(),
        retries=done.retries,
        conflicts_resolved=done.conflicts_resolved,
        signal=options.stop.signal,
    )
    outcome = replace(outcome, calls_to_plan=calls_to_plan)
    keep(told, outcome)
    journal.end()
    return outcome


__all__ = [
    "Options",
    "Preview",
    "StalePlanError",
    "UnkeptError",
    "UnreadyError",
    "must_be_writable",
    "outcome_file",
    "past_run",
    "past_runs",
    "preview",
    "recover",
    "run",
    "write_outcome",
]
