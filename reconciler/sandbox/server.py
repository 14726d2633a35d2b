"""Serves the sandbox over HTTP: its own services and some of moto's on one port.

The first line of stdout says where the server is; nothing else is written there. `handler` answers the requests.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from reconciler.sandbox import control, door, functions, guard, installation, others
from reconciler.sandbox.emr import running
from reconciler.sandbox.faults import read_faults
from reconciler.sandbox.handler import HOST, Handler, Server
from reconciler.sandbox.idle import Idle
from reconciler.sandbox.place import INSTANCE_ARN
from reconciler.sandbox.redshift import endpoints
from reconciler.sandbox.world import world

LAST_REQUESTS = 10.0  # seconds that requests may take to end when the state is kept
LOOK = 0.02


def serve(
    port: int = 0,
    faults: Mapping[str, Any] | None = None,
    ready: Callable[[int], None] = lambda port: None,
    *,
    token: str = "",
    idle: float = 0.0,
    kept: Path | None = None,
) -> None:
    """Serves until SIGINT or SIGTERM; port 0 takes a free one. Accepts requests that any credentials sign.

    `ready` gets the port before the first line of stdout appears. `token`: required for orders to the sandbox itself;
    without one the sandbox refuses them all. `idle`: seconds without a request, after which it stops; 0 means never.
    `kept`: the folder of a kept state (`keeping`). Raises `WrongSetting`.
    """
    settings = read_faults(faults)
    installation.install()
    server = Server(HOST, port, others.application, Handler)
    server.token, server.idle = token or secrets.token_urlsafe(), Idle(idle)
    server.orders = partial(_answer, server)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    with installation.account():
        world.restart(settings)
        installation.empty_aws()
        os.environ["MOTO_PORT"] = str(server.port)  # where moto's interpreter calls AWS
        functions.serve_at(f"http://{HOST}:{server.port}")
        is_resumed = _resume(kept)
        ready(server.port)
        more = " resumed" if is_resumed else ""
        sys.stdout.write(f"ready http://{HOST}:{server.port} instance {INSTANCE_ARN}{more}\n")
        sys.stdout.flush()
        if idle:
            Thread(target=_end_when_idle, args=(server,), daemon=True).start()
        try:
            server.serve_forever()
        finally:
            running.stop()
            functions.stop()
            endpoints.end_all()


def _answer(server: Server, method: str, path: str, body: bytes) -> door.Reply:
    """Answers an order. `POST /_sandbox/keep` keeps the state, {"folder": PATH}, and ends the server."""
    if (method, path) != ("POST", f"{guard.PREFIX}/keep"):
        return control.answer(method, path, body)
    from reconciler.sandbox import keeping

    try:
        keep_closed(server, lambda: keeping.keep(Path(json.loads(body)["folder"])))
    except keeping.NotKept as wrong:
        return door.Reply(409, json.dumps({"message": str(wrong)}).encode(), {"Content-Type": "application/json"})
    Thread(target=server.shutdown, daemon=True).start()  # what happens from now on would be lost
    return door.Reply(200, b"{}", {"Content-Type": "application/json"})


def keep_closed(server: Server, keep: Callable[[], None]) -> None:
    """Closes the server to everything but orders, and keeps its state. Opens it again if that fails."""
    from reconciler.sandbox.keeping import waiting

    waiting.let_end()
    server.is_closed = True
    try:
        end = time.monotonic() + LAST_REQUESTS
        while not server.idle.is_alone() and time.monotonic() < end:
            time.sleep(LOOK)
        keep()
    except BaseException:
        server.is_closed = False
        raise


def _resume(kept: Path | None) -> bool:
    if kept is None or not kept.is_dir():
        return False
    from reconciler.sandbox import keeping

    return keeping.resume(kept)


def _end_when_idle(server: Server) -> None:
    server.idle.wait()
    server.shutdown()


def _leave(number: int, frame: Any) -> None:
    sys.exit(0)
