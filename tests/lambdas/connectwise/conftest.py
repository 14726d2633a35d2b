from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.sandbox import Control, in_process
from tests.lambdas.connectwise.places import LEDGER, create_tables


@pytest.fixture(scope="session")
def dynamodb(session: botocore.session.Session) -> Any:
    return calls.client("dynamodb", "us-east-1", calls.Patience(connect=3.0, read=10.0), session)


@pytest.fixture
def sandbox(dynamodb: Any) -> Iterator[Control]:
    with in_process() as control:
        create_tables(dynamodb)
        yield control


@pytest.fixture
def patient() -> calls.Calls:
    """Waits without waiting."""
    return calls.Calls(Deadline.within(100.0, lambda: 0.0), lambda seconds: None, lambda: 0.0)


@pytest.fixture
def table() -> str:
    return LEDGER
