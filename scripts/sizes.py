"""Checks that files stay within 300 lines and functions within 40, except those that are named here.

    python scripts/sizes.py --check

Prints every file and function that is too long, and every exception that is no longer needed.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 40

# A path, or path:function, and the reason why it may be longer. One line each.
EXCEPTIONS: Mapping[str, str] = {
    "reconciler/cli/undoing.py:undo": "every option of the command is a parameter with its help",
    "reconciler/desired/examine.py:examine": "the order of the checks is one story",
    "reconciler/kinds/connect/hours_of_operation.py": "a kind is one file; its rules about dates and times are long",
    "tests/apply/test_faults.py": "one story per fault, in the order of the faults",
    "tests/builders/plans.py": "the values that all golden reports show",
    "tests/cli/test_apply.py": "one command, all of its flags and endings",
    "tests/cli/test_undo.py": "one command, all of its flags and endings",
    "tests/desired/test_overlays.py": "one set of rules",
    "tests/github/test_rest.py": "one client, all of its refusals and retries",
    "tests/init/test_init.py": "one command, all of its files",
    "tests/kinds/test_row_rules.py": "one set of rules",
    "tests/lambdas/contact_calls/test_merge.py": "one statement of SQL, all of its cases",
    "tests/lambdas/contact_calls/test_run.py": "one function, all of its endings",
    "tests/lambdas/session_data/test_failures.py": "one function, all of its failures",
    "tests/laws/test_kind_tables.py": "every law of a kind's table",
    "tests/plan/test_row_changes.py": "one set of rules",
    "tests/rehearsal/stories.py": "one story per workflow step",
    "tests/report/test_markdown.py": "one report",
    "tests/report/test_summary.py": "one report",
    "tests/report/test_text.py": "one report",
    "tests/workflows/test_reviewing.py": "one workflow, all of its refusals",
}


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    sources = {name: (ROOT / name).read_text(encoding="utf-8") for name in listed.stdout.splitlines()}
    faults = list(check(sources, EXCEPTIONS))
    print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


def check(sources: Mapping[str, str], exceptions: Mapping[str, str]) -> Iterator[str]:
    """Yields one message for each size that is too large, and for each exception that nothing needs."""
    needed = set()
    for path, text in sources.items():
        for place, lines, most in sizes(path, text):
            if lines <= most:
                continue
            needed.add(place)
            if place not in exceptions:
                yield f"{place} has {lines} lines; the limit is {most}: split it, or name it in scripts/sizes.py"
    for place in exceptions:
        if place not in needed:
            yield f"{place} keeps within the limit, or is gone: delete its exception in scripts/sizes.py"


def sizes(path: str, text: str) -> Iterator[tuple[str, int, int]]:
    """Yields the file and each of its functions: the place, its lines, and the limit that applies."""
    yield path, len(text.splitlines()), MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # Decorators, such as a command's options, do not count.
            yield f"{path}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1, MOST_LINES_OF_A_FUNCTION


if __name__ == "__main__":
    sys.exit(main())
