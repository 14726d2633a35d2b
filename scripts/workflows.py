"""Writes this repository's workflows, and checks that all workflows are safe.

They are those of `init`, except for the installation of the tool.

python scripts/workflows.py          write .github/workflows
python scripts/workflows.py --check  exit with 1 if they are stale or faulty

zizmor looks for security faults.
check-jsonschema checks the files against GitHub's schemas.
actionlint checks expressions, contexts, needs and outputs, and the scripts with shellcheck.
None of them uses the network.
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
# A user's repository has the tool as a wheel beside its lock. This repository is the tool.
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
    """Returns every workflow that is made from a template."""
    return {HERE / path.name: _here(path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.glob("*.yml"))}


def _here(text: str) -> str:
    for template, own in DIFFERENCES:
        text = text.replace(template, own)
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
    """Returns whether a linter fails. Its output is printed only then, because success has messages too."""
    environ = {key: text for key, text in os.environ.items() if key not in ("GH_TOKEN", "GITHUB_TOKEN")}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{Path(command[0]).name} exits with {done.returncode}\n{done.stdout}{done.stderr}", file=sys.stderr)
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
