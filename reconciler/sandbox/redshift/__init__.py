"""Amazon Redshift Serverless in the sandbox: namespaces, workgroups, their tags, and their databases.

moto has none of it. An operation is a method named in snake case, as in Connect. The first login starts an embedded
PostgreSQL for the namespace. The endpoint of its workgroup speaks Redshift's wire protocol (`front`). Its SQL is
translated for PostgreSQL, and refused where Redshift refuses it (`dialect`). COPY reads Parquet from the sandbox's S3
by a role of the namespace (`copying`). Isolation is serializable and lengths are bytes, as in Redshift. Queues, costs
and the planner's use of keys are not modelled.
"""

from __future__ import annotations

from collections.abc import Callable

from botocore import xform_name

from reconciler.sandbox.redshift.credentials import Credentials
from reconciler.sandbox.redshift.namespaces import Namespaces
from reconciler.sandbox.redshift.room import Answer, Params
from reconciler.sandbox.redshift.workgroups import Workgroups


class RedshiftServerless(Namespaces, Workgroups, Credentials):
    """All operations of one account and Region."""

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """Returns the function that answers an operation, or None."""
        method: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        return method
