"""Writes plans/: an example of the evidence that the workflow `apply` keeps, made from this repository's manifests.

python scripts/evidence.py          write it
python scripts/evidence.py --check  exit with 1 if it is stale
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
PLANS = ROOT / "plans"
FINISHED = datetime(2026, 3, 4, 5, 16, 7, tzinfo=UTC)  # the comment of docs/comment.svg is ten minutes older
STARTED = FINISHED - timedelta(seconds=3)


def main() -> int:
    path, text = example()
    if "--check" not in sys.argv:
        for old in path.parent.glob("*.md"):
            old.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return 0
    kept = {path_: path_.read_text(encoding="utf-8") for path_ in path.parent.glob("*.md")}
    if kept == {path: text}:
        return 0
    print(f"{path.parent.relative_to(ROOT)} is stale: run `make docs`", file=sys.stderr)
    return 1


def example() -> tuple[Path, str]:
    """Returns the path and the text of the evidence for the plan that the README shows."""
    import readme

    from reconciler.cli.github.texts import evidence_of
    from reconciler.reconcile import run
    from reconciler.report import outcome_json

    with readme.changed() as options:
        outcome = replace(run(options), started_at=STARTED, finished_at=FINISHED)
    kept = evidence_of(outcome, outcome_json(outcome)["digest"])
    return PLANS / kept.title, kept.body


if __name__ == "__main__":
    sys.exit(main())
