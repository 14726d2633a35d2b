from __future__ import annotations

import sys
from collections.abc import Iterator

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.sandbox import in_process
from reconciler.sandbox.connectwise import standing_in
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_ingest.world import START, World
from tests.lambdas.invocations import Clock


@pytest.fixture
def world(session: botocore.session.Session) -> Iterator[World]:
    clock = Clock(START)
    with standing_in() as vendor, in_process(clock=clock, sleep=clock.sleep) as control:
        built = World(control, vendor, clock, session)
        create_tables(built.client("dynamodb"))
        built.set_up()
        yield built
        # Shown if the test fails.
        sys.stdout.write("\n".join(built.lines))
