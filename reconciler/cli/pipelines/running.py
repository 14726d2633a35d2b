"""Carries out one `pipelines run`: asks before it changes more than a schedule would, and prints the result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.cli import approval, opening, screen
from reconciler.cli.choices import Flags
from reconciler.cli.failing import FAILED
from reconciler.cli.pipelines.run_report import run_json, run_text
from reconciler.cli.pipelines.running_machines import run_connectwise
from reconciler.cli.pipelines.selecting import selected
from reconciler.errors import UsageError
from reconciler.messages import command

if TYPE_CHECKING:
    from reconciler.cli.opening import Opened
    from reconciler.pipelines.declared import DeclaredPipeline
    from reconciler.pipelines.requests import RunRequest, RunResult, RunStep

PARTIAL, REFUSED = 5, 3
WHY_NOT = {
    "session_data": "contact flows call it; there is nothing to run by hand",
    "agent_import": "an upload of a file runs it; put the file into the folder uploads/ of its bucket",
}


def run_pipeline(flags: Flags, name: str, request: RunRequest, *, is_waiting: bool, form: str) -> int:
    """Returns the exit code."""
    opened = opening.for_writing(flags)
    (pipeline,) = selected(opened.options, name)
    if pipeline.type == "contact_calls":
        return _run_contact_calls(flags, opened, pipeline, request, is_waiting=is_waiting, form=form)
    if pipeline.type == "connectwise":
        return run_connectwise(flags, opened, pipeline, request, is_waiting=is_waiting, form=form)
    reason = WHY_NOT.get(pipeline.type, "this type cannot be run by hand")
    raise UsageError(f"{pipeline.address} is of type {pipeline.type}: {reason}")


def _run_contact_calls(
    flags: Flags, opened: Opened, pipeline: DeclaredPipeline, request: RunRequest, *, is_waiting: bool, form: str
) -> int:
    from reconciler.pipelines import contact_calls_run as runs
    from reconciler.pipelines.contact_calls import PACKAGE, settings_of
    from reconciler.pipelines.invoking import hand_over

    aws, environment = opened.options.aws, opened.options.environment
    function, now = pipeline.function(PACKAGE), opening.read_clock_of(environment)
    with opened.work.during("reading"):
        settings = settings_of(aws, function)
        steps = runs.steps_of(request, settings, now)
        if request.mode == "missing":
            steps = runs.replay_steps(aws, function, steps[0], settings, now)
    if not steps:
        screen.say("no window is missing")
        return 0
    if flags.dry_run:
        for step in steps:
            screen.report(f"would send to {function}: {json.dumps(step.event)}")
        return 0
    if not _agrees(flags, steps, function, environment.name):
        return FAILED
    results: list[RunResult] = []
    for step in steps:
        if not is_waiting and not step.reads:
            hand_over(aws, function, step.event)
            continue
        with opened.work.during("running"):
            results += runs.carried_out(aws, function, step)
    if form == "json":
        screen.say(run_json(environment, pipeline, steps, results))
    else:
        ask = command("pipelines", "status", pipeline.name, environment=environment.name, folder=flags.folder)
        screen.report(run_text(function, steps, results, ask))
    return _exit_code(results)


def _agrees(flags: Flags, steps: Sequence[RunStep], function: str, environment: str) -> bool:
    """Asks about each kind of change that no schedule makes. Raises `UsageError` if there is no terminal to ask at."""
    asking = [step for step in steps if step.about]
    if not asking:
        return True
    approval.must_be_possible(flags.auto_approve, "give --auto-approve to run it without asking, or --dry-run")
    events = "".join(f"  {json.dumps(step.event)}\n" for step in asking)
    question = f"This run of {function} ({environment}) {asking[0].about}:\n{events}"
    return approval.agrees(flags, question)


def _exit_code(results: Sequence[RunResult]) -> int:
    from reconciler.pipelines.requests import RunEnding

    # A step that goes on ends as its last answer does; a paused pipeline refuses every one.
    endings = [result.ending for result in results]
    if RunEnding.REFUSED in endings:
        return REFUSED
    return PARTIAL if endings and endings[-1] is RunEnding.PARTIAL else 0
