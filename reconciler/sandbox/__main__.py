"""`python -m reconciler.sandbox [--port N] [--faults JSON|FILE]`: serve the local AWS in the foreground."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.server import serve


def main() -> None:
    parser = ArgumentParser(prog="python -m reconciler.sandbox", description="A local AWS for reconcile.")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--faults", default="{}", help="JSON, or the name of a file that holds it")
    asked = parser.parse_args()
    try:
        serve(asked.port, _faults(asked.faults))
    except WrongSetting as wrong:
        sys.exit(f"reconciler.sandbox: {wrong}")


def _faults(text: str) -> Any:
    try:
        return json.loads(text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise WrongSetting(f"--faults: neither JSON nor a file of it: {wrong}") from wrong


if __name__ == "__main__":
    main()
