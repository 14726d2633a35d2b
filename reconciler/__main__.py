"""`python -m reconciler`, and the command `reconcile`."""

from __future__ import annotations

import sys

from reconciler.cli import run
from reconciler.cli.signals import end_at_once


def main() -> None:
    end_at_once()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
