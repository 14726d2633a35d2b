"""The workflows on this machine, from a pull request to the night and back, and every bad way that was thought of.

    python scripts/rehearse.py [STORY …]    default: every story of tests/rehearsal/stories.py

Their own `run:` steps run in a scratch repository that `reconcile init` has made, against the sandbox and a stand-in of
GitHub. No account, no network. Ends with 1 where a story does not end as it is told.
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
        told = [_tell(name, server) for name in names]
    print(f"{sum(told)} of {len(told)} stories end as they are told")
    return 0 if all(told) else 1


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
    print(error or f"    as told, {time.monotonic() - began:.0f} s", flush=True)
    return not error


if __name__ == "__main__":
    sys.exit(main())
