from __future__ import annotations

import botocore.session
import pytest

from tests.lambdas.clients import signed_session


@pytest.fixture(scope="session")
def session() -> botocore.session.Session:
    return signed_session()
