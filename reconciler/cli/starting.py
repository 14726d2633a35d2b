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
from reconciler.documents.hints import shown
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.config import Config
    from reconciler.init import Place, Wanted

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
@click.option("--overwrite", is_flag=True, help="Replace what init has made and what says something else now.")
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
    from reconciler.init import compared, contents, next_steps, write

    folder = (into or flags.folder or Path()).resolve()
    wanted = _wanted(folder, stack, instance)
    wanted = replace(wanted, repository=_repository(folder, repository), subject=_subject(subject))
    found = compared(folder, contents(wanted), overwrite=overwrite)
    words = ("would write", "would replace") if flags.dry_run else ("wrote", "replaced")
    for word, files in zip(words, (found.new, found.replaced), strict=True):
        for file in files:
            if not flags.dry_run:
                write(folder, file)
            screen.report(f"{word} {os.path.relpath(folder / file.path)}")
    for file in found.left:
        log_of(flags).note(f"{file.path} is yours and stays as it is")
    if elsewhere := _elsewhere(wanted):
        log_of(flags).note(
            f"warning: manifests are in {elsewhere}, and the workflows look at {MANIFESTS} alone: move them"
        )
    changed = len(found.new) + len(found.replaced)
    screen.say(f"init: {screen.counted(changed, 'file')}" if changed else "init: nothing to do")
    if changed:
        screen.say(next_steps(wanted))
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
            f"--stack {name}" if stack else f"a stack cannot have the folder's name, {shown(name)}; give --stack NAME"
        )
        raise UsageError(f"{whose}: letters, digits, dots, dashes and underscores, as in contact-centre")
    if instance and not ARN.fullmatch(instance):
        raise UsageError(f"--instance {instance}: write arn:aws:connect:REGION:ACCOUNT:instance/ID")
    return Wanted(name, instance)


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
            raise UsageError(f"environment {shown(place.name)}: workflows need letters, digits, dots, dashes and _")


def _line(place: Place) -> str:
    from reconciler.init.roles import APPLY, PLAN, role_arn

    return f"{place.name}  {place.instance}  {role_arn(place, PLAN)}  {role_arn(place, APPLY)}"
