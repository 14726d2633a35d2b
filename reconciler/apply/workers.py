"""Runs the calls in threads, a few for each operation, because each operation has its own token bucket."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Protocol

from reconciler.steps.order import Node

PER_OPERATION = 4  # enough to keep a bucket of 2 a second busy across a round trip of 2 seconds


class Workers(Protocol):
    """Runs submitted work concurrently.

    `finished` blocks until a node is done, and raises the error that its work raised. It returns every submitted node
    once.
    """

    def submit(self, operation: str, node: Node, work: Callable[[], None]) -> None: ...

    def finished(self) -> Node: ...

    def close(self) -> None: ...


class Threads:
    def __init__(self) -> None:
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._ended: SimpleQueue[tuple[Node, Future[None]]] = SimpleQueue()

    def submit(self, operation: str, node: Node, work: Callable[[], None]) -> None:
        if operation not in self._pools:
            self._pools[operation] = ThreadPoolExecutor(PER_OPERATION, thread_name_prefix=operation)
        future = self._pools[operation].submit(work)
        future.add_done_callback(lambda ended: self._ended.put((node, ended)))

    def finished(self) -> Node:
        node, future = self._ended.get()
        future.result()
        return node

    def close(self) -> None:
        for pool in self._pools.values():
            pool.shutdown()
