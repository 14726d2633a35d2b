"""Who is asking: the credentials, and the role or user behind them."""

from __future__ import annotations

import re

from reconciler.documents.hints import shown
from reconciler.environment import Environment
from reconciler.errors import CallError, Fate, ReconcileError
from reconciler.port import AwsPort
from reconciler.preflight.checks import Check, Result, said

NAME = "credentials"
_ASSUMED = re.compile(r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/.+")
_FEDERATED = re.compile(r"arn:[\w-]+:sts::\d+:federated-user/.+")
_ROOT = re.compile(r"arn:[\w-]+:iam::\d+:root")


def ask(aws: AwsPort, environment: Environment) -> tuple[Check, str]:
    """The check, and the caller's ARN."""
    try:
        answer = aws.read("sts", "GetCallerIdentity", {})
    except ReconcileError as wrong:
        return Check(NAME, Result.FAILED, said(wrong), _remedy(wrong)), ""
    arn, account = str(answer.get("Arn", "")), str(answer.get("Account", ""))
    if account != environment.account:
        message = (
            f"{arn} is of account {account}, environment {shown(environment.name)} is in account {environment.account}"
        )
        return Check(NAME, Result.FAILED, message, "choose another AWS_PROFILE, or another environment with -e"), arn
    if _ROOT.fullmatch(arn):
        message = f"the root user of account {account}, who may do anything"
        return Check(NAME, Result.WARNING, message, "sign in with a role that has the least policy"), arn
    return Check(NAME, Result.OK, f"{arn}, account {account}"), arn


def _remedy(wrong: ReconcileError) -> str:
    """Who is not answered has no need of other credentials."""
    if isinstance(wrong, CallError) and wrong.fate is not Fate.REFUSED:
        return "try again; where that does not help check the network, the proxy and AWS_ENDPOINT_URL"
    return "set AWS_PROFILE, or sign in with aws sso login"


def principal(aws: AwsPort, arn: str) -> str:
    """The role or user whose policies count: IAM takes no session's ARN (API reference, SimulatePrincipalPolicy).

    A session's ARN leaves out its role's path, which IAM is asked for.
    """
    if not (session := _ASSUMED.fullmatch(arn)):
        return arn
    try:
        return str(aws.read("iam", "GetRole", {"RoleName": session["role"]})["Role"]["Arn"])
    except CallError:
        # Who may not ask for a role may still have it simulated, and most roles have no path.
        return f"arn:{session['partition']}:iam::{session['account']}:role/{session['role']}"


def unsimulated(arn: str) -> str:
    """Why IAM simulates nothing for a caller; empty where it may."""
    if _ROOT.fullmatch(arn):
        return "IAM simulates no root user"
    return "IAM simulates no federated user" if _FEDERATED.fullmatch(arn) else ""
