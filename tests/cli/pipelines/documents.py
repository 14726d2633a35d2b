"""The documents of the pipelines that these tests declare."""

from __future__ import annotations

from typing import Any

from tests.cli.running import resource

SCHEDULES = {"every-two-hours": {"expression": "cron(40 */2 * * ? *)", "timeZone": "America/New_York"}}
CALLS = resource(
    "Pipeline",
    "contact-calls",
    {
        "type": "contact_calls",
        "schedules": SCHEDULES,
        "bucket": {"name": "example-centre-calls"},
        "warehouse": {"secret": "contact-calls/redshift"},
    },
)
ASSISTANT = {"AI_ASSISTANT_ID": "00000000-0000-4000-8000-0000000000a1"}
SESSIONS = resource("Pipeline", "session-data", {"type": "session_data", "environment": ASSISTANT})
FUNCTION = "shop-lab-contact-calls"


def without(policy: dict[str, Any], action: str) -> dict[str, Any]:
    """Returns the policy of a role without one of its actions, each of which has a statement of its own."""
    statements = [it for it in policy["Statement"] if it["Action"] not in (action, [action])]
    assert len(statements) == len(policy["Statement"]) - 1
    return {**policy, "Statement": statements}
