"""A caller of EventBridge Scheduler, the schedules that it makes, and the errors that it gets."""

from __future__ import annotations

import json
from typing import Any

from botocore.config import Config

from reconciler.sandbox import ACCOUNT, REGION

ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
GROUP_ARN = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group"
UNTRUSTED = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
INVALID = ("ValidationException", 400)
MISSING = ("ResourceNotFoundException", 404)
CONFLICT = ("ConflictException", 409)


def trust(service: str = "scheduler.amazonaws.com", **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Account:
    """A caller of Scheduler who also has IAM and a role that schedules may use."""

    def __init__(self, session: Any, **place: Any) -> None:
        self.scheduler = session.create_client("scheduler", region_name=REGION, config=ONCE, **place)
        self.iam = session.create_client("iam", region_name=REGION, config=ONCE, **place)
        self.iam.create_role(RoleName="scheduler", AssumeRolePolicyDocument=trust())

    def create(self, name: str = "s", **members: Any) -> Any:
        return self.scheduler.create_schedule(**schedule(name, **members))

    def get(self, name: str = "s", **group: Any) -> Any:
        found = self.scheduler.get_schedule(Name=name, **group)
        del found["ResponseMetadata"]
        return found

    def names(self, **filters: Any) -> list[str]:
        return [found["Name"] for found in self.scheduler.list_schedules(**filters)["Schedules"]]


def schedule(name: str = "s", **members: Any) -> dict[str, Any]:
    target = {"Arn": FUNCTION, "RoleArn": ROLE, **members.pop("target", {})}
    defaults = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    return {"Name": name, **defaults, **members}
