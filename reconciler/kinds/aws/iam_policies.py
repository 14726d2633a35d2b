"""The policies of roles: inline ones, which belong to a role, and the ARNs of managed ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.model import AwsName, PolicyDocument, Spec
from reconciler.model.spec import expecting

PolicyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/.+$",
        examples=["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
        json_schema_extra=expecting("the ARN of a managed policy"),
    ),
]


class InlinePolicy(Spec):
    """A policy that belongs to the role alone and is deleted with it."""

    name: Annotated[str, AwsName("PolicyName")] = Field(
        pattern=r"^[A-Za-z0-9_+=,.@-]{1,128}$",
        description="The name, in up to 128 letters, digits, and the characters _ + = , . @ -.",
        examples=["main"],
        json_schema_extra=expecting("a name of a policy"),
    )
    document: Annotated[PolicyDocument, AwsName("PolicyDocument")] = Field(
        description="The permissions of the role. Its inline policies have up to 10,240 characters without blanks."
    )
