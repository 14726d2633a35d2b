"""Namespaces: databases with their users, keys and roles. Their data go with them."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends

from reconciler.sandbox.iam import trust
from reconciler.sandbox.redshift.backend import Warehouse
from reconciler.sandbox.redshift.gate import Gate, Holder
from reconciler.sandbox.redshift.managed_secret import forget_password, keep_password, read_password
from reconciler.sandbox.redshift.room import Answer, Params, RedshiftRoom, conflict, invalid, missing, tags_after

PRINCIPAL = "redshift.amazonaws.com"
OWN_KEY = "AWS_OWNED_KMS_KEY"
# Members that belong together in an update [service model, of each].
GROUPS = {
    **dict.fromkeys(("adminUsername", "adminUserPassword"), "admin"),
    **dict.fromkeys(("manageAdminPassword", "adminPasswordSecretKmsKeyId"), "managed password"),
    **dict.fromkeys(("iamRoles", "defaultIamRoleArn"), "roles"),
}
# No page names the principal of a pass; this one is in the trust policies that the guide shows [inferred].
PASSED_TO = "redshift-serverless.amazonaws.com"
ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
MOST_ROLES = 50  # [management guide: quotas]


class Namespaces(RedshiftRoom):
    def handed_over(self, operation: str, params: Params) -> list[str]:
        """Returns the roles that the caller must be allowed to pass, as the switch `passed_roles` says."""
        if operation not in ("CreateNamespace", "UpdateNamespace"):
            return []
        namespace = self.backend.namespaces.get(str(params.get("namespaceName")))
        known = namespace.members["iamRoles"] if namespace and self.world.switches.passed_roles == "new" else ()
        return [role for role in params.get("iamRoles") or () if role not in known]

    def create_namespace(self, params: Params) -> Answer:
        name = params["namespaceName"]
        if name in self.backend.namespaces:
            raise conflict(f"The namespace {name} already exists.")
        _check_password(params)
        self._check_roles(params)
        id = str(uuid4())
        own = ("adminUsername", "dbName", "kmsKeyId", "defaultIamRoleArn", "iamRoles", "logExports")
        given = {key: params[key] for key in own if params.get(key) is not None}
        # The defaults of AWS [seen: terraform-provider-aws].
        defaults = {"adminUsername": "admin", "dbName": "dev", "kmsKeyId": OWN_KEY, "iamRoles": [], "logExports": []}
        members = {**defaults, **given, "namespaceName": name, "namespaceId": id}
        namespace = Warehouse(self.backend.arn("namespace", id), members, "AVAILABLE", 0)
        namespace.tags = tags_after({}, params.get("tags") or [])
        namespace.password = params.get("adminUserPassword") or ""
        self.open_gate(namespace)
        if params.get("manageAdminPassword"):
            self._manage_password(namespace, params)
        self.backend.namespaces[name] = namespace
        self.begin(namespace, "MODIFYING")
        return {"namespace": _shown_namespace(namespace)}

    def get_namespace(self, params: Params) -> Answer:
        return {"namespace": _shown_namespace(self._namespace(params))}

    def list_namespaces(self, params: Params) -> Answer:
        rows = [(name, _shown_namespace(it)) for name, it in self.backend.namespaces.items()]
        return self.page("ListNamespaces", params, "namespaces", rows)

    def update_namespace(self, params: Params) -> Answer:
        """Changes one group of settings [service model]. Role lists are replaced."""
        namespace = self._namespace(params)
        changed = {key: value for key, value in params.items() if key != "namespaceName" and value is not None}
        self.only_one(changed, GROUPS)
        self.refuse_busy(namespace, "namespace")
        _check_password(params)
        self._check_roles(params)
        if params.get("manageAdminPassword"):
            self._manage_password(namespace, params)
        elif params.get("manageAdminPassword") is False:
            if not params.get("adminUserPassword"):  # [inferred]
                raise invalid("adminUserPassword is required if manageAdminPassword is false.")
            if secret := namespace.members.pop("adminPasswordSecretArn", None):
                forget_password(self._secrets, secret)
        namespace.password = params.get("adminUserPassword") or namespace.password
        kept = ("adminUsername", "kmsKeyId", "logExports", "iamRoles", "defaultIamRoleArn")
        namespace.members |= {key: params[key] for key in kept if params.get(key) is not None}
        if namespace.members.get("defaultIamRoleArn") not in (None, *namespace.members["iamRoles"]):
            del namespace.members["defaultIamRoleArn"]  # [inferred]
        self.begin(namespace, "MODIFYING")
        return {"namespace": _shown_namespace(namespace)}

    def delete_namespace(self, params: Params) -> Answer:
        """Begins a deletion. A namespace with a workgroup stays [terraform: workgroups first; words inferred]."""
        namespace = self._namespace(params)
        used = [it for it in self.backend.workgroups.values() if it.members["namespaceName"] == params["namespaceName"]]
        if used:
            raise conflict("The namespace is associated with a workgroup. Delete the workgroup first.")
        self.refuse_busy(namespace, "namespace")
        if secret := namespace.members.get("adminPasswordSecretArn"):
            forget_password(self._secrets, secret)
        self.begin(namespace, "DELETING")
        return {"namespace": _shown_namespace(namespace)}

    def _namespace(self, params: Params) -> Warehouse:
        name = params["namespaceName"]
        if name not in self.backend.namespaces:
            raise missing(f"The namespace {name} does not exist.")
        return self.backend.namespaces[name]

    def _manage_password(self, namespace: Warehouse, params: Params) -> None:
        """Puts a password into a secret of AWS's own, of which the namespace shows the ARN."""
        key = params.get("adminPasswordSecretKmsKeyId")
        if not namespace.members.get("adminPasswordSecretArn"):
            name, user = namespace.members["namespaceName"], namespace.members["adminUsername"]
            namespace.members["adminPasswordSecretArn"] = keep_password(self._secrets, name, user, key)
        if key:
            namespace.members["adminPasswordSecretKmsKeyId"] = key

    @property
    def _secrets(self) -> SecretsManagerBackend:
        return secretsmanager_backends[self.backend.account_id][self.backend.region_name]

    def open_gate(self, namespace: Warehouse) -> Gate:
        """Gives a namespace its gate."""
        namespace.gate = Gate(self._holder(namespace))
        return namespace.gate

    def _holder(self, namespace: Warehouse) -> Holder:
        members, stored = namespace.members, self._secrets

        def password() -> str:
            secret = members.get("adminPasswordSecretArn")
            return read_password(stored, secret) if secret else namespace.password

        return Holder(
            account=self.backend.account_id,
            region=self.backend.region_name,
            database=lambda: str(members["dbName"]),
            admin=lambda: str(members["adminUsername"]),
            admin_password=password,
            roles=lambda: list(members["iamRoles"]),
            default_role=lambda: str(members.get("defaultIamRoleArn") or ""),
            now=self.world.now,
        )

    def _check_roles(self, params: Params) -> None:
        roles, default = params.get("iamRoles"), params.get("defaultIamRoleArn")
        if default and default not in (roles or []):  # "must be updated together with iamRoles" [service model]
            raise invalid("The default IAM role must be one of the IAM roles.")
        if len(roles or []) > MOST_ROLES:
            raise invalid(f"A namespace has at most {MOST_ROLES} IAM roles.")
        for role in roles or []:
            account, source = self.backend.account_id, self.backend.arn("namespace", "*")
            if not ROLE.fullmatch(role) or not trust.may_assume(self.world, account, role, PRINCIPAL, source):
                raise invalid(
                    f"The IAM role {role} is not valid or cannot be assumed by Amazon Redshift."
                )  # [inferred]


def _check_password(params: Params) -> None:
    if params.get("manageAdminPassword") and params.get("adminUserPassword"):  # [service model]
        raise invalid("You can't use adminUserPassword if manageAdminPassword is true.")
    if params.get("adminPasswordSecretKmsKeyId") and not params.get("manageAdminPassword"):  # [service model]
        raise invalid("adminPasswordSecretKmsKeyId needs manageAdminPassword.")


def _shown_namespace(namespace: Warehouse) -> dict[str, Any]:
    """Returns a namespace. Its roles are texts with their state [seen: terraform-provider-aws, namespace.go]."""
    roles = [f"IamRole(applyStatus=in-sync, iamRoleArn={arn})" for arn in namespace.members["iamRoles"]]
    return {**namespace.members, "iamRoles": roles, "namespaceArn": namespace.arn, "status": namespace.status}
