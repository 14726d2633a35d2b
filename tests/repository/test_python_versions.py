"""The oldest Python that the package names is the one that types, locks and make hold it to."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from tests.workflows.reading import HERE, read

ROOT = Path(__file__).resolve().parents[2]
OLDEST = "3.11"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_oldest_python_is_the_same_everywhere() -> None:
    """S2-22: mypy and ruff refuse what that version lacks, and the lock has files that it can install."""
    make = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert PYPROJECT["project"]["requires-python"] == f">={OLDEST}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == OLDEST
    assert re.findall(r"--universal --python-version (\S+)", make) == [OLDEST]
    assert f"sys.version_info < {tuple(map(int, OLDEST.split('.')))}" in make


@pytest.mark.parametrize("workflow", sorted(HERE.glob("*.yml")), ids=lambda path: path.stem)
def test_every_workflow_uses_a_python_that_the_package_takes(workflow: Path) -> None:
    """S2-22."""
    wanted = SpecifierSet(PYPROJECT["project"]["requires-python"])
    steps = [step for job in read(workflow)["jobs"].values() for step in job.get("steps", ())]
    used = [step["with"]["python-version"] for step in steps if "setup-python@" in step.get("uses", "")]

    assert [version for version in used if version not in wanted] == []
    assert used or not any("make " in step.get("run", "") for step in steps)
