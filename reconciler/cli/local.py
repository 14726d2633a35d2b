"""`sandbox` and `completion`: for one's own machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from reconciler.cli import completing, opening, screen
from reconciler.cli.choices import Flags
from reconciler.cli.flags import TALKS, Flagged, Group
from reconciler.errors import UsageError


@click.command(
    cls=Flagged,
    uses=("-C", *TALKS),
    example="""\
reconcile sandbox --background
reconcile sandbox --stop""",
)
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="A free one where none is given.")
@click.option("--faults", "faults_text", metavar="FILE|JSON", help="What shall go wrong.")
@click.option("--background", is_flag=True, help="Start it, say where it is, and come back.")
@click.option("--stop", is_flag=True, help="Stop the one in the background.")
@click.option("--reset", is_flag=True, help="Empty the one in the background.")
@click.pass_obj
def sandbox(flags: Flags, port: int | None, faults_text: str | None, background: bool, stop: bool, reset: bool) -> int:
    """Serve a local AWS, for environments with sandbox: true."""
    if background + stop + reset > 1:
        raise UsageError("give one of --background, --stop and --reset")
    if (stop or reset) and (port is not None or faults_text is not None):
        raise UsageError("--port and --faults are for a sandbox that starts")
    folder = _state_folder(flags)
    faults = _faults(faults_text) if faults_text is not None else {}
    if stop or reset:
        return _stop(folder) if stop else _reset(folder)
    if find_spec("moto") is None:
        raise opening.SandboxError(opening.SANDBOX_MISSING)
    return _start(folder, port, faults) if background else _serve(folder, port, faults)


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


def _state_folder(flags: Flags) -> Path:
    """Beside reconcile.yaml where there is one, else here; whether it is right does not matter."""
    try:
        return opening.config_path(flags).parent / opening.STATE
    except UsageError:
        return (flags.folder or Path()).resolve() / opening.STATE


def _faults(text: str) -> Mapping[str, Any]:
    from reconciler.sandbox.errors import WrongSetting
    from reconciler.sandbox.faults import read_faults

    try:
        given = json.loads(text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8"))
        read_faults(given)
    except WrongSetting as wrong:
        raise UsageError(f"--faults: {wrong}") from wrong
    except (OSError, ValueError) as wrong:
        raise UsageError(f"--faults: neither JSON nor a file of it: {wrong}") from wrong
    return dict(given)


def _serve(folder: Path, port: int | None, faults: Mapping[str, Any]) -> int:
    from reconciler.sandbox.background import note
    from reconciler.sandbox.server import serve

    serve(port or 0, faults, ready=partial(note, folder))
    return 0


def _start(folder: Path, port: int | None, faults: Mapping[str, Any]) -> int:
    from reconciler.sandbox.background import SandboxFailed, attach, running

    if (port is not None or faults) and (found := running(folder)):
        raise UsageError(f"a sandbox runs at {found.endpoint} already; stop it first, or leave out --port and --faults")
    try:
        found = attach(folder, port=port or 0, faults=faults)
    except SandboxFailed as wrong:
        raise opening.SandboxError(str(wrong)) from wrong
    screen.say(f"ready {found.endpoint} instance {found.instance}")
    return 0


def _stop(folder: Path) -> int:
    from reconciler.sandbox import background

    screen.say("stopped" if folder.is_dir() and background.stop(folder) else "no sandbox runs")
    return 0


def _reset(folder: Path) -> int:
    from reconciler.sandbox import background

    screen.say("reset" if background.reset(folder) else "no sandbox runs")
    return 0
