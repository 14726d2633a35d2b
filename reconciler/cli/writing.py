"""One run that may write: the plan is shown, the yes is asked for, the outcome is told, whatever happens between."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import planning, screen
from reconciler.cli.choices import Flags
from reconciler.cli.logs import Level
from reconciler.cli.opening import Opened
from reconciler.cli.signals import finishing
from reconciler.errors import ReconcileError, RefusedError, StalePlanError

if TYPE_CHECKING:
    from reconciler.apply.run import Stop
    from reconciler.model import Outcome, Plan
    from reconciler.reconcile import Options, Preview


@dataclass(frozen=True)
class Asked:
    """What somebody wants done. `outcome_file`: where the outcome is written besides its usual place."""

    flags: Flags
    opened: Opened
    ask: Callable[[Plan], bool]
    outcome_file: Path | None = None


def tell_applied(outcome: Outcome) -> None:
    from reconciler.report import outcome_text

    screen.report(outcome_text(outcome, colour=screen.has_colour(sys.stdout)))


def carry_out(asked: Asked, act: Callable[[Options], Outcome], tell: Callable[[Outcome], None] = tell_applied) -> int:
    """The exit code. A dry run ends once the plan is shown."""
    from reconciler.apply.run import Stop
    from reconciler.reconcile import write_outcome

    options = asked.opened.options
    _recover(asked)
    if asked.outcome_file:
        asked.outcome_file.parent.mkdir(parents=True, exist_ok=True)
    run = _Run(asked, Stop())
    outcome = run.carried_out(options, act)
    if not run.refusal:
        tell(outcome)
    if asked.outcome_file:
        write_outcome(asked.outcome_file, outcome)
    if run.refusal:
        raise run.refusal
    return outcome.exit_code


class _Run:
    """`refusal`: why nothing was written, where the plan was made and not to be applied."""

    def __init__(self, asked: Asked, stop: Stop) -> None:
        self._asked, self._work, self._stop = asked, asked.opened.work, stop
        self._begin_writing: Callable[[], None] = lambda: None
        self._plan: Plan | None = None
        self.refusal: ReconcileError | None = None

    def carried_out(self, options: Options, act: Callable[[Options], Outcome]) -> Outcome:
        started = datetime.now(UTC)
        with finishing(self._stop, partial(self._work.log.line, Level.NOTE, "signal")) as begin_writing:
            self._begin_writing = begin_writing
            options = replace(options, show=self._show, confirm=self._confirm, stop=self._stop)
            self._work.begin("reading")
            try:
                return act(options)
            except (RefusedError, StalePlanError) as wrong:
                if not self._plan:
                    raise
                self.refusal = wrong
                return _unwritten(self._plan, wrong, started)
            finally:
                self._work.end()

    def _show(self, seen: Preview) -> None:
        self._work.end()
        self._plan = seen.plan
        planning.check_targets(self._asked.opened.options.selection.target, seen)
        planning.show(seen.plan)
        if self._asked.flags.dry_run:
            raise click.exceptions.Exit(0)

    def _confirm(self, plan: Plan) -> bool:
        from reconciler.estimate import Forecast

        if not self._asked.ask(plan):
            return False
        self._begin_writing()
        forecast = Forecast(plan.changes, self._asked.opened.options.environment.rates)
        self._work.begin("applying", plan.estimate.calls, forecast)
        return True


def _unwritten(plan: Plan, wrong: ReconcileError, started: datetime) -> Outcome:
    from reconciler.model import Outcome

    status = "stale" if isinstance(wrong, StalePlanError) else "refused"
    return Outcome(plan, status, wrong.exit_code, started, datetime.now(UTC), message=str(wrong))


def _recover(asked: Asked) -> None:
    """Runs that were killed have their outcome told before another one begins."""
    from reconciler.reconcile import recover

    if not asked.flags.dry_run:
        for path in recover(asked.opened.options.environment.root):
            asked.opened.work.log.note(f"an earlier run was killed; what it had done is in {path}")
