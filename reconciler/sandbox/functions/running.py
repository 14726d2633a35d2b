"""All that runs functions in this process: the containers, the queue of asynchronous events, and the way back in."""

from __future__ import annotations

import secrets
from threading import Thread

from reconciler.sandbox.events.queue import EventQueue
from reconciler.sandbox.functions.pool import Pool
from reconciler.sandbox.functions.runtime_api import POLL


class Running:
    """`endpoint`: the server of this process; without one, a server on a free port is started for the functions."""

    def __init__(self, endpoint: str) -> None:
        self._server = None if endpoint else _Door()
        self.pool = Pool(endpoint or _Door.endpoint_of(self._server))
        self.queue = EventQueue(self.pool)

    @property
    def is_quiet(self) -> bool:
        """Returns whether nothing runs, and nothing waits that is due."""
        return not self.queue.is_busy and not self.pool.running

    def next_due(self) -> float | None:
        """Returns the moment at which the next waiting event is due."""
        return self.queue.next_due()

    def stop(self) -> None:
        self.queue.close()
        self.pool.stop()
        if self._server:
            self._server.stop()


class _Door:
    """A server for the functions of a process that has none. It answers from the same state as `mock_aws`."""

    def __init__(self) -> None:
        # The server imports the doors of all services.
        from reconciler.sandbox import others, server
        from reconciler.sandbox.idle import Idle

        self._server = server.Server(server.HOST, 0, others.application, server.Handler)
        self._server.token, self._server.idle = secrets.token_urlsafe(), Idle(0)
        Thread(target=self._server.serve_forever, args=(POLL,), daemon=True).start()

    @staticmethod
    def endpoint_of(door: _Door | None) -> str:
        assert door is not None  # noqa: S101 - there is one if there is no other
        return f"http://127.0.0.1:{door._server.port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
