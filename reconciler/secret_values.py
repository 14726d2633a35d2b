"""Gives a declared secret its value, which no manifest, plan, log or outcome ever has."""

from __future__ import annotations

from uuid import uuid4

from reconciler.errors import CallError, RefusedError, SecretError
from reconciler.kinds.registry import KINDS
from reconciler.kinds.services import SECRETS
from reconciler.messages import command
from reconciler.model import HiddenText, Ref, Scope
from reconciler.model.ownership import is_managed
from reconciler.port import AwsPort

LONGEST = 65_536  # bytes of a value (service model, SecretStringType)


def checked(text: str) -> HiddenText:
    """Returns the value as AWS takes it. Raises `SecretError` if it is empty or too long."""
    if not text:
        raise SecretError("the value is empty; write it on stdin, or at the prompt")
    if (size := len(text.encode("utf-8", "surrogateescape"))) > LONGEST:
        raise SecretError(f"the value has {size:,} bytes; AWS keeps up to {LONGEST:,}")
    return HiddenText(text)


def has_value(aws: AwsPort, scope: Scope, ref: Ref) -> bool:
    """Returns whether the live secret has a value.

    Raises `SecretError` if there is no such secret, and `RefusedError` if another stack manages it.
    """
    apply = command("apply", environment=scope.environment)
    try:
        live = aws.read(SECRETS.name, "DescribeSecret", {"SecretId": ref.name})
    except CallError as wrong:
        if not wrong.is_gone:
            raise
        raise SecretError(f"{ref} is not live; create it with {apply}, then set its value") from None
    if live.get("DeletedDate"):
        raise SecretError(f"{ref} is scheduled for deletion; {apply} restores it, then set its value")
    if not is_managed(scope, ref, KINDS[ref.kind].tags_of(live)):
        raise RefusedError(f"{ref} is live, and this stack does not manage it; its tags name its owner")
    return any("AWSCURRENT" in stages for stages in live.get("VersionIdsToStages", {}).values())


def give(aws: AwsPort, ref: Ref, text: HiddenText) -> str:
    """Stores the value as the current one, and returns AWS's id of the version. The former one stays as AWSPREVIOUS."""
    params = {"SecretId": ref.name, "SecretString": text, "ClientRequestToken": str(uuid4())}
    return str(aws.write(SECRETS.name, "PutSecretValue", params).members["VersionId"])
