"""`python -m reconciler`, and the command `reconcile`."""

from __future__ import annotations

import sys

from reconciler.signals import end_at_once


def main() -> None:
    end_at_once()
    # The command takes most of a second to import, and a signal may come before that is over.
    from reconciler.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
