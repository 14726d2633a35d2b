"""The statement that Amazon Connect adds to the policy of an associated function, in the caller's name.

AssociateLambdaFunction needs lambda:AddPermission, and DisassociateLambdaFunction lambda:RemovePermission [Service
Authorization Reference, dependent actions]. The id and the conditions of the statement are inferred.
"""

from __future__ import annotations

from uuid import uuid4

from moto.awslambda.models import LambdaFunction as MotoFunction
from moto.awslambda.models import lambda_backends


def allow_connect(function: str, instance: str) -> None:
    """Adds the statement, if the function exists and has no such statement."""
    target = _function(function)
    if target is None or any(known.get("Sid") == _sid(instance) for known in target.policy.statements):
        return
    account = instance.split(":")[4]
    conditions = {"StringEquals": {"AWS:SourceAccount": account}, "ArnLike": {"AWS:SourceArn": instance}}
    statement = {
        "Sid": _sid(instance),
        "Effect": "Allow",
        "Principal": {"Service": "connect.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": function,
        "Condition": conditions,
    }
    target.policy.statements.append(statement)
    target.policy.revision = str(uuid4())


def forbid_connect(function: str, instance: str) -> None:
    """Removes the statement, if there is one."""
    if target := _function(function):
        left = [known for known in target.policy.statements if known.get("Sid") != _sid(instance)]
        if len(left) != len(target.policy.statements):
            target.policy.statements, target.policy.revision = left, str(uuid4())


def _sid(instance: str) -> str:
    return f"amazon-connect-{instance.rpartition('/')[2]}"


def _function(arn: str) -> MotoFunction | None:
    """Returns a function of the account; `None` for one of another account, Region or alias that is not there."""
    _, _, _, region, account, _, name = arn.split(":", 6)
    functions = lambda_backends[account][region].list_functions(None)
    return next((it for it in functions if it.function_name == name.partition(":")[0]), None)
