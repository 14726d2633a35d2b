"""Amazon EMR Serverless in the sandbox: applications, their tags, and Spark jobs.

An operation is a method named in snake case, as in Connect. Only the way state is kept comes from moto.
"""

from __future__ import annotations

from collections.abc import Callable

from botocore import xform_name

from reconciler.sandbox.emr.applications import Answer, Params
from reconciler.sandbox.emr.jobs import Jobs


class EmrServerless(Jobs):
    """All operations of one account and Region."""

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """Returns the function that answers an operation, or None."""
        method: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        return method
