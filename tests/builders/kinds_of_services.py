"""Small kinds of other services than Amazon Connect: a service's value must be all that differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.service import By, Service, Tagging
from reconciler.kinds.services import IAM, LOGS, SCHEDULER
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.model import AwsEnding, AwsName, Content, HashInTag, Keyed, NumberText, RefTo, Resource, Spec
from reconciler.model.environment import Counted, Quota

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


class Group(Resource):
    """A log group."""

    name: Annotated[str, AwsName("logGroupName")]
    log_group_class: str = "STANDARD"
    tags: dict[str, str] = {}  # noqa: RUF012 (pydantic copies it)


class GroupKind(Kind[Group]):
    spec = Group
    service = LOGS
    identity = Identity("logGroupName")
    reading = Reading(search=Listing("DescribeLogGroups", "logGroups"), describes_each=True)
    writing = Writing(create="CreateLogGroup", delete="DeleteLogGroup")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members["logGroupName"]), str(members.get("logGroupArn", ""))


class LimitedGroupKind(GroupKind):
    """A kind with quotas of its own, which no other module names."""

    quotas = (
        Quota(
            "tag",
            "log group",
            Counted.ITEMS,
            field="tags",
            service="logs",
            code="L-00000001",
            key="tagsPerGroup",
            default=50,
            description="The most tags of one log group.",
        ),
        Quota(
            "log group",
            "account",
            service="logs",
            code="L-00000002",
            key="groupsPerAccount",
            default=1_000_000,
            description="The most log groups of the account.",
        ),
        Quota("log stream", "account", service="logs", code="L-00000003"),
    )


class Role(Resource):
    name: Annotated[str, AwsName("RoleName")]
    tags: dict[str, str] = {}  # noqa: RUF012


class RoleKind(Kind[Role]):
    spec = Role
    service = IAM
    identity = Identity("RoleName")
    reading = Reading(search=Listing("ListRoles", "Roles"), describe=("GetRole", "Role"), describes_each=True)
    writing = Writing(create="CreateRole", delete="DeleteRole", constants={"AssumeRolePolicyDocument": TRUST})


class ScheduleGroup(Resource):
    name: str
    tags: dict[str, str] = {}  # noqa: RUF012


class ScheduleGroupKind(Kind[ScheduleGroup]):
    spec = ScheduleGroup
    service = SCHEDULER
    identity = Identity("Name")
    reading = Reading(search=Listing("ListScheduleGroups", "ScheduleGroups"), describes_each=True)
    writing = Writing(create="CreateScheduleGroup", delete="DeleteScheduleGroup")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members["Name"]), str(members.get("Arn") or members.get("ScheduleGroupArn", ""))


class Target(Spec):
    role: Annotated[str, RefTo("Role", by="Arn")]
    group: Annotated[str, RefTo("Group", by="Name")] = ""


class Machine(Resource):
    """A resource with camelCase parameters and references of every form."""

    role: Annotated[str, RefTo("Role", by="Arn")]
    queue: Annotated[str, RefTo("Queue")] = ""
    targets: Annotated[tuple[Target, ...], Keyed("role")] = ()


class Timer(Resource):
    """A resource that AWS spells otherwise: numbers as texts, an ending of ARNs, and a content without an answer."""

    wait: Annotated[int, NumberText()] = 30
    log: Annotated[str, AwsEnding(":*")] = ""
    code: Annotated[Content | None, HashInTag("reconciler:code")] = None
    note: str = ""
    tags: dict[str, str] = {}  # noqa: RUF012


class TimerKind(Kind[Timer]):
    """Its policy and its limit have reads of their own, which fail where there is none."""

    spec = Timer
    service = LOGS
    identity = Identity("timerName")
    reading = Reading(
        search=Listing("ListTimers", "timers"),
        describe=("GetTimer", "timer"),
        details=(Detail(("note",), describe=("GetTimerNote", "note"), absent=frozenset({"NoSuchNote"})),),
    )
    writing = Writing(
        create="CreateTimer",
        delete="DeleteTimer",
        updates=(
            Update("UpdateTimerCode", ("code",)),
            Update("PutTimer", ("wait", "log")),
            Update("PutTimerNote", ("note",), clear="DeleteTimerNote", names={"note": "text"}, arn="timerArn"),
        ),
    )


class MachineKind(Kind[Machine]):
    spec = Machine
    service = LOGS
    identity = Identity("machineName")
    reading = Reading(search=Listing("ListMachines", "machines"))
    writing = Writing(create="CreateMachine", delete="DeleteMachine")


class Bucket(Resource):
    name: Annotated[str, AwsName("Bucket")]
    tags: dict[str, str] = {}  # noqa: RUF012


class BucketKind(Kind[Bucket]):
    """A kind whose tags are replaced as a whole."""

    spec = Bucket
    service = Service(
        "s3",
        "Amazon S3",
        tagging=Tagging(
            tag="PutBucketTagging", resource="Bucket", by=By.NAME, replaces_all=True, read="GetBucketTagging"
        ),
    )
    identity = Identity("Bucket")
    reading = Reading(search=Listing("ListBuckets", "Buckets"))
    writing = Writing(create="CreateBucket", delete="DeleteBucket")
