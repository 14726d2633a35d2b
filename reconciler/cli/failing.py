"""Turns errors into one clear line and an exit code. An expected error never shows a traceback."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import click

from reconciler.cli.choices import Flags
from reconciler.cli.grouping import grouped, singly
from reconciler.cli.logs import Log, log_of
from reconciler.errors import ManifestError, ReconcileError
from reconciler.messages import counted

FAILED = 1


def guarded(flags: Flags, call: Callable[[], Any]) -> Any:
    """Returns the call's result, or the exit code of the error that it raised."""
    try:
        return call()
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except ManifestError as error:
        log = log_of(flags)
        for group in (singly if flags.log_format == "json" else grouped)(error.mistakes):
            log.error(str(group), **group.source._asdict())
        log.error(f"{counted(len(error.mistakes), 'mistake')}; nothing was written")
        return error.exit_code
    except ReconcileError as error:
        log_failure(log_of(flags), str(error))
        return error.exit_code
    except OSError as error:
        message = error.strerror or str(error) or type(error).__name__
        log_of(flags).error(f"error: {message}{f': {error.filename}' if error.filename else ''}")
        return FAILED
    except Exception as error:
        return _unforeseen(flags, error)


def log_failure(log: Log, message: str) -> None:
    """Logs each line of the message as a line of its own."""
    for line in message.splitlines():
        log.error(f"error: {line}")


def _unforeseen(flags: Flags, error: Exception) -> int:
    log = log_of(flags)
    message = " ".join(f"{type(error).__name__}: {error}".split())
    if flags.verbosity > 1:
        log.error("".join(traceback.format_exception(error)).rstrip())
        log.error(f"error: {message}; this is a bug")
    else:
        log.error(f"error: {message}; this is a bug; run with -v for the traceback")
    return FAILED
