"""Passwords of users as AWS gets them, and the secrets that keep them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.port import Answer, Params
from reconciler.sandbox import INSTANCE_ID
from tests.worlds.world import UNLIMITED, World, session

PLANTED = "Planted-horse-7-battery"
GENERATED = "reconcile/contact-centre/test/users/ada/password"


class Sent(Aws):
    """A port that keeps the passwords that it sends. `before` may run something ahead of a write, or raise."""

    def __init__(self, before: Callable[[str], None] = lambda operation: None) -> None:
        super().__init__(session(), INSTANCE_ID, Pacer(UNLIMITED))
        self.passwords: list[str] = []
        self.operations: list[str] = []
        self.before = before

    def write(self, service: str, operation: str, params: Params) -> Answer:
        self.operations.append(operation)
        if "Password" in params:
            # `str.__str__` shows what the text itself hides.
            self.passwords.append(str.__str__(params["Password"]))
        self.before(operation)
        return super().write(service, operation, params)


def value(world: World, name: str = GENERATED) -> str:
    return str(world.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


def put(world: World, name: str, text: str | None = PLANTED) -> None:
    """Creates a secret in the console."""
    given: dict[str, Any] = {} if text is None else {"SecretString": text}
    world.client("secretsmanager").create_secret(Name=name, **given)


def tags_of(world: World, name: str = GENERATED) -> dict[str, str]:
    described = world.client("secretsmanager").describe_secret(SecretId=name)
    return {tag["Key"]: tag["Value"] for tag in described.get("Tags", ())}
