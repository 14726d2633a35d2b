"""The endpoints of workgroups: one port each on this machine, served by one thread."""

from __future__ import annotations

import asyncio
from functools import cache
from threading import Thread
from typing import Any

from reconciler.sandbox.redshift.certificate import NAME, bundle, certificate
from reconciler.sandbox.redshift.front import Front
from reconciler.sandbox.redshift.gate import Gate

TURNS = 5  # of the loop: an accepted connection takes some up to its session, and an ended session to its end


class Endpoint:
    """The endpoint of a workgroup, open from its creation to its deletion. `port`: the wish of its caller, or 0."""

    def __init__(self, gate: Gate, port: int = 0) -> None:
        self.gate = gate
        self.front = Front(gate)
        try:
            self._server: asyncio.Server = _wait(self.front.serve(port))
        except OSError:  # another program has the port by now
            self._server = _wait(self.front.serve())
        self.port = int(self._server.sockets[0].getsockname()[1])
        _open.append(self)

    def close(self) -> None:
        """Closes the port and every session. Closing it twice does no harm."""
        if self in _open:
            _open.remove(self)
            _wait(self._end())

    def as_json(self) -> dict[str, Any]:
        """Returns what a client needs, apart from user and password."""
        database = self.gate.holder.database()
        return {"host": NAME, "port": self.port, "database": database, "certificate": str(certificate())}

    async def _end(self) -> None:
        """Ends every session, also of connections that were accepted at the last moment."""
        self._server.close()
        await _turns()
        while sessions := list(self.front.sessions):
            for session in sessions:
                session.cancel()
            await asyncio.gather(*sessions, return_exceptions=True)
            await _turns()


_open: list[Endpoint] = []


def oldest() -> Endpoint | None:
    return _open[0] if _open else None


def close_all() -> None:
    """Closes every endpoint and releases every database."""
    for endpoint in list(_open):
        endpoint.close()
        endpoint.gate.release()


def end_all() -> None:
    """Closes every endpoint at the end of a process, which ends its databases."""
    for endpoint in list(_open):
        endpoint.close()


def trusted() -> dict[str, str]:
    """Returns the variable by which a program of this machine trusts the endpoints; nothing if there is none."""
    return {"SSL_CERT_FILE": str(bundle())} if _open else {}


def _wait(work: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True, name="redshift").start()
    return loop


async def _turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
