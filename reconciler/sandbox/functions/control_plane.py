"""The control plane of AWS Lambda in the sandbox: moto's functions, with the members and the rules that moto lacks.

A rule is a method named in snake case after its operation. It takes the request's parameters and `proceed`, which lets
moto answer. moto alone answers an operation without a method.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore import xform_name

from reconciler.sandbox.functions.aliases import Aliases
from reconciler.sandbox.functions.calls import AsynchronousCalls
from reconciler.sandbox.functions.configuration import Configurations
from reconciler.sandbox.functions.event_sources import EventSources
from reconciler.sandbox.functions.policies import FunctionPolicies
from reconciler.sandbox.functions.room import Params, Proceed


class ControlPlane(Configurations, Aliases, AsynchronousCalls, FunctionPolicies, EventSources):
    """The rules of one account and Region."""

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or _answered_by_moto


def _answered_by_moto(params: Params, proceed: Proceed) -> Any:
    return proceed()
