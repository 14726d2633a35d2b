from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.lambdas.shared import calls
from reconciler.sandbox import in_process
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_report.reports import Reports


@pytest.fixture(scope="module")
def clients(session: botocore.session.Session) -> dict[str, Any]:
    patience = calls.Patience(connect=3.0, read=10.0)
    names = ("dynamodb", "s3", "sns", "sqs")
    return {name: calls.client(name, "us-east-1", patience, session) for name in names}


@pytest.fixture
def reports(clients: dict[str, Any]) -> Iterator[Reports]:
    with in_process() as sandbox:
        create_tables(clients["dynamodb"])
        found = Reports(sandbox, clients)
        found.set_up()
        yield found
