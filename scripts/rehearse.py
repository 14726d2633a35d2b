"""Rehearses the workflows on this machine: from a pull request to the nightly drift, with the failures on the way.

    python scripts/rehearse.py [STORY …]    default: every story of tests/rehearsal/stories.py

The workflows' `run:` steps run in a scratch repository of `reconcile init`, against the sandbox and a stand-in for
GitHub. No account and no network is needed. The script exits with 1 if a story does not end as expected.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> int:
    from tests.cli.running import serving
    from tests.rehearsal.stories import STORIES

    names = sys.argv[1:] or list(STORIES)
    if unknown := [name for name in names if name not in STORIES]:
        sys.exit(f"no story {unknown[0]}; there is {', '.join(STORIES)}")
    with serving() as server:
        passed = [_tell(name, server) for name in names]
    print(f"{sum(passed)} of {len(passed)} stories end as expected")
    return 0 if all(passed) else 1


def _tell(name: str, server: object) -> bool:
    from tests.rehearsal import stories
    from tests.rehearsal.scene import begun

    story, began = stories.STORIES[name], time.monotonic()
    print(f"{name.replace('_', ' ')}: {(story.__doc__ or '').splitlines()[0]}", flush=True)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()), begun(Path(folder), server) as scene:
        try:
            stories.tell(story, scene)
            error = ""
        except (AssertionError, ValueError):
            error = "\n".join([*(run.log for run in scene.runs), traceback.format_exc()])
    for run in scene.runs:
        print(f"    {run.file:<10} {' · '.join(f'{job.name} {job.result}' for job in run.jobs)}")
    print(error or f"    as expected, {time.monotonic() - began:.0f} s", flush=True)
    return not error


if __name__ == "__main__":
    sys.exit(main())
