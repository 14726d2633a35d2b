"""Compares the rows of a file with the live users, and returns a plan: create, update, unchanged, and refused rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.agents.files import AgentFile
from reconciler.agents.manifests import USER, manifest_of
from reconciler.agents.settings import Settings
from reconciler.directory import World
from reconciler.lambdas.agents.names import Names
from reconciler.lambdas.agents.rows import Problem, Row, Sheet, creation_problems
from reconciler.live import read
from reconciler.messages import counted, plural
from reconciler.model import Action, Change, Desired, FieldChange, Finding, Live, Manifest, Plan, Ref
from reconciler.model.environment import Environment
from reconciler.model.ownership import ADDRESS, STACK, address, is_of_pipeline
from reconciler.plan import Selection, make_plan
from reconciler.port import AwsPort

OFFLINE = "AWS was not asked: a row that is shown as a create may be a change or no change, and names are not checked"


def plan_live(
    environment: Environment, aws: AwsPort, file: AgentFile, declared: Mapping[Ref, Manifest], settings: Settings
) -> Plan:
    """Returns the plan of an upload to the environment's instance. It reads AWS and writes nothing."""
    sheet = file.sheet("")
    world = read(aws, environment.scope, _manifests(file, sheet.rows, None, settings))
    sheet = file.sheet(_identity_type(world))
    names = _names(world, settings)
    rows = [_judged(names.checked(row, sheet.header), world, environment, declared, settings) for row in sheet.rows]
    desired = Desired(_manifests(file, rows, world.live, settings))
    planned = make_plan(environment, desired, _as_managed(world, environment), Selection())
    numbers = {Ref(USER, row.agent.username): row.number for row in rows if row.agent}
    changes = tuple(_of_row(change, numbers[change.ref]) for change in planned.changes if change.ref in numbers)
    findings = tuple(_passwords(rows, world))
    return _with_rows(replace(planned, changes=changes, orphans=(), findings=findings), file, sheet, rows)


def plan_offline(environment: Environment, file: AgentFile, declared: Mapping[Ref, Manifest]) -> Plan:
    """Returns the plan of a file alone: every good row is a create, because no live user is known."""
    sheet = file.sheet("")
    rows = [_undeclared(row, declared) for row in sheet.rows]
    manifests = _manifests(file, rows, None, Settings())
    changes = tuple(
        Change(Action.CREATE, ref, reason="the row is valid; AWS was not asked", source=manifest.source)
        for ref, manifest in manifests.items()
    )
    plan = Plan(environment.scope, changes, findings=(Finding("info", "", OFFLINE),))
    return _with_rows(plan, file, sheet, rows)


def _manifests(
    file: AgentFile, rows: Iterable[Row], live: Mapping[Ref, Live] | None, settings: Settings
) -> dict[Ref, Manifest]:
    """Returns the manifests of the good rows. Before AWS is read, no user counts as new."""
    manifests: dict[Ref, Manifest] = {}
    for row in rows:
        if row.agent:
            ref = Ref(USER, row.agent.username)
            has_password = bool(row.password) or settings.generates_passwords
            place = file.place(row.number)
            is_new = live is not None and ref not in live
            manifests[ref] = manifest_of(row.agent, place, is_new=is_new, has_password=has_password)
    return manifests


def _of_row(change: Change, number: int) -> Change:
    """Returns the change with its row in the reason, and without the source of the password, which no row states."""
    reason = "a new user" if change.action is Action.CREATE else change.reason
    return replace(_without_password(change), reason=f"row {number}: {reason}" if reason else f"row {number}")


def _passwords(rows: Iterable[Row], world: World) -> Iterator[Finding]:
    """Yields a remark on passwords of existing users, which a plan cannot compare: it reads no secret."""
    count = sum(bool(row.agent and row.password and Ref(USER, row.agent.username) in world.live) for row in rows)
    if count:
        rows_have = f"{counted(count, 'row')} of existing users {plural(count, 'has', 'have')} a password"
        message = f"{rows_have}; the upload refuses one that is not the user's first, because AWS cannot change it"
        yield Finding("info", "", message)


def _identity_type(world: World) -> str:
    resources = (*world.live.values(), *world.beside.values())
    ways = [getattr(live.spec, "identity_management_type", "") for live in resources]
    return next((str(way) for way in ways if way), "")


def _names(world: World, settings: Settings) -> Names:
    """Returns the names of the instance. The directory has each once, whatever its id."""
    kinds = ("RoutingProfile", "SecurityProfile", "UserHierarchyGroup")
    known: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in kinds}
    for ref in world.directory.refs():
        if ref.kind in known:
            known[ref.kind][ref.name] = ("",)
    routing, security, groups = (known[kind] for kind in kinds)
    return Names(routing, security, groups, settings.creates_groups)


def _judged(
    row: Row, world: World, environment: Environment, declared: Mapping[Ref, Manifest], settings: Settings
) -> Row:
    """Returns the row, refused if another owner has its user, or if a new user lacks a part."""
    row = _undeclared(row, declared)
    if row.agent is None:
        return row
    live = world.live.get(Ref(USER, row.agent.username))
    if live is None:
        way = _identity_type(world)
        return _refused(row, creation_problems(row, way, may_generate=settings.generates_passwords))
    owner = live.tags.get(STACK, "")
    if is_of_pipeline(environment.scope, owner):
        return row
    if owner:
        fault = f"the user exists, and {owner} declares it"
        return row.refused(Problem("", fault, "change it there, or leave out the row"))
    remedy = "leave out the row, or change the user in the console"
    return row.refused(Problem("", "the user exists, and no upload created it", remedy))


def _undeclared(row: Row, declared: Mapping[Ref, Manifest]) -> Row:
    manifest = declared.get(Ref(USER, row.agent.username)) if row.agent else None
    if manifest is None:
        return row
    fault = f"{manifest.source} declares the user"
    return row.refused(Problem("", fault, "change it there, or leave out the row"))


def _refused(row: Row, problems: Sequence[Problem]) -> Row:
    return row.refused(*problems) if problems else row


def _as_managed(world: World, environment: Environment) -> World:
    """Returns the world as the pipeline sees it: it manages the users that it created."""
    live = {}
    for ref, have in world.live.items():
        is_imported = ref.kind == USER and is_of_pipeline(environment.scope, have.tags.get(STACK, ""))
        own = {STACK: environment.scope.owner, ADDRESS: address(ref)}
        live[ref] = replace(have, tags={**have.tags, **own}) if is_imported else have
    return replace(world, live=live)


def _with_rows(plan: Plan, file: AgentFile, sheet: Sheet, rows: Sequence[Row]) -> Plan:
    """Returns the plan with the refused rows as blocked changes, and with remarks about the file."""
    used = Counter(row.username for row in rows)
    blocked = []
    for row in rows:
        if row.agent is None:
            name = row.username if row.username and used[row.username] == 1 else f"row {row.number}"
            reason = f"row {row.number}: " + ". ".join(str(problem) for problem in row.problems)
            blocked.append(Change(Action.BLOCKED, Ref(USER, name), reason=reason, source=file.place(row.number)))
    changes = [*plan.changes, *blocked]
    changes.sort(key=lambda change: change.ref)
    notes = tuple(Finding("warning", "", f"{file.name}: {note}") for note in sheet.notes)
    return replace(plan, changes=tuple(changes), findings=(*plan.findings, *notes))


def _without_password(change: Change) -> Change:
    """Returns the change without the source of the password: the function stores the file's, or makes one."""
    kept = [at for at, field in enumerate(change.fields) if not _is_password(field)]
    if len(kept) == len(change.fields):
        return change
    places = {before: after for after, before in enumerate(kept)}
    steps = tuple(
        replace(step, fields=tuple(places[at] for at in step.fields if at in places)) for step in change.steps
    )
    return replace(change, fields=tuple(change.fields[at] for at in kept), steps=steps)


def _is_password(field: FieldChange) -> bool:
    return field.field == "password"
