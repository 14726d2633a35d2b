from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.sandbox import in_process
from tests.lambdas.connectwise_transform.world import TransformWorld


@pytest.fixture(scope="module")
def clients() -> dict[str, Any]:
    return {}


@pytest.fixture
def world(tmp_path: Path, session: botocore.session.Session, clients: dict[str, Any]) -> Iterator[TransformWorld]:
    with in_process():
        yield TransformWorld(tmp_path, session, clients)
