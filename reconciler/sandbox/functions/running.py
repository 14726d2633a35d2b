"""All that runs functions in this process: the containers, the queue of asynchronous events, and the way back in."""

from __future__ import annotations

import secrets
from threading import Lock, Thread

from reconciler.sandbox.events.queue import EventQueue
from reconciler.sandbox.events.sources.mappings import Mappings
from reconciler.sandbox.functions.killing import killing
from reconciler.sandbox.functions.pool import Pool
from reconciler.sandbox.functions.runtime_api import POLL


class Running:
    """`endpoint`: the server of this process; without one, a server on a free port is started for the functions."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._lock = Lock()
        self._server: _Door | None = None
        self._pool: Pool | None = None
        self.queue = EventQueue(self.pool)
        self.mappings = Mappings(self.pool)

    def pool(self) -> Pool:
        """Returns the containers; the first call makes room for them. Raises `NoRuntime`."""
        with self._lock:
            if self._pool is None:
                if not self._endpoint:
                    self._server = _Door()
                self._pool = Pool(self._server.endpoint if self._server else self._endpoint)
            return self._pool

    @property
    def is_quiet(self) -> bool:
        """Returns whether nothing runs, and nothing waits that is due."""
        runs = self._pool is not None and self._pool.running > 0
        return not (runs or self.queue.is_busy or self.mappings.is_busy)

    def counts(self) -> dict[str, dict[str, int]]:
        return self._pool.counts() if self._pool else {}

    def next_due(self) -> float | None:
        """Returns the moment at which the next waiting event or batch is due."""
        dues = [due for due in (self.queue.next_due(), self.mappings.next_due()) if due is not None]
        return min(dues, default=None)

    def stop(self) -> None:
        self.queue.close()
        self.mappings.close()
        killing.clear()
        if self._pool:
            self._pool.stop()
        if self._server:
            self._server.stop()


class _Door:
    """A server for the functions of a process that has none. It answers from the same state as `mock_aws`."""

    def __init__(self) -> None:
        # The handler imports the doors of all services.
        from reconciler.sandbox import handler, others
        from reconciler.sandbox.idle import Idle

        self._server = handler.Server(handler.HOST, 0, others.application, handler.Handler)
        self._server.token, self._server.idle = secrets.token_urlsafe(), Idle(0)
        Thread(target=self._server.serve_forever, args=(POLL,), daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
