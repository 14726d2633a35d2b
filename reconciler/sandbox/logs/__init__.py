"""Amazon CloudWatch Logs in the sandbox: moto's log groups and streams, with the rules of AWS that moto lacks.

A rule is a method named in snake case after its operation. It takes the request's parameters and `proceed`, which lets
moto answer. moto alone answers an operation without a method.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore import xform_name

from reconciler.sandbox.logs.events import LogEvents
from reconciler.sandbox.logs.groups import LogGroups
from reconciler.sandbox.logs.listing import Listings
from reconciler.sandbox.logs.room import Params, Proceed


class Logs(Listings, LogEvents, LogGroups):
    """The rules of one account and Region."""

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or _answered_by_moto


def _answered_by_moto(params: Params, proceed: Proceed) -> Any:
    return proceed()
