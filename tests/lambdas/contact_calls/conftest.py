from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.lambdas.shared import calls
from reconciler.sandbox import in_process
from reconciler.sandbox.redshift.certificate import certificate
from tests.lambdas.contact_calls.pipeline import Clock, Pipeline
from tests.worlds.warehouse import open_warehouse


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The driver's own words about how it makes its TLS.
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning"))


@pytest.fixture(scope="session")
def clients(session: botocore.session.Session) -> dict[str, Any]:
    names = ("connect", "dynamodb", "iam", "redshift-serverless", "s3", "secretsmanager")
    patience = calls.Patience(connect=3.0, read=10.0)
    return {name: calls.client(name, "us-east-1", patience, session) for name in names}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bare(session: botocore.session.Session, clients: dict[str, Any], clock: Clock) -> Iterator[Pipeline]:
    """Without a database."""
    with in_process(clock=clock, sleep=clock.sleep) as sandbox:
        yield Pipeline(sandbox, session, clock, None, clients=clients)


@pytest.fixture
def pipeline(
    session: botocore.session.Session, clients: dict[str, Any], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pipeline]:
    """With its tables in place."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate()))
    with in_process(clock=clock, sleep=clock.sleep) as sandbox:
        redshift = open_warehouse(clients.__getitem__)
        found = Pipeline(sandbox, session, clock, redshift, clients=clients)
        found.invoke({"migrate": True})
        found.lines.clear()
        sandbox.reset_stats()
        yield found
