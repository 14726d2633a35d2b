"""Runs the whole story: manifests → desired → live → diff → plan → apply → report. Only this module knows the order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from reconciler.apply import Ports, Stop, apply
from reconciler.apply.archives import prepare_archives
from reconciler.apply.verdict import verdict
from reconciler.desired import Examination, examine, read_desired
from reconciler.directory import World
from reconciler.documents.contents import ARCHIVES, ContentStore, read_texts
from reconciler.documents.hints import brief
from reconciler.errors import ManifestError, RefusedError, StalePlanError, UsageError
from reconciler.kinds.operations import is_searched_undeclared
from reconciler.kinds.registry import COMPOSITES, KINDS
from reconciler.live import ReadRequest, read, read_contents
from reconciler.model import Desired, Finding, Item, Outcome, Plan, Ref, Result, Status, items
from reconciler.model.environment import Environment
from reconciler.model.events import Event
from reconciler.outcomes.past_calls import past_calls
from reconciler.outcomes.store import (
    OUTCOMES,
    STATE,
    UnkeptError,
    UnreadyError,
    begin_journal,
    check_outcome_file,
    keep,
    past_run,
    past_runs,
    recover,
    write_outcome,
)
from reconciler.plan import Selection, make_adoption, make_plan
from reconciler.plan.destruction import deletable, managed_world, without_permission
from reconciler.plan.turnover import begins
from reconciler.port import AwsPort
from reconciler.review.agreement import Reviewed, check_digest, check_reviewed
from reconciler.review.digest import digest
from reconciler.review.policy import findings, prunes_everything
from reconciler.review.windows import EXCLUDE, check_times, must_wait

DECLINED = "declined at the prompt"


@dataclass(frozen=True)
class Options:
    """The options of one run.

    `expect` is the reviewed digest, 12 digits or more. `reviewed` is the reviewed plan itself.
    """

    environment: Environment
    aws: AwsPort
    selection: Selection = Selection()
    environ: Mapping[str, str] = field(default_factory=dict)
    known_environments: tuple[str, ...] = ()
    today: date | None = None  # for findings about dates in the past; without it there are none
    expect: str = ""
    reviewed: Reviewed | None = None
    show: Callable[[Preview], None] = lambda planned: None  # called with the plan before any check or question
    confirm: Callable[[Plan], bool] = lambda plan: True
    tell: Callable[[Event], None] = lambda event: None
    stop: Stop = field(default_factory=Stop)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # for the change windows


@dataclass(frozen=True)
class Preview:
    """A plan and the values that it was made from."""

    plan: Plan
    desired: Desired
    world: World
    refused: tuple[Finding, ...] = ()  # why the plan must not be applied, whatever the policy allows


def preview(options: Options) -> Preview:
    """Reads both sides and compares them. It writes nothing."""
    environment = options.environment
    desired = read_desired(environment, options.environ, options.known_environments, today=options.today)
    world = read(options.aws, environment.scope, desired.manifests, by_address(desired, options.selection))
    since = begins(desired, world, options.today) if options.today else None
    past = past_calls(environment.root, environment.name, since) if since else {}
    plan = make_plan(environment, desired, world, options.selection, past=past)
    is_bare = options.selection.prune and not desired.manifests and plan.actionable
    return Preview(plan, desired, world, (prunes_everything(environment),) if is_bare else ())


def judged(planned: Preview, environment: Environment, now: datetime) -> Preview:
    """Returns the preview with findings that say why apply would refuse its plan."""
    return _with_findings(planned, _reasons(planned, environment, now))


def _reasons(planned: Preview, environment: Environment, now: datetime) -> tuple[Finding, ...]:
    of_policy = findings(planned.plan, environment, planned.world.live)
    return (*planned.refused, *of_policy, *must_wait(planned.plan, environment.policy, now))


def _with_findings(planned: Preview, more: tuple[Finding, ...]) -> Preview:
    return replace(planned, plan=replace(planned.plan, findings=(*more, *planned.plan.findings)))


def by_address(desired: Desired, selection: Selection) -> ReadRequest | None:
    """Returns the resources to delete by address. Some kinds are read only if an address names one of them."""
    addresses = {*desired.removed, *selection.allow_delete}
    return ReadRequest.of(addresses) if addresses else None


def run(options: Options, look: Callable[[Options], Preview] = preview) -> Outcome:
    """Makes a plan, checks it, asks, and applies it.

    The outcome is on disk when it returns, even if the run wrote nothing.

    `look` makes the plan; by default it is the plan of the manifests. Raises the errors of `look`, and `UnkeptError`
    with the outcome if it cannot be written.
    """
    started = datetime.now(UTC)
    planned = look(options)
    reasons = _reasons(planned, options.environment, options.clock())
    planned = _with_findings(planned, reasons)
    options.show(planned)
    try:
        conflicts = check(options, planned.plan)
        if reasons:
            raise RefusedError("\n".join(finding.message for finding in reasons))
    except (StalePlanError, RefusedError) as error:
        return _stopped(options, planned.plan, error, started)
    return _confirmed(options, planned, conflicts, started)


def check(options: Options, plan: Plan) -> dict[Item, Result]:
    """Returns the items of the plan that conflict with the reviewed plan. Raises `StalePlanError`."""
    if options.expect and plan.actionable:
        check_digest(plan, options.expect)
    return check_reviewed(plan, options.reviewed) if options.reviewed else {}


def adopt(options: Options, addresses: Collection[str]) -> Outcome:
    """Tags live resources as managed: those of the addresses, or every declared one without addresses."""
    started, environment = datetime.now(UTC), options.environment
    desired = read_desired(environment, options.environ, options.known_environments)
    wanted = {_ref(address) for address in addresses} or set(desired.manifests)
    request = ReadRequest.of({*map(str, wanted)})
    world = read(options.aws, environment.scope, desired.manifests, request)
    planned = Preview(make_adoption(environment, world, wanted, desired.manifests), desired, world)
    options.show(planned)
    return _confirmed(options, planned, {}, started)


def destroy(options: Options) -> Outcome:
    """Deletes every resource of the stack in this environment, except protected ones.

    Untaggable resources are managed while manifests declare them, so the manifests are read. Raises `ManifestError` if
    they cannot be read, because a resource could then be left over unnoticed.
    """
    started, environment = datetime.now(UTC), options.environment
    desired = declared_here(options).desired or Desired()
    world = managed_world(environment, desired, read(options.aws, environment.scope, desired.manifests, _own(desired)))
    selection = replace(options.selection, prune=True, allow_delete=deletable(environment, world))
    removed = {address: source for address, source in desired.removed.items() if address in selection.allow_delete}
    plan = make_plan(environment, Desired(removed=removed), world, selection)
    planned = Preview(replace(plan, changes=tuple(map(without_permission, plan.changes))), Desired(), world)
    options.show(_with_findings(planned, must_wait(planned.plan, environment.policy, options.clock(), remedy="")))
    return _confirmed(options, planned, {}, started, remedy="")


def declared_here(options: Options) -> Examination:
    """Returns the content of the manifests, if there are any. Raises `ManifestError` if they cannot be read."""
    environment = options.environment
    reading = examine(environment, options.environ, options.known_environments)
    if not reading.desired and any((environment.root / environment.manifests).rglob("*.y*ml")):
        raise ManifestError(reading.mistakes)
    return reading


def _own(desired: Desired) -> ReadRequest:
    """Returns the declared resources, which are read completely, so that the plan can show and order their deletions.

    Tombstones count for kinds that are read only if an address names one of them.
    """
    aside = {name for name, kind in KINDS.items() if not is_searched_undeclared(kind)}
    addresses = {
        *map(str, desired.manifests),
        *(address for address in desired.removed if address.partition("/")[0] in aside),
    }
    return ReadRequest.of(addresses)


def _confirmed(
    options: Options, planned: Preview, decided: Mapping[Item, Result], started: datetime, *, remedy: str = EXCLUDE
) -> Outcome:
    """Applies the plan after a confirmation.

    Every write goes through here, so a frozen environment is never changed. A window may close while the question is
    open, so the windows are compared again after the answer.
    """
    plan = planned.plan
    try:
        check_times(plan, options.environment, options.clock(), remedy)
        if plan.actionable and not options.confirm(plan):
            return _unwritten(options, Outcome(plan, "declined", 1, started, started, message=DECLINED))
        check_times(plan, options.environment, options.clock(), remedy)
    except RefusedError as error:
        return _stopped(options, plan, error, started)
    return carry_out(options, planned, decided, started)


def _stopped(options: Options, plan: Plan, error: StalePlanError | RefusedError, started: datetime) -> Outcome:
    status = "stale" if isinstance(error, StalePlanError) else "refused"
    return _unwritten(options, Outcome(plan, status, error.exit_code, started, started, message=str(error)))


def _unwritten(options: Options, begun: Outcome) -> Outcome:
    """Returns the outcome of a run that skipped every item for one reason. It counts the API calls for reading."""
    skipped = Result(Status.SKIPPED, f"{begun.status}: nothing was written")
    operations = dict(options.aws.counts())
    outcome = replace(
        begun,
        finished_at=datetime.now(UTC),
        results=dict.fromkeys(items(begun.plan), skipped),
        operations=operations,
        calls_to_plan=sum(operations.values()),
    )
    keep(outcome_file(options, outcome.plan, outcome.started_at), outcome)
    return outcome


def outcome_file(options: Options, plan: Plan, started: datetime) -> Path:
    """Returns the path of a run's outcome. The name starts with the environment and the time."""
    name = f"{options.environment.name}-{started:%Y%m%dT%H%M%S%fZ}-{digest(plan)[:12]}.json"
    return options.environment.root / STATE / OUTCOMES / name


def _ref(address: str) -> Ref:
    kind, slash, name = address.partition("/")
    if kind in COMPOSITES:
        raise UsageError(f"{brief(address)} only stands for other resources; adopt those by their addresses")
    if kind not in KINDS or not slash or not name:
        raise UsageError(f"{brief(address)} is not an address; write Kind/name, as in DataTable/CustomerTypes")
    return Ref(kind, name)


def carry_out(options: Options, planned: Preview, decided: Mapping[Item, Result], started: datetime) -> Outcome:
    """Applies a plan that passed every check. The `decided` items already have a result."""
    environment, plan = options.environment, planned.plan
    contents = prepare_archives(plan, ContentStore(planned.desired.contents, environment.root / ARCHIVES), environment)
    path = outcome_file(options, plan, started)
    calls_to_plan = sum(options.aws.counts().values())
    journal = begin_journal(path, plan, started)
    manifests = planned.desired.manifests
    ports = Ports(
        options.aws,
        planned.world.directory,
        partial(read_contents, options.aws, directory=planned.world.directory),
        journal,
        options.tell,
        options.stop,
        contents=contents,
        documents=lambda ref: read_texts(manifests[ref].documents) if ref in manifests else {},
    )
    try:
        done = apply(plan, environment, planned.world.live, ports, decided)
    finally:
        # The journal has every finished item. If no outcome follows, the next run rebuilds it from the journal.
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
    keep(path, outcome := replace(outcome, calls_to_plan=calls_to_plan))
    journal.end()
    return outcome


__all__ = [
    "Options",
    "Preview",
    "StalePlanError",
    "UnkeptError",
    "UnreadyError",
    "check_outcome_file",
    "outcome_file",
    "past_run",
    "past_runs",
    "preview",
    "recover",
    "run",
    "write_outcome",
]
