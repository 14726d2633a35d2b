"""Serves the stand-in alone: `python -m reconciler.sandbox.connectwise [--port N] [--company ID …]`.

The first line of stdout is `ready URL`; orders need the token of the environment variable RECONCILE_SANDBOX_TOKEN.
"""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser
from threading import Event

from reconciler.sandbox.connectwise.server import standing_in

TOKEN_VARIABLE = "RECONCILE_SANDBOX_TOKEN"  # noqa: S105 - the name of a variable


def main() -> None:
    parser = ArgumentParser(
        prog="python -m reconciler.sandbox.connectwise", description="A local stand-in for the ConnectWise REST API."
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free port")
    parser.add_argument("--company", action="append", default=[], help="a company that exists from the start")
    arguments = parser.parse_args()
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with standing_in(port=arguments.port) as vendor:
        vendor.token = os.environ.get(TOKEN_VARIABLE) or vendor.token
        for company in arguments.company:
            vendor.company(company)
        sys.stdout.write(f"ready {vendor.url}\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
