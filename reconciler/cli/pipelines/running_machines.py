"""Carries out `pipelines run` for pipelines of type connectwise: one execution of the state machine."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from reconciler.cli import approval, opening, screen
from reconciler.cli.choices import Flags
from reconciler.cli.failing import FAILED
from reconciler.cli.pipelines.run_report import execution_json, execution_text
from reconciler.messages import command

if TYPE_CHECKING:
    from reconciler.cli.opening import Opened
    from reconciler.pipelines.connectwise_run import RunReport
    from reconciler.pipelines.declared import DeclaredPipeline
    from reconciler.pipelines.requests import RunRequest, RunStep

PARTIAL = 5
SUFFIX = 8  # hex digits that make the names of two executions of one second differ
PAUSES = (0.2, 2.0)  # seconds between two looks at an execution: in a sandbox, and at AWS


def run_connectwise(
    flags: Flags, opened: Opened, pipeline: DeclaredPipeline, request: RunRequest, *, is_waiting: bool, form: str
) -> int:
    """Returns the exit code."""
    from reconciler.pipelines import connectwise_run as runs
    from reconciler.pipelines import executions
    from reconciler.pipelines.connectwise import read_tenants, stores_of

    aws, environment = opened.options.aws, opened.options.environment
    with opened.work.during("reading"):
        stores = stores_of(aws, pipeline)
        step = runs.step_of(request, read_tenants(aws, stores.tenants))
    (machine,) = pipeline.names("StateMachine")
    if flags.dry_run:
        screen.report(f"would start {machine}: {json.dumps(step.event)}")
        return 0
    if not _agrees(flags, step, machine, environment.name):
        return FAILED
    name = runs.execution_name(opening.read_clock_of(environment), uuid4().hex[:SUFFIX])
    arn = executions.start(aws, executions.machine_arn(environment.scope, machine), name, step.event)
    report: RunReport | None = None
    if is_waiting:
        pause = PAUSES[0] if environment.sandbox else PAUSES[1]
        with opened.work.during("running"):
            ended = executions.wait(aws, arn, lambda: time.sleep(pause))
        report = runs.report_of(aws, stores.bucket, ended)
    if form == "json":
        screen.say(execution_json(environment, pipeline, step.event, arn, report))
    else:
        ask = command("pipelines", "status", pipeline.name, environment=environment.name, folder=flags.folder)
        screen.report(execution_text(name, step.event, report, ask))
    return _exit_code(report)


def _agrees(flags: Flags, step: RunStep, machine: str, environment: str) -> bool:
    if not step.about:
        return True
    approval.must_be_possible(flags.auto_approve, "give --auto-approve to run it without asking, or --dry-run")
    question = f"This run of {machine} ({environment}) {step.about}:\n  {json.dumps(step.event)}\n"
    return approval.agrees(flags, question)


def _exit_code(report: RunReport | None) -> int:
    """Returns 5 if some pair failed, and 1 if the run itself stopped."""
    from reconciler.pipelines.requests import RunEnding

    codes = {RunEnding.PARTIAL: PARTIAL, RunEnding.FAILED: FAILED}
    return codes.get(report.ending, 0) if report else 0
