"""Measures an instance's resources: the speed of creates, the calls of a change, and the CPU of planning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from botocore import xform_name

from benchmarks.cpu import cpu_of
from benchmarks.mixed import ROOM, hours, mixed, queue
from benchmarks.served import Served, served
from reconciler.aws.client import Aws
from reconciler.model import Manifest
from reconciler.model.environment import Environment
from reconciler.pacing import Rate, Rates
from reconciler.port import Answer, Params

RATE, COUNT, LATENCY = Rate(20.0, 5), 200, 50  # milliseconds
PAIRS = 5


def figures(folder: Path, count: int = COUNT, pairs: int = PAIRS) -> Iterator[str]:
    with served(folder) as sandbox:
        yield _pace(sandbox, count)
        sandbox.reset()
        sandbox.set_faults({"quotas": ROOM})
        aws = sandbox.aws(Rates(default=None))
        sandbox.run(aws, *mixed())
        yield _one_field(sandbox)
        for latency in (LATENCY, 0):
            yield ratio(sandbox, aws, mixed("Everything else"), {"quotas": ROOM}, latency, pairs)


def _pace(sandbox: Served, count: int) -> str:
    rate = {"perSecond": RATE.per_second, "burst": RATE.burst}
    sandbox.reset()
    sandbox.set_faults({"rate": rate, "latencyMs": LATENCY, "quotas": ROOM})
    aws = sandbox.aws(Rates(default=RATE))
    sandbox.preview(aws, {})  # boto3 reads the service's model once per process
    started = perf_counter()
    sandbox.run(aws, hours("h0"), *(queue(f"q{at}") for at in range(count)))
    seconds = perf_counter() - started
    bound = (count - RATE.burst) / RATE.per_second  # seconds
    return f"{count} new queues under {RATE.per_second:g}/s, burst {RATE.burst}: {seconds / bound:.3f} × the bound"


def _one_field(sandbox: Served) -> str:
    aws = sandbox.aws(Rates(default=None))
    sandbox.run(aws, *mixed("Everything else"))
    reading = ("List", "Search", "Describe", "Get")
    writes = {name: n for name, n in aws.counts().items() if not name.partition(":")[2].startswith(reading)}
    return f"one changed field of {len(mixed())} resources: {sum(writes.values())} write ({', '.join(writes)})"


def ratio(
    sandbox: Served,
    aws: Aws,
    declared: Sequence[Manifest],
    settings: Mapping[str, Any],
    latency: int,
    pairs: int = PAIRS,
) -> str:
    """Returns planning's CPU against bare boto3's, for resources that are live as declared.

    Threads that read at the same time take turns. If an answer takes no time, these turns are the cost.
    """
    sandbox.set_faults({**settings, **({"latencyMs": latency} if latency else {})})
    wanted = {it.ref: it for it in declared}
    recorder = RecordingPort(aws)
    sandbox.preview(recorder, wanted)  # type: ignore[arg-type]
    clients = {service: sandbox.bare(service) for service, _, _ in recorder.reads}

    def plan() -> None:
        if sandbox.preview(aws, wanted).plan.changes:
            raise SystemExit("the plan should be empty")

    def bare() -> None:
        for service, operation, params in recorder.reads:
            client = clients[service]
            _read(client, {**_place(client, operation, sandbox.environment), **params}, operation)

    ratios = []
    for _ in range(pairs):
        bare_seconds = cpu_of(bare)
        ratios.append(cpu_of(plan) / bare_seconds)
    spread = f"median of {pairs} pairs, {min(ratios):.2f}–{max(ratios):.2f}"
    what = f"planning {len(wanted)} resources, {latency} ms an answer"
    return f"{what}: {median(ratios):.2f} × bare boto3's CPU for the same reads ({spread})"


class RecordingPort:
    """A port that records the reads."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self.reads: list[tuple[str, str, Params]] = []

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        self.reads.append((service, operation, params))
        return self._aws.read(service, operation, params)

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        self.reads.append((service, operation, params))
        return self._aws.pages(service, operation, items, params)

    def write(self, service: str, operation: str, params: Params) -> Answer:
        raise SystemExit(f"planning must not write, but it called {operation}")

    def delay(self, operation: str) -> float:
        return 0.0

    def counts(self) -> Mapping[str, int]:
        return {}


def _place(client: Any, operation: str, environment: Environment) -> Params:
    takes = client.meta.service_model.operation_model(operation).input_shape.members
    return {"InstanceId": environment.instance.rpartition("/")[2]} if "InstanceId" in takes else {}


def _read(client: Any, params: Params, operation: str) -> None:
    """Reads the same pages one after another, and drops them."""
    ask, token = getattr(client, xform_name(operation)), dict[str, str]()
    while True:
        answer = ask(**params, **token)
        token = {name: answer[name] for name in ("NextToken", "PaginationToken") if answer.get(name)}
        if not token:
            return
