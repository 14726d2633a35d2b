"""Assistants of Amazon Q in Connect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import QCONNECT
from reconciler.kinds.verbs import Listing, Wait
from reconciler.kinds.words import Tagged
from reconciler.model import Does, Spec, Unordered
from reconciler.model.spec import expecting

WORDS = r"^[a-zA-Z0-9\s_.,-]+.*$"
Text = Annotated[
    str, Field(max_length=255, pattern=WORDS, json_schema_extra=expecting("a text that begins with a letter or digit"))
]


class ReplicaKmsKey(Spec):
    """A copy of the key in another Region."""

    arn: str = Field(
        min_length=1,
        max_length=4096,
        description="The ARN of the copy.",
        examples=["arn:aws:kms:us-west-2:111122223333:key/mrk-00000000000040008000000000000001"],
    )


class ServerSideEncryptionConfiguration(Spec):
    """The KMS key that encrypts the data of the assistant."""

    kms_key_id: str | None = Field(
        None,
        min_length=1,
        max_length=4096,
        description="The ARN of the key. Without it, AWS uses its own.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
    )
    replica_kms_keys: Unordered[ReplicaKmsKey] = Field((), max_length=5, description="Copies in other Regions.")


class QAssistant(Tagged):
    """An assistant of Amazon Q in Connect, which helps agents and customers. AWS cannot change one, only its tags."""

    name: Text = Field(
        description="The name. AWS allows two assistants of one name; this tool does not.",
        examples=["contact-centre-prod"],
    )
    description: Text | None = Field(None, description="The purpose.", examples=["Answers for agents"])
    server_side_encryption_configuration: ServerSideEncryptionConfiguration | None = None


class QAssistantKind(Kind[QAssistant]):
    spec = QAssistant
    service = QCONNECT
    identity = Identity("assistantId", arn="arn:{partition}:wisdom:{region}:{account}:assistant/{id}")
    # The index saves stacks without an assistant the list of them.
    reading = Reading(
        search=Listing("ListAssistants", "assistantSummaries", {"maxResults": 100}),
        describe=("GetAssistant", "assistant"),
        describes_each=True,
        index="wisdom:assistant",
    )
    writing = Writing(
        create="CreateAssistant",
        delete="DeleteAssistant",
        constants={"type": "AGENT"},  # the only type (service model)
        overwrites=True,  # a second create would make a second assistant
        wait=Wait(
            "status",
            "ACTIVE",
            failed=("CREATE_FAILED", "DELETE_FAILED"),
            after=frozenset({Does.CREATE, Does.DELETE}),
        ),
    )
    deletion = Deletion(irreversible="its AI agents, prompts, guardrails and sessions")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the identity; CreateAssistant answers with a structure inside."""
        inner = {**members, **members.get("assistant", {})}
        id, arn = (inner.get(name) for name in ("assistantId", "assistantArn"))
        return str(id or inner.get("Id") or ""), str(arn or inner.get("Arn") or "")

    def is_one(self, members: Mapping[str, Any]) -> bool:
        return members.get("status") != "DELETED"
