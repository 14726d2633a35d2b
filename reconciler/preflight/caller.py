"""Checks the caller: the credentials, and their role or user."""

from __future__ import annotations

import re

from reconciler.documents.hints import brief
from reconciler.errors import CallError, Fate, ReconcileError
from reconciler.model.environment import Environment
from reconciler.port import AwsPort
from reconciler.preflight.checks import Check, CheckResult, error_text

NAME = "credentials"
_ASSUMED = re.compile(r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/.+")
_FEDERATED = re.compile(r"arn:[\w-]+:sts::\d+:federated-user/.+")
_ROOT = re.compile(r"arn:[\w-]+:iam::\d+:root")


def ask(aws: AwsPort, environment: Environment) -> tuple[Check, str]:
    """Returns the check and the caller's ARN."""
    try:
        answer = aws.read("sts", "GetCallerIdentity", {})
    except ReconcileError as wrong:
        return Check(NAME, CheckResult.FAILED, error_text(wrong), _remedy(wrong)), ""
    arn, account = str(answer.get("Arn", "")), str(answer.get("Account", ""))
    if account != environment.account:
        message = (
            f"{arn} is in account {account}, but environment {brief(environment.name)} is in {environment.account}"
        )
        return Check(
            NAME, CheckResult.FAILED, message, "choose another AWS_PROFILE, or another environment with -e"
        ), arn
    if _ROOT.fullmatch(arn):
        message = f"the root user of account {account}, which has every permission"
        return Check(
            NAME, CheckResult.WARNING, message, "sign in with a role that has only the needed permissions"
        ), arn
    return Check(NAME, CheckResult.OK, f"{arn}, account {account}"), arn


def _remedy(wrong: ReconcileError) -> str:
    """Returns the remedy. Other credentials do not help if AWS did not answer."""
    if isinstance(wrong, CallError) and wrong.fate is not Fate.REFUSED:
        return "try again; if that does not help, check the network, the proxy and AWS_ENDPOINT_URL"
    return "set AWS_PROFILE, or sign in with aws sso login"


def principal(aws: AwsPort, arn: str) -> str:
    """Returns the ARN of the role or user whose policies apply.

    IAM does not accept the ARN of a session (API reference, SimulatePrincipalPolicy). That ARN lacks the role's path,
    so this reads the role from IAM.
    """
    if not (session := _ASSUMED.fullmatch(arn)):
        return arn
    try:
        return str(aws.read("iam", "GetRole", {"RoleName": session["role"]})["Role"]["Arn"])
    except CallError:
        # A caller that may not read a role may still simulate it, and most roles have no path.
        return f"arn:{session['partition']}:iam::{session['account']}:role/{session['role']}"


def unsimulated(arn: str) -> str:
    """Returns why IAM cannot simulate the caller; empty if it can."""
    if _ROOT.fullmatch(arn):
        return "IAM cannot simulate a root user"
    return "IAM cannot simulate a federated user" if _FEDERATED.fullmatch(arn) else ""
