from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.sandbox import Control, in_process
from tests.world import World


@pytest.fixture
def control() -> Iterator[Control]:
    with in_process() as control:
        yield control


@pytest.fixture
def world(control: Control, tmp_path: Path) -> Any:
    return World(control, tmp_path)
