"""The bugs that clients of this API have: planted one by one, each turns the tests red."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import mutants

NAMES = sorted(path.stem for path in mutants.PATCHES.glob("*.patch"))


def test_there_are_ten_of_them() -> None:
    assert len(NAMES) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_bug_can_be_planted_in_the_code_as_it_is(name: str, tmp_path: Path) -> None:
    """A patch that no longer applies fails here, not only in the slow tests."""
    patch = (mutants.PATCHES / f"{name}.patch").read_text(encoding="utf-8")
    changed = {line.removeprefix("--- a/") for line in patch.splitlines() if line.startswith("--- a/")}
    for path in changed:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((mutants.ROOT / path).read_bytes())

    output = subprocess.run(
        ["git", "apply", "-"], cwd=tmp_path, input=patch, text=True, capture_output=True, check=False
    )

    assert output.returncode == 0, output.stderr
    assert all((tmp_path / path).read_bytes() != (mutants.ROOT / path).read_bytes() for path in changed)


@pytest.mark.slow
def test_without_a_bug_the_copy_passes() -> None:
    code, output = mutants.sound()

    assert code == 0, output


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_planted_bug_is_found(name: str) -> None:
    code, output = mutants.planted(name)

    assert code == mutants.RED, output
