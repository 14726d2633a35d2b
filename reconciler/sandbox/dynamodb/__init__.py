"""Amazon DynamoDB in the sandbox: moto's tables and items, with the rules of AWS for tables that moto lacks.

A rule is a method named in snake case after its operation. It takes the request's parameters and `proceed`, which lets
moto answer. moto alone answers an operation without a method.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore import xform_name

from reconciler.sandbox.dynamodb.changes import Changes
from reconciler.sandbox.dynamodb.room import Params, Proceed
from reconciler.sandbox.dynamodb.settings import Settings
from reconciler.sandbox.dynamodb.transactions import Transactions


class DynamoDB(Changes, Settings, Transactions):
    """The rules of one account and Region."""

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or self._answered_by_moto

    def _answered_by_moto(self, params: Params, proceed: Proceed) -> Any:
        """Lets moto answer, once the tables that AWS has finished deleting are gone."""
        self.finish_deletions()
        return proceed()
