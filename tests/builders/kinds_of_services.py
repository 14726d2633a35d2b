"""Small kinds of other services than Amazon Connect: a service's value must be all that differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.kinds.base import Kind
from reconciler.kinds.service import By, Service, Tagging
from reconciler.kinds.services import IAM, LOGS, SCHEDULER
from reconciler.kinds.verbs import Listing
from reconciler.model import AwsName, Keyed, RefTo, Resource, Spec

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
    id_param = "logGroupName"
    search = Listing("DescribeLogGroups", "logGroups")
    bare_search = True
    create, delete = "CreateLogGroup", "DeleteLogGroup"

    def identity(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members["logGroupName"]), str(members.get("logGroupArn", ""))


class Role(Resource):
    name: Annotated[str, AwsName("RoleName")]
    tags: dict[str, str] = {}  # noqa: RUF012


class RoleKind(Kind[Role]):
    spec = Role
    service = IAM
    id_param = "RoleName"
    search = Listing("ListRoles", "Roles")
    bare_search = True
    describe = ("GetRole", "Role")
    create, delete = "CreateRole", "DeleteRole"
    born_with = {"AssumeRolePolicyDocument": TRUST}  # noqa: RUF012


class ScheduleGroup(Resource):
    name: str
    tags: dict[str, str] = {}  # noqa: RUF012


class ScheduleGroupKind(Kind[ScheduleGroup]):
    spec = ScheduleGroup
    service = SCHEDULER
    id_param = "Name"
    search = Listing("ListScheduleGroups", "ScheduleGroups")
    bare_search = True
    create, delete = "CreateScheduleGroup", "DeleteScheduleGroup"

    def identity(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members["Name"]), str(members.get("Arn") or members.get("ScheduleGroupArn", ""))


class Target(Spec):
    role: Annotated[str, RefTo("Role", by="Arn")]
    group: Annotated[str, RefTo("Group", by="Name")] = ""


class Machine(Resource):
    """A resource with camelCase parameters and references of every form."""

    role: Annotated[str, RefTo("Role", by="Arn")]
    queue: Annotated[str, RefTo("Queue")] = ""
    targets: Annotated[tuple[Target, ...], Keyed("role")] = ()


class MachineKind(Kind[Machine]):
    spec = Machine
    service = LOGS
    id_param = "machineName"
    search = Listing("ListMachines", "machines")
    create, delete = "CreateMachine", "DeleteMachine"


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
    id_param = "Bucket"
    search = Listing("ListBuckets", "Buckets")
    create, delete = "CreateBucket", "DeleteBucket"
