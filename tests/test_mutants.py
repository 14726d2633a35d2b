"""The bugs that clients of this API have: planted one by one, each turns the tests red."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import mutants

NAMES = sorted(path.stem for path in mutants.PATCHES.glob("*.patch"))


def test_there_are_ten_of_them() -> None:
    assert len(NAMES) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_planted_bug_is_found(name: str) -> None:
    code, told = mutants.planted(name)

    assert code == mutants.RED, told
