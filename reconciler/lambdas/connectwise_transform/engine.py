"""The way in which commits are computed: by DuckDB in this process. `connectwise_spark` has another one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.lambdas.connectwise.clock import RunClock
from reconciler.lambdas.connectwise.ledger import Lease, Ledger
from reconciler.lambdas.connectwise.session import TenantRole
from reconciler.lambdas.connectwise_transform.merging import Connection, connect
from reconciler.lambdas.shared.calls import Calls


@dataclass(frozen=True)
class Engine:
    """`connect` takes a folder, megabytes of memory and threads. `hold` renews a lease while a commit is computed."""

    connect: Callable[[Path, int, int], Connection]
    hold: Callable[[Ledger, Lease, RunClock], AbstractContextManager[None]]
    new_role: Callable[[Any, Calls, str], TenantRole] = TenantRole


def _duckdb(folder: Path, memory_megabytes: int, threads: int) -> Connection:
    return connect(folder, memory_megabytes=memory_megabytes, threads=threads)


HERE = Engine(_duckdb, lambda ledger, lease, clock: nullcontext())
"""The engine of the function. AWS ends the function before a lease matters."""
