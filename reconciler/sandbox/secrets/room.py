"""The common parts of the rules of Secrets Manager: finding a secret, and errors.

A secret that is scheduled for deletion stays, and its name is taken. DescribeSecret shows it, and other operations
refuse it. AWS guarantees no time for its end [service model, DeleteSecret], so the sandbox keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.secretsmanager.models import FakeSecret, ReplicaSecret, SecretsManagerBackend

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
Proceed = Callable[[], Any]


class SecretRoom:
    def __init__(self, world: World, backend: SecretsManagerBackend) -> None:
        self.world = world
        self.backend = backend

    def secret(self, id: str) -> FakeSecret | ReplicaSecret:
        """Returns the secret of a name or an ARN."""
        if (secret := self.backend.secrets.get(id)) is None:
            raise Refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return secret

    def usable(self, id: str) -> FakeSecret | ReplicaSecret:
        """Returns a secret that is not scheduled for deletion [seen: terraform-provider-aws, secretsmanager]."""
        secret = self.secret(id)
        if secret.is_deleted():
            raise refused("You can't perform this operation on the secret because it was marked for deletion.")
        return secret


def invalid(message: str) -> Refused:
    return Refused("InvalidParameterException", message)


def refused(message: str) -> Refused:
    return Refused("InvalidRequestException", message)
