"""Trust policies: their form, their size, and the principals that they name.

IAM keeps a principal of its own account by unique id. It refuses a policy that names a principal without one. A policy
whose principal was deleted shows the id. Source: issue 8905 of Terraform's AWS provider.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.iam.models import IAMBackend
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.iam import delays
from reconciler.sandbox.iam.room import limit_exceeded
from reconciler.sandbox.iam.trust import as_list
from reconciler.sandbox.world import World

ACCOUNT = re.compile(r"\d{12}|arn:aws[a-z-]*:iam::(?P<account>\d{12}):root")
ENTITY = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::(?P<account>\d{12}):(?P<type>role|user|assumed-role)/[^*]+")
SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")
UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,}")
TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


def check_trust(world: World, backend: IAMBackend, document: str) -> None:
    """Raises an error of IAM if the document is not a trust policy."""
    size, quota = size_of(document), world.quotas.role_trust_characters
    if size > quota:
        raise limit_exceeded(f"Cannot exceed quota for ACLSizePerRole: {quota}")  # [seen: kubeflow, issue 6687]
    IAMTrustPolicyDocumentValidator(document).validate()
    for statement in as_list(json.loads(document)["Statement"]):
        for type, name in _principals(statement):
            if not _exists(world, backend, type, name):
                label = "SERVICE" if type == "Service" else type
                raise _malformed(f'Invalid principal in policy: "{label}":"{name}"')


def size_of(document: str) -> int:
    """Returns the characters of a policy that count for limits: all but white space [IAM quotas]."""
    return len("".join(document.split()))


def replace_principal(backend: IAMBackend, arn: str, id: str) -> None:
    """Makes every trust policy of the account name a principal that was deleted by its unique id."""
    for role in backend.get_roles():
        document = json.loads(role.assume_role_policy_document)
        changed = False
        for statement in as_list(document.get("Statement")):
            principal = statement.get("Principal")
            names = as_list(principal.get("AWS")) if isinstance(principal, dict) else []
            if arn in names:
                replaced = [id if name == arn else name for name in names]
                principal["AWS"] = replaced if isinstance(principal["AWS"], list) else replaced[0]
                changed = True
        if changed:
            role.assume_role_policy_document = json.dumps(document)


def _principals(statement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields the principals of a statement by type. Raises `Refused` if there is none."""
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if principal == "*":
        return
    if not isinstance(principal, dict) or not principal or not set(principal) <= set(TYPES):
        raise _malformed("Missing required field Principal" if principal is None else "Invalid principal in policy")
    for type, names in principal.items():
        for name in as_list(names):
            yield type, str(name)


def _exists(world: World, backend: IAMBackend, type: str, name: str) -> bool:
    """Returns whether a principal is one. Principals of other accounts are believed: no one here can know."""
    if type == "Service":
        return SERVICE.fullmatch(name) is not None
    if type != "AWS" or name == "*" or ACCOUNT.fullmatch(name):
        return True
    entity = ENTITY.fullmatch(name)
    if entity is None:
        return bool(UNIQUE_ID.fullmatch(name)) and name in _ids(backend)
    if entity["account"] != backend.account_id or entity["type"] == "assumed-role":
        return True
    if any(user.arn == name for user in backend.users.values()):
        return True
    # Terraform retries for two minutes on the principal that is new.
    return any(role.arn == name and not delays.is_unknown(world, role) for role in backend.get_roles())


def _ids(backend: IAMBackend) -> set[str]:
    return {*backend.roles, *(user.id for user in backend.users.values())}


def _malformed(message: str) -> Refused:
    return Refused("MalformedPolicyDocument", message)
