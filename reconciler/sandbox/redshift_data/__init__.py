"""The Redshift Data API in the sandbox: SQL over HTTP, on the database of a workgroup.

An operation is a method named in snake case, as in Connect. A statement runs in a thread of its own. Its database user
is the caller's, or that of a secret. A batch is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable

from botocore import xform_name

from reconciler.sandbox.redshift.room import Answer, Params
from reconciler.sandbox.redshift_data.results import Results
from reconciler.sandbox.redshift_data.submitting import Submitting


class RedshiftData(Submitting, Results):
    """All operations of one account and Region."""

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """Returns the function that answers an operation, or None."""
        method: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        return method
