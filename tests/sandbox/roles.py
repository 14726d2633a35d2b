"""Roles and policies as these tests make them, and the errors that IAM answers."""

from __future__ import annotations

import json
from typing import Any

from botocore.config import Config

from reconciler.sandbox import ACCOUNT

ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
PREFIX = f"arn:aws:iam::{ACCOUNT}"
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
MALFORMED = ("MalformedPolicyDocument", 400)
INVALID = ("ValidationError", 400)
MISSING = ("NoSuchEntity", 404)
EXISTS = ("EntityAlreadyExists", 409)
LIMIT = ("LimitExceeded", 409)
IN_USE = ("DeleteConflict", 409)


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def trust(principal: Any = None, **more: Any) -> str:
    return policy(Principal=principal or {"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole", **more)


PERMISSION = policy(Action="s3:GetObject", Resource="*")


def create(iam: Any, name: str = "r", document: str | None = None, **more: Any) -> Any:
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=document or trust(), **more)["Role"]


PERMISSION = policy(Action="s3:GetObject", Resource="*")
