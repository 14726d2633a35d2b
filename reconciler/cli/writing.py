"""Carries out one run that may write: it shows the plan, asks for confirmation, and reports the outcome."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import planning, screen, typos
from reconciler.cli.choices import Flags
from reconciler.cli.failing import FAILED, log_failure
from reconciler.cli.logs import LogLevel, log_of
from reconciler.cli.opening import Opened
from reconciler.errors import StalePlanError
from reconciler.messages import command
from reconciler.signals import finishing

if TYPE_CHECKING:
    from reconciler.apply.run import Stop
    from reconciler.model import Outcome, Plan
    from reconciler.reconcile import Options, Preview

UNWRITTEN = ("refused", "stale", "declined", "unchanged")  # runs that wrote nothing.
REFUSALS = ("refused", "stale")  # the plan has been shown; the reason is an error.
LESSER = (0, 2, 3)  # exit codes that a later error replaces


@dataclass(frozen=True)
class WriteRequest:
    """A requested run. `outcome_file` is an additional place for the outcome."""

    flags: Flags
    opened: Opened
    ask: Callable[[Plan], bool]
    outcome_file: Path | None = None
    show: Callable[[Plan], None] = planning.show


def report_applied(outcome: Outcome, *, full: bool = False) -> None:
    from reconciler.report import outcome_text

    screen.report(outcome_text(outcome, colour=screen.has_colour(sys.stdout), full=full))


def carry_out(
    request: WriteRequest, act: Callable[[Options], Outcome], tell: Callable[[Outcome], None] = report_applied
) -> int:
    """Returns the exit code. A dry run ends after the plan."""
    from reconciler.apply.run import Stop
    from reconciler.reconcile import check_outcome_file

    log = request.opened.work.log
    if not request.flags.dry_run:
        recover_killed(request.flags, request.opened.options.environment.root)
    if request.outcome_file:
        check_outcome_file(request.outcome_file)
    outcome, lost = _ended(_Run(request, Stop()), act)
    if outcome.status in REFUSALS:
        if outcome.status == "stale":
            report_difference(request.opened.options, outcome.plan)
        log_failure(log, outcome.message)
    else:
        lost += _report_errors(tell, outcome)
    if not lost:
        _print_way_back(request, outcome)
    lost += _also_written(request.outcome_file, outcome)
    for problem in lost:
        log_failure(log, problem)
    # Errors after the run are logged, and never hide an error of the run itself.
    return FAILED if lost and outcome.exit_code in LESSER else outcome.exit_code


def _ended(run: _Run, act: Callable[[Options], Outcome]) -> tuple[Outcome, list[str]]:
    """Returns the outcome, and why it could not be written to disk."""
    from reconciler.reconcile import UnkeptError

    try:
        return run.carried_out(act), []
    except UnkeptError as error:
        return error.outcome, [str(error)]


def _report_errors(tell: Callable[[Outcome], None], outcome: Outcome) -> list[str]:
    """Returns why the report could not be printed. The outcome is on disk."""
    try:
        tell(outcome)
    except screen.UnwritableError as error:
        return [str(error)]
    return []


def _also_written(path: Path | None, outcome: Outcome) -> list[str]:
    from reconciler.reconcile import write_outcome

    if path:
        try:
            write_outcome(path, outcome)
        except OSError as error:
            return [f"--outcome {path} cannot be written: {error.strerror or error}"]
    return []


def _print_way_back(request: WriteRequest, outcome: Outcome) -> None:
    """Prints the outcome's path. If the run has written, it also prints the command that reverts it."""
    from reconciler.reconcile import outcome_file

    if outcome.status in UNWRITTEN:
        return
    options, log = request.opened.options, request.opened.work.log
    path = screen.path_from_here(outcome_file(options, outcome.plan, outcome.started_at))
    log.note(f"outcome: {path}", path=path)
    if outcome.totals.done:
        log.note(f"undo it with: {undo_command(request.flags, options.environment.name, path)}")


def undo_command(flags: Flags, environment: str, path: str) -> str:
    return command("undo", path, environment=environment, folder=flags.folder)


class _Run:
    def __init__(self, request: WriteRequest, stop: Stop) -> None:
        self._asked, self._work, self._stop = request, request.opened.work, stop
        self._begin_writing: Callable[[], None] = lambda: None

    def carried_out(self, act: Callable[[Options], Outcome]) -> Outcome:
        with finishing(self._stop, partial(self._work.log.line, LogLevel.NOTE, "signal")) as begin_writing:
            self._begin_writing = begin_writing
            options = replace(self._asked.opened.options, show=self._show, confirm=self._confirm, stop=self._stop)
            self._work.begin("reading")
            try:
                return act(options)
            finally:
                self._work.end()

    def _show(self, planned: Preview) -> None:
        self._work.end()
        typos.check_selection(self._asked.opened.options.selection, planned, self._work.log)
        self._asked.show(planned.plan)
        if self._asked.flags.dry_run:
            try:
                must_match(self._asked.opened.options, planned.plan)
            except StalePlanError:
                report_difference(self._asked.opened.options, planned.plan)
                raise
            raise click.exceptions.Exit(0)

    def _confirm(self, plan: Plan) -> bool:
        from reconciler.steps.estimate import Forecast

        if not self._asked.ask(plan):
            return False
        self._begin_writing()
        forecast = Forecast(plan.changes, self._asked.opened.options.environment.rates)
        self._work.begin("applying", plan.estimate.calls, forecast)
        return True


def must_match(options: Options, plan: Plan) -> None:
    """Raises `StalePlanError` if a run would not apply exactly the reviewed changes."""
    from reconciler.reconcile import check

    if conflicts := check(options, plan):
        was = "item was" if len(conflicts) == 1 else "items were"
        raise StalePlanError(
            f"{len(conflicts)} {was} changed by another writer since the review, and apply would skip them; "
            "plan and review again"
        )


def report_difference(options: Options, plan: Plan) -> None:
    """Prints how the current plan differs from the reviewed one."""
    from reconciler.report import compare_plans, comparison_text, plan_json

    if options.reviewed:
        screen.report(comparison_text(compare_plans(options.reviewed, plan_json(plan))))


def recover_killed(flags: Flags, root: Path) -> None:
    """Writes the outcomes of runs that were killed, before a new run starts."""
    from reconciler.reconcile import past_run, recover

    for path in recover(root):
        text = f"an earlier run was killed; its outcome is {path}"
        if (run := past_run(path)) and run.has_written:
            text += f"; undo it with: {undo_command(flags, run.environment, screen.path_from_here(path))}"
        log_of(flags).note(text)
