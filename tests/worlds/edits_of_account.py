"""Changes of a role, a log group and a schedule, by a plan and by another writer."""

from __future__ import annotations

import json
from typing import Any

from tests.builders.manifests import manifest
from tests.builders.roles import trust
from tests.worlds.editable import Editable, Values
from tests.worlds.other_writer import OtherWriter

MANAGED = "arn:aws:iam::aws:policy/"
ATTACHED = f"managedPolicyArns[{MANAGED}"
TARGET = {"arn": "arn:aws:lambda:us-east-1:111122223333:function:f", "role": "caller"}
KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001"


def _allowed(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def _role(action: str, *attached: str, **more: Any) -> Any:
    fields = {
        "assumeRolePolicyDocument": trust("scheduler.amazonaws.com"),
        "inlinePolicies": [{"name": "main", "document": _allowed(action)}],
        "managedPolicyArns": [MANAGED + name for name in attached],
    }
    return manifest("IamRole", "worker", {**fields, **more})


def _read_role(by: OtherWriter) -> Values:
    iam = by.world.client("iam")
    live = iam.get_role(RoleName="worker")["Role"]
    policy = iam.get_role_policy(RoleName="worker", PolicyName="main")["PolicyDocument"]
    attached = iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]
    return {
        "description": live.get("Description"),
        "tags[Team]": next((tag["Value"] for tag in live["Tags"] if tag["Key"] == "Team"), None),
        "inlinePolicies[main]": policy["Statement"][0]["Action"],
        **{f"managedPolicyArns[{each['PolicyArn']}]": each["PolicyArn"] for each in attached},
    }


def _write_role(by: OtherWriter, place: str, value: Any) -> Any:
    iam = by.world.client("iam")
    match place.partition("[")[0]:
        case "description":
            live = iam.get_role(RoleName="worker")["Role"]
            session = live["MaxSessionDuration"]
            return iam.update_role(RoleName="worker", Description=value, MaxSessionDuration=session)
        case "tags":
            return iam.tag_role(RoleName="worker", Tags=[{"Key": "Team", "Value": value}])
        case "inlinePolicies":
            document = json.dumps(_allowed(value))
            return iam.put_role_policy(RoleName="worker", PolicyName="main", PolicyDocument=document)
        case _:
            arn = place.partition("[")[2].rstrip("]")
            change = iam.attach_role_policy if value else iam.detach_role_policy
            return change(RoleName="worker", PolicyArn=arn)


def _read_group(by: OtherWriter) -> Values:
    logs = by.world.client("logs")
    (live,) = logs.describe_log_groups(logGroupIdentifiers=["/calls"])["logGroups"]
    tags = logs.list_tags_for_resource(resourceArn=live["logGroupArn"])["tags"]
    return {
        "retentionInDays": live.get("retentionInDays"),
        "kmsKeyId": live.get("kmsKeyId"),
        "tags[Team]": tags.get("Team"),
    }


def _write_group(by: OtherWriter, place: str, value: Any) -> Any:
    logs, name = by.world.client("logs"), {"logGroupName": "/calls"}
    match place:
        case "retentionInDays" if value is None:
            return logs.delete_retention_policy(**name)
        case "retentionInDays":
            return logs.put_retention_policy(**name, retentionInDays=value)
        case "kmsKeyId" if value is None:
            return logs.disassociate_kms_key(**name)
        case "kmsKeyId":
            return logs.associate_kms_key(**name, kmsKeyId=value)
        case _:
            (live,) = logs.describe_log_groups(logGroupIdentifiers=["/calls"])["logGroups"]
            return logs.tag_resource(resourceArn=live["logGroupArn"], tags={"Team": value})


def _schedule(**fields: Any) -> Any:
    return manifest("Schedule", "jobs/nightly", {"scheduleExpression": "rate(1 hours)", "target": TARGET, **fields})


def _live_schedule(by: OtherWriter) -> dict[str, Any]:
    live = by.world.client("scheduler").get_schedule(GroupName="jobs", Name="nightly")
    gone = ("ResponseMetadata", "Arn", "CreationDate", "LastModificationDate")
    return {key: value for key, value in live.items() if key not in gone}


def _read_schedule(by: OtherWriter) -> Values:
    live = _live_schedule(by)
    return {
        "scheduleExpression": live["ScheduleExpression"],
        "description": live.get("Description"),
        "state": live["State"],
        "scheduleExpressionTimezone": live["ScheduleExpressionTimezone"],
    }


def _write_schedule(by: OtherWriter, place: str, value: Any) -> Any:
    changed = {f"{place[0].upper()}{place[1:]}": value}
    return by.world.client("scheduler").update_schedule(**{**_live_schedule(by), **changed})


EDITABLE = {
    "IamRole": Editable(
        _role("s3:GetObject", "SecurityAudit", "ReadOnlyAccess", description="one", tags={"Team": "a"}),
        _role("s3:PutObject", "SecurityAudit", "AWSXRayDaemonWriteAccess", description="two", tags={"Team": "b"}),
        _read_role,
        _write_role,
        {
            "description": ("theirs", "two"),
            "tags[Team]": ("theirs", "b"),
            "inlinePolicies[main]": ("s3:*", "s3:PutObject"),
            f"{ATTACHED}ReadOnlyAccess]": (None,),
            f"{ATTACHED}AWSXRayDaemonWriteAccess]": (f"{MANAGED}AWSXRayDaemonWriteAccess",),
        },
    ),
    "LogGroup": Editable(
        manifest("LogGroup", "/calls", {"retentionInDays": 7, "tags": {"Team": "a"}}),
        manifest("LogGroup", "/calls", {"retentionInDays": 30, "kmsKeyId": KEY, "tags": {"Team": "b"}}),
        _read_group,
        _write_group,
        {"retentionInDays": (90, 30, None), "kmsKeyId": (KEY[:-1] + "2", KEY), "tags[Team]": ("theirs", "b")},
    ),
    "Schedule": Editable(
        _schedule(description="one"),
        _schedule(description="two", scheduleExpression="rate(2 hours)", state="DISABLED"),
        _read_schedule,
        _write_schedule,
        {
            "scheduleExpression": ("rate(3 hours)", "rate(2 hours)"),
            "description": ("theirs", "two"),
            "state": ("DISABLED",),
            "scheduleExpressionTimezone": ("Europe/Berlin",),
        },
        (
            manifest("ScheduleGroup", "jobs", {}),
            manifest("IamRole", "caller", {"assumeRolePolicyDocument": trust("scheduler.amazonaws.com")}),
        ),
    ),
}
