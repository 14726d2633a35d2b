"""Amazon Redshift Serverless in the sandbox: namespaces, workgroups, and their tags. moto has none of it.

An operation is a method named in snake case, as in Connect. No database runs here, and nothing is billed.
"""

from __future__ import annotations

from collections.abc import Callable

from botocore import xform_name

from reconciler.sandbox.redshift.namespaces import Namespaces
from reconciler.sandbox.redshift.room import Answer, Params
from reconciler.sandbox.redshift.workgroups import Workgroups


class RedshiftServerless(Namespaces, Workgroups):
    """All operations of one account and Region."""

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """Returns the function that answers an operation, or None."""
        method: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        return method
