"""Clients of the local AWS, with keys that it takes from anyone."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.config import Config


def signed_session() -> botocore.session.Session:
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    return session


def client_at(endpoint: str, service: str) -> Any:
    """Returns a client of a server. Without an endpoint, it is a client of this process's sandbox."""
    config = Config(s3={"addressing_style": "path"})
    return signed_session().create_client(
        service, region_name="us-east-1", endpoint_url=endpoint or None, config=config
    )
