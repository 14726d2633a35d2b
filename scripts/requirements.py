"""Every requirement of the table it replaces → the tests that show it, or the document that overrides it.

    python scripts/requirements.py          print id → tests
    python scripts/requirements.py --check  and end with 1 where a requirement has neither

A test carries an id in its name (`s0_41`) or docstring (`S0-41`, a range as `S0-61..65`).
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = {"S0": 68, "S1": 72, "S3": 27}  # how many rows the table of each has
EVERY = [f"{chapter}-{number}" for chapter, rows in CHAPTERS.items() for number in range(1, rows + 1)]
_ID = re.compile(r"(?<![A-Za-z0-9])[sS](\d)[-_](\d+)(?:\.\.(\d+))?")
OVERRIDDEN = ROOT / "tests" / "requirements.txt"


def main() -> int:
    shown, told = tests(), dict(overridden())
    missing = [each for each in EVERY if each not in shown and each not in told]
    for each in EVERY:
        for line in [*shown.get(each, ()), *([f"— {told[each]}"] if each in told else ())]:
            print(f"{each:6} {line}")
    for each in missing:
        print(f"{each:6} nothing shows it", file=sys.stderr)
    print(f"{len(EVERY)} requirements: {len(EVERY) - len(missing)} shown or overridden, {len(missing)} missing")
    return 1 if missing and "--check" in sys.argv else 0


def tests() -> dict[str, list[str]]:
    """id → the tests that carry it, as file::name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for each in ids(f"{node.name} {ast.get_docstring(node) or ''}"):
                    found[each].append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def ids(text: str) -> Iterator[str]:
    for match in _ID.finditer(text):
        first, last = int(match[2]), int(match[3] or match[2])
        yield from (f"S{match[1]}-{number}" for number in range(first, last + 1))


def overridden() -> Iterator[tuple[str, str]]:
    """`id: reason` lines."""
    if OVERRIDDEN.exists():
        for line in OVERRIDDEN.read_text(encoding="utf-8").splitlines():
            name, colon, reason = line.partition(": ")
            if colon and name in EVERY:
                yield name, reason


if __name__ == "__main__":
    sys.exit(main())
