"""Amazon Q in Connect as the sandbox answers it: the sessions of contacts, and the data that prompts read there.

An operation is a method of its snake name, as in Connect's rooms. Nothing here is of moto but the way state is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from botocore import xform_name

from reconciler.sandbox.qconnect.backend import QConnectBackend
from reconciler.sandbox.qconnect.sessions import Answer, Params, Sessions
from reconciler.sandbox.world import World


class QConnect(Sessions):
    """Every operation of one account and Region."""

    def __init__(self, world: World, backend: QConnectBackend) -> None:
        super().__init__(world, backend)

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """How an operation is answered here; None: not at all."""
        found: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        return found
