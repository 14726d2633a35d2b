"""Who changed what has drifted: AWS's answers say when, and CloudTrail says who."""

from __future__ import annotations

import re
import shlex
from datetime import datetime

from reconciler.model import Plan
from reconciler.report.visible import utc_text

_REGION = re.compile(r"arn:[\w-]+:connect:([a-z0-9-]+):")
WHEN_NOT_WHO = "AWS says when, not who. CloudTrail says who, for 90 days:"


def lookup_command(plan: Plan) -> str:
    """The command that lists the calls, since the oldest change whose time is known; empty where nothing differs."""
    if not plan.actionable:
        return ""
    # A resource that was deleted has no time, so calls of all times are asked for.
    moments = [change.modified for change in plan.actionable]
    known = [moment for moment in moments if moment]
    since = _since(min(known)) if len(known) == len(moments) else ()
    found = _REGION.match(plan.scope.instance)
    where = ("--region", found[1]) if found else ()
    source = "AttributeKey=EventSource,AttributeValue=connect.amazonaws.com"
    return shlex.join(["aws", "cloudtrail", "lookup-events", *where, *since, "--lookup-attributes", source])


def _since(moment: datetime) -> tuple[str, str]:
    return "--start-time", utc_text(moment)
