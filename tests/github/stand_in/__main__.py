"""`python -m tests.github.stand_in --port 0`: serves until it is stopped."""

from __future__ import annotations

import argparse
import sys

from .server import StandIn

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    with StandIn(parser.parse_args().port) as server:
        sys.stdout.write(f"ready {server.url}\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write("stopped\n")
