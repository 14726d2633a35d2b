"""The door of every service over HTTP: the same faults, counters and codes as in one process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from tests.cli.running import Server

from .calls import refused
from .services import FAILURES, ONCE, SERVED, THROTTLES, User


@pytest.fixture(params=SERVED)
def caller(request: pytest.FixtureRequest, local_server: Server, session: Any) -> Iterator[User]:
    local_server.reset()
    client = session.create_client(
        request.param, region_name="us-east-1", endpoint_url=local_server.endpoint, config=ONCE
    )
    yield User(client, request.param)
    client.close()


@pytest.mark.slow
def test_every_call_is_counted_over_http(caller: User, local_server: Server) -> None:
    caller.write()

    assert caller.read() in (["x"], ["xxx"])
    assert local_server.calls()[f"{caller.service}:{caller.operation}"] == 1


@pytest.mark.slow
def test_errors_over_http_have_the_services_own_codes(caller: User, local_server: Server) -> None:
    local_server.set_faults(error={"every": 2, "code": "ThrottlingException"})
    caller.read()

    assert refused(caller.write) == THROTTLES[caller.service]
    local_server.set_faults(error={"every": 1})
    assert refused(caller.write) == FAILURES[caller.service]


def test_a_lost_reply_over_http_closes_the_connection_after_the_write(caller: User, local_server: Server) -> None:
    local_server.set_faults(lostReply={"every": 1})

    with pytest.raises(ConnectionClosedError):
        caller.write()

    assert len(caller.read()) == 1
    assert local_server.faults_served() == {"lostReply": 1}


def test_a_dropped_request_over_http_does_nothing(caller: User, local_server: Server) -> None:
    local_server.set_faults(dropBefore={"every": 1})

    with pytest.raises(ConnectionClosedError):
        caller.write()

    assert caller.read() == []
