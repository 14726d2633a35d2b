"""Roles: their names, trust policies, tags, limits, and how long a new one stays unknown."""

from __future__ import annotations

from typing import Any

from moto.iam.models import Role

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.iam import delays, documents
from reconciler.sandbox.iam.policies import Policies
from reconciler.sandbox.iam.room import Params, Proceed, limit_exceeded

TAGS = 50  # of a role [IAM quotas]
SESSION = 3600  # seconds: "the default value of one hour" [service model]


class Roles(Policies):
    def create_role(self, params: Params, proceed: Proceed) -> Any:
        name = params["RoleName"]
        if self.same_name(name):
            raise Refused("EntityAlreadyExists", f"Role with name {name} already exists.")
        if len(self.backend.roles) >= self.world.quotas.roles:
            raise limit_exceeded(f"Cannot exceed quota for RolesPerAccount: {self.world.quotas.roles}")
        documents.check_trust(self.world, self.backend, params["AssumeRolePolicyDocument"])
        _refuse_reserved(params.get("Tags") or [])
        self.refuse_unknown_boundary(params.get("PermissionsBoundary"))
        answer = proceed()
        if role := self.same_name(name):
            delays.note_new_role(self.world, role)
        return answer

    def update_assume_role_policy(self, params: Params, proceed: Proceed) -> Any:
        role = self.resolve_role(params)
        if role:
            documents.check_trust(self.world, self.backend, params["PolicyDocument"])
        answer = proceed()
        if role:
            delays.note_new_trust(self.world, role)
        return answer

    def update_role(self, params: Params, proceed: Proceed) -> Any:
        """Changes what is given. Terraform sends the duration alone, and the description stays.

        A switch says whether a duration that is left out returns to one hour.
        """
        role = self.resolve_role(params)
        if role:
            params.setdefault("Description", role.description)
            resets = self.world.switches.left_out_session == "reset"
            params.setdefault("MaxSessionDuration", SESSION if resets else role.max_session_duration)
        return proceed()

    def delete_role(self, params: Params, proceed: Proceed) -> Any:
        """Deletes a role. Trust policies that name it show its unique id afterwards [user guide; terraform]."""
        role = self.resolve_role(params)
        answer = proceed()
        if role and role.id not in self.backend.roles:
            documents.replace_principal(self.backend, role.arn, role.id)
        return answer

    def delete_user(self, params: Params, proceed: Proceed) -> Any:
        user = self.backend.users.get(params["UserName"])
        answer = proceed()
        if user and params["UserName"] not in self.backend.users:
            documents.replace_principal(self.backend, user.arn, user.id)
        return answer

    def tag_role(self, params: Params, proceed: Proceed) -> Any:
        """Tags a role. Keys ignore case, and the later spelling replaces the earlier one [user guide]."""
        role, tags = self.resolve_role(params), params.get("Tags") or []
        _refuse_reserved(tags)
        if role is None:
            return proceed()
        keys = {tag["Key"].lower() for tag in tags}
        kept = [tag for tag in role.tags if tag["Key"].lower() not in keys]
        if len(kept) + len(keys) > TAGS:
            raise limit_exceeded(f"The number of tags has reached the maximum limit of {TAGS}.")
        before, role.tags = role.tags, kept
        answer = proceed()
        if role.tags is kept:  # moto refused the tags.
            role.tags = before
        return answer

    def untag_role(self, params: Params, proceed: Proceed) -> Any:
        role, keys = self.resolve_role(params), {key.lower() for key in params.get("TagKeys") or []}
        if role:
            params["TagKeys"] = [tag["Key"] for tag in role.tags if tag["Key"].lower() in keys]
        return proceed()

    def list_roles(self, params: Params, proceed: Proceed) -> Any:
        self._cap_page(params)
        return self._without_hidden_roles(proceed)

    def get_account_authorization_details(self, params: Params, proceed: Proceed) -> Any:
        return self._without_hidden_roles(proceed)

    def list_attached_role_policies(self, params: Params, proceed: Proceed) -> Any:
        self.resolve_role(params)
        self._cap_page(params)
        return proceed()

    def list_role_tags(self, params: Params, proceed: Proceed) -> Any:
        self.resolve_role(params)
        self._cap_page(params)
        return proceed()

    def _without_hidden_roles(self, proceed: Proceed) -> Any:
        every, visible = self.backend.roles, dict[str, Role]()
        for id, role in every.items():
            if not delays.is_hidden(self.world, role):
                visible[id] = role
        self.backend.roles = visible
        try:
            return proceed()
        finally:
            self.backend.roles = every

    def _cap_page(self, params: Params) -> None:
        """Serves the fault `pageCap`: "IAM might return fewer than the MaxItems number of results" [service model]."""
        cap = self.world.faults.page_cap
        if cap and cap < params.get("MaxItems", cap + 1):
            params["MaxItems"] = cap
            self.world.counts.served("pageCap")


def _refuse_reserved(tags: list[dict[str, str]]) -> None:
    for tag in tags:
        if tag["Key"].lower().startswith("aws:"):  # Reserved [user guide]; the code is inferred.
            raise Refused("InvalidInput", "Tag keys that begin with aws: are reserved.")
