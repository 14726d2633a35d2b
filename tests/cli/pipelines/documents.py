"""The documents of the pipelines that these tests declare."""

from __future__ import annotations

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
