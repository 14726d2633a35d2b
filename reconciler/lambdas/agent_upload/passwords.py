"""Passwords in Secrets Manager, their only place: created or updated so that a repeated call does no harm."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from reconciler.lambdas.agents.cells import is_password
from reconciler.lambdas.agents.uploads import Call
from reconciler.lambdas.shared.calls import CallFailed

OWNER_TAG = "reconciler:stack"
EXISTS, MISSING, DELETED = "ResourceExistsException", "ResourceNotFoundException", "InvalidRequestException"
# An agent may have to type it: without 0, 1, O, I and l. 24 of 57 letters and digits are 139 bits.
ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 24


@dataclass(frozen=True)
class Passwords:
    """The secrets of one instance, below `prefix`. `owner` is the value of their tag."""

    call: Call
    prefix: str
    instance_id: str
    kms_key: str = ""
    owner: str = ""

    def name(self, username: str) -> str:
        """Returns the name of a user's secret. The last word keeps it from ending as the ARNs of secrets do."""
        return f"{self.prefix}/{self.instance_id}/{username}/password"

    def is_kept(self, username: str, password: str) -> bool | None:
        """Returns whether the secret has this password; `None` if there is no secret."""
        try:
            answer = self.call("secretsmanager:GetSecretValue", {"SecretId": self.name(username)})
        except CallFailed as failed:
            if failed.code in (MISSING, DELETED):
                return None
            raise
        return bool(answer.get("SecretString") == password)

    def keep(self, username: str, password: str, request: str) -> str:
        """Stores a password, and returns the secret's name. `request` names the row, so that a retry stores it once."""
        name = self.name(username)
        token = str(uuid5(NAMESPACE_URL, f"{name} {request}"))
        if not self._create(name, username, password, token) and not self.is_kept(username, password):
            self._put(name, password, token)
        return name

    def generate(self, username: str) -> str:
        """Stores a new password unless there is one, and returns the secret's name."""
        name = self.name(username)
        if not self._create(name, username, _generated(), str(uuid5(NAMESPACE_URL, name))):
            self._restore(name)
        return name

    def _create(self, name: str, username: str, password: str, token: str) -> bool:
        """Returns False if there is a secret already."""
        params: dict[str, Any] = {
            "Name": name,
            "ClientRequestToken": token,
            "Description": f"The first password of {username} in Amazon Connect",
            "SecretString": password,
        }
        if self.kms_key:
            params["KmsKeyId"] = self.kms_key
        if self.owner:
            params["Tags"] = [{"Key": OWNER_TAG, "Value": self.owner}]
        try:
            self.call("secretsmanager:CreateSecret", params)
        except CallFailed as failed:
            # A secret that is being deleted keeps its name for some days.
            if failed.code in (EXISTS, DELETED):
                return False
            raise
        return True

    def _put(self, name: str, password: str, token: str) -> None:
        self._restore(name)
        put = {"SecretId": name, "ClientRequestToken": token, "SecretString": password}
        self.call("secretsmanager:PutSecretValue", put)

    def _restore(self, name: str) -> None:
        """Cancels the deletion of a secret. It does nothing to one that is not being deleted."""
        self.call("secretsmanager:RestoreSecret", {"SecretId": name})


def _generated() -> str:
    """Returns a password from the operating system's random source."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if is_password(password):
            return password
