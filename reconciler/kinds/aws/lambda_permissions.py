"""Statements of a function's resource policy: who else may call it.

AWS has no tags of statements, and others add statements too: Amazon Connect does when a function is associated, and so
do the consoles of other services. So a statement of this tool has a prefix in its id, and all others stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from reconciler.kinds.aws.lambda_parts import Arn
from reconciler.model import AwsName, Spec
from reconciler.model.spec import expecting, meanings

OWN = "reconcile-"
_ROOT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):root")


def _as_account(principal: str) -> str:
    """Returns an account for the ARN of its root: AWS answers with the ARN, whatever was written."""
    match = _ROOT.fullmatch(principal)
    return match[1] if match else principal


class FunctionPermission(Spec):
    """One statement: an action that a principal may take on the function."""

    statement_id: str = Field(
        max_length=100,
        pattern=rf"^{OWN}[A-Za-z0-9_-]+$",
        description=f"The Sid of the statement. It begins with {OWN}, because all other statements are left alone.",
        examples=["reconcile-scheduler"],
        json_schema_extra=expecting(f"a statement id of this tool: it must begin with {OWN}"),
    )
    action: str = Field(
        pattern=r"^(lambda:[*]|lambda:[a-zA-Z]+|[*])$",
        description="The action.",
        examples=["lambda:InvokeFunction"],
        json_schema_extra=expecting("an action of AWS Lambda"),
    )
    principal: Annotated[str, AfterValidator(_as_account)] = Field(
        min_length=1,
        max_length=2048,
        pattern=r"^\S+$",
        description="The service, the account, or the ARN of the role or the user that may do it.",
        examples=["s3.amazonaws.com", "111122223333"],
        json_schema_extra=expecting("a service, an account or an ARN"),
    )
    source_arn: Arn | None = Field(
        None,
        description="The ARN of the resource for which a service may do it.",
        examples=["arn:aws:s3:::example-uploads"],
    )
    source_account: str | None = Field(
        None,
        pattern=r"^[0-9]{12}$",
        description="The account of the resource, for ARNs that have none, such as those of buckets.",
        examples=["111122223333"],
        json_schema_extra=expecting("an account such as 111122223333"),
    )
    principal_org_id: Annotated[str | None, AwsName("PrincipalOrgID")] = Field(
        None,
        pattern=r"^o-[a-z0-9]{10,32}$",
        description="The organization of the principal.",
        examples=["o-a1b2c3d4e5"],
        json_schema_extra=expecting("the id of an organization"),
    )
    event_source_token: str | None = Field(
        None, min_length=1, max_length=256, description="The token that Alexa sends.", examples=["amzn1.ask.skill.1"]
    )
    function_url_auth_type: Literal["NONE", "AWS_IAM"] | None = Field(
        None,
        description="The authentication of the function's URL, for lambda:InvokeFunctionUrl.",
        json_schema_extra=meanings(NONE="Everyone may call it.", AWS_IAM="Only principals of IAM may."),
    )
    invoked_via_function_url: bool | None = Field(
        None, description="True: only calls of the function's URL, for lambda:InvokeFunction."
    )


# The condition key of each member (IAM reference, "Condition keys for AWS Lambda", and global keys), without case.
_CONDITIONS = {
    "aws:sourcearn": "SourceArn",
    "aws:sourceaccount": "SourceAccount",
    "aws:principalorgid": "PrincipalOrgID",
    "lambda:eventsourcetoken": "EventSourceToken",
    "lambda:functionurlauthtype": "FunctionUrlAuthType",
    "lambda:invokedviafunctionurl": "InvokedViaFunctionUrl",
}


def permissions_in(policy: str) -> Iterator[dict[str, Any]]:
    """Yields this tool's statements of a resource policy, with the parameters of AddPermission as members."""
    for statement in json.loads(policy).get("Statement", ()):
        if str(statement.get("Sid", "")).startswith(OWN):
            yield _permission(statement)


def _permission(statement: Mapping[str, Any]) -> dict[str, Any]:
    principal = statement.get("Principal")
    members = {
        "StatementId": statement["Sid"],
        "Action": statement.get("Action"),
        "Principal": next(iter(principal.values()), "") if isinstance(principal, Mapping) else principal,
    }
    for conditions in statement.get("Condition", {}).values():
        for key, value in conditions.items():
            if name := _CONDITIONS.get(key.lower()):
                is_flag = name == "InvokedViaFunctionUrl"
                members[name] = str(value).lower() == "true" if is_flag else value
    return members
