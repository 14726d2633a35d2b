"""Amazon Q in Connect in the sandbox: assistants, sessions of contacts, and the data that prompts read.

An operation is a method named in snake case, as in Connect. Only the way state is kept comes from moto.
"""

from __future__ import annotations

from collections.abc import Callable

from botocore import xform_name

from reconciler.sandbox.qconnect.assistants import Assistants
from reconciler.sandbox.qconnect.backend import QConnectBackend
from reconciler.sandbox.qconnect.sessions import Answer, Params
from reconciler.sandbox.world import World


class QConnect(Assistants):
    """All operations of one account and Region."""

    def __init__(self, world: World, backend: QConnectBackend) -> None:
        super().__init__(world, backend)

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """Returns the function that answers an operation, or None."""
        method: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        return method
