from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest
from botocore.config import Config

from reconciler.sandbox import REGION, Control, in_process
from tests.cli.running import Server, serving

from .clocks import Clock
from .processes import end, start
from .roles import ONCE
from .scheduling import Account


@pytest.fixture(scope="session")
def session() -> botocore.session.Session:
    """One for all tests: reading Amazon Connect's service model takes longer than most of them."""
    found = botocore.session.Session()
    found.set_credentials("AKIDEXAMPLE", "secret")
    return found


@pytest.fixture(scope="session")
def client(session: botocore.session.Session) -> Any:
    """Sends once and sends everything: the service, not botocore, is to refuse what is wrong."""
    once = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    return session.create_client("connect", region_name="us-east-1", config=once)


@pytest.fixture
def sandbox() -> Iterator[Control]:
    with in_process() as control:
        yield control


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def later(clock: Clock) -> Iterator[Control]:
    """A sandbox whose clock the test moves."""
    with in_process(clock=clock) as control:
        yield control


@pytest.fixture
def connect(sandbox: Control, client: Any) -> Any:
    return client


@pytest.fixture(scope="session")
def local_server() -> Iterator[Server]:
    """One sandbox in a process of its own, for tests that reset it first."""
    with serving() as server:
        yield server


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A sandbox in a process of its own, and its endpoint."""
    process, ready = start()
    yield process, ready.split()[1]
    if process.poll() is None:
        end(process, signal.SIGKILL)


@pytest.fixture
def iam(sandbox: Control, session: botocore.session.Session) -> Any:
    return session.create_client("iam", region_name=REGION, config=ONCE)


@pytest.fixture
def aws(sandbox: Control, session: botocore.session.Session) -> Account:
    return Account(session)
