"""Serves the local AWS: `python -m reconciler.sandbox [--port N] [--faults JSON|FILE] [--idle MINUTES]
[--kept FOLDER]`.

Orders to the sandbox (`POST /_sandbox/…`) need the token of the environment variable RECONCILE_SANDBOX_TOKEN.
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
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free port")
    parser.add_argument("--faults", default="{}", help="JSON, or the name of a JSON file")
    parser.add_argument("--idle", type=float, default=0.0, help="minutes without a request before it stops; 0: never")
    parser.add_argument("--kept", type=Path, help="the folder of a kept state to begin with; it is deleted")
    arguments = parser.parse_args()
    try:
        serve(
            arguments.port,
            _faults(arguments.faults),
            token=os.environ.get(TOKEN_VARIABLE, ""),
            idle=60 * arguments.idle,
            kept=arguments.kept,
        )
    except WrongSetting as wrong:
        sys.exit(f"reconciler.sandbox: {wrong}")


def _faults(text: str) -> Any:
    try:
        return json.loads(text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise WrongSetting(f"--faults: not JSON and not a JSON file: {wrong}") from wrong


if __name__ == "__main__":
    main()
