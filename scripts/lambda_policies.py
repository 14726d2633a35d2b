"""Writes the least policy of each Lambda, derived from the table of its calls.

    python scripts/lambda_policies.py          writes each policy.json
    python scripts/lambda_policies.py --check  exits with 1 if one is stale

Values that a policy cannot know are variables, `${var:NAME}`, as in manifests.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reconciler.lambdas.agent_roster import actions as agent_roster
from reconciler.lambdas.agent_upload import actions as agent_upload
from reconciler.lambdas.connectwise import actions as connectwise
from reconciler.lambdas.connectwise_ingest import actions as connectwise_ingest
from reconciler.lambdas.connectwise_load import actions as connectwise_load
from reconciler.lambdas.connectwise_plan import actions as connectwise_plan
from reconciler.lambdas.connectwise_report import actions as connectwise_report
from reconciler.lambdas.connectwise_transform import actions as connectwise_transform
from reconciler.lambdas.contact_calls import actions as contact_calls
from reconciler.lambdas.session_data import actions as session_data
from reconciler.lambdas.shared.actions import Action

LAMBDAS = Path(__file__).resolve().parents[1] / "reconciler" / "lambdas"
FILE = "policy.json"
LOG_GROUP = "arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/{function}:*"
VARIABLES = {
    "partition": "${var:PARTITION}",
    "region": "${var:REGION}",
    "account": "${var:ACCOUNT}",
    "instance": "${var:CONNECT_INSTANCE_ID}",
    "assistant": "${var:AI_ASSISTANT_ID}",
    "function": "${var:FUNCTION_NAME}",
    "ledger": "${var:LEDGER_TABLE}",
    "bucket": "${var:LOAD_BUCKET}",
    "prefix": "${var:LOAD_PREFIX}",
    "secret": "${var:REDSHIFT_SECRET_ARN}",
    "workgroup": "${var:REDSHIFT_WORKGROUP_ARN}",
    "failed": "${var:FAILED_EVENTS_QUEUE_ARN}",
    "import_bucket": "${var:BUCKET_NAME}",
    "uploads_table": "${var:UPLOADS_TABLE}",
    "roster_table": "${var:ROSTER_TABLE}",
    "upload_prefix": "${var:UPLOAD_PREFIX}",
    "result_prefix": "${var:RESULT_PREFIX}",
    "quarantine_prefix": "${var:QUARANTINE_PREFIX}",
    "secret_prefix": "${var:SECRET_PREFIX}",
    "kms_key": "${var:KMS_KEY_ARN}",
    "creates_groups": "${var:GROUPS_INSTANCE_ID}",
    "deletes_users": "${var:DELETES_INSTANCE_ID}",
    "lake": "${var:BUCKET_NAME}",
    "last_updated": "${var:LAST_UPDATED_TABLE}",
    "tenant_services": "${var:TENANT_SERVICES_TABLE}",
    "tenant_role": "${var:TENANT_ROLE_ARN}",
    "alert_topic": "${var:ALERT_TOPIC_ARN}",
    # IAM puts the tag of the session here.
    "tenant": "${aws:PrincipalTag/tenant}",
}

TABLES: dict[str, tuple[Action, ...]] = {
    "agent_roster": agent_roster.ACTIONS,
    "agent_upload": agent_upload.ACTIONS,
    "connectwise_ingest": connectwise_ingest.ACTIONS,
    "connectwise_load": connectwise_load.ACTIONS,
    "connectwise_plan": connectwise_plan.ACTIONS,
    "connectwise_report": connectwise_report.ACTIONS,
    "connectwise_transform": connectwise_transform.ACTIONS,
    "contact_calls": contact_calls.ACTIONS,
    "session_data": session_data.ACTIONS,
}
# Roles that no function has as its own: functions assume them.
ROLES: dict[str, tuple[Action, ...]] = {"connectwise": connectwise.ACTIONS}


def main() -> int:
    stale = [path for path, text in texts().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            sys.stderr.write(f"{path.parent.name}/{path.name} is stale: run `make docs`\n")
        return int(bool(stale))
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
    return 0


def texts() -> dict[Path, str]:
    """Returns the contents of every file, by its path."""
    policies = {name: policy(table) for name, table in TABLES.items()}
    policies |= {name: document(map(_statement_of, table)) for name, table in ROLES.items()}
    return {LAMBDAS / name / FILE: json.dumps(content, indent=2) + "\n" for name, content in policies.items()}


def policy(actions: Iterable[Action]) -> dict[str, Any]:
    """Returns a statement for each action and one for the log group. No statement is for `*`."""
    logs = _statement(["logs:CreateLogStream", "logs:PutLogEvents"], [LOG_GROUP])
    return document([*map(_statement_of, actions), logs])


def document(statements: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _statement_of(action: Action) -> dict[str, Any]:
    statement = _statement([action.allows], action.resources)
    conditions = {
        test: {key: [value.format(**VARIABLES) for value in values] for key, values in keys.items()}
        for test, keys in action.conditions.items()
    }
    return {**statement, **({"Condition": conditions} if conditions else {})}


def _statement(actions: list[str], resources: Iterable[str]) -> dict[str, Any]:
    named = [resource.format(**VARIABLES) for resource in resources]
    return {"Effect": "Allow", "Action": actions, "Resource": named}


if __name__ == "__main__":
    sys.exit(main())
