"""The common parts of IAM's rules: the backend, roles by name, and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.iam.models import IAMBackend, Role

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.iam import delays
from reconciler.sandbox.world import World

Params = dict[str, Any]
Proceed = Callable[[], Any]


class RoleRoom:
    def __init__(self, world: World, backend: IAMBackend) -> None:
        self.world = world
        self.backend = backend

    def same_name(self, name: str) -> Role | None:
        """Returns the role of a name. Names "are not distinguished by case" [service model]."""
        return next((role for role in self.backend.get_roles() if role.name.lower() == name.lower()), None)

    def resolve_role(self, params: Params) -> Role | None:
        """Returns the role that a request names, and gives the request its spelling. Raises `Refused`."""
        name = params.get("RoleName")
        role = self.same_name(name) if name else None
        if role is None:
            return None
        if delays.is_hidden(self.world, role):
            raise Refused("NoSuchEntity", f"The role with name {name} cannot be found.")
        params["RoleName"] = role.name
        return role


def limit_exceeded(message: str) -> Refused:
    return Refused("LimitExceeded", message)
