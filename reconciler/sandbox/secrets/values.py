"""Secrets and their values: creates, updates, versions, deletions."""

from __future__ import annotations

import re
from typing import Any

from moto.secretsmanager.models import FakeSecret

from reconciler.sandbox.secrets.room import Answer, Params, Proceed, SecretRoom, invalid, refused
from reconciler.sandbox.secrets.tags import refuse_too_many

NAME = re.compile(r"[A-Za-z0-9/_+=.@-]+")  # "ASCII letters, numbers, and the following characters" [service model]


class Values(SecretRoom):
    def create_secret(self, params: Params, proceed: Proceed) -> Any:
        """Creates a secret, with a first version if there is a value.

        A name that is scheduled for deletion is taken [seen: terraform-provider-aws, issues 4467 and 10259].
        """
        _refuse_two_values(params)
        name = params["Name"]
        if not NAME.fullmatch(name):
            raise invalid("Invalid name. Must have letters, digits, or any of the following: -/_+=.@")
        refuse_too_many(params.get("Tags") or ())
        known = self.backend.secrets.get(name)
        if known and known.is_deleted():
            raise refused(
                "You can't create this secret because a secret with this name is already scheduled for deletion."
            )
        return proceed()

    def update_secret(self, params: Params, proceed: Proceed) -> Any:
        """Changes what the request has. moto keeps a description that is to be emptied."""
        _refuse_two_values(params)
        secret = self.usable(params["SecretId"])
        answer = proceed()
        if isinstance(secret, FakeSecret):
            if params.get("Description") == "":
                secret.description = ""
            if params.get("KmsKeyId") == "":  # "Secrets Manager uses the … managed key" [service model]
                secret.kms_key_id = None
        return answer

    def put_secret_value(self, params: Params, proceed: Proceed) -> Any:
        _refuse_two_values(params)
        self.usable(params["SecretId"])
        return proceed()

    def get_secret_value(self, params: Params, proceed: Proceed) -> Any:
        """Returns a value. A secret without a value is missing too, with another message [moto; seen there]."""
        self.usable(params["SecretId"])
        return proceed()

    def describe_secret(self, params: Params, proceed: Proceed) -> Answer:
        """Describes a secret, also one that is scheduled for deletion. moto shows null for what is not set."""
        members = self.secret(params["SecretId"]).to_dict()
        members.pop("SecretVersionsToStages", None)  # the word of ListSecrets
        return {name: value for name, value in members.items() if value is not None}

    def delete_secret(self, params: Params, proceed: Proceed) -> Any:
        """Schedules a deletion, or deletes at once. A second one is refused [moto; API reference]."""
        if params.get("RecoveryWindowInDays") and params.get("ForceDeleteWithoutRecovery"):
            raise invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
        window = params.get("RecoveryWindowInDays")
        if window is not None and not 7 <= window <= 30:
            raise invalid("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
        if not params.get("ForceDeleteWithoutRecovery"):
            self.usable(params["SecretId"])
        return proceed()


def _refuse_two_values(params: Params) -> None:
    if params.get("SecretString") is not None and params.get("SecretBinary") is not None:
        raise invalid("You can't specify both a binary secret value and a string secret value in the same secret.")
