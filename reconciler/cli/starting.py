"""`init` and `environments`: a new repository, and what its workflows ask of its config."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import opening, screen
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.flags import OFFLINE, TALKS, Flagged
from reconciler.cli.logs import log_of
from reconciler.documents.hints import brief
from reconciler.errors import UsageError
from reconciler.plurals import counted

if TYPE_CHECKING:
    from reconciler.cli.logs import Log
    from reconciler.config import Config
    from reconciler.init import Compared, File, Place, Run, Wanted

TAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
MANIFESTS = "manifests"
SUBJECT = re.compile(r"repo:[A-Za-z0-9@_./-]+")


@click.command(
    cls=Flagged,
    uses=("-C", *TALKS, "--dry-run"),
    example="""\
reconcile init
reconcile init --stack contact-centre --repository OWNER/NAME""",
)
@click.option("--into", type=DIRECTORY, metavar="DIR", help="The repository's root. [here, or -C]")
@click.option("--stack", metavar="NAME", help="The stack's name. [the folder's]")
@click.option("--instance", default="", metavar="ARN", help="Your instance; without it there is a place to fill in.")
@click.option("--repository", metavar="OWNER/NAME", help="On GitHub, for the roles' trust policies. [git's origin]")
@click.option("--subject", metavar="PREFIX", help="How the `sub` of its tokens begins. [repo:OWNER/NAME]")
@click.option("--overwrite", is_flag=True, help="Replace what another version has written, the tool included.")
@click.pass_obj
def init(
    flags: Flags,
    /,
    into: Path | None,
    stack: str | None,
    instance: str,
    repository: str | None,
    subject: str | None,
    overwrite: bool,
) -> int:
    """Begin a repository: config, example, editor settings, workflows, roles. Run it again after changing any."""
    from reconciler.init import compared, contents, next_steps, other_wheels, versions

    folder = (into or flags.folder or Path()).resolve()
    wanted = _wanted(folder, stack, instance)
    wanted = replace(
        wanted,
        repository=_repository(folder, repository),
        subject=_subject(subject),
        kinds=_kinds(folder, wanted, log_of(flags)),
    )
    files = [*contents(wanted), *other_wheels(folder)]
    found = compared(folder, files, overwrite=overwrite, versions=versions(folder))
    _carry_out(flags, folder, found)
    _tell_what_is_left(flags, folder, wanted, found)
    changed = len(found.changed)
    screen.say(f"init: {counted(changed, 'file')}" if changed else "init: nothing to do")
    if changed and (steps := next_steps(wanted, _run(folder, wanted, found))):
        screen.say(steps)
    return 0


@click.command(cls=Flagged, uses=OFFLINE, example="reconcile environments --format json")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def environments(flags: Flags, form: str) -> int:
    """Name the environments that have an instance, with their roles. Offline; JSON is a matrix for GitHub."""
    from reconciler.init.roles import matrix, place_of

    config = opening.read_config_of(flags)
    name = opening.named(flags, config)
    places = [place_of(each) for each in config.environments.values() if each.instance and name in ("", each.name)]
    if form == "json":
        _must_be_tame(places)
        screen.say(json.dumps(matrix(places), separators=(",", ":")))
    else:
        screen.report("\n".join(_line(place) for place in places) or "no environment has an instance")
    return 0


COMMANDS = (init, environments)


def _wanted(folder: Path, stack: str | None, instance: str) -> Wanted:
    from reconciler.config import ARN, FILE, read_config
    from reconciler.init import Wanted

    if (folder / FILE).is_file():
        config = read_config(folder / FILE, os.environ)
        _must_agree(config, stack, instance)
        return Wanted(config.stack, config=config)
    name = stack or folder.name
    if not TAME.fullmatch(name):
        whose = (
            f"--stack {name}" if stack else f"a stack cannot have the folder's name, {brief(name)}; give --stack NAME"
        )
        raise UsageError(f"{whose}: letters, digits, dots, dashes and underscores, as in contact-centre")
    if instance and not ARN.fullmatch(instance):
        raise UsageError(f"--instance {instance}: write arn:aws:connect:REGION:ACCOUNT:instance/ID")
    return Wanted(name, instance)


def _kinds(folder: Path, wanted: Wanted, log: Log) -> dict[str, frozenset[str]]:
    """The kinds of each environment's manifests; a new repository also has the example."""
    from reconciler.config import FILE
    from reconciler.environment import Environment
    from reconciler.init import EXAMPLE, declared_kinds, places

    environments = wanted.config.environments if wanted.config else {}
    kinds = {}
    for place in places(wanted):
        environment = environments.get(place.name) or Environment(wanted.stack, place.name, folder)
        declared = declared_kinds(environment, os.environ, tuple(environments))
        if declared is None:
            log.note(
                f"warning: the manifests of {place.name} have mistakes, so its policies in iam/ are not derived; "
                "run `reconcile validate`, fix them, and run `reconcile init` again"
            )
            continue
        kinds[place.name] = declared if (folder / FILE).is_file() else declared | {EXAMPLE}
    return kinds


def _carry_out(flags: Flags, folder: Path, found: Compared) -> None:
    """Writes and deletes the files, unless it is a dry run, and reports each."""
    from reconciler.init import write

    reports = (
        ("wrote", "would write", found.new),
        ("replaced", "would replace", found.replaced),
        ("deleted", "would delete", found.removed),
    )
    for past, conditional, files in reports:
        for file in files:
            lines = _policy_lines(folder, file)
            if not flags.dry_run:
                write(folder, file)
            screen.report(f"{conditional if flags.dry_run else past} {os.path.relpath(folder / file.path)}")
            if lines:
                screen.report("\n".join(lines))


def _run(folder: Path, wanted: Wanted, found: Compared) -> Run:
    from reconciler.init import PLAN, Run, places, trust_path

    written = {file.path for file in (*found.new, *found.replaced)}
    trusted = {place.name for place in places(wanted) if (folder / trust_path(place, PLAN)).is_file()}
    return Run(written, {file.path for file in found.removed}, trusted)


def _policy_lines(folder: Path, file: File) -> list[str]:
    """The actions that a policy gains and loses."""
    from reconciler.init import Kept, changed_actions

    path = folder / file.path
    if file.kept is not Kept.DERIVED or not path.is_file():
        return []
    added, lost = changed_actions(path.read_bytes(), file.content or b"")
    return [*(f"  - {action}" for action in lost), *(f"  + {action}" for action in added)]


def _tell_what_is_left(flags: Flags, folder: Path, wanted: Wanted, found: Compared) -> None:
    from reconciler.init import EDITOR, missing

    for file in found.left:
        lacking = missing((folder / EDITOR).read_bytes(), file.content or b"") if file.path == EDITOR else ""
        if lacking:
            log_of(flags).note(f"{file.path} is yours and stays as it is; merge this into it:\n{lacking}")
        elif file.path != EDITOR:
            log_of(flags).note(f"{file.path} is yours and stays as it is")
    if elsewhere := _elsewhere(wanted):
        log_of(flags).note(
            f"warning: manifests are in {elsewhere}, and the workflows look at {MANIFESTS} alone: move them"
        )


def _elsewhere(wanted: Wanted) -> str:
    """Where manifests are, if not where the workflows are set off by them and make their plans' names of them."""
    places = {each.manifests.as_posix() for each in wanted.config.environments.values()} if wanted.config else set()
    return ", ".join(sorted(places - {MANIFESTS}))


def _must_agree(config: Config, stack: str | None, instance: str) -> None:
    """What reconcile.yaml says already is not said again in another way."""
    known = {each.instance for each in config.environments.values()}
    for flag, said, right in (("--stack", stack, {config.stack}), ("--instance", instance, known)):
        if said and said not in right:
            raise UsageError(f"{flag} {said}: {config.path.name} is there and says something else; change it there")


def _repository(folder: Path, said: str | None) -> str:
    from reconciler.init import named_repository, repository_of

    return named_repository(said) if said else repository_of(folder)


def _subject(said: str | None) -> str:
    if said and not SUBJECT.fullmatch(said):
        raise UsageError(f"--subject {said}: write it as GitHub's OIDC settings show it, as in repo:OWNER/NAME")
    return said or ""


def _must_be_tame(places: Sequence[Place]) -> None:
    """Raises `UsageError` where a name can not be that of an environment, a role and an artifact on GitHub."""
    for place in places:
        if not TAME.fullmatch(place.name):
            raise UsageError(f"environment {brief(place.name)}: workflows need letters, digits, dots, dashes and _")


def _line(place: Place) -> str:
    from reconciler.init.roles import APPLY, PLAN, role_arn

    return f"{place.name}  {place.instance}  {role_arn(place, PLAN)}  {role_arn(place, APPLY)}"
