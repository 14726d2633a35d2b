"""Writes the tool as a wheel, with the same bytes on every machine, and prints its path and hash.

python scripts/wheel.py DIR
"""

from __future__ import annotations

import sys
from pathlib import Path

from reconciler.init.wheel import wheel


def main() -> int:
    built, folder = wheel(), Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / built.name).write_bytes(built.content)
    print(f"{folder / built.name}  sha256:{built.digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
