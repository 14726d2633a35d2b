"""The least policy of each Lambda, made from the table of the calls that it makes.

    python -m reconciler.tools.lambdas          write each policy.json
    python -m reconciler.tools.lambdas --check  end with 1 where one is stale

What a policy can not know is left as `${var:NAME}`, as in manifests.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from reconciler.lambdas.contact_calls import actions as contact_calls
from reconciler.lambdas.session_data import actions as session_data

LAMBDAS = Path(__file__).parent.parent / "lambdas"
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
}


class Allowed(Protocol):
    """A call, as a Lambda's `actions` has it; resources hold the variables in braces."""

    @property
    def allows(self) -> str: ...
    @property
    def resources(self) -> tuple[str, ...]: ...


TABLES: dict[str, tuple[Allowed, ...]] = {
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
    """Every file with what it should hold."""
    return {LAMBDAS / name / FILE: json.dumps(policy(table), indent=2) + "\n" for name, table in TABLES.items()}


def policy(actions: Iterable[Allowed]) -> dict[str, Any]:
    """A statement for each action, and one for its own log group; nothing on `*`."""
    statements = [_statement([each.allows], each.resources) for each in actions]
    logs = _statement(["logs:CreateLogStream", "logs:PutLogEvents"], [LOG_GROUP])
    return {"Version": "2012-10-17", "Statement": [*statements, logs]}


def _statement(actions: list[str], resources: Iterable[str]) -> dict[str, Any]:
    named = [resource.format(**VARIABLES) for resource in resources]
    return {"Effect": "Allow", "Action": actions, "Resource": named}


if __name__ == "__main__":
    sys.exit(main())
