from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.sandbox import in_process
from tests.lambdas.invocations import Clock
from tests.lambdas.session_data.flow import Flow, seed


@pytest.fixture
def flow() -> Iterator[Flow]:
    """A contact with a session, and nothing done yet. The sandbox lives in the flow's time."""
    clock = Clock()
    with in_process(clock=clock, sleep=clock.sleep) as control:
        seed(control)
        yield Flow(control, clock)
