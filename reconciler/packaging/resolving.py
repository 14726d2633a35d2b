"""Installs a Lambda's dependencies with pip, for the target and not for this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from reconciler.packaging.errors import PackageError
from reconciler.packaging.source import LambdaSource
from reconciler.packaging.target import Runtime

PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--retries", "2")
# pip checks hashes, compiles nothing, and ignores the packages of this machine.
WAYS = ("--require-hashes", "--no-compile", "--ignore-installed", "--no-warn-script-location")


def resolve(source: LambdaSource, target: Runtime, into: Path, aside: Path) -> None:
    """Installs the dependencies into a folder. Without dependencies it does not run pip.

    Raises `PackageError`. pip unpacks temporary files into `aside`, so that the caller deletes them if pip is killed.
    """
    if source.needs_nothing:
        return
    if marked := next((line for line in source.lines() if ";" in line), None):
        # pip evaluates markers for the Python that runs it, not for the target.
        name = marked.partition(" ")[0]
        raise PackageError(
            f"{source.requirements}: {name} has a marker; delete it, and list what python{target.python} needs"
        )
    if find_spec("pip") is None:
        raise PackageError(f"{source.name}: {sys.executable} has no pip to install its dependencies; install pip")
    arguments = [*target.pip_arguments(), *WAYS, "--target", str(into), "--requirement", str(source.requirements)]
    done = subprocess.run(  # noqa: S603
        [sys.executable, *PIP, *arguments],
        env={**os.environ, "TMPDIR": str(aside)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(f"{source.name} for python{target.python}: {_last_errors(done.stderr)}")


def _last_errors(output: str) -> str:
    """Returns pip's last two errors in one line, and the remedy."""
    errors = [line.removeprefix("ERROR: ") for line in output.splitlines() if line.startswith("ERROR: ")]
    last = "; ".join(errors[-2:]) or (output.strip().splitlines() or ["pip failed without a message"])[-1]
    return f"pip: {last}; check the network, PIP_INDEX_URL, PIP_NO_INDEX and PIP_FIND_LINKS"
