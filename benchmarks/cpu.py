"""Measures planning against the reading that it cannot avoid: CPU seconds of this process, and its memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.memory import peak_megabytes
from benchmarks.served import Served, served
from reconciler.aws.client import Aws
from reconciler.model import Manifest
from reconciler.pacing import Rates
from tests.builders.tables import many

RUNS = 3


def figures(folder: Path, tables: int) -> Iterator[str]:
    wanted = {it.ref: it for it in (many(250, name=f"T{at:03}") for at in range(tables))}
    half = dict(list(wanted.items())[: tables // 2])
    with served(folder) as sandbox:
        aws = sandbox.aws(Rates(default=None))
        sandbox.run(aws, *half.values())
        once = median(cpu_of(_plan(sandbox, aws, half)) for _ in range(RUNS))
        sandbox.run(aws, *wanted.values())
        yield _ratio(sandbox, aws, wanted)
        twice = median(cpu_of(_plan(sandbox, aws, wanted)) for _ in range(RUNS))
        yield f"twice the cells: {twice / once:.2f} × the CPU"
        yield f"peak memory of this process, manifests and all: {peak_megabytes():.0f} MB for {tables * 1000:,} cells"


def _ratio(sandbox: Served, aws: Aws, wanted: dict[Any, Manifest]) -> str:
    ratios, planning, bare, client = [], [], [], sandbox.bare()
    for _ in range(RUNS):
        bare.append(cpu_of(lambda: _bare(sandbox, client)))
        planning.append(cpu_of(_plan(sandbox, aws, wanted)))
        ratios.append(planning[-1] / bare[-1])
    seconds = f"plan {median(planning):.2f} s, bare boto3 {median(bare):.2f} s of CPU"
    return f"{seconds}: {median(ratios):.2f} × (median of {RUNS} pairs)"


def _plan(sandbox: Served, aws: Aws, wanted: dict[Any, Manifest]) -> Callable[[], None]:
    def plan() -> None:
        # Only declared resources are read completely. The others are not managed here.
        planned = sandbox.preview(aws, wanted)
        if planned.plan.changes:
            raise SystemExit("the plan should be empty")

    return plan


def _bare(sandbox: Served, connect: Any) -> None:
    """Reads the same pages one after another, and drops them."""
    instance = {"InstanceId": sandbox.environment.instance.rpartition("/")[2]}
    for page in connect.get_paginator("search_data_tables").paginate(**instance, MaxResults=1000):
        for table in page["DataTables"]:
            for name in ("list_data_table_attributes", "list_data_table_values"):
                request = {**instance, "DataTableId": table["Id"], "MaxResults": 1000}
                for _ in connect.get_paginator(name).paginate(**request):
                    pass


def cpu_of(work: Callable[[], None]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started
