"""Defines `init`, which creates a repository, and `environments`, which its workflows call."""

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
from reconciler.messages import counted

if TYPE_CHECKING:
    from reconciler.cli.logs import Log
    from reconciler.config import Config
    from reconciler.init import Compared, DeployTarget, InitFile, InitRun, RepositorySettings

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
@click.option("--into", type=DIRECTORY, metavar="DIR", help="Root of the repository. [current folder, or -C]")
@click.option("--stack", metavar="NAME", help="Name of the stack. [the folder's name]")
@click.option("--instance", default="", metavar="ARN", help="ARN of your instance. [a placeholder]")
@click.option(
    "--repository", metavar="OWNER/NAME", help="GitHub repository, for the roles' trust policies. [git's origin]"
)
@click.option("--subject", metavar="PREFIX", help="Start of the `sub` in its OIDC tokens. [repo:OWNER/NAME]")
@click.option("--overwrite", is_flag=True, help="Replace files that another version of reconcile has written.")
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
    """Create a repository: configuration, example, editor settings, workflows and roles.

    Run it again after you changed the environments or the kinds of the manifests.
    """
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
    differences = compared(folder, files, overwrite=overwrite, versions=versions(folder))
    _carry_out(flags, folder, differences)
    _print_remaining(flags, folder, wanted, differences)
    changed = len(differences.changed)
    screen.say(f"init: {counted(changed, 'file')}" if changed else "init: nothing to do")
    if changed and (steps := next_steps(wanted, _run(folder, wanted, differences))):
        screen.say(steps)
    return 0


@click.command(cls=Flagged, uses=OFFLINE, example="reconcile environments --format json")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format."
)
@click.pass_obj
def environments(flags: Flags, form: str) -> int:
    """List the environments in AWS accounts, with their roles. Works offline.

    The JSON output is a matrix for GitHub Actions.
    """
    from reconciler.init.roles import deploy_targets, matrix

    config = opening.read_config_of(flags)
    name = opening.named(flags, config)
    places = deploy_targets(it for it in config.environments.values() if name in ("", it.name))
    if form == "json":
        _must_be_tame(places)
        screen.say(json.dumps(matrix(places), separators=(",", ":")))
    else:
        screen.report("\n".join(_line(place) for place in places) or "no environment is in an AWS account")
    return 0


COMMANDS = (init, environments)


def _wanted(folder: Path, stack: str | None, instance: str) -> RepositorySettings:
    from reconciler.config import ARN, FILE, read_config
    from reconciler.init import RepositorySettings

    if (folder / FILE).is_file():
        config = read_config(folder / FILE, os.environ)
        _must_agree(config, stack, instance)
        return RepositorySettings(config.stack, config=config)
    name = stack or folder.name
    if not TAME.fullmatch(name):
        whose = (
            f"--stack {name}" if stack else f"a stack cannot have the folder's name, {brief(name)}; give --stack NAME"
        )
        raise UsageError(f"{whose}: letters, digits, dots, dashes and underscores, as in contact-centre")
    if instance and not ARN.fullmatch(instance):
        raise UsageError(f"--instance {instance}: write arn:aws:connect:REGION:ACCOUNT:instance/ID")
    return RepositorySettings(name, instance)


def _kinds(folder: Path, wanted: RepositorySettings, log: Log) -> dict[str, frozenset[str]]:
    """Returns the kinds in each environment's manifests. A new repository also has the example's kinds."""
    from reconciler.config import FILE
    from reconciler.init import EXAMPLE, declared_kinds, places
    from reconciler.model.environment import Environment

    environments = wanted.config.environments if wanted.config else {}
    kinds = {}
    for place in places(wanted):
        environment = environments.get(place.name) or Environment(wanted.stack, place.name, folder, place.instance)
        declared = declared_kinds(environment, os.environ, tuple(environments))
        if declared is None:
            log.note(
                f"warning: the manifests of {place.name} have mistakes, so its policies in iam/ are not derived; "
                "run `reconcile validate`, fix them, and run `reconcile init` again"
            )
            continue
        kinds[place.name] = declared if (folder / FILE).is_file() else declared | {EXAMPLE}
    return kinds


def _carry_out(flags: Flags, folder: Path, differences: Compared) -> None:
    """Writes and deletes the files, unless it is a dry run, and prints each."""
    from reconciler.init import write

    reports = (
        ("wrote", "would write", differences.new),
        ("replaced", "would replace", differences.replaced),
        ("deleted", "would delete", differences.removed),
    )
    for past, conditional, files in reports:
        for file in files:
            lines = _policy_lines(folder, file)
            if not flags.dry_run:
                write(folder, file)
            screen.report(f"{conditional if flags.dry_run else past} {os.path.relpath(folder / file.path)}")
            if lines:
                screen.report("\n".join(lines))


def _run(folder: Path, wanted: RepositorySettings, differences: Compared) -> InitRun:
    from reconciler.init import PLAN, InitRun, places, trust_path

    written = {file.path for file in (*differences.new, *differences.replaced)}
    trusted = {place.name for place in places(wanted) if (folder / trust_path(place, PLAN)).is_file()}
    return InitRun(written, {file.path for file in differences.removed}, trusted)


def _policy_lines(folder: Path, file: InitFile) -> list[str]:
    """Returns the actions that are added to a policy or removed from it."""
    from reconciler.init import FileOwner, changed_actions

    path = folder / file.path
    if file.kept is not FileOwner.DERIVED or not path.is_file():
        return []
    added, lost = changed_actions(path.read_bytes(), file.content or b"")
    return [*(f"  - {action}" for action in lost), *(f"  + {action}" for action in added)]


def _print_remaining(flags: Flags, folder: Path, wanted: RepositorySettings, differences: Compared) -> None:
    from reconciler.init import EDITOR, missing

    for file in differences.left:
        lacking = missing((folder / EDITOR).read_bytes(), file.content or b"") if file.path == EDITOR else ""
        if lacking:
            log_of(flags).note(f"{file.path} has your changes and is kept; merge this into it:\n{lacking}")
        elif file.path != EDITOR:
            log_of(flags).note(f"{file.path} has your changes and is kept")
    if elsewhere := _elsewhere(wanted):
        log_of(flags).note(
            f"warning: manifests are in {elsewhere}, but the workflows watch {MANIFESTS} only; move them"
        )


def _elsewhere(wanted: RepositorySettings) -> str:
    """Returns the folders of manifests that do not trigger the workflows."""
    places = {place.manifests.as_posix() for place in wanted.config.environments.values()} if wanted.config else set()
    return ", ".join(sorted(places - {MANIFESTS}))


def _must_agree(config: Config, stack: str | None, instance: str) -> None:
    """Raises `UsageError` if a flag contradicts reconcile.yaml."""
    known = {place.instance for place in config.environments.values()}
    for flag, value, right in (("--stack", stack, {config.stack}), ("--instance", instance, known)):
        if value and value not in right:
            raise UsageError(f"{flag} {value}: {config.path.name} has a different value; change it there")


def _repository(folder: Path, given: str | None) -> str:
    from reconciler.init import named_repository, repository_of

    return named_repository(given) if given else repository_of(folder)


def _subject(given: str | None) -> str:
    if given and not SUBJECT.fullmatch(given):
        raise UsageError(f"--subject {given}: write it as GitHub's OIDC settings show it, as in repo:OWNER/NAME")
    return given or ""


def _must_be_tame(places: Sequence[DeployTarget]) -> None:
    """Raises `UsageError` if a name cannot be used for a GitHub environment, a role and an artifact."""
    for place in places:
        if not TAME.fullmatch(place.name):
            raise UsageError(
                f"environment {brief(place.name)}: workflows allow only letters, digits, dots, dashes and underscores"
            )


def _line(place: DeployTarget) -> str:
    from reconciler.init.roles import APPLY, PLAN, role_arn

    return f"{place.name}  {place.scope.place}  {role_arn(place, PLAN)}  {role_arn(place, APPLY)}"
