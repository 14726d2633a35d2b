"""Resource policies of functions: the statements of AddPermission, with conditions that moto drops."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from moto.awslambda.models import LambdaFunction as MotoFunction
from moto.core.responses import ActionResult

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.functions.room import STALE, FunctionRoom, Params, Proceed, conflict

LARGEST = 20_480  # bytes [quotas: function resource-based policy]
ACCOUNT = re.compile(r"\d{12}")
# Operator and key of each condition [seen in moto and in answers that terraform-provider-aws reads: upper case].
CONDITIONS = {
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


class FunctionPolicies(FunctionRoom):
    def add_permission(self, params: Params, proceed: Proceed) -> Any:
        if params.get("Qualifier"):
            return proceed()
        function = self.function(params["FunctionName"])
        self._check_revision(function, params)
        statement = self._statement(function, params)
        return ActionResult({"Statement": json.dumps(self.add_statement(function, statement))})

    def add_statement(self, function: MotoFunction, statement: dict[str, Any]) -> dict[str, Any]:
        """Adds a statement, also in the name of another service. Refuses an id that is taken [API reference]."""
        sid, statements = statement["Sid"], function.policy.statements
        if any(known.get("Sid") == sid for known in statements):
            raise conflict(
                f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the "
                "existing statement."
            )
        if len(json.dumps([*statements, statement])) > LARGEST:
            message = f"The final policy size is bigger than the limit ({LARGEST})."
            raise Refused("PolicyLengthExceededException", message)
        statements.append(statement)
        function.policy.revision = str(uuid4())
        return statement

    def remove_permission(self, params: Params, proceed: Proceed) -> Any:
        if params.get("Qualifier"):
            return proceed()
        function, sid = self.function(params["FunctionName"]), params["StatementId"]
        statements = function.policy.statements
        statement = next((known for known in statements if known.get("Sid") == sid), None)
        if statement is None:
            raise Refused("ResourceNotFoundException", f"Statement {sid} is not found in resource policy.")
        self._check_revision(function, params)
        statements.remove(statement)
        function.policy.revision = str(uuid4())
        return 204, {"status": "204"}, ""

    def _check_revision(self, function: MotoFunction, params: Params) -> None:
        if params.get("RevisionId") and params["RevisionId"] != function.policy.revision:
            raise Refused("PreconditionFailedException", STALE)

    def _statement(self, function: MotoFunction, params: Params) -> dict[str, Any]:
        conditions: dict[str, dict[str, Any]] = {}
        for member, (operator, key) in CONDITIONS.items():
            if (value := params.get(member)) is not None:
                conditions.setdefault(operator, {})[key] = str(value).lower() if value in (True, False) else value
        statement = {
            "Sid": params["StatementId"],
            "Effect": "Allow",
            "Principal": _principal(params["Principal"]),
            "Action": params["Action"],
            "Resource": function.function_arn,
        }
        return statement | ({"Condition": conditions} if conditions else {})


def _principal(principal: str) -> str | Mapping[str, str]:
    """Returns a principal as policies show it: an account as the ARN of its root [seen: terraform-provider-aws]."""
    if principal == "*":
        return "*"
    if ACCOUNT.fullmatch(principal):
        return {"AWS": f"arn:aws:iam::{principal}:root"}
    return {"AWS": principal} if principal.startswith("arn:") else {"Service": principal}
