"""Who we are to Redshift: from a secret, or from IAM for a quarter of an hour. Nothing of it is in the environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.settings import Redshift
from reconciler.lambdas.shared.calls import CallFailed, Calls


@dataclass(frozen=True)
class Login:
    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    phone_key: bytes = field(default=b"", repr=False)


def log_in(where: Redshift, client: Callable[[str], Any], calls: Calls) -> Login:
    """Raises `LoadFailed`, whose text holds nothing of the secret."""
    try:
        return _from_secret(where, client, calls) if where.secret else _from_iam(where, client, calls)
    except CallFailed as wrong:
        raise LoadFailed(f"no credentials for Redshift: {wrong}") from wrong


def _from_secret(where: Redshift, client: Callable[[str], Any], calls: Calls) -> Login:
    """As Redshift's own secrets are: username, password, host, port, dbName; and `phone_key` for PHONES=hash."""
    secrets = client("secretsmanager")
    found = calls.make("secretsmanager:GetSecretValue", lambda: secrets.get_secret_value(SecretId=where.secret))
    try:
        told = json.loads(found["SecretString"])
        return Login(
            host=where.host or told["host"],
            port=int(told.get("port") or where.port),
            database=told.get("dbName") or told.get("dbname") or where.database,
            user=told["username"],
            password=told["password"],
            phone_key=str(told.get("phone_key") or "").encode(),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        # What json and int say repeats what they read.
        raise LoadFailed("the secret must be JSON with username, password and host") from None


def _from_iam(where: Redshift, client: Callable[[str], Any], calls: Calls) -> Login:
    serverless = client("redshift-serverless")
    found = calls.make(
        "redshift-serverless:GetCredentials",
        lambda: serverless.get_credentials(workgroupName=where.workgroup, dbName=where.database),
    )
    return Login(where.host, where.port, where.database, found["dbUser"], found["dbPassword"])
