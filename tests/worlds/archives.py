"""The built archives of functions. To build one takes seconds, so all tests of a run share them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(".reconcile", "archives")
VARIABLE = "RECONCILE_ARCHIVES_OF_TESTS"


def keep_in_one_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Makes the folder of this run's archives. Every worker of the run has the same one."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "archives"
    folder.mkdir(exist_ok=True)
    os.environ[VARIABLE] = str(folder)


def built() -> Path:
    return Path(os.environ[VARIABLE])


def share_with(root: Path) -> None:
    """Gives a repository the archives that are built."""
    # Mutants are tried in a copy that has no scripts.
    from scripts.demo_deployed import share

    share(built(), root / FOLDER)


def collect_from(root: Path) -> None:
    """Takes the archives that a run in the repository has built."""
    if not (root / FOLDER).is_dir():
        return
    from scripts.demo_deployed import share

    share(root / FOLDER, built())
