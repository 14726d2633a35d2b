"""Checks the instance: whether it exists and is active, and whether it has data tables and Amazon Q in Connect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.model.environment import Environment
from reconciler.port import AwsPort
from reconciler.preflight.checks import Check, CheckResult, failed_or_unknown, unknown

INSTANCE, TABLES, ASSISTANT = "instance", "data tables", "Q in Connect"
_CORRECT = "correct the environment's instance in reconcile.yaml"


def instance(aws: AwsPort, environment: Environment) -> Check:
    try:
        answer = aws.read("connect", "DescribeInstance", {}).get("Instance", {})
    except ReconcileError as wrong:
        return failed_or_unknown(INSTANCE, wrong, "connect:DescribeInstance (and ds:DescribeDirectories)", _CORRECT)
    status, arn = str(answer.get("InstanceStatus", "")), str(answer.get("Arn", environment.instance))
    if arn != environment.instance:
        message = f"the ARN is {arn} at AWS, but {environment.instance} in reconcile.yaml"
        return Check(INSTANCE, CheckResult.FAILED, message, _CORRECT)
    if status != "ACTIVE":
        why = (answer.get("StatusReason") or {}).get("Message", "")
        message = f"{arn} is not ACTIVE but {status or 'without a status'}{f': {why}' if why else ''}"
        return Check(INSTANCE, CheckResult.FAILED, message, "wait until it is ACTIVE, or check it in the console")
    return Check(INSTANCE, CheckResult.OK, f"{_names(answer)}, {environment.region}")


def _names(answer: Mapping[str, Any]) -> str:
    alias = str(answer.get("InstanceAlias") or answer.get("Id", ""))
    return f"{alias} is ACTIVE, identities: {answer.get('IdentityManagementType', 'unknown')}"


def data_tables(aws: AwsPort, declared: int) -> tuple[Check, frozenset[str] | None]:
    """Returns the check, and the names of the live tables or `None` if they are unknown.

    `declared`: the number of declared tables.
    """
    try:
        pages = aws.pages("connect", "ListDataTables", "DataTableSummaryList", {"MaxResults": 1000})
        names = frozenset(str(table.get("Name", "")) for page in pages for table in page)
    except ReconcileError as wrong:
        remedy = "choose a Region that has data tables"
        check = failed_or_unknown(TABLES, wrong, "connect:ListDataTables", remedy)
        if check.result is CheckResult.FAILED and not declared:
            check = Check(TABLES, CheckResult.WARNING, f"{check.message}; none is declared", check.remedy)
        return check, None
    return Check(TABLES, CheckResult.OK, f"ListDataTables answers: {len(names)} live, {declared} declared"), names


def assistant(aws: AwsPort) -> Check:
    """Checks for an assistant. Only flows with its blocks need one, so a missing assistant is not a fault."""
    params = {"IntegrationType": "WISDOM_ASSISTANT"}
    try:
        pages = aws.pages("connect", "ListIntegrationAssociations", "IntegrationAssociationSummaryList", params)
        arns = [str(association.get("IntegrationArn", "")) for page in pages for association in page]
    except ReconcileError as wrong:
        return unknown(ASSISTANT, wrong, "connect:ListIntegrationAssociations")
    if not arns:
        return Check(ASSISTANT, CheckResult.OK, "no assistant is associated; only flows that use one need it")
    return Check(ASSISTANT, CheckResult.OK, ", ".join(arns))
