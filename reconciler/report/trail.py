"""Builds the command that finds out who changed a resource. Amazon Connect reports when, and CloudTrail reports who."""

from __future__ import annotations

import re
import shlex

from reconciler.model import Plan
from reconciler.report.visible import utc_text

_REGION = re.compile(r"arn:[\w-]+:connect:([a-z0-9-]+):")
WHEN_NOT_WHO = "AWS reports when, not who. CloudTrail shows who, for the last 90 days:"


def lookup_command(plan: Plan) -> str:
    """Returns the command that lists API calls since the oldest known change. Empty if nothing differs."""
    if not plan.actionable:
        return ""
    # A deleted resource has no time of change, so the command then lists calls of all times.
    moments = [change.modified for change in plan.actionable]
    known = [moment for moment in moments if moment]
    since = ("--start-time", utc_text(min(known))) if len(known) == len(moments) else ()
    match = _REGION.match(plan.scope.instance)
    region = plan.scope.region or (match[1] if match else "")
    where = ("--region", region) if region else ()
    source = "AttributeKey=EventSource,AttributeValue=connect.amazonaws.com"
    return shlex.join(["aws", "cloudtrail", "lookup-events", *where, *since, "--lookup-attributes", source])
