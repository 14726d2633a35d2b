"""The common parts of the preflight tests: an account without faults, and its declared resources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.errors import Source
from reconciler.kinds.connect.data_table.kind import Attribute, DataTable
from reconciler.model import Desired, Manifest, Record, Records
from reconciler.model.environment import Environment
from reconciler.preflight import Check, preflight
from tests.worlds.scripted_aws import ScriptedAnswer, ScriptedAws

ARN = "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"
ENVIRONMENT = Environment("shop", "prod", Path(), ARN, "111122223333", "ca-central-1")
ROLE = "arn:aws:iam::111122223333:role/ci/planner"
SESSION = "arn:aws:sts::111122223333:assumed-role/planner/run-1"
TABLE = {"Name": "Tiers", "Id": "t-1", "Arn": f"{ARN}/data-table/t-1"}


def simulated(decision: str = "allowed", **more: Any) -> ScriptedAnswer:
    """Returns an answer of IAM with one decision for every action."""
    return lambda params: {
        "EvaluationResults": [
            {"EvalActionName": name, "EvalDecision": decision, **more} for name in params["ActionNames"]
        ]
    }


def quota(value: float, level: str = "") -> ScriptedAnswer:
    return lambda params: {
        "Quotas": [
            {
                "QuotaCode": params["QuotaCode"],
                "Value": value,
                **({"QuotaContext": {"ContextId": level}} if level else {}),
            }
        ]
    }


GOOD: Mapping[str, ScriptedAnswer] = {
    "sts:GetCallerIdentity": {"Account": "111122223333", "Arn": SESSION},
    "iam:GetRole": {"Role": {"Arn": ROLE}},
    "iam:SimulatePrincipalPolicy": simulated(),
    "connect:DescribeInstance": {
        "Instance": {"Arn": ARN, "InstanceAlias": "shop", "InstanceStatus": "ACTIVE", "IdentityManagementType": "SAML"}
    },
    "connect:SearchDataTables": {"DataTables": [TABLE]},
    "connect:ListDataTables": {"DataTableSummaryList": [TABLE]},
    "connect:ListIntegrationAssociations": {
        "IntegrationAssociationSummaryList": [{"IntegrationArn": "arn:aws:wisdom:x"}]
    },
    "service-quotas:ListServiceQuotas": quota(1000),
}


def desired(tables: int = 1, cells: int = 2) -> Desired:
    rows = tuple(Record({"id": str(at)}, {"tier": "x", "gone": None}, Source("t.csv", at)) for at in range(cells))
    attributes = (Attribute(name="id", value_type="TEXT", primary=True), Attribute(name="tier", value_type="TEXT"))
    made = [
        Manifest(DataTable(name=f"T{at}", time_zone="UTC", attributes=attributes), Source("t.yaml"), Records(rows))
        for at in range(tables)
    ]
    return Desired({manifest.ref: manifest for manifest in made})


def checked(
    changed: Mapping[str, ScriptedAnswer] | None = None,
    environment: Environment = ENVIRONMENT,
    declared: Desired | None = None,
) -> dict[str, Check]:
    return {
        each.name: each
        for each in preflight(ScriptedAws({**GOOD, **(changed or {})}), environment, declared or desired())
    }
