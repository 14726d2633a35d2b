"""Policies of roles: inline ones, attached ones, AWS's own, and permissions boundaries."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from moto.iam.models import AWSManagedPolicy

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.iam.documents import size_of
from reconciler.sandbox.iam.room import Params, Proceed, RoleRoom, limit_exceeded

AWS_POLICY = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(?:[^/]+/)*(?P<name>[^/]+)")


class Policies(RoleRoom):
    def put_role_policy(self, params: Params, proceed: Proceed) -> Any:
        """Puts an inline policy. Blanks do not count for the limit of all inline policies [IAM quotas]."""
        role, quota = self.resolve_role(params), self.world.quotas.role_inline_characters
        if role:
            policies = role.policies | {params["PolicyName"]: params["PolicyDocument"]}
            if sum(map(size_of, policies.values())) > quota:
                raise limit_exceeded(f"Maximum policy size of {quota} bytes exceeded for role {role.name}")
        return proceed()

    def attach_role_policy(self, params: Params, proceed: Proceed) -> Any:
        role, arn, quota = self.resolve_role(params), params["PolicyArn"], self.world.quotas.role_managed_policies
        self.find_policy(arn)
        if role and arn not in role.managed_policies and len(role.managed_policies) >= quota:
            raise limit_exceeded(f"Cannot exceed quota for PoliciesPerRole: {quota}")
        return proceed()

    def put_role_permissions_boundary(self, params: Params, proceed: Proceed) -> Any:
        self.resolve_role(params)
        self.refuse_unknown_boundary(params["PermissionsBoundary"])
        return proceed()

    def get_policy(self, params: Params, proceed: Proceed) -> Any:
        self.find_policy(params["PolicyArn"])
        return proceed()

    def get_policy_version(self, params: Params, proceed: Proceed) -> Any:
        self.find_policy(params["PolicyArn"])
        return proceed()

    def list_policies(self, params: Params, proceed: Proceed) -> Any:
        if params.get("Scope") != "Local":
            for name in _aws_policies():
                self._add_aws_policy(name)
        return proceed()

    def delete_policy(self, params: Params, proceed: Proceed) -> Any:
        """Deletes a policy that no role, user or group has, not as a boundary either [service model, user guide]."""
        arn = params["PolicyArn"]
        policy = self.backend.managed_policies.get(arn)
        if policy and policy.attachment_count:
            raise Refused("DeleteConflict", "Cannot delete a policy attached to entities.")
        if any(role.permissions_boundary_arn == arn for role in self.backend.get_roles()):
            raise Refused("DeleteConflict", "Cannot delete a policy that is a permissions boundary.")
        return proceed()

    def refuse_unknown_boundary(self, arn: str | None) -> None:
        """Raises `Refused` unless the policy of a permissions boundary exists."""
        if arn and not self.find_policy(arn):
            raise Refused("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")

    def find_policy(self, arn: str) -> bool:
        """Returns whether a managed policy exists. AWS's own ones do, although moto leaves them out."""
        if arn not in self.backend.managed_policies and (own := AWS_POLICY.fullmatch(arn)):
            self._add_aws_policy(own["name"])
        return arn in self.backend.managed_policies

    def _add_aws_policy(self, name: str) -> None:
        data = _aws_policies().get(name)
        if data is None:
            return
        policy = AWSManagedPolicy.from_data(name, self.backend.account_id, self.backend.region_name, data)
        if policy.arn not in self.backend.managed_policies:
            self.backend.managed_policies[policy.arn] = policy
            self.backend.aws_managed_policies.append(policy)


@cache
def _aws_policies() -> dict[str, dict[str, Any]]:
    """Returns moto's list of AWS's own policies by name. Reading it takes long, so it is read when one is named."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return policies
