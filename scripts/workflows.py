"""This repository's workflows, which are init's but for how the tool is installed; and whether all of them are safe.

python scripts/workflows.py          write .github/workflows
python scripts/workflows.py --check  end with 1 where they are stale, or where a linter has something to say

zizmor looks for what can be attacked, check-jsonschema at GitHub's schema of the files, actionlint at expressions,
contexts, needs and outputs, and with shellcheck at the scripts. None of them asks the network.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "reconciler" / "init" / "templates" / "workflows"
HERE = ROOT / ".github" / "workflows"
ACTION = ROOT / "action.yml"
# A user's repository has the tool as a wheel beside its lock; this one is the tool.
DIFFERENCES = (
    (
        "--require-hashes --requirement .reconcile-tool/requirements.lock\n",
        "--require-hashes --requirement requirements.lock\n"
        '          "$RUNNER_TEMP/reconcile/bin/python" -m pip install --quiet --no-deps --no-build-isolation .\n',
    ),
    ("HEAD:.reconcile-tool/requirements.lock", "HEAD:requirements.lock"),
)


def main() -> int:
    if "--check" not in sys.argv:
        for path, text in wanted().items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in wanted().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is stale: run `make workflows`", file=sys.stderr)
    faulty = [command for command in linters() if is_faulty(command)]
    return 1 if stale or faulty else 0


def wanted() -> dict[Path, str]:
    """Every workflow that is made of a template."""
    return {HERE / path.name: _here(path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.glob("*.yml"))}


def _here(text: str) -> str:
    for theirs, ours in DIFFERENCES:
        text = text.replace(theirs, ours)
    return text


def linters() -> Iterator[list[str]]:
    workflows = [str(path) for folder in (HERE, TEMPLATES) for path in sorted(folder.glob("*.yml"))]
    tool = Path(sys.executable).parent
    yield [
        str(tool / "zizmor"),
        "--offline",
        "--no-progress",
        "--quiet",
        "--persona",
        "pedantic",
        *workflows,
        str(ACTION),
    ]
    yield [str(tool / "check-jsonschema"), "--quiet", "--builtin-schema", "vendor.github-workflows", *workflows]
    yield [str(tool / "check-jsonschema"), "--quiet", "--builtin-schema", "vendor.github-actions", str(ACTION)]
    yield [str(tool / "actionlint"), "-shellcheck", str(tool / "shellcheck"), *workflows]


def is_faulty(command: list[str]) -> bool:
    """What a linter finds goes to stderr; each of them says in its own way that all is well, which nobody wants."""
    environ = {key: text for key, text in os.environ.items() if key not in ("GH_TOKEN", "GITHUB_TOKEN")}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{Path(command[0]).name} ends with {done.returncode}\n{done.stdout}{done.stderr}", file=sys.stderr)
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
