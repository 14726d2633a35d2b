"""Measures how close a run comes to the bound that the rates set, in real seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.served import Served, served
from reconciler.pacing import Rate, Rates
from tests.builders.tables import many

BOUND = 17.5  # seconds: 40 batches at 2 a second after a burst of 5
LATENCY = 50


def figures(folder: Path) -> Iterator[str]:
    with served(folder) as sandbox:
        seconds, same, ten = _runs(sandbox, Rate(2.0, 5))
        bound = f"{seconds / BOUND:.3f} × the bound of {BOUND} s"
        yield f"1,000 new cells: {seconds:.1f} s, {bound} (the program it replaces: 40.7 s)"
        yield f"unchanged: {same:.2f} s; 10 changed: {ten:.2f} s (that program: 23–26 s)"
        twice, _, _ = _runs(sandbox, Rate(4.0, 5))
        yield f"twice the rate: {twice / seconds:.2f} × the time"


def _runs(sandbox: Served, rate: Rate) -> tuple[float, float, float]:
    sandbox.reset()
    sandbox.set_faults({"rate": {"perSecond": rate.per_second, "burst": rate.burst}, "latencyMs": LATENCY})
    seconds = []
    for changed in (0, 0, 10):
        aws = sandbox.aws(Rates(default=rate))
        it = many(250, changed=changed)
        seconds.append(_wall(lambda aws=aws, it=it: sandbox.run(aws, it)))
        time.sleep(3)  # the buckets refill
    return seconds[0], seconds[1], seconds[2]


def _wall(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
