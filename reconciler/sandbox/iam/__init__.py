"""AWS IAM in the sandbox: moto's roles and policies, with the rules of AWS that moto lacks.

A rule is a method named in snake case after its operation. It takes the request's parameters and `proceed`, which lets
moto answer. moto alone answers an operation without a method.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore import xform_name

from reconciler.sandbox.iam.roles import Roles
from reconciler.sandbox.iam.room import Params, Proceed


class Iam(Roles):
    """The rules of one account."""

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or self._answered_by_moto

    def _answered_by_moto(self, params: Params, proceed: Proceed) -> Any:
        """Lets moto answer, once the role that the request names is known."""
        self.resolve_role(params)
        return proceed()
