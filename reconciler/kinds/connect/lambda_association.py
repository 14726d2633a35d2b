"""Lambda association: a function that the flows of an instance may call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.draft7 import expecting
from reconciler.kinds.tables import Listing
from reconciler.model import LocalOnly, Ownership, Resource


class LambdaAssociation(Resource):
    """A function that flows may call. It bears no tags: ours while it is declared, and gone by a tombstone alone."""

    name: Annotated[str, LocalOnly()]
    function_arn: str = Field(
        min_length=1,
        max_length=140,
        pattern=r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?$",
        json_schema_extra=expecting("a function's ARN such as arn:aws:lambda:REGION:ACCOUNT:function:NAME"),
        description="With its alias or version, if it has one; permission is given for just that one.",
    )


class LambdaAssociationKind(Kind[LambdaAssociation]):
    spec = LambdaAssociation
    ownership = Ownership.DECLARED
    id_param = "FunctionArn"
    key = "function_arn"
    search = Listing("ListLambdaFunctions", "LambdaFunctions", {"MaxResults": 25})
    create = "AssociateLambdaFunction"
    delete = "DisassociateLambdaFunction"

    def called(self, members: Mapping[str, Any]) -> str:
        """The function's name, and its alias or version."""
        return str(members[self.id_param]).rpartition(":function:")[2]
