"""Defines the commands for the local machine: `sandbox`, `completion`, `version` and `help`."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from reconciler.cli import completing, opening, screen
from reconciler.cli.choices import Flags
from reconciler.cli.flags import TALKS, Flagged, Group
from reconciler.cli.logs import log_of
from reconciler.errors import UsageError

MOST_IDLE = 525_600  # a year, in minutes


@click.command(
    cls=Flagged,
    uses=("-C", *TALKS),
    example="""\
reconcile sandbox --background
reconcile sandbox --stop --keep""",
)
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port to listen on. [a free one]")
@click.option("--faults", "faults_text", metavar="FILE|JSON", help="Faults to inject, as JSON or a file of JSON.")
@click.option(
    "--idle",
    type=click.FloatRange(min=0, max=MOST_IDLE),
    metavar="MINUTES",
    help="Stop after this many minutes without a request. 0: never. [120 in the background, else 0]",
)
@click.option("--background", is_flag=True, help="Start it in the background, and print its address.")
@click.option("--stop", is_flag=True, help="Stop the background sandbox. Without --keep, all its data is lost.")
@click.option("--keep", is_flag=True, help="With --stop: keep the data for the next start.")
@click.option("--reset", is_flag=True, help="Empty the background sandbox, or delete the data that was kept.")
@click.pass_obj
def sandbox(
    flags: Flags,
    port: int | None,
    faults_text: str | None,
    idle: float | None,
    background: bool,
    stop: bool,
    keep: bool,
    reset: bool,
) -> int:
    """Serve a local AWS for environments with sandbox: true.

    Plan, apply and the other commands start one in the background if none is running. It keeps its data in memory.
    When it stops, the data is lost, and the next command starts a new, empty one. --stop --keep writes the data to
    .reconcile/sandbox.kept, and the next start reads and deletes it. Faults are not kept. Control requests
    (POST /_sandbox/...) need the token of .reconcile/sandbox.json in the header X-Sandbox-Token. For a sandbox in the
    foreground, RECONCILE_SANDBOX_TOKEN sets the token.
    """
    if background + stop + reset > 1:
        raise UsageError("give one of --background, --stop and --reset")
    if keep and not stop:
        raise UsageError("--keep needs --stop")
    if (stop or reset) and any(given is not None for given in (port, faults_text, idle)):
        raise UsageError("--port, --faults and --idle cannot be combined with --stop or --reset")
    folder = opening.state_folder(flags)
    faults = _faults(faults_text) if faults_text is not None else {}
    if stop or reset:
        return _stop(flags, folder, is_kept=keep) if stop else _reset(flags, folder)
    if find_spec("moto") is None:
        raise opening.sandbox_missing(folder.parent)
    return _start(flags, folder, port, faults, idle) if background else _serve(flags, folder, port, faults, idle or 0)


@click.command(cls=Flagged, uses=(), example="source <(reconcile completion bash)")
@click.argument("shell", type=click.Choice(list(completing.SHELLS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print a completion script for a shell.

    To install it:

    \b
      bash  add to ~/.bashrc:                source <(reconcile completion bash)
      zsh   add to ~/.zshrc, below compinit: source <(reconcile completion zsh)
      fish  run once:  reconcile completion fish > ~/.config/fish/completions/reconcile.fish
    """
    screen.say(completing.SHELLS[shell](context.find_root().command, {}, "reconcile", "_RECONCILE_COMPLETE").source())
    return 0


@click.command(cls=Flagged, uses=(), example="reconcile version")
def version() -> int:
    """Print the version."""
    screen.say(f"reconcile, version {installed('reconcile-connect')}")
    return 0


@click.command(
    "help",
    cls=Flagged,
    uses=(),
    example="""\
reconcile help plan
reconcile help github comment""",
)
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def show_help(context: click.Context, words: tuple[str, ...]) -> int:
    """Print the help of a command."""
    there = context.find_root()
    for word in words:
        if not isinstance(there.command, Group):
            raise click.UsageError(f"{there.command_path} has no commands", there)
        name, command, _ = there.command.resolve_command(there, [word])
        assert command is not None  # noqa: S101 (an unknown one has been refused)
        there = click.Context(command, info_name=name, parent=there)
    screen.say(there.get_help())
    return 0


COMMANDS = (sandbox, completion, version, show_help)


def _faults(text: str) -> Mapping[str, Any]:
    from reconciler.sandbox.errors import WrongSetting
    from reconciler.sandbox.faults import read_faults

    try:
        given = json.loads(text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8"))
        read_faults(given)
    except WrongSetting as error:
        raise UsageError(f"--faults: {error}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"--faults is neither JSON nor a file with JSON: {error}") from error
    return dict(given)


def _serve(flags: Flags, folder: Path, port: int | None, faults: Mapping[str, Any], idle: float) -> int:
    from reconciler.sandbox.background import KEPT, note
    from reconciler.sandbox.errors import WrongSetting
    from reconciler.sandbox.guard import TOKEN_VARIABLE
    from reconciler.sandbox.server import serve

    token = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe()

    def ready(port: int) -> None:
        if not note(folder, port, token):
            log_of(flags).note(
                f"sandbox: another one runs for {folder.parent}, and its commands keep using it; set "
                f"{TOKEN_VARIABLE} to control this one"
            )

    try:
        serve(port or 0, faults, ready, token=token, idle=60 * idle, kept=folder / KEPT)
    except WrongSetting as error:
        raise opening.SandboxError(str(error)) from error
    return 0


def _start(flags: Flags, folder: Path, port: int | None, faults: Mapping[str, Any], idle: float | None) -> int:
    from reconciler.sandbox.background import IDLE, SandboxFailed, attach, running

    if (port is not None or faults or idle is not None) and (existing := running(folder)):
        raise UsageError(
            f"a sandbox already runs at {existing.endpoint}; stop it first, or leave out --port, --faults and --idle"
        )
    minutes = IDLE if idle is None else idle
    try:
        existing = attach(folder, port=port or 0, faults=faults, idle=minutes)
    except SandboxFailed as error:
        raise opening.SandboxError(str(error)) from error
    screen.say(f"ready {existing.endpoint} instance {existing.instance}")
    if existing.is_new:
        opening.announce(log_of(flags), existing, minutes)
    return 0


def _stop(flags: Flags, folder: Path, *, is_kept: bool) -> int:
    from reconciler.sandbox import background

    try:
        has_run = folder.is_dir() and background.stop(folder, is_kept=is_kept)
    except background.SandboxFailed as error:
        raise opening.SandboxError(str(error)) from error
    if not has_run:
        screen.say("no sandbox runs")
        return 0
    screen.say("stopped")
    lost = "all its data is lost, and the next command starts a new, empty one"
    kept = "its data is in .reconcile/sandbox.kept, secrets included; the next command starts one with it"
    log_of(flags).note(f"sandbox: stopped; {kept if is_kept else lost}")
    return 0


def _reset(flags: Flags, folder: Path) -> int:
    from reconciler.sandbox import background

    try:
        is_reset = background.reset(folder)
    except background.SandboxFailed as error:
        raise opening.SandboxError(str(error)) from error
    if background.forget_kept(folder):
        screen.say("the kept data is deleted")
    screen.say("reset" if is_reset else "no sandbox runs")
    if is_reset:
        log_of(flags).note("sandbox: emptied; all its data is lost, and so are its faults; it keeps running")
    return 0
