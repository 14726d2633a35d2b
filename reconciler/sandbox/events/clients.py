"""Clients of this local AWS for services that call other services, with the session of a role."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from reconciler.sandbox import functions
from reconciler.sandbox.world import world

ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False, connect_timeout=10, read_timeout=1000)


def client(service: str, region: str, role: str, session_name: str) -> Any:
    """Returns a client that calls as the role. In a process without a server, `mock_aws` answers it."""
    return _client(service, region, role, session_name, functions.endpoint())


def forget() -> None:
    """Forgets all clients, since their sessions are gone."""
    _client.cache_clear()


@cache
def _client(service: str, region: str, role: str, session_name: str, endpoint: str) -> Any:
    account = role.split(":")[4]
    with world.lock:
        session = sts_backends[account][get_partition(region)].assume_role(region, session_name, role, "", 3600, "")
    return _botocore().create_client(
        service,
        region_name=region,
        endpoint_url=endpoint or None,
        aws_access_key_id=session.access_key_id,
        aws_secret_access_key=session.secret_access_key,
        aws_session_token=session.session_token,
        config=ONCE,
    )


@cache
def _botocore() -> Any:
    return botocore.session.Session()
