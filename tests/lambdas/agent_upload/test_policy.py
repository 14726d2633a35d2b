"""The function with its own role alone: each action of its policy is needed, and one that is missing is reported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from reconciler.lambdas.agent_upload.actions import ACTIONS
from reconciler.lambdas.agent_upload.failures import UploadFailed
from reconciler.lambdas.shared import calls
from reconciler.sandbox import INSTANCE_ID, in_process
from tests.builders.agent_files import SECRET
from tests.lambdas.agent_upload.inbox import BUCKET, PREFIX, ROSTER, UPLOADS, Inbox, managed_csv, row
from tests.lambdas.granted import Role

KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001"
VALUES = {
    **{"CONNECT_INSTANCE_ID": INSTANCE_ID, "UPLOADS_TABLE": UPLOADS, "ROSTER_TABLE": ROSTER, "BUCKET_NAME": BUCKET},
    **{"UPLOAD_PREFIX": "uploads/", "RESULT_PREFIX": "results/", "QUARANTINE_PREFIX": "quarantine/"},
    **{"SECRET_PREFIX": PREFIX, "KMS_KEY_ARN": KEY, "FAILED_EVENTS_QUEUE_ARN": "arn:aws:sqs:us-east-1:111122223333:q"},
}
SERVICES = ("connect", "dynamodb", "s3", "secretsmanager")
# Lambda itself sends failed events to the queue, with the function's role.
OF_LAMBDA = {"sqs:SendMessage"}
# The call that AWS refuses, where it is not the action's own: tags and keys are judged with the call that names them.
REFUSED_CALLS = {
    "s3:ListBucket": "s3:GetObject",
    "secretsmanager:TagResource": "secretsmanager:CreateSecret",
    "kms:Decrypt": "s3:GetObject",
    "kms:GenerateDataKey": "secretsmanager:CreateSecret",
}
NUMBERED = {action.allows: number for number, action in enumerate(ACTIONS) if action.allows not in OF_LAMBDA}


class Granted:
    """One world for all tests of this file, and the function with its role. Each story has users of its own."""

    def __init__(self, inbox: Inbox, role: Role) -> None:
        self.inbox, self.role, self.own = inbox, role, role.clients(*SERVICES)
        self.administrators = inbox.clients

    def story(self, name: str) -> None:
        """Uploads three files and one that is gone: together they need every right."""
        inbox, login = self.inbox, name.replace(":", "-")
        bare = inbox.put("name\nx\n", f"uploads/{login}-bare.csv")
        # As in a bucket without versions.
        del bare["s3"]["object"]["versionId"]
        first = managed_csv((row(user_login=login), row(user_login="b c")))
        new = inbox.put(first, f"uploads/{login}-new.csv", ServerSideEncryption="aws:kms", SSEKMSKeyId=KEY)
        unchanged = inbox.put(managed_csv((row(user_login="b c"),)), f"uploads/{login}-refused.csv")
        del unchanged["s3"]["object"]["versionId"]
        gone = inbox.put("", f"uploads/{login}-gone.csv")
        version = gone["s3"]["object"]["versionId"]
        inbox.s3.delete_object(Bucket=BUCKET, Key=f"uploads/{login}-gone.csv", VersionId=version)
        self._invoke(bare, new, unchanged, gone)
        inbox.set_attributes(login, status="FAILED")
        again = inbox.put(managed_csv((row(user_login=login, password=f"{SECRET}2"),)), f"uploads/{login}-again.csv")
        self._invoke(again)

    def _invoke(self, *records: Any) -> None:
        self.inbox.clients = self.own
        self.inbox.function = self.inbox.container()
        try:
            self.inbox.invoke(*records)
        finally:
            self.inbox.clients = self.administrators


@pytest.fixture(scope="module")
def granted(clients: dict[str, Any], session: botocore.session.Session) -> Iterator[Granted]:
    admins = {name: calls.client(name, "us-east-1", session=session) for name in ("iam", "sts")}
    with in_process() as sandbox:
        inbox = Inbox(sandbox, clients)
        inbox.environ |= {"KMS_KEY_ARN": KEY, "OWNER": "contact-centre/prod:Pipeline/agents"}
        yield Granted(inbox, Role(admins.__getitem__, "agent_upload", VALUES))


def test_the_shipped_policy_suffices(granted: Granted) -> None:
    """S4-18."""
    granted.role.allow_all_but()

    granted.story("every-right")

    assert granted.inbox.roster()["every-right"].status == "PENDING"
    assert granted.inbox.secret("every-right") == f"{SECRET}2"


@pytest.mark.slow
@pytest.mark.parametrize("action", NUMBERED)
def test_without_one_action_the_call_that_aws_refuses_is_reported(granted: Granted, action: str) -> None:
    """S4-18: no action of the policy is more than the least."""
    granted.role.allow_all_but(NUMBERED[action])
    number = NUMBERED[action]
    call = REFUSED_CALLS.get(action, f"{ACTIONS[number].service}:{ACTIONS[number].operation}")
    # The names that an earlier test read must not save a call.
    granted.inbox.sleep(600)

    with pytest.raises(UploadFailed, match=f"{call}: AccessDenied"):
        granted.story(action)
