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
from typing import Any, Protocol

from reconciler.lambdas.agent_roster import actions as agent_roster
from reconciler.lambdas.agent_upload import actions as agent_upload
from reconciler.lambdas.contact_calls import actions as contact_calls
from reconciler.lambdas.session_data import actions as session_data

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
}


class Allowed(Protocol):
    """A call in the `actions` of a Lambda. Its resources have variables in braces."""

    @property
    def allows(self) -> str: ...
    @property
    def resources(self) -> tuple[str, ...]: ...


TABLES: dict[str, tuple[Allowed, ...]] = {
    "agent_roster": agent_roster.ACTIONS,
    "agent_upload": agent_upload.ACTIONS,
    "contact_calls": contact_calls.ACTIONS,
    "session_data": session_data.ACTIONS,
}


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
    return {LAMBDAS / name / FILE: json.dumps(policy(table), indent=2) + "\n" for name, table in TABLES.items()}


def policy(actions: Iterable[Allowed]) -> dict[str, Any]:
    """Returns a statement for each action and one for the log group. No statement is for `*`."""
    statements = [_statement([action.allows], action.resources) for action in actions]
    logs = _statement(["logs:CreateLogStream", "logs:PutLogEvents"], [LOG_GROUP])
    return {"Version": "2012-10-17", "Statement": [*statements, logs]}


def _statement(actions: list[str], resources: Iterable[str]) -> dict[str, Any]:
    named = [resource.format(**VARIABLES) for resource in resources]
    return {"Effect": "Allow", "Action": actions, "Resource": named}


if __name__ == "__main__":
    sys.exit(main())
