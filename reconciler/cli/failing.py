"""Errors → one clear line and an exit code; never a traceback for anything that was foreseen."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import click

from reconciler.cli.choices import Flags
from reconciler.cli.grouping import grouped, singly
from reconciler.cli.logs import Log, log_of
from reconciler.errors import ManifestError, ReconcileError
from reconciler.plurals import counted

FAILED = 1


def guarded(flags: Flags, call: Callable[[], Any]) -> Any:
    """What the call returns, or the exit code of what went wrong."""
    try:
        return call()
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except ManifestError as wrong:
        log = log_of(flags)
        for group in (singly if flags.log_format == "json" else grouped)(wrong.mistakes):
            log.error(str(group), **group.source._asdict())
        log.error(f"{counted(len(wrong.mistakes), 'mistake')}; nothing was written")
        return wrong.exit_code
    except ReconcileError as wrong:
        tell_failure(log_of(flags), str(wrong))
        return wrong.exit_code
    except OSError as wrong:
        told = wrong.strerror or str(wrong) or type(wrong).__name__
        log_of(flags).error(f"error: {told}{f': {wrong.filename}' if wrong.filename else ''}")
        return FAILED
    except Exception as wrong:
        return _unforeseen(flags, wrong)


def tell_failure(log: Log, message: str) -> None:
    """Each line of it stands for itself, in a log too."""
    for line in message.splitlines():
        log.error(f"error: {line}")


def _unforeseen(flags: Flags, wrong: Exception) -> int:
    log = log_of(flags)
    told = " ".join(f"{type(wrong).__name__}: {wrong}".split())
    if flags.verbosity > 1:
        log.error("".join(traceback.format_exception(wrong)).rstrip())
        log.error(f"error: {told}; this is a bug")
    else:
        log.error(f"error: {told}; this is a bug; run with -v for the traceback")
    return FAILED
