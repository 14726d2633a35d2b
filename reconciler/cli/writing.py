"""One run that may write: the plan is shown, the yes is asked for, the outcome is told, whatever happens between."""

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
from reconciler.cli.failing import FAILED, tell_failure
from reconciler.cli.logs import Level, log_of
from reconciler.cli.opening import Opened
from reconciler.cli.signals import finishing
from reconciler.commands import command
from reconciler.errors import StalePlanError

if TYPE_CHECKING:
    from reconciler.apply.run import Stop
    from reconciler.model import Outcome, Plan
    from reconciler.reconcile import Options, Preview

UNWRITTEN = ("refused", "stale", "declined", "unchanged")  # runs whose outcome holds nothing beyond the report
REFUSALS = ("refused", "stale")  # the plan has been shown, and why it is not applied is an error
LESSER = (0, 2, 3)  # exit codes that an error comes before


@dataclass(frozen=True)
class Asked:
    """What somebody wants done. `outcome_file`: where the outcome is written besides its usual place."""

    flags: Flags
    opened: Opened
    ask: Callable[[Plan], bool]
    outcome_file: Path | None = None
    show: Callable[[Plan], None] = planning.show


def tell_applied(outcome: Outcome, *, full: bool = False) -> None:
    from reconciler.report import outcome_text

    screen.report(outcome_text(outcome, colour=screen.has_colour(sys.stdout), full=full))


def carry_out(asked: Asked, act: Callable[[Options], Outcome], tell: Callable[[Outcome], None] = tell_applied) -> int:
    """The exit code. A dry run ends once the plan is shown."""
    from reconciler.apply.run import Stop
    from reconciler.reconcile import must_be_writable

    log = asked.opened.work.log
    if not asked.flags.dry_run:
        recover_killed(asked.flags, asked.opened.options.environment.root)
    if asked.outcome_file:
        must_be_writable(asked.outcome_file)
    outcome, lost = _ended(_Run(asked, Stop()), act)
    if outcome.status in REFUSALS:
        if outcome.status == "stale":
            tell_difference(asked.opened.options, outcome.plan)
        tell_failure(log, outcome.message)
    else:
        lost += _untold(tell, outcome)
    if not lost:
        _tell_way_back(asked, outcome)
    lost += _also_written(asked.outcome_file, outcome)
    for each in lost:
        tell_failure(log, each)
    # What went wrong after the run is told, and never hides how the run itself went wrong.
    return FAILED if lost and outcome.exit_code in LESSER else outcome.exit_code


def _ended(run: _Run, act: Callable[[Options], Outcome]) -> tuple[Outcome, list[str]]:
    """The outcome, and why it is not on disk."""
    from reconciler.reconcile import UnkeptError

    try:
        return run.carried_out(act), []
    except UnkeptError as wrong:
        return wrong.outcome, [str(wrong)]


def _untold(tell: Callable[[Outcome], None], outcome: Outcome) -> list[str]:
    """Why what has been done could not be told; it is on disk."""
    try:
        tell(outcome)
    except screen.UnwritableError as wrong:
        return [str(wrong)]
    return []


def _also_written(path: Path | None, outcome: Outcome) -> list[str]:
    from reconciler.reconcile import write_outcome

    if path:
        try:
            write_outcome(path, outcome)
        except OSError as wrong:
            return [f"--outcome {path} cannot be written: {wrong.strerror or wrong}"]
    return []


def _tell_way_back(asked: Asked, outcome: Outcome) -> None:
    """Names the outcome's file, and the command that takes the run back if it has written."""
    from reconciler.reconcile import outcome_file

    if outcome.status in UNWRITTEN:
        return
    options, log = asked.opened.options, asked.opened.work.log
    path = screen.path_from_here(outcome_file(options, outcome.plan, outcome.started_at))
    log.note(f"outcome: {path}", path=path)
    if outcome.totals.done:
        log.note(f"undo it with: {undo_command(asked.flags, options.environment.name, path)}")


def undo_command(flags: Flags, environment: str, path: str) -> str:
    return command("undo", path, environment=environment, folder=flags.folder)


class _Run:
    def __init__(self, asked: Asked, stop: Stop) -> None:
        self._asked, self._work, self._stop = asked, asked.opened.work, stop
        self._begin_writing: Callable[[], None] = lambda: None

    def carried_out(self, act: Callable[[Options], Outcome]) -> Outcome:
        with finishing(self._stop, partial(self._work.log.line, Level.NOTE, "signal")) as begin_writing:
            self._begin_writing = begin_writing
            options = replace(self._asked.opened.options, show=self._show, confirm=self._confirm, stop=self._stop)
            self._work.begin("reading")
            try:
                return act(options)
            finally:
                self._work.end()

    def _show(self, seen: Preview) -> None:
        self._work.end()
        typos.check_selection(self._asked.opened.options.selection, seen, self._work.log)
        self._asked.show(seen.plan)
        if self._asked.flags.dry_run:
            try:
                must_match(self._asked.opened.options, seen.plan)
            except StalePlanError:
                tell_difference(self._asked.opened.options, seen.plan)
                raise
            raise click.exceptions.Exit(0)

    def _confirm(self, plan: Plan) -> bool:
        from reconciler.estimate import Forecast

        if not self._asked.ask(plan):
            return False
        self._begin_writing()
        forecast = Forecast(plan.changes, self._asked.opened.options.environment.rates)
        self._work.begin("applying", plan.estimate.calls, forecast)
        return True


def must_match(options: Options, plan: Plan) -> None:
    """Raises `StalePlanError` where a run would not do all that was reviewed, and nothing else."""
    from reconciler.reconcile import check

    if conflicts := check(options, plan):
        was = "item was" if len(conflicts) == 1 else "items were"
        raise StalePlanError(
            f"{len(conflicts)} {was} changed by somebody else since the review; apply would leave them alone; "
            "plan and review again"
        )


def tell_difference(options: Options, plan: Plan) -> None:
    """What the plan made now has that the reviewed one has not, and the other way round."""
    from reconciler.report import compare_plans, comparison_text, plan_json

    if options.reviewed:
        screen.report(comparison_text(compare_plans(options.reviewed, plan_json(plan))))


def recover_killed(flags: Flags, root: Path) -> None:
    """Writes the outcomes of runs that were killed, before another one begins."""
    from reconciler.reconcile import past_run, recover

    for path in recover(root):
        text = f"an earlier run was killed; what it had done is in {path}"
        if (run := past_run(path)) and run.has_written:
            text += f"; undo it with: {undo_command(flags, run.environment, screen.path_from_here(path))}"
        log_of(flags).note(text)
