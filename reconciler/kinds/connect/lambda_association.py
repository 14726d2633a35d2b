"""The LambdaAssociation kind: a function that the flows of an instance may call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing
from reconciler.kinds.words import function_name
from reconciler.model import LocalOnly, Ownership, Resource
from reconciler.model.spec import expecting

_ARN = r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+"
_REFERENCE = r"\$\{(LambdaFunction/[A-Za-z0-9_-]+|LambdaAlias/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+)\.arn\}"


class LambdaAssociation(Resource):
    """A Lambda function that flows may call. It has no tags, so it is managed while declared and deleted by address."""

    name: Annotated[str, LocalOnly()] = Field(
        description="The name of the function, with its alias or version if the ARN has one.", examples=["lookup:live"]
    )
    function_arn: str = Field(
        min_length=1,
        max_length=140,
        pattern=rf"^({_ARN}|{_REFERENCE})(:[A-Za-z0-9_$-]+)?$",
        json_schema_extra=expecting("a function's ARN such as arn:aws:lambda:REGION:ACCOUNT:function:NAME"),
        description="The ARN of the function, in up to 140 characters, or a reference. Flows call only the alias or "
        "version in it.",
        examples=[
            "${LambdaFunction/lookup.arn}",
            "${LambdaAlias/lookup/live.arn}",
            "arn:aws:lambda:ca-central-1:111122223333:function:lookup:live",
        ],
    )


class LambdaAssociationKind(Kind[LambdaAssociation]):
    spec = LambdaAssociation
    service = CONNECT
    ownership = Ownership.DECLARED
    identity = Identity("FunctionArn", key="function_arn")
    reading = Reading(search=Listing("ListLambdaFunctions", "LambdaFunctions", {"MaxResults": 25}))
    writing = Writing(create="AssociateLambdaFunction", delete="DisassociateLambdaFunction")

    def called(self, members: Mapping[str, Any]) -> str:
        """Returns the function's name, with its alias or version."""
        return function_name(str(members[self.identity.id_param]))
