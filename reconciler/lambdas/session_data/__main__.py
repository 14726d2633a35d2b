"""`python -m reconciler.lambdas.session_data validate-event FILE`: shows the effect of a saved event, offline.

The settings come from the environment, as at AWS. It exits with 1 if the function would refuse the event.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from io import TextIOWrapper
from pathlib import Path

from reconciler.lambdas.session_data.refusals import Refused
from reconciler.lambdas.session_data.validating import validate


def main() -> int:
    parser = ArgumentParser(prog="python -m reconciler.lambdas.session_data", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("validate-event", help="what would be written, and what would be refused")
    command.add_argument("file", type=Path, help="the event, as the function's log or the flow's block has it")
    if isinstance(sys.stdout, TextIOWrapper):
        # Names may be in any script, and a terminal may support only one.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        for line in validate(parser.parse_args().file, os.environ):
            sys.stdout.write(f"{line}\n")
    except Refused as refused:
        sys.stdout.write(f"refused   {refused}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
