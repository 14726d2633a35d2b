from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.lambdas.shared import calls
from reconciler.sandbox import in_process
from tests.lambdas.agent_upload.inbox import Inbox

SERVICES = ("connect", "dynamodb", "s3", "secretsmanager")


@pytest.fixture(scope="session")
def clients(session: botocore.session.Session) -> dict[str, Any]:
    patience = calls.Patience(connect=3.0, read=10.0)
    return {name: calls.client(name, "us-east-1", patience, session) for name in SERVICES}


@pytest.fixture
def inbox(clients: dict[str, Any]) -> Iterator[Inbox]:
    with in_process() as sandbox:
        world = Inbox(sandbox, clients)
        sandbox.reset_stats()
        yield world


@pytest.fixture
def worlds(clients: dict[str, Any]) -> Iterator[Callable[[], Inbox]]:
    """Returns empty worlds, one after the other."""
    with ExitStack() as stack:

        def world() -> Inbox:
            stack.close()
            return Inbox(stack.enter_context(in_process()), clients)

        yield world
