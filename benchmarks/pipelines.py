"""Measures the plan of deployed pipelines: its calls, its time against the rates, and its CPU beyond the reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.cpu import cpu_of
from benchmarks.served import Served, served
from reconciler.desired import read_desired
from reconciler.desired.code import _tree_of_package
from reconciler.directory import World
from reconciler.kinds.services import operation_rates, service_rates
from reconciler.live import read
from reconciler.model import Desired
from reconciler.pacing import Rates
from reconciler.plan import Selection, make_plan
from reconciler.reconcile import Preview

RUNS, MANY = 5, 20
ASSISTANT = {"kind": "QAssistant", "metadata": {"name": "desk"}, "spec": {}}
SESSION_DATA = {"type": "session_data", "environment": {"AI_ASSISTANT_ID": "${QAssistant/desk.id}"}}
SCHEDULES = {"every-two-hours": {"expression": "cron(40 */2 * * ? *)", "timeZone": "America/New_York"}}


def figures(folder: Path) -> Iterator[str]:
    with served(folder) as started:
        sandbox = replace(started, environment=replace(started.environment, manifests="manifests"))
        _declare(sandbox, 3)
        _apply(sandbox)
        yield from _time(sandbox)
        _declare(sandbox, MANY)
        yield f"the first plan of {MANY} pipelines: {_cpu(sandbox, is_empty=False)}"
        _apply(sandbox)
        yield f"{MANY} deployed pipelines: {_cpu(sandbox, is_empty=True)}"


def _declare(sandbox: Served, count: int) -> None:
    base = sandbox.environment.root / "manifests" / "base"
    base.mkdir(parents=True, exist_ok=True)
    documents = [ASSISTANT, *(_pipeline(number) for number in range(count))]
    for number, document in enumerate(documents):
        (base / f"{number}.yaml").write_text(json.dumps(document, indent=1), encoding="utf-8")


def _pipeline(number: int) -> dict[str, Any]:
    specs: tuple[Mapping[str, Any], ...] = (
        SESSION_DATA,
        {
            "type": "contact_calls",
            "schedules": SCHEDULES,
            "bucket": {"name": f"example-calls-{number}"},
            "warehouse": {"secret": f"contact-calls/redshift-{number}"},
        },
        {"type": "agent_import", "bucket": {"name": f"example-agents-{number}"}},
    )
    return {"kind": "Pipeline", "metadata": {"name": f"p{number}"}, "spec": specs[number % len(specs)]}


def _apply(sandbox: Served) -> None:
    desired = read_desired(sandbox.environment, {})
    sandbox.run(sandbox.aws(Rates(default=None)), *desired.manifests.values())


def _time(sandbox: Served) -> Iterator[str]:
    """Yields the calls and the time of plans under AWS's rates. The bound is the time of the slowest bucket."""
    rates = Rates(services=service_rates(), operations=operation_rates())
    desired, ratios, counts = read_desired(sandbox.environment, {}), list[float](), dict[str, int]()
    for _ in range(RUNS):
        # Its buckets are full.
        aws = sandbox.aws(rates)
        started = perf_counter()
        if sandbox.preview(aws, desired.manifests).plan.changes:
            raise SystemExit("the plan should be empty")
        seconds, counts = perf_counter() - started, dict(aws.counts())
        waits = {name: _wait(rates, name, count) for name, count in counts.items()}
        slowest = max(waits, key=lambda name: waits[name])
        ratios.append(seconds / waits[slowest])
    yield f"a plan of {len(desired.manifests)} resources in 3 pipelines: {sum(counts.values())} calls (goal 120)"
    bound = f"{waits[slowest]:.1f} s, of {slowest}"
    spread = f"median of {RUNS}, {min(ratios):.2f}–{max(ratios):.2f}"
    yield f"its time: {median(ratios):.2f} × the bound of {bound} ({spread}; goal 1.1)"


def _wait(rates: Rates, name: str, count: int) -> float:
    rate = rates.of(name)
    return max(0.0, count - rate.burst) / rate.per_second if rate else 0.0


def _cpu(sandbox: Served, *, is_empty: bool) -> str:
    aws = sandbox.aws(Rates(default=None))
    expanding, planning = list[float](), list[float]()
    for _ in range(RUNS):
        # A command computes each package's tree once.
        _tree_of_package.cache_clear()
        held: list[Desired] = []
        expanding.append(cpu_of(partial(_expand, sandbox, held)))
        world = read(aws, sandbox.environment.scope, held[0].manifests)
        planning.append(cpu_of(partial(_plan, sandbox, held[0], world, is_empty)))
    total = [one + other for one, other in zip(expanding, planning, strict=True)]
    parts = f"expanding {median(expanding):.2f}, planning {median(planning):.2f}"
    return f"{median(total):.2f} s of CPU beyond the reads ({parts}; goal 1)"


def _expand(sandbox: Served, held: list[Desired]) -> None:
    held.append(read_desired(sandbox.environment, {}))


def _plan(sandbox: Served, desired: Desired, world: World, is_empty: bool) -> None:
    planned = Preview(make_plan(sandbox.environment, desired, world, Selection()), desired, world)
    if bool(planned.plan.changes) is is_empty:
        raise SystemExit("the plan is not as it should be")
