"""Builds the command that finds out who changed a resource. AWS reports when, and CloudTrail reports who."""

from __future__ import annotations

import shlex

from reconciler.model import Plan
from reconciler.report.visible import utc_text

WHEN_NOT_WHO = "AWS reports when, not who. CloudTrail shows who, for the last 90 days:"


def lookup_command(plan: Plan) -> str:
    """Returns the command that lists API calls since the oldest known change. Empty if nothing differs."""
    if not plan.actionable:
        return ""
    # A deleted resource has no time of change, so the command then lists calls of all times.
    moments = [change.modified for change in plan.actionable]
    known = [moment for moment in moments if moment]
    since = ("--start-time", utc_text(min(known))) if len(known) == len(moments) else ()
    where = ("--region", plan.scope.region) if plan.scope.region else ()
    return shlex.join(["aws", "cloudtrail", "lookup-events", *where, *since, "--lookup-attributes", _events(plan)])


def _events(plan: Plan) -> str:
    """Returns what the events have in common. The command takes one attribute, so it cannot name several services."""
    services = {step.call.service for change in plan.actionable for step in change.steps}
    if services - {"connect"}:
        return "AttributeKey=ReadOnly,AttributeValue=false"
    return "AttributeKey=EventSource,AttributeValue=connect.amazonaws.com"
