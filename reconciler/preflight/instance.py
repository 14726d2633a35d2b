"""The instance: whether it is there, ready, and has what data tables and Amazon Q in Connect take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.environment import Environment
from reconciler.errors import ReconcileError
from reconciler.port import AwsPort
from reconciler.preflight.checks import Check, Result, unanswered, unknown

INSTANCE, TABLES, ASSISTANT = "instance", "data tables", "Q in Connect"
_CORRECT = "correct the environment's instance in reconcile.yaml"


def instance(aws: AwsPort, environment: Environment) -> Check:
    try:
        told = aws.read("connect", "DescribeInstance", {}).get("Instance", {})
    except ReconcileError as wrong:
        return unanswered(INSTANCE, wrong, "connect:DescribeInstance (and ds:DescribeDirectories)", _CORRECT)
    status, arn = str(told.get("InstanceStatus", "")), str(told.get("Arn", environment.instance))
    if arn != environment.instance:
        message = f"AWS calls it {arn}, reconcile.yaml {environment.instance}"
        return Check(INSTANCE, Result.FAILED, message, _CORRECT)
    if status != "ACTIVE":
        why = (told.get("StatusReason") or {}).get("Message", "")
        message = f"{arn} is not ACTIVE but {status or 'without a status'}{f': {why}' if why else ''}"
        return Check(INSTANCE, Result.FAILED, message, "wait until it is, or look at it in the console")
    return Check(INSTANCE, Result.OK, f"{_names(told)}, {environment.region}")


def _names(told: Mapping[str, Any]) -> str:
    alias = str(told.get("InstanceAlias") or told.get("Id", ""))
    return f"{alias} is ACTIVE, identities: {told.get('IdentityManagementType', 'unknown')}"


def data_tables(aws: AwsPort, declared: int) -> tuple[Check, frozenset[str] | None]:
    """The check, and the names of the live ones, `None` where nobody knows. `declared`: how many there shall be."""
    try:
        pages = aws.pages("connect", "ListDataTables", "DataTableSummaryList", {"MaxResults": 1000})
        names = frozenset(str(each.get("Name", "")) for page in pages for each in page)
    except ReconcileError as wrong:
        remedy = "choose a Region that has data tables"
        check = unanswered(TABLES, wrong, "connect:ListDataTables", remedy)
        if check.result is Result.FAILED and not declared:
            check = Check(TABLES, Result.WARNING, f"{check.message}; none is declared", check.remedy)
        return check, None
    return Check(TABLES, Result.OK, f"ListDataTables answers: {len(names)} live, {declared} declared"), names


def assistant(aws: AwsPort) -> Check:
    """Only flows with its blocks need one, so that none is nothing to mend."""
    params = {"IntegrationType": "WISDOM_ASSISTANT"}
    try:
        pages = aws.pages("connect", "ListIntegrationAssociations", "IntegrationAssociationSummaryList", params)
        found = [str(each.get("IntegrationArn", "")) for page in pages for each in page]
    except ReconcileError as wrong:
        return unknown(ASSISTANT, wrong, "connect:ListIntegrationAssociations")
    if not found:
        return Check(ASSISTANT, Result.OK, "no assistant is associated; only what uses one needs it")
    return Check(ASSISTANT, Result.OK, ", ".join(found))
