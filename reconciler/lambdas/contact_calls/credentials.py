"""Credentials for Redshift: from a secret, or from IAM for 15 minutes. The environment holds none."""

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
    """Returns a login. Raises `LoadFailed`, whose text contains nothing of the secret."""
    try:
        return _from_secret(where, client, calls) if where.secret else _from_iam(where, client, calls)
    except CallFailed as wrong:
        raise LoadFailed(f"no credentials for Redshift: {wrong}") from wrong


def _from_secret(where: Redshift, client: Callable[[str], Any], calls: Calls) -> Login:
    """Reads a secret in Redshift's form, with `phone_key` for PHONES=hash.

    Its keys are username, password, host, port and dbName.
    """
    secrets = client("secretsmanager")
    answer = calls.make("secretsmanager:GetSecretValue", lambda: secrets.get_secret_value(SecretId=where.secret))
    try:
        secret = json.loads(answer["SecretString"])
        return Login(
            host=where.host or secret["host"],
            port=int(secret.get("port") or where.port),
            database=secret.get("dbName") or secret.get("dbname") or where.database,
            user=secret["username"],
            password=secret["password"],
            phone_key=str(secret.get("phone_key") or "").encode(),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        # The messages of json and int repeat their input.
        raise LoadFailed("the secret must be JSON with username, password and host") from None


def _from_iam(where: Redshift, client: Callable[[str], Any], calls: Calls) -> Login:
    serverless = client("redshift-serverless")
    answer = calls.make(
        "redshift-serverless:GetCredentials",
        lambda: serverless.get_credentials(workgroupName=where.workgroup, dbName=where.database),
    )
    return Login(where.host, where.port, where.database, answer["dbUser"], answer["dbPassword"])
