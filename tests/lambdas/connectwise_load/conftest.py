from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.sandbox import in_process
from reconciler.sandbox.redshift.certificate import certificate
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_load import lakes
from tests.lambdas.connectwise_load.lakes import Lake
from tests.worlds.warehouse import open_warehouse


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The driver's own words about how it makes its TLS.
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning"))


@pytest.fixture(scope="session")
def clients(session: botocore.session.Session) -> dict[str, Any]:
    return lakes.clients(session)


@pytest.fixture
def bare(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """With an empty database."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate()))
    with in_process() as sandbox:
        create_tables(clients["dynamodb"])
        found = Lake(sandbox, clients, open_warehouse(clients.__getitem__))
        found.set_up()
        yield found


@pytest.fixture
def lake(bare: Lake) -> Lake:
    """With its tables."""
    bare.invoke({"migrate": True})
    bare.lines.clear()
    bare.sandbox.reset_stats()
    return bare
