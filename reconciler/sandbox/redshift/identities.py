"""The database users of IAM identities: `IAMR:role` of a role's session, and `IAM:user` of a user's key.

Source: Redshift's management guide, "Authentication and authorization" of Serverless. Any other key is the
administrator's, as for every service of the sandbox. The database knows it as `IAM:administrator`, a superuser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from moto.iam.models import iam_backends

from reconciler.sandbox import caller
from reconciler.sandbox.authorization import role_of

ADMINISTRATOR = "IAM:administrator"
_KEY = re.compile(r"Credential=([^/]+)/")


@dataclass(frozen=True)
class Identity:
    user: str
    role: str = ""
    """The name of the role, if it is a role's session."""

    @property
    def is_superuser(self) -> bool:
        return self.user == ADMINISTRATOR


def identity(account: str) -> Identity:
    """Returns the identity of the caller."""
    header = caller.authorization()
    if role := role_of(header, account):
        return Identity(f"IAMR:{role}", role)
    key = _KEY.search(header)
    for user in iam_backends[account]["aws"].users.values():
        if key and any(one.access_key_id == key[1] for one in user.access_keys):
            return Identity(f"IAM:{user.name}")
    return Identity(ADMINISTRATOR)
