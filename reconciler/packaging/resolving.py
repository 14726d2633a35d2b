"""A Lambda's dependencies, by pip, for the target and not for this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from reconciler.packaging.errors import PackageError
from reconciler.packaging.source import Source
from reconciler.packaging.target import Target

PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--retries", "2")
# pip hashes what it installs, compiles nothing, and leaves this machine's packages out of its reckoning.
WAYS = ("--require-hashes", "--no-compile", "--ignore-installed", "--no-warn-script-location")


def resolve(source: Source, target: Target, into: Path, aside: Path) -> None:
    """Install them into a folder; where there are none, nobody is asked.

    What pip unpacks on the way goes aside: where pip is ended in the middle, nobody else takes it away.
    """
    if source.needs_nothing:
        return
    if marked := next((line for line in source.lines() if ";" in line), None):
        # pip judges markers by the Python that it runs on.
        name = marked.partition(" ")[0]
        raise PackageError(f"{source.requirements}: {name} has a marker; write what python{target.python} needs")
    if find_spec("pip") is None:
        raise PackageError(f"{source.name}: its dependencies are resolved by pip, and {sys.executable} has none")
    asked = [*target.pip_arguments(), *WAYS, "--target", str(into), "--requirement", str(source.requirements)]
    done = subprocess.run(  # noqa: S603
        [sys.executable, *PIP, *asked],
        env={**os.environ, "TMPDIR": str(aside)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(f"{source.name} for python{target.python}: {_told(done.stderr)}")


def _told(said: str) -> str:
    """pip's last errors in one line, and what to look at."""
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    told = "; ".join(errors[-2:]) or (said.strip().splitlines() or ["pip failed and said nothing"])[-1]
    remedy = "is there a network, and do PIP_INDEX_URL, PIP_NO_INDEX and PIP_FIND_LINKS lead where the files are?"
    return f"pip: {told}; {remedy}"
