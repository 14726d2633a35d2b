"""Serves the sandbox over HTTP: its own services and some of moto's on one port.

The first line of stdout says where the server is; nothing else is written there. `handler` answers the requests.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any

from reconciler.sandbox import control, functions, installation, others
from reconciler.sandbox.faults import read_faults
from reconciler.sandbox.handler import HOST, Handler, Server
from reconciler.sandbox.idle import Idle
from reconciler.sandbox.place import INSTANCE_ARN
from reconciler.sandbox.world import world


def serve(
    port: int = 0,
    faults: Mapping[str, Any] | None = None,
    ready: Callable[[int], None] = lambda port: None,
    *,
    token: str = "",
    idle: float = 0.0,
) -> None:
    """Serves until SIGINT or SIGTERM; port 0 takes a free one. Accepts requests that any credentials sign.

    `ready` gets the port before the first line of stdout appears. `token`: required for orders to the sandbox itself;
    without one the sandbox refuses them all. `idle`: seconds without a request, after which it stops; 0 means never.
    """
    settings = read_faults(faults)
    installation.install()
    server = Server(HOST, port, others.application, Handler)
    server.token, server.idle = token or secrets.token_urlsafe(), Idle(idle)
    server.orders = control.answer
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    with installation.account():
        world.restart(settings)
        installation.empty_aws()
        os.environ["MOTO_PORT"] = str(server.port)  # where moto's interpreter calls AWS
        functions.serve_at(f"http://{HOST}:{server.port}")
        ready(server.port)
        sys.stdout.write(f"ready http://{HOST}:{server.port} instance {INSTANCE_ARN}\n")
        sys.stdout.flush()
        if idle:
            Thread(target=_end_when_idle, args=(server,), daemon=True).start()
        try:
            server.serve_forever()
        finally:
            functions.stop()


def _end_when_idle(server: Server) -> None:
    server.idle.wait()
    server.shutdown()


def _leave(number: int, frame: Any) -> None:
    sys.exit(0)
