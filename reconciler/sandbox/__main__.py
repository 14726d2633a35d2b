"""Serves the local AWS: `python -m reconciler.sandbox [--port N] [--faults JSON|FILE] [--idle MINUTES]`.

Orders to the sandbox (`POST /_sandbox/…`) need the token that the variable RECONCILE_SANDBOX_TOKEN gives it.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.guard import TOKEN_VARIABLE
from reconciler.sandbox.server import serve


def main() -> None:
    parser = ArgumentParser(prog="python -m reconciler.sandbox", description="A local AWS for reconcile.")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--faults", default="{}", help="JSON, or the name of a file that holds it")
    parser.add_argument("--idle", type=float, default=0.0, help="end after so many minutes without a request; 0: never")
    asked = parser.parse_args()
    try:
        serve(
            asked.port,
            _faults(asked.faults),
            token=os.environ.get(TOKEN_VARIABLE, ""),
            idle=60 * asked.idle,
        )
    except WrongSetting as wrong:
        sys.exit(f"reconciler.sandbox: {wrong}")


def _faults(text: str) -> Any:
    try:
        return json.loads(text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise WrongSetting(f"--faults: neither JSON nor a file of it: {wrong}") from wrong


if __name__ == "__main__":
    main()
