"""The targets of schedules: what they send, and the role that sends it."""

from __future__ import annotations

import json
import re

from reconciler.sandbox.iam import trust
from reconciler.sandbox.scheduler.backend import DEFAULT, SchedulerBackend
from reconciler.sandbox.scheduler.room import Answer, invalid
from reconciler.sandbox.world import World

PRINCIPAL = "scheduler.amazonaws.com"
ARN = re.compile(r"arn:aws[a-z-]*:(?P<service>[a-z0-9-]+):[a-z0-9-]*:(?:\d{12})?:.+")
UNIVERSAL = re.compile(r"arn:aws[a-z-]*:scheduler:::aws-sdk:[a-z0-9]+:[A-Za-z0-9]+")
# Services whose input "must be a well-formed JSON" [service model: templated Lambda, Step Functions and EventBridge
# targets; user guide: universal targets; seen for ECS: boto3, issue 4370].
JSON_SERVICES = ("lambda", "states", "events", "ecs", "scheduler")
LONGEST_INPUT = 262_144  # bytes: 256 KB [service model]
RETRIES = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
UNTRUSTED = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


def checked_target(world: World, backend: SchedulerBackend, group: str | None, target: Answer) -> Answer:
    """Returns the target as GetSchedule shows it: with the whole retry policy [seen in moto]."""
    arn = ARN.fullmatch(target["Arn"])
    if not arn or (arn["service"] == "scheduler" and not UNIVERSAL.fullmatch(target["Arn"])):
        raise invalid(f"Provided Arn {target['Arn']} is not a valid target.")  # [the words are inferred]
    _check_input(arn["service"], target.get("Input"))
    # The role is checked when a schedule is created or updated; Terraform retries on these words for two minutes.
    source = backend.group_arn(group or DEFAULT)
    if not trust.may_assume(world, backend.account_id, target["RoleArn"], PRINCIPAL, source):
        raise invalid(UNTRUSTED)
    return target | {"RetryPolicy": RETRIES | target.get("RetryPolicy", {})}


def _check_input(service: str, text: str | None) -> None:
    if text is None:
        return
    if len(text.encode()) > LONGEST_INPUT:
        raise invalid(f"Input: must have up to {LONGEST_INPUT} bytes")
    if service not in JSON_SERVICES:
        return
    try:
        json.loads(text)
    except ValueError as wrong:
        raise invalid(f"Invalid Input for target: not a well-formed JSON: {wrong}") from wrong
