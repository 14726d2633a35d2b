"""Writes the results of runs, as text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from reconciler.report.lines import aligned, printed
from reconciler.report.visible import escaped, literal

if TYPE_CHECKING:
    from reconciler.model.environment import Environment
    from reconciler.pipelines.connectwise_run import RunReport
    from reconciler.pipelines.declared import DeclaredPipeline
    from reconciler.pipelines.requests import RunResult, RunStep

FORMAT_VERSION = "1.0"


def run_text(function: str, steps: Sequence[RunStep], results: Sequence[RunResult], ask: str) -> str:
    """Returns the answers, or the events that AWS runs in the background. `ask` is the command that shows the end."""
    lines: list[str] = []
    for result in results:
        lines += [f"{function}: {literal(result.event)}", *_answer(result.answer), ""]
    sent = [step for step in steps if not step.reads] if not results else []
    lines += [f"sent to {function}: {literal(step.event)}" for step in sent]
    if sent:
        lines.append(f"AWS runs it in the background; see its end with: {ask}")
    return printed(lines[:-1] if lines and not lines[-1] else lines)


def _answer(answer: Mapping[str, Any]) -> Iterator[str]:
    rows = [(escaped(str(key)), _value(value)) for key, value in answer.items()]
    yield from (f"    {line}" for line in aligned(rows) if rows)


def _value(value: Any) -> str:
    return escaped(value) if isinstance(value, str) else literal(value)


def execution_text(name: str, event: Mapping[str, Any], report: RunReport | None, ask: str) -> str:
    """Returns how an execution ended, or that it runs. `ask` is the command that shows the end."""
    if report is None:
        return printed([f"started {name}: {literal(event)}", f"it runs at AWS; see its end with: {ask}"])
    execution = report.execution
    why = f" ({execution.error}: {execution.cause})" if execution.error else ""
    lines = [f"{name}: {report.ending.value}{escaped(why)}"]
    if report.run:
        lines.append(f"    run    {escaped(report.run)}")
    if report.totals:
        counts = ", ".join(f"{count} {escaped(word)}" for word, count in report.totals.items())
        lines.append(f"    pairs  {counts}")
    lines += [f"    ✗ failed {escaped(f'{pair.tenant} {pair.table}: {pair.error}')}" for pair in report.failed]
    return printed(lines)


def execution_json(
    environment: Environment,
    pipeline: DeclaredPipeline,
    event: Mapping[str, Any],
    arn: str,
    report: RunReport | None,
) -> str:
    """Returns the execution. `report` is `None` if it runs in the background."""
    execution: dict[str, Any] = {"arn": arn, "status": "RUNNING"}
    if report:
        ended = report.execution
        execution = {"arn": arn, "status": ended.status, "error": ended.error, "cause": ended.cause}
    document: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "stack": environment.stack,
        "environment": environment.name,
        "pipeline": pipeline.name,
        "event": event,
        "execution": execution,
    }
    if report:
        failed: list[dict[str, Any]] = [asdict(pair) for pair in report.failed]
        document = {**document, "run": report.run, "pairs": report.totals, "failed": failed}
    return escaped(json.dumps(document, ensure_ascii=False)) + "\n"


def run_json(
    environment: Environment, pipeline: DeclaredPipeline, steps: Sequence[RunStep], results: Sequence[RunResult]
) -> str:
    """Returns the results. An event in the background has the answer null."""
    runs: list[dict[str, Any]] = [{"event": result.event, "answer": result.answer} for result in results]
    if not results:
        runs = [{"event": step.event, "answer": None} for step in steps]
    document = {
        "format_version": FORMAT_VERSION,
        "stack": environment.stack,
        "environment": environment.name,
        "pipeline": pipeline.name,
        "runs": runs,
    }
    return escaped(json.dumps(document, ensure_ascii=False)) + "\n"
