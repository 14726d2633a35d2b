"""The secret in which AWS keeps the password of a namespace's administrator."""

from __future__ import annotations

import json
import secrets

from moto.secretsmanager.models import SecretsManagerBackend

WORD = "Aa1-"  # a password has small and capital letters, and a digit [service model]


def keep_password(backend: SecretsManagerBackend, namespace: str, user: str, key: str | None) -> str:
    """Creates the secret with a new password, and returns its ARN [management guide: name and members]."""
    value = json.dumps({"username": user, "password": WORD + secrets.token_urlsafe(24)})
    name = f"redshift!{namespace}-{user}"
    forget_password(backend, name)
    tags = [{"Key": "aws:secretsmanager:owningService", "Value": "redshift"}]
    about = f"Secret associated with the Redshift Serverless namespace {namespace}"
    answer = backend.create_secret(
        name=name,
        secret_string=value,
        secret_binary=None,
        description=about,
        tags=tags,
        kms_key_id=key,
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )
    return str(json.loads(answer)["ARN"])


def read_password(backend: SecretsManagerBackend, secret: str) -> str:
    """Returns the password that a secret has now, or an empty text."""
    if not backend._is_valid_identifier(secret):
        return ""
    value = backend.get_secret_value(secret, "", "AWSCURRENT")
    return str(json.loads(value["SecretString"]).get("password", ""))


def forget_password(backend: SecretsManagerBackend, secret: str) -> None:
    """Deletes the secret, if it exists. AWS waits for no recovery [inferred]."""
    if backend._is_valid_identifier(secret):
        backend.delete_secret(secret, None, True)
