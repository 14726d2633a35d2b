"""Turns flags into an environment, its AWS, and the values that a run needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.choices import Flags
from reconciler.cli.logs import Log, log_of
from reconciler.documents.hints import brief, did_you_mean, listed
from reconciler.errors import ReconcileError, UsageError
from reconciler.messages import counted

if TYPE_CHECKING:
    from reconciler.aws.client import Aws
    from reconciler.cli.progress import RunProgress
    from reconciler.config import Config
    from reconciler.model.environment import Environment, Quotas
    from reconciler.plan import Selection
    from reconciler.reconcile import Options
    from reconciler.sandbox.background import Sandbox

CHOICE = "RECONCILE_ENV"
STATE = ".reconcile"
# The tool is not on a package index. A command with its name would install another author's package.
_FROM_LOCK = "pip install --require-hashes -r .reconcile-tool/requirements.lock"
_FROM_CLONE = "pip install '.[sandbox]'"


class SandboxError(ReconcileError):
    """The sandbox does not respond."""


@dataclass(frozen=True)
class Opened:
    """An environment that is ready to read: the options of a run, and its progress display."""

    options: Options
    work: RunProgress


def for_reading(flags: Flags, selected: Mapping[str, Any] | None = None) -> Opened:
    from reconciler.cli.windows import within

    config, environment = chosen(flags)
    given = dict(selected or {})
    environment = within(environment, given.pop("window", ()))
    return _opened(flags, config, environment, _selection(given), reach=_real)


def for_checking(flags: Flags) -> Opened:
    """Opens an environment without checking whose credentials are used; that is the first check of `check`."""
    config, environment = chosen(flags)
    return _opened(flags, config, environment, _selection({}), reach=_unconfirmed)


def chosen(flags: Flags) -> tuple[Config, Environment]:
    """Returns the environment. If none is named, it is the first of several."""
    config, log = read_config_of(flags), log_of(flags)
    name = named(flags, config) or next(iter(config.environments))
    if len(config.environments) > 1 and not named(flags, config):
        log.note(f"environment {name}, the first of {listed(config.environments)}; choose with -e")
    return config, config.environments[name]


def for_writing(flags: Flags, selected: Mapping[str, Any] | None = None) -> Opened:
    """Opens the named environment. A dry run writes nothing, so it may take the first of several."""
    must_be_named_to_write(flags)
    return for_reading(flags, selected)


def must_be_named_to_write(flags: Flags) -> None:
    """Raises `UsageError` if a run that writes could be meant for another environment."""
    config = read_config_of(flags)
    if len(config.environments) > 1 and not named(flags, config) and not flags.dry_run:
        raise UsageError(f"which environment? choose {listed(config.environments)} with -e or {CHOICE}")


def sandbox_missing(root: Path) -> SandboxError:
    """Returns the error with the command that installs the sandbox.

    `root` is the folder of reconcile.yaml. A repository from `init` has a lock file that installs the sandbox, too.
    """
    lock = root / ".reconcile-tool" / "requirements.lock"
    if lock.is_file() and "\nmoto[" in lock.read_text(encoding="utf-8"):
        return SandboxError(f"the sandbox is not installed; run in {root}: {_FROM_LOCK}")
    return SandboxError(f"the sandbox is not installed; run in a clone of reconcile: {_FROM_CLONE}")


def read_config_of(flags: Flags) -> Config:
    from reconciler.config import read_config

    return read_config(config_path(flags), os.environ)


def config_path(flags: Flags) -> Path:
    """Returns the path of reconcile.yaml.

    Raises `UsageError` if there is none.
    """
    from reconciler.config import FILE, find

    return flags.folder.resolve() / FILE if flags.folder else find(Path.cwd())


def state_folder(flags: Flags) -> Path:
    """Returns `.reconcile` beside reconcile.yaml, or in the current folder if there is none. It need not be valid."""
    try:
        return config_path(flags).parent / STATE
    except UsageError:
        return (flags.folder or Path()).resolve() / STATE


def named(flags: Flags, config: Config) -> str:
    """Returns the requested environment, or an empty text."""
    name = flags.environment or os.environ.get(CHOICE, "")
    if name and name not in config.environments:
        hint = did_you_mean(name, config.environments)
        raise UsageError(f"no environment {brief(name)}{hint or f'; there is {listed(config.environments)}'}")
    return name


def read_clock() -> datetime:
    return datetime.now(UTC)


def read_clock_of(environment: Environment) -> datetime:
    """Returns the time of the environment's functions: the clock of a sandbox may be ahead of the machine's."""
    from reconciler.sandbox.background import running

    sandbox = running(environment.root / STATE) if environment.sandbox else None
    return datetime.fromisoformat(sandbox.clock) if sandbox and sandbox.clock else read_clock()


def _selection(selected: Mapping[str, Any]) -> Selection:
    from reconciler.plan import Selection

    allowed = {flag: frozenset(selected.get(flag, ())) for flag in ("allow_delete", "allow_create", "allow_move")}
    return Selection(**{**selected, **allowed})


def _opened(
    flags: Flags,
    config: Config,
    environment: Environment,
    selection: Selection,
    *,
    reach: Callable[[Environment], tuple[Environment, Aws]],
) -> Opened:
    from reconciler.cli.progress import work_of
    from reconciler.cli.telling import LoggedPort
    from reconciler.reconcile import Options

    log = log_of(flags)
    log.detail(f"using {config.path}, environment {environment.name}")
    environment, aws = _sandboxed(environment, log) if environment.sandbox else reach(environment)
    work = work_of(flags, log)
    options = Options(
        environment,
        LoggedPort(aws, log),
        selection,
        environ=os.environ,
        known_environments=tuple(config.environments),
        today=read_clock().date(),
        tell=work.tell,
        clock=read_clock,
    )
    return Opened(options, work)


def _real(environment: Environment) -> tuple[Environment, Aws]:
    """Opens a real account. It asks whose credentials these are before it reads anything else."""
    from reconciler.aws.client import confirm_account

    confirm_account(environment)
    return _unconfirmed(environment)


def _unconfirmed(environment: Environment) -> tuple[Environment, Aws]:
    from reconciler.aws.client import connect

    return environment, connect(environment)


def _sandboxed(environment: Environment, log: Log) -> tuple[Environment, Aws]:
    from reconciler.aws.client import connect
    from reconciler.sandbox.background import SandboxFailed, attach

    if find_spec("moto") is None:
        raise sandbox_missing(environment.root)
    try:
        sandbox = attach(environment.root / STATE)
        if sandbox.is_new:
            announce(log, sandbox)
        _raise_quotas(sandbox, environment.quotas)
    except SandboxFailed as error:
        raise SandboxError(str(error)) from error
    log.detail(f"the sandbox is at {sandbox.endpoint}")
    region, account = sandbox.instance.split(":")[3:5]
    placed = replace(environment, instance=sandbox.instance, account=account, region=region)
    return placed, connect(placed, endpoint=sandbox.endpoint)


def announce(log: Log, sandbox: Sandbox, idle: float | None = None) -> None:
    """Prints one line about the server that this command has started and leaves running."""
    from reconciler.sandbox.background import IDLE

    minutes = IDLE if idle is None else idle
    until = f"until it has had no request for {_duration(minutes)}" if minutes else "until you stop it"
    begins = "It has the data that was kept." if sandbox.is_resumed else "It is new and empty."
    log.note(
        f"sandbox: started a local AWS at {sandbox.endpoint} (pid {sandbox.pid}). {begins} It runs in the "
        f"background {until}; stop it with: reconcile sandbox --stop",
        endpoint=sandbox.endpoint,
        pid=sandbox.pid,
    )


def _duration(minutes: float) -> str:
    if minutes % 60 == 0:
        return counted(int(minutes // 60), "hour")
    return "1 minute" if minutes == 1 else f"{minutes:g} minutes"


def _raise_quotas(sandbox: Sandbox, quotas: Quotas) -> None:
    """Sets the sandbox's quotas to those of reconcile.yaml."""
    from reconciler.kinds.registry import KINDS
    from reconciler.sandbox.background import order

    known = [quota for kind in KINDS.values() for quota in kind.quotas if quota.sandbox]
    if not sandbox.token and all(quotas.of(quota) == quota.default for quota in known):
        # A sandbox of an older release refuses. It has these quotas anyway.
        return
    order(sandbox, "quotas", {quota.sandbox: quotas.of(quota) for quota in known})
