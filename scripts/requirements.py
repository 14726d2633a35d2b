"""Maps each requirement to the tests that show it, or to the document that overrides it.

    python scripts/requirements.py          print id → tests
    python scripts/requirements.py --check  and exit with 1 if a requirement has neither

A test has the id in its name (`s0_41`) or docstring (`S0-41`, a range as `S0-61..65`).
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The rows of each series that must be shown.
ROWS: dict[str, Iterable[int]] = {
    "S0": range(1, 69),
    "S1": range(1, 73),
    "S2": range(1, 39),
    "S3": range(1, 28),
    "S4": range(1, 37),
}
EVERY = [f"{series}-{number}" for series, rows in ROWS.items() for number in rows]
_ID = re.compile(r"(?<![A-Za-z0-9])[sS](\d)[-_](\d+)(?:\.\.(\d+))?")
OVERRIDDEN = ROOT / "tests" / "requirements.txt"


def main() -> int:
    covered, listing = tests(), dict(overridden())
    missing = [id for id in EVERY if id not in covered and id not in listing]
    for id in EVERY:
        for line in [*covered.get(id, ()), *([f"— {listing[id]}"] if id in listing else ())]:
            print(f"{id:6} {line}")
    for id in missing:
        print(f"{id:6} no test shows it", file=sys.stderr)
    print(f"{len(EVERY)} requirements: {len(EVERY) - len(missing)} shown or overridden, {len(missing)} missing")
    return 1 if missing and "--check" in sys.argv else 0


def tests() -> dict[str, list[str]]:
    """Returns the tests of each id, as file::name."""
    carriers: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for id in ids(f"{node.name} {ast.get_docstring(node) or ''}"):
                    carriers[id].append(f"{path.relative_to(ROOT)}::{node.name}")
    return carriers


def ids(text: str) -> Iterator[str]:
    for match in _ID.finditer(text):
        first, last = int(match[2]), int(match[3] or match[2])
        yield from (f"S{match[1]}-{number}" for number in range(first, last + 1))


def overridden() -> Iterator[tuple[str, str]]:
    """Yields the `id: reason` lines."""
    if OVERRIDDEN.exists():
        for line in OVERRIDDEN.read_text(encoding="utf-8").splitlines():
            name, colon, reason = line.partition(": ")
            if colon and name in EVERY:
                yield name, reason


if __name__ == "__main__":
    sys.exit(main())
