"""Roles of AWS Identity and Access Management, with their inline and attached policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.aws.iam_policies import InlinePolicy, PolicyArn
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import IAM
from reconciler.kinds.verbs import Detail, Listing, Parts, Set, Update
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Each, Keyed, PolicyDocument, Problem, Read, Scope, Unordered
from reconciler.model.spec import expecting

PATH = "/reconcile/"  # where plan looks for roles that no manifest declares any longer


class IamRole(Tagged):
    """A role: who may assume it, and what it may do. IAM is global, so the name is unique in the account."""

    name: Annotated[str, AwsName("RoleName")] = Field(
        pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$",
        description="The name, in up to 64 letters, digits, and _ + = , . @ -. AWS ignores case, and cannot change it.",
        examples=["contact-centre-prod-session-data"],
        json_schema_extra=expecting("a name of a role"),
    )
    path: str = Field(
        PATH,
        pattern=r"^/([!-~]+/)?$",
        max_length=512,
        description="The path in the ARN, which AWS cannot change. Plan finds roles without a manifest only below "
        f"{PATH}; delete others with a tombstone before you delete their manifest.",
        examples=["/reconcile/", "/"],
        json_schema_extra=expecting("a path: it must begin and end with a slash"),
    )
    description: str = Field(
        "", max_length=1000, description="The purpose of the role, in up to 1000 characters.", examples=["Reads calls"]
    )
    assume_role_policy_document: PolicyDocument = Field(description="The trust policy: who may assume the role.")
    max_session_duration: int = Field(
        3600, ge=3600, le=43200, description="The seconds that a session may last, from 3600 to 43200.", examples=[7200]
    )
    permissions_boundary: Annotated[PolicyArn | None, Clearable()] = Field(
        None, description="The managed policy that limits what the role can be allowed to do; null removes it."
    )
    managed_policy_arns: Annotated[Unordered[PolicyArn], Each(), AwsName("PolicyArn")] = Field(
        (), max_length=20, description="All attached managed policies, by default up to 10. Others are detached."
    )
    inline_policies: Annotated[Unordered[InlinePolicy], Keyed()] = Field(
        (), description="Inline policies. One that no manifest declares stays, and a plan lists it as an orphan."
    )


class IamRoleKind(Kind[IamRole]):
    spec = IamRole
    service = IAM
    identity = Identity("RoleName", folds_case=True)
    reading = Reading(
        search=Listing("ListRoles", "Roles", {"MaxItems": 1000}),
        candidates=Listing("ListRoles", "Roles", {"PathPrefix": PATH, "MaxItems": 1000}),
        describe=("GetRole", "Role"),
        details=(Detail(("managed_policy_arns",), Listing("ListAttachedRolePolicies", "AttachedPolicies")),),
        by_name=True,
    )
    writing = Writing(
        create="CreateRole",
        delete="DeleteRole",
        updates=(
            Update("UpdateRole", ("description", "max_session_duration")),
            Update(
                *("UpdateAssumeRolePolicy", ("assume_role_policy_document",)),
                names={"assume_role_policy_document": "PolicyDocument"},
            ),
            Update(*("PutRolePermissionsBoundary", ("permissions_boundary",)), clear="DeleteRolePermissionsBoundary"),
        ),
        sets=(Set("managed_policy_arns", "AttachRolePolicy", "DetachRolePolicy", batch=1, one_by_one=True),),
        set_after_create=frozenset({"managed_policy_arns"}),
        constants={"Path": PATH},
    )
    parts = Parts(
        *("inline_policies", Listing("ListRolePolicies", "PolicyNames")),
        *("PutRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "PolicyName"),
        name="PolicyName",
        describe=("GetRolePolicy", ""),
    )
    # DeleteConflict (API reference, DeleteRole): a role is deleted after its policies.
    deletion = Deletion(only_empty=True)

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the identity; CreateRole answers with a structure inside."""
        return super().id_and_arn({**members, **members.get("Role", {})})

    def read_field(self, field: str, value: Any) -> Any:
        match field, value:
            case "permissions_boundary", Mapping():
                return value.get("PermissionsBoundaryArn")
            case "managed_policy_arns", list():
                return [policy["PolicyArn"] if isinstance(policy, Mapping) else policy for policy in value]
        return value

    def is_one(self, members: Mapping[str, Any]) -> bool:
        return not _is_linked(members)

    def in_place(self, declared: Mapping[str, Any], scope: Scope) -> Iterator[Problem]:
        boundary = scope.permissions_boundary
        if not boundary:
            return
        if declared.get("permissionsBoundary") != boundary:
            message = f"the environment demands the boundary {boundary}; write permissionsBoundary: {boundary}"
            yield Problem("error", ("permissionsBoundary",), message)
        if not str(declared.get("path", PATH)).startswith(PATH):
            message = f"where a boundary is demanded, apply may write only roles below {PATH}; write such a path"
            yield Problem("error", ("path",), message)

    def lasting(self, members: Mapping[str, Any]) -> str:
        return "a service-linked role belongs to its service, which deletes it" if _is_linked(members) else ""

    def detail_members(self, read: Read, items: list[Any]) -> Mapping[str, Any]:
        return {"PolicyArn": items}


def _is_linked(members: Mapping[str, Any]) -> bool:
    """Returns whether a service owns the role (IAM user guide, "Using service-linked roles")."""
    return str(members.get("Path", "")).startswith("/aws-service-role/")
