from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.lambdas.agent_roster.function import PATIENCE
from reconciler.lambdas.shared.calls import client
from reconciler.sandbox import REGION, in_process
from tests.lambdas.agent_roster.desk import Clock, Desk

SERVICES = ("connect", "dynamodb", "s3", "secretsmanager", "sqs")


@pytest.fixture(scope="session")
def clients(session: botocore.session.Session) -> dict[str, Any]:
    return {name: client(name, REGION, PATIENCE, session) for name in SERVICES}


@pytest.fixture
def desk(clients: dict[str, Any]) -> Iterator[Desk]:
    """Empty tables, and an instance without agents. The sandbox lives in the desk's time."""
    clock = Clock()
    with in_process(clock=clock, sleep=clock.sleep) as control:
        yield Desk(control, clock, clients)
